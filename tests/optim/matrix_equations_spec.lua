--- More settings of the optimizers of matrices against their equations, written out in plain tensors.
local close = require "tests.support.close"
local common = require "optlab.optim.matrix.common"
local hessian = require "optlab.optim.matrix.hessian"
local lab = require "optlab"

local optim, linalg = lab.optim, lab.linalg
local O = { dtype = "float64" }

local function eye(n) return lab.eye(n, O) end

-- The gradient of step t: some numbers of its own, and a part that goes back.
local function gradient(p, t)
  return (lab.arange(p:numel()):to "float64" * 0.7 + t):sin():reshape(p.shape) + p:detach() * 0.3
end

-- Runs an optimizer and an equation f(p, g, s, t), which gives the new p, beside each other.
local function compare(name, o, shape, f, steps)
  lab.manual_seed(9)
  local p = lab.randn(shape, O):requires_grad_()
  local q, s, opt = p:detach():clone(), {}, optim[name]({ p }, o)
  for t = 1, steps or 12 do
    p.grad = gradient(p, t)
    opt:step()
    q = f(q, gradient(q, t), s, t)
  end
  close.tensor(q, p:detach(), 1e-10, name)
end

local function zeros(q) return lab.zeros(q.shape, O) end

local function newton_schulz(u)
  local X = u / math.max(u:norm():item(), 1e-7)
  for _ = 1, 5 do
    local A = X:matmul(X:t())
    X = 3.4445 * X + (-4.775 * A + 2.0315 * A:matmul(A)):matmul(X)
  end
  return X
end

describe("Muon", function()
  it("takes tall matrices, kernels, plain momentum and AdamW's rate", function()
    for _, shape in ipairs { { 7, 3 }, { 3, 7 }, { 4, 2, 3, 2 } } do
      for _, nesterov in ipairs { true, false } do
        for _, adjust in ipairs { "original", "match_rms_adamw" } do
          local rows, columns = shape[1], shape[2] * (shape[3] or 1) * (shape[4] or 1)
          local scale = adjust == "original" and math.sqrt(math.max(1, rows / columns))
            or 0.2 * math.sqrt(math.max(rows, columns))
          local o = { lr = 0.05, momentum = 0.8, nesterov = nesterov, adjust_lr_fn = adjust, weight_decay = 0.3 }
          compare("Muon", o, shape, function(p, g, s)
            s.m = (s.m or zeros(p)) * 0.8 + 0.2 * g
            local u = (nesterov and 0.2 * g + 0.8 * s.m or s.m):reshape(rows, columns)
            -- without the short way of tall matrices: the singular values are those of the transposed one
            local X = rows > columns and newton_schulz(u:t()):t() or newton_schulz(u)
            return (1 - 0.05 * 0.3) * p - 0.05 * scale * X:reshape(p.shape)
          end)
        end
      end
    end
  end)

  it("makes singular values nearly equal", function()
    local p = lab.zeros({ 20, 30 }, { requires_grad = true })
    p.grad = lab.randn(20, 30)
    optim.Muon({ p }, { lr = 1, weight_decay = 0 }):step()
    local s = linalg.svdvals(p:detach())
    assert.is_true(s:amax():item() < 1.25 and s:amin():item() > 0.5)
  end)

  it("gives vectors AdamW, whose rate follows lr", function()
    local p = lab.tensor({ 1, -2, 3 }, { dtype = "float64", requires_grad = true })
    local q = p:detach():clone():requires_grad_()
    local muon = optim.Muon({ p }, { lr = 0.1, lr_1d = 0.02, weight_decay_1d = 0.1 })
    local adamw = optim.AdamW({ q }, { lr = 0.02, betas = { 0.9, 0.95 }, eps = 1e-10, weight_decay = 0.1 })
    for t = 1, 6 do
      if t == 4 then muon.lr, adamw.lr = 0.05, 0.01 end
      p.grad, q.grad = gradient(p, t), gradient(q, t)
      muon:step()
      adamw:step()
    end
    close.tensor(q:detach(), p:detach(), 1e-13, "AdamW")
  end)
end)

