--- K-FAC against its equations, and as a wrapper.
local close = require "tests.support.close"
local errors = require "tests.support.errors"
local lab = require "optlab"

local nn, optim = lab.nn, lab.optim

local function problem(dtype)
  lab.manual_seed(7)
  local net = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2, { bias = false })):to(dtype or "float64")
  local X = lab.randn(12, 3, { dtype = dtype or "float64" })
  return net, X, lab.cat({ X:sum(2, true):sin(), X[{ {}, { 1, 1 } }] }, 2)
end

local function closure_of(opt, net, X, y)
  return function()
    opt:zero_grad()
    local loss = ((net(X) - y) ^ 2):mean()
    loss:backward()
    return loss
  end
end

-- The update's direction for one layer, from inputs and gradients of outputs.
local function direction(a, s, g, damping)
  local n = a.shape[1]
  local A, G = a:t():matmul(a) / n, s:t():matmul(s) * n
  local pi = math.sqrt((A:trace():item() / A.shape[1]) / (G:trace():item() / G.shape[1]))
  local function damped(M, by) return M + lab.eye(M.shape[1], { dtype = "float64" }) * by end
  local root = math.sqrt(damping)
  local left = lab.linalg.solve(damped(G, root / pi), g)
  return lab.linalg.solve(damped(A, root * pi), left:t()):t()
end

describe("KFAC", function()
  it("follows its equations", function()
    for _, kl_clip in ipairs { 0, 1e-3 } do
      local net, X, y = problem()
      local h = lab.tanh(net[1](X)):detach()
      local w1, b1, w2 = net[1].weight:detach():clone(), net[1].bias:detach():clone(), net[3].weight:detach():clone()
      local s2 = (h:matmul(w2:t()) - y) * (2 / y:numel())
      local s1 = s2:matmul(w2) * (1 - h * h)
      local a1 = lab.cat({ X, lab.ones({ 12, 1 }, { dtype = "float64" }) }, 2)
      local g1, g2 = s1:t():matmul(a1), s2:t():matmul(h)
      local u1, u2 = direction(a1, s1, g1, 0.01), direction(h, s2, g2, 0.01)
      local opt = optim.KFAC(optim.SGD(net:parameters(), { lr = 0.1 }), { model = net, damping = 0.01,
        kl_clip = kl_clip })
      opt:step(closure_of(opt, net, X, y))
      local total = ((u1 * g1):sum() + (u2 * g2):sum()):item() * 0.01
      local share = kl_clip > 0 and math.min(1, math.sqrt(kl_clip / total)) or 1
      close.tensor(w1 - u1:narrow(2, 1, 3) * (0.1 * share), net[1].weight:detach(), 1e-10, "first weight")
      close.tensor(b1 - u1:narrow(2, 4, 1):reshape(-1) * (0.1 * share), net[1].bias:detach(), 1e-10, "bias")
      close.tensor(w2 - u2 * (0.1 * share), net[3].weight:detach(), 1e-10, "second weight")
    end
  end)

  local function train(way)
    local net, X, y = problem(way.dtype)
    local function make()
      return optim.KFAC(optim.SGD(net:parameters(), { lr = 0.3, momentum = 0.9 }), { model = net, every = way.every })
    end
    local opt = make()
    local first = ((net(X) - y) ^ 2):mean():item()
    local step = function(x)
      opt:zero_grad()
      local loss = ((net(x) - y) ^ 2):mean()
      loss:backward()
      opt:step()
      return loss
    end
    if way.compiled then step = lab.compile(step) end
    local loss
    for t = 1, way.steps or 9 do
      if way.resume == t then
        local state = opt:state_dict()
        opt = make()
        opt:load_state_dict(state)
      end
      loss = step(X):item()
    end
    if way.compiled then assert(step.replays > 0, tostring(step)) end
    return net:parameters(), loss / first
  end

  it("goes down", function()
    for _, every in ipairs { 1, 5 } do
      local _, share = train { steps = 200, every = every }
      assert(share < 0.05, share)
    end
  end)

  it("gives the same bits after resuming, compiled, on threads", function()
    local function same(one, other)
      local p, q = train(one), train(other)
      for i = 1, #p do close.same(p[i]:detach(), q[i]:detach()) end
    end
    for _, dtype in ipairs { "float32", "float64" } do
      same({ dtype = dtype }, { dtype = dtype, resume = 5 })
      same({ dtype = dtype, every = 3 }, { dtype = dtype, every = 3, resume = 5 })
      same({ dtype = dtype }, { dtype = dtype, compiled = true })
    end
    assert.matches("only at some updates", errors.message(train, { every = 3, compiled = true }))
  end)
end)
