--- Does Adam go to the wrong end where Yogi, AMSGrad and SGD find the minimum?
-- Book section: "Adam". Claim: even on convex problems Adam can fail; Yogi repairs it.
--
-- The construction of Reddi, Kale and Kumar (2018): on [-1, 1] the gradient is C in one step of
-- three and -1 in the other two. Their mean is (C - 2) / 3 > 0, so x = -1 is best. With β₁ = 0 and
-- β₂ = 1 / (1 + C²) Adam divides the one large gradient by its own size, and the two small ones by
-- what it has forgotten of it. The learning rate is η / √t, and x is put back into [-1, 1].
-- The figure: "divergence", x by step. Adam walks to +1, the worst point, and stays; AMSGrad and
-- Yogi, which do not forget the large gradient, go to -1 with SGD.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  C = {default = 3, min = 2.1, help = "the large gradient"},
  eta = {default = 0.5, min = 0, help = "learning rate of the first step"},
  steps = {default = 3000, min = 3, help = "updates"},
}

local betas = {0, 1 / (1 + p.C ^ 2)}
local fig = plot.figure {
  title = "Gradients C, -1, -1, C, ...: the minimum is at -1", xlabel = "step", ylabel = "x", ylim = {-1.1, 1.1},
  logx = true,
}
for _, entry in ipairs {
  {"Adam", lab.optim.Adam, {betas = betas}}, {"AMSGrad", lab.optim.Adam, {betas = betas, amsgrad = true}},
  {"Yogi", lab.optim.Yogi, {betas = betas}}, {"SGD", lab.optim.SGD, {}},
} do
  local name, new, options = table.unpack(entry)
  local x = lab.zeros(1, {dtype = "float64", requires_grad = true})
  local opt, path = new({x}, options), {}
  for t = 1, p.steps do
    opt.lr = p.eta / math.sqrt(t)
    x.grad = lab.tensor({t % 3 == 1 and p.C or -1}, {dtype = "float64"})
    opt:step()
    lab.no_grad(function() x:clamp_(-1, 1) end)
    path[t] = x:item()
  end
  print(("%-7s x = %+.4f after %d steps"):format(name, path[p.steps], p.steps))
  train.record(name, p.steps, {x = path[p.steps]})
  fig:line(path, {label = name})
end
print("The mean gradient is positive, so x = -1 is best: Adam is at the other end.")
fig:save("divergence")
