--- Makes random lines of a program, from what the variables hold in the reference.
--
-- A generator is made with a seed and options:
--   slots       how many variables may be assigned to (12): t1, t2, ...
--   names       those that may be read, if not the same
--   grad        whether tensors may require gradients
--   step        lines are for the inside of a step: arguments are not written to
--   medium      sizes up to some hundreds, which cross the blocks of kernels
--   large       sizes of thousands, which several threads share
--   wrong       how often an argument is out of place (0.04)
-- generator:line(env) gives the text of a line; env: the reference's variables.
--
-- Sizes come from a short list of each program, so that shapes often broadcast, join and multiply.
local choose = require "tests.fuzz.programs.choose"
local number = require "tests.fuzz.programs.reference.number"
local T = require "tests.fuzz.programs.reference.tensor"
local text = require "tests.fuzz.programs.text"
local make = require "tests.fuzz.programs.lines.make"
local view = require "tests.fuzz.programs.lines.view"
local compute = require "tests.fuzz.programs.lines.compute"
local join = require "tests.fuzz.programs.lines.join"
local write = require "tests.fuzz.programs.lines.write"
local grad = require "tests.fuzz.programs.lines.grad"

local M = {}
M.__index = M

local DTYPES = { { 5, "float32" }, { 4, "float64" }, { 2, "int64" }, { 1, "uint8" } }
local SMALL_SIZES = { 1, 2, 2, 3, 3, 4, 4, 5, 6, 7 }
local MEDIUM_SIZES = { 1, 2, 3, 5, 8, 9, 16, 17, 33, 64, 65, 100, 129, 260 }
local LARGE_SIZES = { 1, 2, 3, 16, 65, 129, 129, 160, 260, 300, 1000, 20000, 33000 }

function M.new(seed, options)
  local c = choose.new(seed)
  local g = setmetatable({ c = c, slots = 12, wrong = 0.04, limit = 400 }, M)
  for name, value in pairs(options or {}) do g[name] = value end
  g.sizes = {}
  local sizes = g.large and LARGE_SIZES or g.medium and MEDIUM_SIZES or SMALL_SIZES
  for d = 1, 5 do g.sizes[d] = c:of(sizes) end
  if c:chance(0.1) then g.sizes[c:int(1, 5)] = 0 end
  if g.large then g.limit = 80000 elseif g.medium then g.limit = 6000 end
  if not g.names then
    g.names = {}
    for i = 1, g.slots do g.names[i] = "t" .. i end
  end
  g.lines = 0
  return g
end

-- --- numbers and shapes ---------------------------------------------------------------------------------------------

local SPECIAL = { 0 / 0, 1 / 0, -1 / 0, -0.0, 0.0, 1e-40, -1e-310, 1e30, -3e38, 2.0 ^ 24 + 1, 1.0, -1.0, 0.5 }

--- An element of a dtype.
function M:element(dtype)
  local c = self.c
  if dtype == "uint8" then return c:int(0, c:chance(0.2) and 255 or 2) end
  if dtype == "int64" then return c:chance(0.02) and c:of { math.mininteger, math.maxinteger, 1 << 53, (1 << 53) + 1 }
    or c:int(-5, 9) end
  if self.grad then return (c:unit() * 2 + 0.05) * (c:chance(0.3) and -1 or 1) end
  if c:chance(0.03) then return c:of(SPECIAL) end
  if c:chance(0.4) then return c:int(-4, 4) + 0.0 end
  return (c:unit() - 0.4) * c:of { 1, 4, 10 }
end

function M:number(dtype)
  local c = self.c
  if self.c:chance(self.wrong) then return text.number(self:element("float64")) end
  if dtype == "uint8" then return text.number(c:int(0, c:chance(0.2) and 300 or 3)) end
  if dtype == "int64" then return text.number(c:int(-3, 6)) end
  return text.number(c:chance(0.3) and c:int(-3, 3) or self:element("float64"))
end

