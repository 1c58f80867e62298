--- Cautious: only those coordinates move whose update agrees with the gradient.
local core = require "optlab.core"
local wrapper = require "optlab.optim.wrappers.wrapper"

return {
  name = "Cautious",
  doc = "Removes the coordinates of an update that do not go against the gradient, and scales up the others in "
    .. "return.",
  use = "Use it around an optimizer with momentum. Its weight decay counts as part of the update; CautiousAdamW and "
    .. "CautiousLion decay first. It does not work with maximize.",
  paper = 'Liang, Chen, Liu, Liu, "Cautious optimizers: improving training with one line of code", arXiv 2411.16085',
  equation = [[
u = p - (p after the inner optimizer's update)
k = (u g > 0)
p <- p - u k numel(p) / (sum(k) + 1)]],
  args = {},
  step = function(self, ...)
    local no_grad = core.autograd.no_grad
    no_grad(wrapper.each, self, function(p, own) wrapper.keep(p, own, "kept") end, true)
    local loss = self.optimizer:step(...)
    no_grad(wrapper.each, self, function(p, own)
      local u = own.kept - p
      local k = (u * p.grad):gt(0):to(p.dtype)
      p:copy_(own.kept - u * k * (p:numel() / (k:sum() + 1)))
    end)
    return loss
  end,
}
