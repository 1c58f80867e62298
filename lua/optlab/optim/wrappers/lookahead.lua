--- Lookahead: slow weights that follow the inner optimizer's.
local core = require "optlab.core"
local wrapper = require "optlab.optim.wrappers.wrapper"

return {
  name = "Lookahead",
  doc = "After every k updates of the inner optimizer, the weights go back part of the way to where they were "
    .. "before these updates.",
  use = "Use it around any optimizer whose steps are noisy. The state of the inner one is not changed.",
  paper = 'Zhang, Lucas, Hinton, Ba, "Lookahead optimizer: k steps forward, 1 step back", NeurIPS 2019, '
    .. 'arXiv 1907.08610',
  equation = [[
each update: the inner optimizer's
each k-th one: s <- s + alpha (p - s), p <- s        s starts as p]],
  args = {
    { "k", "integer", min = 1, default = 5, doc = "Updates between two of the slow weights." },
    { "alpha", "number", min = 0, max = 1, default = 0.5, doc = "The share of the way that the slow weights take." },
  },
  state = { { "slow", "s, the slow weights" } },
  begin = function(self)
    wrapper.each(self, function(p, own) own.slow = own.slow or p:detach():clone() end, true)
  end,
  step = function(self, ...)
    local loss = self.optimizer:step(...)
    local k, n = self.o.k, self.numbers
    if k > 1 then
      core.optim.counted()
      n.count = ((n.count or 0) + 1) % k
      if n.count ~= 0 then return loss end
    end
    core.autograd.no_grad(wrapper.each, self, function(p, own)
      own.slow:add_((p - own.slow) * self.o.alpha)
      p:copy_(own.slow)
    end, true)
    return loss
  end,
}
