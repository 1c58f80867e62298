--- Extragradient: the update is made with the gradient one step ahead.
local wrapper = require "optlab.optim.wrappers.wrapper"

local function ahead(self)
  wrapper.each(self, function(p, own, group)
    wrapper.keep(p, own, "kept")
    p:sub_(p.grad * (group.lr * self.o.scale))
  end)
end

return {
  name = "Extragradient",
  doc = "Makes the update of the inner optimizer with the gradient at the point that a plain gradient step would "
    .. "reach.",
  use = "Use it for games and saddle points, where gradient steps go in circles. step(closure) evaluates the losses "
    .. "twice; for two players, give one optimizer the parameters of both, and in the closure each parameter the "
    .. "gradient of its own loss. OptimisticGradient does the same with one evaluation and an older gradient.",
  paper = 'Korpelevich, "The extragradient method for finding saddle points and other problems", 1976',
  equation = [[
q = p - scale lr g(p)
the inner optimizer's update of p, with g(q); of SGD: p <- p - lr g(q)]],
  args = {
    { "scale", "number", min = 0, default = 1, doc = "Length of the step ahead, as a multiple of lr." },
  },
  needs = "closure", evaluations = "2",
  step = function(self, closure) return wrapper.twice(self, closure, ahead) end,
}
