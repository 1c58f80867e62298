-- Samples that are large enough to be shared among threads: { name, function of the inputs, inputs..., with once = true
-- where second derivatives are left out }. A function may return several tensors. bits_spec.lua checks that together
-- with the element-wise samples they reach every row of the op table that computes something.
local lab = require "optlab"

local F, la = lab.nn.functional, lab.linalg

lab.manual_seed(3)

-- Float64 leaves of normal numbers, unless a dtype is given.
local function x(...) return lab.randn({ ... }, { dtype = "float64", requires_grad = true }) end
local function single(...) return lab.randn({ ... }, { dtype = "float32", requires_grad = true }) end
local function index(from, to, ...) return lab.randint(from, to + 1, { ... }) end
local function matrices() return x(320, 6, 6) end
local function definite(a) return a:matmul(a:transpose(-2, -1)) + lab.eye(6, { dtype = "float64" }) end

local rows, columns = index(1, 300, 500), index(1, 120, 300, 200)
local labels, pixels = index(1, 60, 700), index(1, 10, 40, 90)
local picks = { index(1, 300, 400), index(1, 120, 400) }
local mean, variance = lab.randn(12, { dtype = "float64" }), lab.rand(12, { dtype = "float64" }) + 0.5
local edges = lab.linspace(-3, 3, 50, { dtype = "float64" })

local function layer(name, options)
  local net = lab.nn[name](24, 32, options)
  return function(s)
    local y, last = net(s)
    return y, lab.is_tensor(last) and last or last[1]
  end
end

local function heads() return x(6, 70, 16) end
local conv = { stride = { 2, 1 }, padding = 1 }
local function pool(s) return F.max_pool2d(s, 3, { stride = 2, padding = 1 }) end
local block = lab.nn.Sequential(lab.nn.Conv2d(3, 8, 3), lab.nn.ReLU(), lab.nn.MaxPool2d(2))

