--- The matrices of the exercises: each result multiplied out, and what is refused.
local close = require "tests.support.close"
local contains = require("tests.support.text").contains
local files = require "tests.support.files"
local lab = require "optlab"
local message = require("tests.support.errors").message
local program = require "tests.support.program"
local tensors = require "tests.support.tensors"

local matrix = require "experiments.exercises.matrix"
local f64 = tensors.f64

local function diagonal(values)
  local d = lab.zeros(#values, #values, { dtype = "float64" })
  for i, v in ipairs(values) do d[{ i, i }] = v end
  return d
end

describe("matrix", function()
  before_each(function() lab.manual_seed(3) end)

  local function symmetric(n)
    local a = lab.randn(n, n, { dtype = "float64" })
    return a + a:t()
  end

  describe("eigen", function()
    it("gives V and the values with A = V diag(values) V', values ascending", function()
      for n = 1, 7 do
        local a = symmetric(n)
        local values, v = matrix.eigen(a)
        close.within(a, v:mm(diagonal(values)):mm(v:t()), 1e-13 * n, "V D V'")
        close.within(lab.eye(n), v:t():mm(v), 1e-14 * n, "V' V")
        for i = 2, n do assert.is_true(values[i - 1] <= values[i]) end
      end
    end)

    it("knows the spectrum of 2 on the diagonal and -1 beside it", function()
      local n, a = 6, {}
      for i = 1, n do
        a[i] = {}
        for j = 1, n do a[i][j] = i == j and 2 or math.abs(i - j) == 1 and -1 or 0 end
      end
      local expected = {}
      for k = 1, n do expected[k] = 2 - 2 * math.cos(k * math.pi / (n + 1)) end
      close.list(expected, (matrix.eigen(a)), "values", 1e-13)
    end)

    it("takes a diagonal, zeros, and numbers of any size", function()
      assert.same({ -1, 0, 5 }, (matrix.eigen { { 5, 0, 0 }, { 0, -1, 0 }, { 0, 0, 0 } }))
      assert.same({ 0, 0 }, (matrix.eigen { { 0, 0 }, { 0, 0 } }))
      close.list({ 1e200, 3e200 }, (matrix.eigen { { 2e200, 1e200 }, { 1e200, 2e200 } }), "large", 1e-14)
      close.list({ 1e-200, 3e-200 }, (matrix.eigen { { 2e-200, 1e-200 }, { 1e-200, 2e-200 } }), "small", 1e-14)
    end)

    it("leaves its argument alone", function()
      local a = f64 { { 1, 2 }, { 2, 1 } }
      matrix.eigen(a)
      assert.same({ { 1, 2 }, { 2, 1 } }, a:tolist())
    end)

    it("refuses what is not symmetric", function()
      contains(message(matrix.eigen, { { 1, 2 }, { 3, 1 } }),
        "matrix.eigen: the matrix must be symmetric, but (1, 2) is 2 and (2, 1) is 3")
    end)
  end)

  describe("eigen2", function()
    it("gives real roots, double ones and complex pairs", function()
      local values, rest = matrix.eigen2 { { 1, 2 }, { 3, 4 } }
      close.list({ (5 - math.sqrt(33)) / 2, (5 + math.sqrt(33)) / 2 }, values, "real", 1e-14)
      assert.equal(0, rest)
      assert.same({ 3, 3 }, (matrix.eigen2 { { 3, 1 }, { 0, 3 } }))
      values, rest = matrix.eigen2 { { 0, -2 }, { 2, 0 } }
      assert.same({ 0, 0 }, values)
      assert.equal(2, rest)
    end)

    it("refuses other sizes", function()
      contains(message(matrix.eigen2, lab.eye(3)), "matrix.eigen2: the matrix must have two rows, got shape (3, 3)")
    end)
  end)

  describe("inverse", function()
    it("gives the identity as a product, from either side", function()
      for n = 1, 6 do
        local a = lab.randn(n, n, { dtype = "float64" })
        local b = matrix.inverse(a)
        close.within(lab.eye(n), a:mm(b), 1e-11, "A B")
        close.within(lab.eye(n), b:mm(a), 1e-11, "B A")
      end
    end)

    it("exchanges rows where a pivot is zero", function()
      assert.same({ { 0, 0.5 }, { 1, 0 } }, matrix.inverse({ { 0, 1 }, { 2, 0 } }):tolist())
    end)

    it("refuses singular matrices", function()
      contains(message(matrix.inverse, { { 1, 2 }, { 2, 4 } }), "matrix.inverse: the matrix is singular (pivot 2 of 2")
      contains(message(matrix.inverse, lab.zeros(3, 3)), "singular (pivot 1 of 3 is 0)")
    end)
  end)

  describe("qr", function()
    it("gives orthonormal columns and a triangle with a positive diagonal", function()
      for _, shape in ipairs { { 1, 1 }, { 4, 4 }, { 6, 3 } } do
        local a = lab.randn(shape[1], shape[2], { dtype = "float64" })
        local q, r = matrix.qr(a)
        close.within(a, q:mm(r), 1e-13, "Q R")
        close.within(lab.eye(shape[2]), q:t():mm(q), 1e-12, "Q' Q")
        for i, row in ipairs(r:tolist()) do
          assert.is_true(row[i] > 0)
          for j = 1, i - 1 do assert.equal(0, row[j]) end
        end
      end
    end)

    it("refuses dependent columns and wide matrices", function()
      contains(message(matrix.qr, { { 1, 2 }, { 1, 2 } }), "matrix.qr: column 2 depends on those before")
      contains(message(matrix.qr, lab.ones(2, 3)), "as many rows as columns, got shape (2, 3)")
    end)
  end)

  describe("orthogonal", function()
    it("gives orthogonal matrices of lab's random numbers, with either determinant", function()
      local positive = 0
      for _ = 1, 200 do
        local u = matrix.orthogonal(2)
        close.within(lab.eye(2), u:mm(u:t()), 1e-13, "U U'")
        local a = u:tolist()
        if a[1][1] * a[2][2] > a[1][2] * a[2][1] then positive = positive + 1 end
      end
      assert.is_true(positive > 70 and positive < 130, positive)
      lab.manual_seed(1)
      local first = matrix.orthogonal(4)
      lab.manual_seed(1)
      close.same(first, matrix.orthogonal(4))
    end)

    it("refuses other sizes", function()
      contains(message(matrix.orthogonal, 0), "matrix.orthogonal: n must be an integer of at least 1, got 0")
    end)
  end)

  it("says what a matrix is", function()
    contains(message(matrix.inverse, 3), "matrix.inverse: the matrix must be a list of rows or a tensor (n, n), got 3")
    contains(message(matrix.inverse, lab.ones(2, 3)), "matrix.inverse: the matrix must be square, got shape (2, 3)")
    contains(message(matrix.inverse, lab.ones(3)), "the matrix must have two dimensions, got shape (3)")
    contains(message(matrix.eigen, { { 0 / 0 } }), "matrix.eigen: element (1, 1) is")
  end)

  it("names the line of the call", function()
    local line = debug.getinfo(1, "l").currentline + 1
    local said = message(function() return #matrix.inverse { { 0 } } end)
    contains(said, ("matrix_spec.lua:%d: matrix.inverse: "):format(line))
  end)

  it("is found from any folder", function()
    local dir = files.folder()
    files.write(dir .. "/a.lua", [[
      local lab = require "optlab"
      print(require("experiments.exercises.matrix").inverse(lab.eye(2)):numel())]])
    local status, out, err = program.run(dir, "a.lua")
    files.remove(dir)
    assert.same({ 0, "4\n", "" }, { status, out, err })
  end)
end)
