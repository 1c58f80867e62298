--- Compares optlab's tensors with the reference's. A difference is raised as {difference = kind, detail = text}.
--
-- After an element was found within its tolerance, the reference takes over optlab's value. What follows starts from
-- the same numbers on both sides, so exact operations can be held to the same bits, and errors do not add up.
local lab = require "optlab"
local number = require "tests.fuzz.programs.reference.number"
local T = require "tests.fuzz.programs.reference.tensor"

local M = {}

local function differ(kind, text, ...) error({ difference = kind, detail = text:format(...) }, 0) end
M.differ = differ

--- The elements of a tensor of optlab, row by row.
function M.elements(t)
  if t:numel() == 0 then return {} end -- (1000, 1000, 0) would be a million empty tables
  local nested = t:detach():tolist()
  if type(nested) ~= "table" then return { nested } end
  if type(nested[1]) ~= "table" then return nested end
  local list = {}
  local function walk(x)
    if type(x[1]) == "table" then
      for i = 1, #x do walk(x[i]) end
    else
      table.move(x, 1, #x, #list + 1, list)
    end
  end
  walk(nested)
  return list
end

--- dtype, shape and elements of what may be a tensor of optlab, as text; two texts are equal where the bits are.
function M.bits(x)
  if not lab.is_tensor(x) then return tostring(x) end
  local list = M.elements(x)
  for i, v in ipairs(list) do list[i] = v ~= v and "nan" or ("%a"):format(v) end
  return ("%s (%s): %s"):format(x.dtype, table.concat(x.shape, ", "), table.concat(list, " "))
end

local function shape_text(shape) return "(" .. table.concat(shape, ", ") .. ")" end

local function check_window(name, r, t)
  if t.dtype ~= r._dtype then differ("dtype", "%s is %s, right: %s", name, t.dtype, r._dtype) end
  if not T.same_shape(t.shape, r._shape) then
    differ("shape", "%s has shape %s, right: %s", name, shape_text(t.shape), shape_text(r._shape))
  end
  if t.requires_grad ~= r._requires then
    differ("requires_grad", "%s.requires_grad is %s, right: %s", name, t.requires_grad, r._requires)
  end
end

-- New memory may lie in another order than row by row, without gaps; the reference takes the order over.
local known = setmetatable({}, { __mode = "k" })
function M.adopt_order(name, r, t)
  local storage = r._storage
  if known[storage] then return end
  known[storage] = true
  if t:is_contiguous() or #r._map ~= #storage.data then return end
  local places, data = T.places(r._shape, 1, t:stride()), {}
  for k, place in ipairs(places) do
    local gap = data[place] ~= nil or place > #places
    if gap and not r._gradient then differ("strides", "%s: strides with gaps", name) end
    data[place] = storage.data[r._map[k]]
  end
  storage.data, r._map = data, places
end

local function check_strides(name, r, t)
  if #r._map == 0 then return end
  local own, stride = T.row_steps(r._shape), t:stride()
  for d, size in ipairs(r._shape) do
    local right = size > 1 and r._map[1 + own[d]] - r._map[1] or stride[d]
    if right ~= stride[d] then
      differ("strides", "%s has stride %d in dimension %d, right: %d", name, stride[d], d, right)
    end
  end
  if t:is_contiguous() ~= T.is_contiguous(r) then
    differ("strides", "%s:is_contiguous() is %s", name, t:is_contiguous())
  end
end

local function index_text(k, shape)
  local index, rest = {}, k - 1
  for d = #shape, 1, -1 do
    table.insert(index, 1, rest % shape[d] + 1)
    rest = rest // shape[d]
  end
  return "[" .. table.concat(index, ", ") .. "]"
end

local function show(v) return math.type(v) == "integer" and ("%d"):format(v) or ("%.17g"):format(v) end

local function wrong(name, r, k, got, right, tolerance)
  differ("value", "%s%s is %s, right: %s%s", name, index_text(k, r._shape), show(got), show(right),
    tolerance and (" within %.3g"):format(tolerance) or "")
end

local function within(got, right, tolerance, gradient)
  if tolerance ~= tolerance or tolerance == math.huge then
    -- Nothing can be said, but that nan and infinity come from such.
    return gradient or right == right or got ~= got
  end
  if got - got ~= 0 or right - right ~= 0 then return number.same(got, right) end
  return math.abs(got - right) <= tolerance
end

-- Elements that are exact.
local function check_exact(name, r, list)
  local data, map, signed = r._storage.data, r._map, not r._loose
  for k = 1, #map do
    local right, got = data[map[k]], list[k]
    if got ~= right or (right == 0 and signed) then
      if not number.same(got, right, signed) then wrong(name, r, k, got, right) end
    end
  end
end

local function check_near(name, r, list)
  local data, map, tolerance = r._storage.data, r._map, r._tolerance
  for k = 1, #map do
    if not within(list[k], data[map[k]], tolerance[k], r._gradient or r._vague) then
      wrong(name, r, k, list[k], data[map[k]], tolerance[k])
    end
  end
end

local function check_random(name, r, list)
  local low, high = r._unknown[1], r._unknown[2]
  for k = 1, #list do
    if not (list[k] >= low and list[k] <= high and list[k] - list[k] == 0) then
      wrong(name, r, k, list[k], low)
    end
  end
end

local function take_over(r, list)
  local data, map, out = r._storage.data, r._map, r._out
  for k = 1, #map do data[map[k]] = list[k] end
  if out then table.move(list, 1, #list, 1, out) end
  r._tolerance, r._unknown, r._loose, r._out, r._vague = nil, nil, nil, nil, nil
end

--- Compares one tensor; name: how messages call it.
function M.tensor(name, r, t)
  check_window(name, r, t)
  M.adopt_order(name, r, t)
  check_strides(name, r, t)
  local list = M.elements(t)
  if #list ~= #r._map then differ("value", "%s: %d elements, right: %d", name, #list, #r._map) end
  if r._unknown then
    check_random(name, r, list)
  elseif r._tolerance then
    check_near(name, r, list)
  else
    check_exact(name, r, list)
  end
  if r._unknown or r._tolerance or r._loose then take_over(r, list) end
end

--- Whether the reference does not know all elements of r to the bit.
function M.is_open(r) return r._unknown ~= nil or r._tolerance ~= nil or r._loose ~= nil end

--- Compares the gradients of a leaf.
function M.gradient(name, r, t)
  local right, got = rawget(r, "_grad"), t.grad
  if (right == nil) ~= (got == nil) then
    differ("gradient", "%s.grad is %s, right: %s", name, got and "there" or "nil", right and "there" or "nil")
  end
  if right and not right._checked then
    M.tensor(name .. ".grad", right, got)
    right._checked = true
  end
end

return M