local function power(H, x)
  local w, V = linalg.eigh(H)
  return (V * w ^ x):matmul(V:t())
end

describe("Shampoo", function()
  it("takes vectors, three dimensions, momentum, means, weight decay and rare roots", function()
    compare("Shampoo", { lr = 0.1, weight_decay = 0.1, momentum = 0.6 }, { 5 }, function(p, g, s)
      g = g + 0.1 * p
      s.H = (s.H or eye(5) * 1e-4) + g:reshape(5, 1):matmul(g:reshape(1, 5))
      s.m = 0.6 * (s.m or zeros(p)) + power(s.H, -1 / 2):matmul(g)
      return p - 0.1 * s.m
    end)
    compare("Shampoo", { lr = 0.1, beta = 0.9, eps = 1e-3, update_freq = 3 }, { 4, 3 }, function(p, g, s, t)
      s.L = 0.9 * (s.L or eye(4) * 1e-3) + 0.1 * g:matmul(g:t())
      s.R = 0.9 * (s.R or eye(3) * 1e-3) + 0.1 * g:t():matmul(g)
      if t % 3 == 1 then
        local function root(H)
          local w, V = linalg.eigh(H)
          return (V * w:clamp(1e-3) ^ -0.25):matmul(V:t())
        end
        s.l, s.r = root(s.L), root(s.R)
      end
      return p - 0.1 * s.l:matmul(g):matmul(s.r)
    end)
    compare("Shampoo", { lr = 0.1, max_size = 3 }, { 2, 3, 4 }, function(p, g, s)
      s.A = (s.A or eye(2) * 1e-4) + lab.einsum("ijk,ljk->il", g, g)
      s.B = (s.B or eye(3) * 1e-4) + lab.einsum("ijk,ilk->jl", g, g)
      return p - 0.1 * lab.einsum("ijk,ia,jb->abk", g, power(s.A, -1 / 6), power(s.B, -1 / 6))
    end)
  end)
end)

describe("SOAP", function()
  it("is Adam where nothing is rotated, one update late", function()
    compare("SOAP", { lr = 0.03, max_precond_dim = 1, weight_decay = 0.1, betas = { 0.8, 0.9 } }, { 3, 4 },
      function(p, g, s, t)
        if t == 1 then return p end
        local k = t - 1
        s.m = 0.8 * (s.m or zeros(p)) + 0.2 * g
        s.v = 0.9 * (s.v or zeros(p)) + 0.1 * g * g
        p = p - 0.03 * math.sqrt(1 - 0.9 ^ k) / (1 - 0.8 ^ k) * s.m / (s.v:sqrt() + 1e-8)
        return p * (1 - 0.03 * 0.1)
      end)
  end)

  it("turns with its gradients", function()
    -- the same problem in another basis gives the same way in that basis
    local Q = linalg.qr(lab.randn({ 4, 4 }, O))
    local p = lab.randn({ 4, 3 }, O):requires_grad_()
    local q = Q:matmul(p:detach()):requires_grad_()
    local o = { lr = 0.03, precondition_frequency = 2, shampoo_beta = 0.8, correct_bias = false }
    local one, other = optim.SOAP({ p }, o), optim.SOAP({ q }, o)
    lab.manual_seed(3)
    for _ = 1, 15 do
      local g = lab.randn({ 4, 3 }, O) + p:detach()
      p.grad, q.grad = g, Q:matmul(g)
      one:step()
      other:step()
    end
    close.tensor(Q:matmul(p:detach()), q:detach(), 1e-7, "SOAP")
  end)
end)

