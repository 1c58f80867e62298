--- Averages of the weights: an exponential one (EMA) and the mean (SWA).
local core = require "optlab.core"
local wrapper = require "optlab.optim.wrappers.wrapper"

local function exchange(p, own)
  if not own.average then return end
  local values = p:detach():clone()
  p:copy_(own.average)
  own.average:copy_(values)
end

-- Exchanges weights and averages.
local function swap(self) core.autograd.no_grad(wrapper.each, self, exchange, true) end

-- f(...) with the averages in place of the weights.
local function with_averages(self, f, ...)
  swap(self)
  local results = table.pack(pcall(f, ...))
  swap(self)
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

local USE = " opt:with_averages(f, ...) calls f with the averages in place of the weights, opt:swap() exchanges both. "
  .. "Running statistics of batch normalization are those of the weights; compute them again with the averages."

return {
  {
    name = "EMA",
    doc = "Keeps an exponential moving average of the weights.",
    use = "Use it to evaluate weights with less noise than the last ones." .. USE,
    paper = 'Polyak, Juditsky, "Acceleration of stochastic approximation by averaging", 1992',
    equation = "after each update: a <- decay a + (1 - decay) p\nafter the first:   a = p",
    args = { { "decay", "number", min = 0, max = 1, default = 0.999, doc = "The share of the average that stays." } },
    state = { { "average", "a" } },
    swap = swap, with_averages = with_averages,
    step = function(self, ...)
      local loss = self.optimizer:step(...)
      core.autograd.no_grad(wrapper.each, self, function(p, own)
        if not own.average then return wrapper.keep(p, own, "average") end
        own.average:mul_(self.o.decay):add_(p * (1 - self.o.decay))
      end, true)
      return loss
    end,
  },
  {
    name = "SWA",
    doc = "Keeps the mean of the weights of many updates.",
    use = "Use it for the last part of a training with a constant or cyclic rate, which begins at start." .. USE,
    paper = 'Izmailov, Podoprikhin, Garipov, Vetrov, Wilson, "Averaging weights leads to wider optima and better '
      .. 'generalization", UAI 2018, arXiv 1803.05407',
    equation = "after updates start, start + every, ...:\n  n <- n + 1\n  a <- a + (p - a) / n        from n = 0",
    args = {
      { "start", "integer", min = 1, default = 1, doc = "The first update whose weights count." },
      { "every", "integer", min = 1, default = 1, doc = "Updates between two that count." },
    },
    state = { { "average", "a" }, { "n", "how many weights it is the mean of", size = "" } },
    swap = swap, with_averages = with_averages,
    step = function(self, ...)
      local loss = self.optimizer:step(...)
      local o, n = self.o, self.numbers
      if o.start > 1 or o.every > 1 then
        core.optim.counted()
        n.count = (n.count or 0) + 1
        if n.count < o.start or (n.count - o.start) % o.every ~= 0 then return loss end
      end
      core.autograd.no_grad(wrapper.each, self, function(p, own)
        own.n = own.n or core.tensor.zeros({}, { dtype = "float64" })
        own.n:add_(1)
        if not own.average then return wrapper.keep(p, own, "average") end
        own.average:add_((p - own.average) / own.n)
      end, true)
      return loss
    end,
  },
}