return {
  -- shapes
  { "flip", function(a) return a:flip(1, 2) end, x(300, 120) },
  { "tri", function(a) return a:tril() - a:triu(3) end, x(300, 120) },
  { "pad", function(a) return F.pad(a, { 3, 4, -1, 2 }, { value = 2 }), F.pad(a, { 3, 4 }, "reflect") end,
    x(300, 120) },
  { "slice_grad", function(a) return a[{ { 2, 299, 3 }, { 5, 100 } }] end, x(300, 120) },
  { "slices_grad", function(a) return a[{ { 1, 200 } }] + a[{ { 101, 300 } }] end, x(300, 120) },
  { "diagonal", function(a) return a:diag_embed(), a:diagonal() ^ 2 end, x(10, 60) },
  { "cat", function(a, b) return lab.cat({ a, b, a }, 2), lab.cat({ a, b }, 1) end, x(300, 120), x(300, 120) },
  { "clone", function(a) return a:t():clone(), a:to("float32") end, x(300, 120) },

  -- reductions
  { "sum", function(a) return a:sum(), a:sum(1), a:sum(2), a:sum({ 1, 3 }) end, x(60, 30, 40) },
  { "mean", function(a) return a:mean(), a:mean(1), a:mean(2), a:mean({ 1, 3 }) end, x(60, 30, 40) },
  { "prod", function(a) return a:prod(1), a:prod(2) end, x(300, 120) },
  { "extremes", function(a) return a:amax(), a:amax(1), a:amin(2), a:argmax(1), a:argmin(2) end, x(300, 120) },
  { "var", function(a) return a:var(), a:var(1), a:std(2), a:std() end, x(300, 120) },
  { "norm", function(a) return a:norm(), a:norm(2, 1), a:norm(1, 2), a:norm(3, 1), a:norm(math.huge, 2) end,
    x(300, 120) },
  { "scans", function(a) return a:cumsum(1), a:cumsum(2), a:cumprod(1), a:cumprod(2) end, x(300, 120) },
  { "logsumexp", function(a) return a:logsumexp(1), a:logsumexp(2) end, x(300, 120) },

  -- order
  { "order", function(a) return a:argsort(2), (a:median(1)), (a:kthvalue(5, 2)), (a:topk(4, 1)) end, x(300, 120) },
  { "searchsorted", function(a) return lab.searchsorted(edges, a) end, x(300, 120) },

  -- places
  { "index_select", function(a) return a:index_select(1, rows), a:index_select(2, picks[2]) end, x(300, 120) },
  { "index", function(a) return a[picks[1]], a[{ picks[1], picks[2] }] end, x(300, 120) },
  { "index_put", function(a, b)
    return a:index_put({ picks[1], picks[2] }, b, { accumulate = true }), a:index_add(1, picks[1], a[picks[1]])
  end, x(300, 120), x(400) },
  { "index_copy", function(a, b) return a:index_copy(1, rows[{ { 1, 30 } }], b) end, x(300, 120), x(30, 120) },
  { "gather", function(a) return a:gather(2, columns), a:t():gather(1, columns:t()) end, x(300, 120) },
  { "scatter", function(a, b) return a:scatter_add(2, columns, b), a:scatter(2, columns, b * 0) end, x(300, 120),
    x(300, 200) },

  { "scatter_reduce", function(a, b)
    return a:scatter_reduce(2, columns, b, "amax"), a:scatter_reduce(2, columns, b, "mean", { include_self = false })
  end, x(300, 120), x(300, 200) },

  -- products and matrices
  { "mm", function(a, b) return a:mm(b), a:t():mm(a), b:t():mm(a:t()) end, x(200, 170), x(170, 200) },
  { "mm of float32", function(a, b) return a:mm(b), a:t():mm(a) end, single(200, 170), single(170, 200) },
  { "bmm", function(a, b) return a:matmul(b), a:matmul(a:transpose(2, 3)) end, x(20, 60, 40), x(20, 40, 60) },
  { "linear", function(a, w, b) return F.linear(a, w, b) end, x(300, 120), x(300, 120), x(300) },
  { "linear of sequences", function(a, w) return F.linear(a, w) end, single(30, 40, 30), single(30, 30) },
  { "cholesky", function(a) return la.cholesky(definite(a)), la.cholesky(definite(a), { upper = true }) end,
    matrices() },
  { "triangular", function(a, b) return la.solve_triangular(a + 5 * lab.eye(6), b, { upper = true }) end, matrices(),
    matrices() },
  { "solve", function(a, b) return la.solve(definite(a), b), la.inv(definite(a)) end, matrices(), matrices() },
  { "lu", function(a)
    local P, L, U = la.lu(a)
    return P, L, U, (la.lu_factor(a))
  end, matrices() },
  { "det", function(a) return la.det(a), (select(2, la.slogdet(a))) end, matrices() },
  { "qr", function(a) return la.qr(a) end, matrices() },
  { "svd", function(a) return la.svdvals(a), la.svdvals(a:detach()), (select(2, la.svd(a))), la.pinv(a) end,
    matrices() },
  { "eigh", function(a) return la.eigvalsh(definite(a)), la.eigvalsh(definite(a:detach())), (la.eigh(definite(a))) end,
    matrices() },
  { "eig", function(a)
    local w, V = la.eig(a)
    return w.real, V.real:square() + V.imag:square(), la.eigvals(a:detach()).real
  end, matrices() },
  { "lstsq", function(a, b) return la.lstsq(a, b).solution end, x(160, 8, 6), x(160, 8, 2) },
  { "matrix_exp", function(a) return la.matrix_exp(a) end, matrices(), once = true },

  -- networks
  { "softmax", function(a) return a:softmax(1), a:softmax(2), a:log_softmax(1), a:log_softmax(2) end, x(300, 120) },
  { "losses", function(a, b)
    return F.mse_loss(a, b), F.binary_cross_entropy(a:sigmoid(), b:sigmoid()), F.mse_loss(a, b, { reduction = "none" })
  end, x(300, 120), x(300, 120) },
  { "cross_entropy", function(a) return F.cross_entropy(a, labels, { label_smoothing = 0.1 }) end, x(700, 60) },
  { "cross_entropy of pixels", function(a)
    return F.cross_entropy(a, pixels), F.cross_entropy(a, a:softmax(2):detach())
  end, x(40, 10, 90) },
  { "nll_loss", function(a) return F.nll_loss(a, labels), F.nll_loss(a, labels, { reduction = "none" }) end,
    x(700, 60) },
  { "embedding", function(w) return F.embedding(rows, w) end, x(300, 120) },
  { "attention", function(q, k, v)
    return F.scaled_dot_product_attention(q, k, v, { is_causal = true })
  end, heads(), heads(), heads() },
  { "row_norm", function(a, w, b) return F.layer_norm(a, 120, w, b), F.rms_norm(a, 120, w) end,
    x(300, 120), x(120), x(120) },
  { "row_norm of many rows", function(a, w, b) return F.layer_norm(a, 60, w, b), F.rms_norm(a, 60, w) end,
    x(1200, 60), x(60), x(60) },
  { "batch_norm", function(a, w, b)
    return F.batch_norm(a, nil, nil, { weight = w, bias = b, training = true }), F.batch_norm(a, mean, variance, w, b)
  end, x(40, 12, 9, 8), x(12), x(12) },
  { "batch_norm_relu", function(a, w, b, add)
    return F.batch_norm_relu(a, { weight = w, bias = b, training = true, add = add }),
      F.batch_norm_relu(a, { training = true })
  end, x(40, 12, 9, 8), x(12), x(12), x(40, 12, 9, 8) },
  { "batch_norm of convolutions", function(s, w)
    return F.batch_norm(F.conv2d(s, w), nil, nil, { training = true })
  end, single(16, 3, 20, 20), single(12, 3, 3, 3) },
  { "rnn", layer("RNN", { dtype = "float64" }), x(20, 80, 24), once = true },
  { "lstm", layer("LSTM", { bidirectional = true }), single(20, 80, 24), once = true },
  { "gru", layer("GRU", { dtype = "float64", batch_first = true }), x(80, 20, 24), once = true },

  -- images
  { "conv2d", function(s, w, b) return F.conv2d(s, w, b, conv) end, x(16, 3, 30, 28), x(8, 3, 3, 3), x(8) },
  { "conv2d of float32", function(s, w) return F.conv2d(s, w) end, single(32, 4, 20, 20), single(6, 4, 5, 5) },
  { "conv2d_add_grad_input", function(s, w)
    local y = s:tanh()
    return F.conv2d(y, w, { padding = 1 }) + y
  end, single(37, 4, 20, 20), single(4, 4, 3, 3) },
  { "conv_transpose2d", function(s, w) return F.conv_transpose2d(s, w, { stride = 2 }) end, single(16, 8, 17, 17),
    single(8, 4, 3, 3) },
  { "conv2d_relu_pool", function(s, w, b)
    return lab.nn.functional_call(block, { ["0.weight"] = w, ["0.bias"] = b }, s)
  end, single(32, 3, 26, 26), single(8, 3, 3, 3), single(8) },
  { "conv2d_pick", function(s)
    return lab.autograd.grad((block(s) ^ 3):sum(), s, { create_graph = true }) * s
  end, single(32, 3, 24, 24), once = true },
  { "max_pool2d", pool, x(16, 4, 30, 28) },
  { "max_pool2d_pick", function(s) return lab.autograd.grad((pool(s) ^ 3):sum(), s, { create_graph = true }) * s end,
    x(16, 4, 30, 28), once = true },
  { "avg_pool2d", function(s) return F.avg_pool2d(s, 3, { stride = 2 }), F.adaptive_avg_pool2d(s, { 7, 5 }) end,
    x(16, 4, 30, 28) },
  { "interpolate", function(s)
    return F.interpolate(s, { scale_factor = 2, mode = "bilinear" }), F.interpolate(s, 40)
  end, x(8, 4, 34, 34) },
}
