--- `lab.einsum(equation, a, b, ...)`: sums of products, whose indices letters name.
--
--    lab.einsum("bij,bjk->bik", a, b)     -- batched matrices
--    lab.einsum("ii", a)                  -- the trace
--
-- Operands are taken in from the left. Two of them become one batched product of matrices: letters that both have and
-- that are needed later are the batch, letters that both have and no one needs are summed. Letters that only one of
-- them has, and that are not needed, are summed before.
-- @module optlab.tensor.einsum
local core = require "optlab.core"
local errors = require "optlab.base.errors"

local tensor = core.tensor

local MAX_DIM = 8

local function fail(...) return errors.raise("lab.einsum: " .. select(1, ...), select(2, ...)) end

-- --- the equation ---------------------------------------------------------------------------------------------------

-- "ij" as a list of letters; "..." stands for as many dimensions as the operand has more, \1 being the last of them.
local function letters_of(term, ndim)
  local before, behind = term:match "^(%a*)%.%.%.(%a*)$"
  if not before and not term:match "^%a*$" then
    return fail("a term consists of letters and at most one '...', got '%s'", term)
  end
  local list = {}
  for letter in (before or term):gmatch "%a" do list[#list + 1] = letter end
  if before then
    for i = ndim - #before - #behind, 1, -1 do list[#list + 1] = string.char(i) end
    for letter in behind:gmatch "%a" do list[#list + 1] = letter end
  end
  return list
end

-- Without an arrow: the letters that stand once, in alphabetical order, behind those of "...".
local function implied(terms)
  local count, list = {}, {}
  for _, term in ipairs(terms) do
    for _, letter in ipairs(term) do count[letter] = (count[letter] or 0) + 1 end
  end
  for letter, n in pairs(count) do
    if n == 1 or letter < " " then list[#list + 1] = letter end
  end
  table.sort(list, function(a, b)
    if a < " " and b < " " then return a > b end
    return a < b
  end)
  return list
end

local function parse(equation, operands)
  local left, right = equation:gsub("%s", ""), nil
  if left:find "->" then left, right = left:match "^(.-)%->(.*)$" end
  local terms = {}
  for term in (left .. ","):gmatch "(.-)," do terms[#terms + 1] = term end
  if #terms ~= #operands then fail("'%s' names %d operands, got %d", equation, #terms, #operands) end
  local most = 0
  for i, term in ipairs(terms) do
    local x = operands[i]
    if not tensor.is_tensor(x) then fail("operand %d must be a tensor, got %s", i, errors.shown(x)) end
    terms[i] = letters_of(term, x:dim())
    if #terms[i] ~= x:dim() then
      fail("'%s' has %d letters for operand %d of shape (%s)", term, #terms[i], i, table.concat(x.shape, ", "))
    end
    for _, letter in ipairs(terms[i]) do
      if letter < " " then most = math.max(most, letter:byte()) end
    end
  end
  local out = right and letters_of(right, most + #right:gsub("%.", "")) or implied(terms)
  return terms, out
end

-- --- one operand ----------------------------------------------------------------------------------------------------

local function set_of(list)
  local set = {}
  for i, letter in ipairs(list) do set[letter] = i end
  return set
end

-- A letter that stands twice: the diagonal of its dimensions, which comes last.
local function without_twins(x, list)
  for i = 1, #list do
    for j = i + 1, #list do
      if list[i] == list[j] then
        if x:size(i) ~= x:size(j) then
          fail("'%s' has the sizes %d and %d in one operand", list[i], x:size(i), x:size(j))
        end
        local rest = {}
        for k, letter in ipairs(list) do
          if k ~= i and k ~= j then rest[#rest + 1] = letter end
        end
        rest[#rest + 1] = list[i]
        return without_twins(x:diagonal(0, i, j), rest)
      end
    end
  end
  return x, list
end

-- Sums what is not in `needed`.
local function reduced(x, list, needed)
  local dims, rest = {}, {}
  for i, letter in ipairs(list) do
    if needed[letter] then rest[#rest + 1] = letter else dims[#dims + 1] = i end
  end
  if #dims > 0 then x = x:sum(dims) end
  return x, rest
end

-- The dimensions in the order of `to`.
local function arranged(x, list, to)
  local at, order, same = set_of(list), {}, true
  for i, letter in ipairs(to) do
    order[i] = at[letter]
    same = same and order[i] == i
  end
  return same and x or x:permute(order)
end

-- --- two operands ---------------------------------------------------------------------------------------------------

local function sizes_of(x, list)
  local size = {}
  for i, letter in ipairs(list) do size[letter] = x:size(i) end
  return size
end

local function product(list, size)
  local n = 1
  for _, letter in ipairs(list) do n = n * size[letter] end
  return n
end

local function joined(...)
  local all = {}
  for _, list in ipairs { ... } do table.move(list, 1, #list, #all + 1, all) end
  return all
end

-- x and y become one, with the letters batch, x's own, y's own.
local function contract(x, xs, y, ys, needed)
  local in_x, in_y, size = set_of(xs), set_of(ys), sizes_of(x, xs)
  local batch, summed, own_x, own_y = {}, {}, {}, {}
  for _, letter in ipairs(xs) do
    local list = not in_y[letter] and own_x or needed[letter] and batch or summed
    list[#list + 1] = letter
  end
  for letter, n in pairs(sizes_of(y, ys)) do
    if size[letter] and size[letter] ~= n and size[letter] ~= 1 and n ~= 1 then
      fail("'%s' has the sizes %d and %d", letter < " " and "..." or letter, size[letter], n)
    end
    if not size[letter] or size[letter] == 1 then size[letter] = n end
  end
  for _, letter in ipairs(ys) do
    if not in_x[letter] then own_y[#own_y + 1] = letter end
  end
  -- A size of 1 stands for any, as when shapes broadcast.
  local function full(t, list)
    local shape = {}
    for i, letter in ipairs(list) do shape[i] = size[letter] end
    return t:expand(shape)
  end
  local b, k = product(batch, size), product(summed, size)
  local left = full(arranged(x, xs, joined(batch, own_x, summed)), joined(batch, own_x, summed))
  local right = full(arranged(y, ys, joined(batch, summed, own_y)), joined(batch, summed, own_y))
  local m, n = product(own_x, size), product(own_y, size)
  local letters, shape = joined(batch, own_x, own_y), {}
  if #letters > MAX_DIM then
    fail("a product of two operands has %d indices that are needed later; a tensor has at most %d dimensions", #letters,
      MAX_DIM)
  end
  local z
  if #summed == 0 then
    z = left:reshape(b, m, 1) * right:reshape(b, 1, n)
  elseif #batch == 0 then
    z = left:reshape(m, k):mm(right:reshape(k, n))
  else
    z = left:reshape(b, m, k):matmul(right:reshape(b, k, n))
  end
  for i, letter in ipairs(letters) do shape[i] = size[letter] end
  return z:reshape(shape), letters
end

-- --- all ------------------------------------------------------------------------------------------------------------

-- The letters that the result or an operand from number i on has.
local function needed_from(i, terms, out)
  local needed = set_of(out)
  for k = i, #terms do
    for _, letter in ipairs(terms[k]) do needed[letter] = true end
  end
  return needed
end

local function check_out(terms, out, equation)
  local known, seen = needed_from(1, terms, {}), {}
  for _, letter in ipairs(out) do
    if not known[letter] then fail("no operand of '%s' has the letter '%s' of the result", equation, letter) end
    if seen[letter] then fail("the result of '%s' has the letter '%s' twice", equation, letter) end
    seen[letter] = true
  end
end

--- Sums of products by the equation.
-- @tparam string equation
-- @tparam Tensor ... the operands
-- @treturn Tensor
return function(equation, ...)
  local operands = { ... }
  if type(equation) ~= "string" then fail("equation must be a string, got %s", errors.shown(equation)) end
  if #operands == 0 then fail("no operand is given") end
  local terms, out = parse(equation, operands)
  check_out(terms, out, equation)
  local x, xs
  for i, y in ipairs(operands) do
    local ys
    y, ys = without_twins(y, terms[i])
    local later = needed_from(i + 1, terms, out)
    if i == 1 then
      x, xs = reduced(y, ys, later)
    else
      local before = set_of(xs)
      for letter in pairs(later) do before[letter] = true end
      y, ys = reduced(y, ys, before)
      local with_y = set_of(ys)
      for letter in pairs(later) do with_y[letter] = true end
      x, xs = reduced(x, xs, with_y)
      x, xs = contract(x, xs, y, ys, later)
    end
  end
  return arranged(x, xs, out)
end
