--- Gradient centralization: the rows of gradients have mean 0.
local core = require "optlab.core"
local wrapper = require "optlab.optim.wrappers.wrapper"

local function centralize(p)
  local n = #p.shape
  if n < 2 then return end
  local dims = {}
  for i = 2, n do dims[#dims + 1] = i end
  local g = p.grad
  g:sub_(g:mean { dim = dims, keepdim = true })
end

return {
  name = "GradientCentralization",
  doc = "Subtracts from the gradient of each output of a layer its mean, before the update of the inner optimizer.",
  use = "Use it for convolutional networks. Gradients of parameters of one dimension are not changed.",
  paper = 'Yong, Huang, Hua, Zhang, "Gradient centralization: a new optimization technique for deep neural networks", '
    .. 'ECCV 2020, arXiv 2004.01461',
  equation = "g <- g - mean(g)        over all dimensions but the first",
  args = {},
  step = function(self, closure)
    local function all() core.autograd.no_grad(wrapper.each, self, centralize) end
    if type(closure) ~= "function" then
      all()
      return self.optimizer:step(closure)
    end
    return self.optimizer:step(function(...)
      local loss = closure(...)
      all()
      return loss
    end)
  end,
}
