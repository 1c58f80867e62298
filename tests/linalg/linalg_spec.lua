--- lab.linalg agrees with PyTorch, gives the same bits on any number of threads and in compiled steps, and says what is
-- wrong with a matrix.
local lab = require "optlab"
local errors = require "tests.support.errors"
local la = lab.linalg

local F64 = { dtype = "float64" }

local function tensor(values, dtype)
  local flat = lab.zeros({ #values }, { dtype = dtype or "float64" })
  if #values > 0 then flat = lab.tensor({ table.unpack(values) }, { dtype = dtype or "float64" }) end
  return #values == 0 and lab.zeros(values.shape, F64) or flat:reshape(values.shape)
end

-- The same values with the last two dimensions exchanged in memory.
local function turned(t)
  if t:dim() < 2 then return t:clone() end
  return t:transpose(-2, -1):contiguous():transpose(-2, -1)
end

local function pack_of(...)
  return { ... }
end

-- Eigenvalues, and eigenvectors if there are any, as tensors; the squares of the vectors' elements.
local function split(w, V)
  if not V then return w.real, w.imag end
  return w.real, w.imag, V.real, V.imag
end
local function lengths(_, V) return V.real:square() + V.imag:square() end

-- A case's function of a and b.
local function compile_case(code)
  local text = "local la, split, lengths = ...; return function(a, b) return " .. code .. " end"
  return assert(load(text))(la, split, lengths)
end

local function near(want, got, tolerance, what)
  assert.same(want.shape, got.shape, what)
  local largest = 1
  for _, x in ipairs(want) do
    if math.abs(x) < math.huge then largest = math.max(largest, math.abs(x)) end
  end
  for i, x in ipairs(got:detach():reshape(-1):tolist()) do
    local same = x == want[i] or math.abs(x - want[i]) <= tolerance * largest
    if not same then error(("%s: element %d is %.17g, not %.17g"):format(what, i, x, want[i]), 0) end
  end
end

-- The sum of all results, each element times the cosine of its number.
local function weighted(results)
  local sum = 0
  for _, y in ipairs(results) do
    if y.requires_grad then
      local weights = lab.cos(lab.arange(y:numel(), F64)):reshape(y.shape)
      sum = sum + (y * weights):sum()
    end
  end
  return sum
end

local function check(case, prepare)
  local code, inputs, outputs, grads = table.unpack(case)
  local leaves = {}
  for i, values in ipairs(inputs) do
    leaves[i] = prepare(tensor(values))
    if grads then leaves[i]:requires_grad_() end
  end
  local results = pack_of(compile_case(code)(table.unpack(leaves)))
  assert.equal(#outputs, #results)
  for i, want in ipairs(outputs) do near(want, results[i], 1e-12, "result " .. i) end
  local sum = grads and weighted(results)
  if type(sum) ~= "userdata" then return end
  local got = lab.autograd.grad(sum, leaves, { allow_unused = true })
  for i, want in ipairs(grads) do near(want, got[i] or lab.zeros_like(leaves[i]), 1e-9, "gradient " .. i) end
end

describe("lab.linalg agrees with PyTorch:", function()
  for i, case in ipairs(dofile("tests/reference/linalg_values.lua")) do
    local shapes = {}
    for k, input in ipairs(case[2]) do shapes[k] = "(" .. table.concat(input.shape, ", ") .. ")" end
    it(("%s of %s [%d]"):format(case[1], table.concat(shapes, " and "), i), function()
      check(case, function(x) return x end)
      check(case, turned)
    end)
  end
end)

local function eye(x) return lab.eye(x.shape[x:dim()], { dtype = x.dtype }) end
describe("linalg.lu", function()
  it("needs no pivots where none is 0", function()
    local A = lab.tensor({ { 4, 2, 1 }, { 1, 5, 2 }, { 2, 1, 6 } }, F64)
    local P, L, U = la.lu(A, { pivot = false })
    assert.equal(0, P:numel())
    assert.is_true((L:matmul(U) - A):abs():max():item() < 1e-14)
    local factors, pivots = la.lu_factor(A, { pivot = false })
    assert.same({ 1, 2, 3 }, pivots:tolist())
    local B = lab.tensor({ { 1 }, { 2 }, { 3 } }, F64)
    assert.is_true((A:matmul(la.lu_solve(factors, pivots, B)) - B):abs():max():item() < 1e-14)
  end)

  it("refuses pivots that are none", function()
    local factors, pivots = la.lu_factor(lab.eye(3, F64))
    errors.fails("linalg.lu_solve: pivots must be int64 with 3 numbers for each matrix of LU, which has shape (3, 3)",
      function() la.lu_solve(factors, pivots:to("float64"), lab.ones({ 3, 1 }, F64)) end)
    errors.fails("linalg.lu_solve: pivot 3 of the matrix 1 of the batch is 6, it must be a row from 1 to 3",
      function() la.lu_solve(factors, pivots * 2, lab.ones({ 3, 1 }, F64)) end)
  end)
end)

local function positive(x) return x:matmul(x:transpose(-2, -1)) + eye(x) end

-- A name, and a function of a batch of square matrices.
local BATCHES = {
  { "cholesky", function(x) return la.cholesky(positive(x)) end },
  { "solve", function(x) return la.solve(x, x:transpose(2, 3)) end },
  { "solve_triangular", function(x) return la.solve_triangular(x + 9 * eye(x), x, true) end },
  { "qr", la.qr }, { "eigh", function(x) return la.eigh(positive(x)) end },
  { "svd", function(x) return la.svd(x, false) end }, { "eigvals", function(x) return split(la.eigvals(x)) end },
  { "pinv", la.pinv }, { "lstsq", function(x) return la.lstsq(x, x:transpose(2, 3)).solution end },
  { "matrix_exp", function(x) return la.matrix_exp(0.1 * x) end }, { "inv", la.inv },
  { "det", la.det }, { "slogdet", la.slogdet },
}

describe("lab.linalg", function()
  for _, entry in ipairs(BATCHES) do
    local name, f = table.unpack(entry)

    local function run(x)
      local leaf = x:clone():requires_grad_()
      local results = pack_of(f(leaf))
      local sum = weighted(results)
      sum:backward()
      results[#results + 1] = leaf.grad
      local lists = {}
      for i, y in ipairs(results) do lists[i] = y:tolist() end
      return lists
    end

    for _, dtype in ipairs { "float32", "float64" } do
      it(("gives the same bits on 1, 2 and 3 threads: %s of %s"):format(name, dtype), function()
        local before = lab.get_num_threads()
        lab.manual_seed(3)
        local x = lab.randn({ 90, 17, 17 }, { dtype = dtype })
        lab.set_num_threads(1)
        local one = run(x)
        for threads = 2, 3 do
          lab.set_num_threads(threads)
          assert.same(one, run(x))
        end
        lab.set_num_threads(before)
        assert.same(one[1][57], pack_of(f(x[{ { 57, 57 } }]))[1][1]:tolist()) -- nor does the batch matter
      end)
    end

    it("gives the same bits in a compiled step: " .. name, function()
      lab.manual_seed(4)
      local w = lab.randn({ 2, 4, 4 }, F64):requires_grad_()
      local function step(x)
        w.grad = nil
        weighted(pack_of(f(w * x))):backward()
        return w.grad:clone()
      end
      local compiled = lab.compile(step)
      for i = 1, 4 do
        local x = lab.randn({ 2, 4, 4 }, F64)
        local want = step(x):tolist()
        assert.same(want, compiled(x):tolist())
        if i == 4 then assert.is_true(compiled.replays > 0) end
      end
    end)

    it("survives any failed allocation: " .. name, function()
      local x = lab.randn({ 2, 4, 4 }, F64):requires_grad_()
      local function attempt() return weighted(pack_of(f(x))):backward() end
      for n = 1, 200 do
        lab.fail_allocation(n)
        local ok, why = pcall(attempt)
        lab.fail_allocation(0)
        if ok then return end
        assert.matches("memory", tostring(why))
      end
    end)
  end

  it("computes float32 in float32", function()
    local x = lab.randn(3, 3)
    assert.equal("float32", la.inv(x).dtype)
    assert.equal("float32", la.solve(lab.eye(2, { dtype = "int64" }), lab.ones(2)).dtype)
    assert.equal("float64", la.solve(lab.eye(2), lab.ones({ 2 }, F64)).dtype)
  end)

  local zeros = lab.zeros
  local REFUSALS = {
    { "linalg.inv: matrix 2 of the batch is singular: pivot 3 of its LU factors is 0",
      function() la.inv(lab.stack { lab.eye(3), lab.tensor { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 0 } } }) end },
    { "linalg.solve: the matrix is singular: pivot 1 of its LU factors is 0",
      function() la.solve(zeros(2, 2), lab.ones(2)) end },
    { "linalg.cholesky: the matrix is not positive definite: its leading minor of order 2 is not positive",
      function() la.cholesky(lab.tensor { { 1, 2 }, { 2, 1 } }) end },
    { "linalg.inv: A must be a square matrix or a batch of them, got shape (2, 3)",
      function() la.inv(zeros(2, 3)) end },
    { "linalg.det: A must be a matrix or a batch of matrices, got shape (3)", function() la.det(zeros(3)) end },
    { "linalg.solve: shapes (2, 2) and (3) do not fit: B must have 2 elements",
      function() la.solve(lab.eye(2), zeros(3)) end },
    { "linalg.solve: without left, B must be a matrix or a batch of matrices, got shapes (2, 2) and (2)",
      function() la.solve(lab.eye(2), zeros(2), { left = false }) end },
    { "linalg.cond: A must be a square matrix or a batch of them, got shape (2, 3)",
      function() la.cond(zeros(2, 3), 1) end },
    { "linalg.cond: p must be 'fro', 'nuc', 1, -1, 2, -2, inf or -inf, got 3",
      function() la.cond(zeros(2, 2), 3) end },
    { "linalg.matrix_rank: A must be a matrix or a batch of matrices, got shape (3)",
      function() la.matrix_rank(zeros(3)) end },
    { "linalg.cholesky_solve: L must be a square matrix or a batch of them, got shape (2, 3)",
      function() la.cholesky_solve(zeros(2, 1), zeros(2, 3)) end },
    { "linalg.cholesky_solve: B must have 2 rows, as L has, got a tensor of shape (3, 1)",
      function() la.cholesky_solve(zeros(3, 1), zeros(2, 2)) end },
    { "linalg.vector_norm: dim must name dimensions of a tensor of 2, got 3",
      function() la.vector_norm(zeros(2, 3), 2, 3) end },
    { "linalg.svd: the matrix holds inf or nan", function() la.svd(zeros(2, 2) / 0) end },
    { "linalg.eigh: matrix 2 of the batch holds inf or nan",
      function() la.eigh(lab.stack { lab.eye(2), lab.eye(2) / 0 }) end },
    { "linalg.lstsq: shapes (3, 2) and (2, 1) do not fit: B must have 3 rows",
      function() la.lstsq(zeros(3, 2), zeros(2, 1)) end },
    { "linalg.matrix_norm: ord must be 'fro', 'nuc', 1, -1, 2, -2, inf or -inf, got 3",
      function() la.matrix_norm(zeros(2, 2), 3) end },
    { "linalg.multi_dot: tensors must be a list of 2 or more tensors, got a table",
      function() la.multi_dot { zeros(2, 3) } end },
    { "linalg.multi_dot: tensors[1] has 3 columns and tensors[2] has 2 rows",
      function() la.multi_dot { zeros(2, 3), zeros(2, 3) } end },
    { "linalg.solve: the batches of shapes (2, 2, 2) and (3, 2, 1) do not broadcast",
      function() la.solve(zeros(2, 2, 2), zeros(3, 2, 1)) end },
  }
  for i, row in ipairs(REFUSALS) do
    it("refuses with a clear message: " .. i, function() assert.equal(row[1], errors.text(row[2])) end)
  end

  it("refuses the gradients that PyTorch refuses", function()
    local x = lab.ones(3, 2):requires_grad_()
    local _, r = la.qr(x, "r")
    assert.error_matches(function() r:sum():backward() end, "needs Q, which the mode 'r' does not compute")
    local q = la.qr(x, "complete")
    assert.error_matches(function() q:sum():backward() end, "'complete' has no gradient where a matrix has more rows")
  end)

  it("gives 0, not nan, as the gradient of what equal eigenvalues leave open", function()
    local x = lab.eye(3):requires_grad_()
    la.eigvalsh(x):sum():backward()
    assert.same(lab.eye(3):tolist(), x.grad:tolist())
  end)

  it("takes right-hand sides that are vectors in lstsq as in solve", function()
    local a, b = lab.randn({ 3, 4, 2 }, F64), lab.randn({ 3, 4 }, F64)
    local batch = la.lstsq(a, b)
    assert.same({ { 3, 2 }, { 3 } }, { batch.solution.shape, batch.residuals.shape })
    for i = 1, 3 do
      local one, column = la.lstsq(a[i], b[i]), la.lstsq(a[i], b[i]:unsqueeze(2))
      assert.same(column.solution:reshape(2):tolist(), one.solution:tolist())
      assert.same(one.solution:tolist(), batch.solution[i]:tolist())
      assert.same(column.residuals:tolist(), { one.residuals:item() })
    end
  end)

  it("gives 0 as the condition number of a matrix without elements", function()
    for _, p in ipairs { 1, 2, -2, math.huge, "fro", "nuc" } do
      assert.same({ 0, 0 }, la.cond(lab.zeros(2, 0, 0), p):tolist())
    end
  end)

  it("gives inf as the condition number of a singular matrix", function()
    assert.equal(math.huge, la.cond(zeros(2, 2), 1):item())
  end)

  it("gives the gradient of the determinant of a singular matrix", function()
    local a = lab.tensor({ { 1, 2, 3 }, { 2, 4, 6 }, { 1, 0, 1 } }, { dtype = "float64", requires_grad = true })
    la.det(a):backward()
    for i, x in ipairs { 4, 4, -4, -2, -2, 2, 0, 0, 0 } do assert.near(x, a.grad:reshape(-1)[i]:item(), 1e-13) end
  end)
end)