describe("GaLore", function()
  it("projects each side, renews the directions, and is AdamW without them", function()
    for kind, sides in pairs { std = "r", reverse_std = "l", right = "r", left = "l", full = "lr" } do
      local o = { lr = 0.05, rank = 2, update_proj_gap = 4, scale = 0.7, proj_type = kind, weight_decay = 0.1 }
      compare("GaLore", o, { 5, 3 }, function(p, g, s, t)
        if t % 4 == 1 then
          local U, _, V = linalg.svd(g, { full_matrices = false })
          s.U, s.V = U[{ {}, { 1, 2 } }], V[{ { 1, 2 } }]
        end
        local r = g
        if sides:find "l" then r = s.U:t():matmul(r) end
        if sides:find "r" then r = r:matmul(s.V:t()) end
        s.m = 0.9 * (s.m or zeros(r)) + 0.1 * r
        s.v = 0.999 * (s.v or zeros(r)) + 0.001 * r * r
        local u = s.m / (s.v:sqrt() + 1e-6)
        if sides:find "l" then u = s.U:matmul(u) end
        if sides:find "r" then u = u:matmul(s.V) end
        p = p - 0.05 * math.sqrt(1 - 0.999 ^ t) / (1 - 0.9 ^ t) * 0.7 * u
        return p * (1 - 0.05 * 0.1)
      end)
    end
  end)
end)

describe("Kron", function()
  it("has diagonal factors where dimensions are long", function()
    local normal = common.normal
    common.normal = function(x) return (lab.arange(x:numel()):to "float64" + 1):cos():reshape(x.shape) end
    local ok, message = pcall(compare, "Kron", { lr = 0.02, max_size_triangular = 0, weight_decay = 0.1,
      precond_init_scale = 4 }, { 3, 4 }, function(p, g, s, t)
        s.m = 0.9 * (s.m or zeros(p)) + 0.1 * g
        s.a, s.b = s.a or lab.ones({ 3, 1 }, O) * 2, s.b or lab.ones({ 1, 4 }, O) * 2
        local V = common.normal(p)
        local M = s.m / (1 - 0.9 ^ t)
        M = M + 2 ^ -11.5 * M:abs():mean():item() * V
        local A, B = s.a * M * s.b, V / s.a / s.b
        local function renewed(q, dim)
          local x, y = (A * A):sum(dim, true), (B * B):sum(dim, true)
          return q - 0.1 * (x - y) * q / (x + y):amax():item()
        end
        s.a, s.b = renewed(s.a, 2), renewed(s.b, 1)
        local u = s.a ^ 2 * M * s.b ^ 2
        u = u * math.min(1, 1.1 / (math.sqrt((u * u):mean():item()) + 1e-12))
        return p - 0.02 * (u + 0.1 * p)
      end)
    common.normal = normal
    assert(ok, message)
  end)
end)

describe("AdaHessian", function()
  it("takes a power, weight decay, and the mean over the windows of kernels", function()
    local signs = hessian.signs
    local C = (lab.arange(16):to "float64" + 1):reshape(2, 2, 2, 2) / 10 -- the Hessian of sum(C p^2) / 2
    lab.manual_seed(2)
    local p = lab.randn({ 2, 2, 2, 2 }, O):requires_grad_()
    local q, m, v = p:detach():clone(), 0, 0
    local opt = optim.AdaHessian({ p }, { lr = 0.1, hessian_power = 0.5, weight_decay = 0.2, betas = { 0.8, 0.9 } })
    hessian.signs = function(x) return lab.ones_like(x) end
    for t = 1, 8 do
      opt:zero_grad();
      ((C * p ^ 2):sum() / 2):backward { create_graph = true }
      opt:step()
      local D = C:mean { dim = { 3, 4 }, keepdim = true }
      m, v = 0.8 * m + 0.2 * C * q, 0.9 * v + 0.1 * D * D
      local d = (v:sqrt() / math.sqrt(1 - 0.9 ^ t)) ^ 0.5 + 1e-4
      q = q - 0.1 * (m / (1 - 0.8 ^ t) / d + 0.2 * q)
    end
    hessian.signs = signs
    p.grad = nil
    close.tensor(q, p:detach(), 1e-12, "AdaHessian")
    local z = hessian.signs(lab.zeros(1000))
    assert.is_true(z:abs():eq(1):all():item() == 1 and math.abs(z:mean():item()) < 0.2)
  end)
end)
