--- Decoupled weight decay around an optimizer that has none, or couples it.
local core = require "optlab.core"
local wrapper = require "optlab.optim.wrappers.wrapper"

return {
  name = "DecoupledWeightDecay",
  doc = "Shrinks each parameter by the share lr times weight_decay before the update of the inner optimizer.",
  use = "Use it around an optimizer that has no weight decay, or that adds it to the gradient; leave the "
    .. "weight_decay of the inner one at 0.",
  paper = 'Loshchilov, Hutter, "Decoupled weight decay regularization", ICLR 2019',
  equation = "p <- (1 - lr weight_decay) p        lr: the group's\nthen the inner optimizer's update",
  args = {
    { "weight_decay", "number", min = 0, default = 1e-2, doc = "Strength of the decay." },
    { "min_ndim", "integer", min = 0, default = 0,
      doc = "Parameters of fewer dimensions stay as they are; 2 leaves out biases and norms' factors." },
  },
  step = function(self, closure)
    local o = self.o
    local function decay()
      core.autograd.no_grad(wrapper.each, self, function(p, _, group)
        if o.weight_decay > 0 and #p.shape >= o.min_ndim then p:mul_(1 - group.lr * o.weight_decay) end
      end)
    end
    if type(closure) ~= "function" then
      decay()
      return self.optimizer:step(closure)
    end
    local is_first = true
    return self.optimizer:step(function(...)
      local loss = closure(...)
      if is_first then decay() end
      is_first = false
      return loss
    end)
  end,
}