-- A few of the program's sizes in their order, now and then 1 instead.
function M:shape()
  local c = self.c
  local last = c:int(3, 5)
  local first, shape = c:int(math.max(1, last - 4), last + 1), {}
  for d = first, last do shape[#shape + 1] = c:chance(0.15) and 1 or self.sizes[d] end
  if c:chance(0.06) then shape = { c:int(0, 7) } end
  while T.numel(shape) > self.limit do table.remove(shape, c:int(1, #shape)) end
  return shape
end

function M:dtype() return self.c:weighted(DTYPES) end

function M:float_dtype() return self.c:chance(0.55) and "float32" or "float64" end

-- --- variables ------------------------------------------------------------------------------------------------------

--- A variable to assign to.
function M:target() return "t" .. self.c:int(1, self.slots) end

--- A variable that holds a tensor for which fits(tensor) is true, and the tensor; or nil. Now and then one with more
-- than one element is preferred.
function M:pick(fits)
  local names = self.names
  local first = self.c:int(1, #names)
  for above = self.c:chance(0.4) and 1 or -1, -1, -2 do
    for i = 0, #names - 1 do
      local name = names[(first + i - 1) % #names + 1]
      local x = rawget(self.env, name)
      if x and #x._map > above and (not fits or fits(x)) then return name, x end
    end
  end
end

-- A dimension of n, from either end; sometimes none that there is.
function M:dim(n)
  local c = self.c
  if n == 0 or c:chance(self.wrong) then return c:int(-n - 2, n + 2) end
  local d = c:int(1, n)
  return c:chance(0.3) and d - n - 1 or d
end

function M:position(size)
  local c = self.c
  if size == 0 or c:chance(self.wrong) then return c:int(-size - 2, size + 2) end
  local i = c:int(1, size)
  return c:chance(0.3) and i - size - 1 or i
end

--- A mask, as text and as a tensor, of some dimensions of x from `at` on; or nil.
function M:mask_of(x, at)
  local mask, m = self:pick(function(m)
    if m._dtype ~= "uint8" or #m._shape == 0 or #m._shape + at - 1 > #x._shape then return false end
    for d, size in ipairs(m._shape) do
      if size ~= x._shape[d + at - 1] then return self.c:chance(self.wrong) end
    end
    for _, v in ipairs(T.values(m)) do
      if v > 1 then return self.c:chance(self.wrong) end
    end
    return true
  end)
  return mask, m
end

-- A key of t[key].
function M:key(x)
  local c = self.c
  if c:chance(0.3) then return tostring(self:position(x._shape[1] or 0)) end
  local parts, n = {}, c:int(1, math.max(1, #x._shape))
  if c:chance(self.wrong) then n = n + 1 end
  for d = 1, n do
    local size, kind = x._shape[d] or 1, c:int(1, 5)
    if kind == 1 then
      parts[d] = tostring(self:position(size))
    elseif kind == 2 then
      parts[d] = "{}"
    elseif kind == 3 then
      parts[d] = ("{%d}"):format(self:position(size))
    elseif kind == 4 then
      parts[d] = ("{%d, %d}"):format(self:position(size), self:position(size))
    else
      parts[d] = ("{%d, %d, %d}"):format(self:position(size), self:position(size), c:int(c:chance(0.05) and 0 or 1, 3))
    end
  end
  return "{" .. table.concat(parts, ", ") .. "}"
end

function M:dims(n)
  local c = self.c
  if n == 0 or c:chance(0.25) then return nil end
  if c:chance(0.6) then return tostring(self:dim(n)) end
  local order, list = c:order(n), {}
  for i = 1, c:int(1, n) do list[i] = order[i] end
  if c:chance(self.wrong) then list[1] = n + 1 end
  return "{" .. text.sizes(list) .. "}"
end

function M:options(dtype)
  if self.grad and not self.step and number.is_float(dtype) and self.c:chance(0.5) then
    return ('{dtype = "%s", requires_grad = true}'):format(dtype)
  end
  return ('{dtype = "%s"}'):format(dtype)
end

-- --- what a program may do ------------------------------------------------------------------------------------------

--- Whether a program may join these two in one operation.
function M.mixes() return true end

--- A test for pick: does it broadcast with a, to no more elements than the limit?
function M:broadcasts(a)
  return function(b)
    local ok, shape = pcall(T.broadcast, a._shape, b._shape)
    return ok and T.numel(shape) <= self.limit and self:mixes(a, b)
  end
end

--- Whether a program may write into x in place, reading y.
function M:writable(x)
  if self.step and (x._storage.argument or x._requires) then return false end
  return (self.c:chance(self.wrong) or not T.repeats(x)) and not (x._requires and not self.c:chance(self.wrong))
end

--- Whether y may be written into x.
function M:assigns(x, y)
  return self.c:chance(self.wrong) or number.is_float(x._dtype) or not number.is_float(y._dtype)
end

--- Whether a program may write into x, which requires a gradient, under no_grad.
function M.spoils() return true end

-- --- the mixture ----------------------------------------------------------------------------------------------------

local PLAIN = {
  { 5, make.literal }, { 5, make.filled }, { 2, make.rule }, { 5, view.reshape }, { 9, view.view },
  { 4, view.expand }, { 7, view.index }, { 7, compute.unary }, { 10, compute.binary }, { 1, compute.clamp },
  { 3, compute.where }, { 6, compute.reduce }, { 3, compute.extreme }, { 2, compute.softmax }, { 5, join.product },
  { 4, join.join }, { 4, join.pick }, { 4, join.move }, { 2, join.cast }, { 14, write.in_place }, { 3, write.overlap },
}
local GRAD = {
  { 4, grad.leaf }, { 7, grad.backward }, { 3, grad.grad }, { 2, grad.drop_grad }, { 4, write.no_grad },
  { 10, grad.optimizer },
}

-- Copies and writes, which the optimizing of a compiled step has to mind.
local STEP = { { 5, view.copy }, { 8, write.in_place }, { 2, write.overlap }, { 1, write.no_grad } }

--- A line for the inside of a step, or nil.
function M:inside(env)
  self.env = env
  return self.c:weighted(self.c:chance(0.3) and STEP or PLAIN)(self)
end

--- A line that makes a tensor.
function M:creation(env)
  self.env = env
  return self.c:chance(0.7) and make.literal(self) or make.filled(self)
end

--- The next line.
function M:line(env)
  self.env = env
  self.lines = self.lines + 1
  if self.lines <= 4 then return self:creation(env) end
  while true do
    local kind = self.c:weighted(self.grad and self.c:chance(0.25) and GRAD or PLAIN)
    local line = kind(self)
    if line then return line end
  end
end

return M
