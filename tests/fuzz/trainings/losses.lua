--- Random losses: element-wise operations, sums along dimensions and products of the prediction and the target.
--
-- Every intermediate result has two dimensions, and each of them the length of the prediction's or 1; so any two can be
-- taken together, whatever the number of rows.
local lab = require "optlab"
local F = lab.nn.functional

local UNARY = {
  function(a) return a:abs():log1p() end, function(a) return a:tanh() end, function(a) return a:sigmoid() end,
  function(a) return a:square() end, function(a) return (a:abs() + 0.5):sqrt() end,
  function(a) return a:clamp(-3, 3):exp() end, function(a) return F.relu(a) end, function(a) return F.gelu(a) end,
  function(a) return F.softplus(a) end, function(a) return F.elu(a) end, function(a) return F.leaky_relu(a) end,
  function(a) return -a end, function(a) return a ^ 3 end, function(a) return (a:abs() + 0.1) ^ 1.5 end,
  function(a) return 1 / (a:square() + 1) end, function(a) return a:clamp(-0.5, 0.7) end,
  function(a) return a * 0.3 end, function(a) return a - a:detach() / 2 end, function(a) return a:clone() end,
}

local BINARY = {
  function(a, b) return a + b end, function(a, b) return a - b end, function(a, b) return a * b end,
  function(a, b) return a / (b:abs() + 1) end, function(a, b) return lab.maximum(a, b) end,
  function(a, b) return lab.minimum(a, b) end, function(a, b) return lab.where(a:gt(b), a - b, b * 2) end,
  function(a, b) return lab.addcmul(a, a, b, { value = 0.3 }) end,
  function(a, b) return (a:abs() + 0.2) ^ b:clamp(-2, 2) end,
}

local ALONG = { -- these leave a length of 1
  function(a, d) return a:sum(d, true) end, function(a, d) return a:mean(d, true) end,
  function(a, d) return a:amax(d, true) end, function(a, d) return a:amin(d, true) end,
  function(a, d) return lab.logsumexp(a, d, true) end,
  function(a, d) return (a:square():sum(d, true) + 1e-3):sqrt() end,
}

local WITHIN = { -- these keep the lengths
  function(a, d) return F.softmax(a, d) end, function(a, d) return F.log_softmax(a, d) end,
  function(a, d) return a:cumsum(d) end, function(a, d) return a:flip(d) end,
  function(a) return a:t():contiguous():t() end, function(a) return a:to("float64"):to(a.dtype) end,
  function(a) return a:mm(a:t():mm(a)) * 0.1 end, function(a, d) return a * a:narrow(d, 1, 1) end,
}

local TOTAL = {
  function(a) return a:mean() end, function(a) return a:tanh():sum() * 0.1 end,
  function(a) return a:square():mean():sqrt() end,
}

-- An operation of the list: a function of the results so far.
local function operation(c, results)
  local a, b, d = c:int(1, results), c:int(1, results), c:of { 1, 2 }
  local f = c:of(c:weighted { { 3, UNARY }, { 3, BINARY }, { 2, ALONG }, { 2, WITHIN } })
  for _, binary in ipairs(BINARY) do
    if f == binary then return function(list) return f(list[a], list[b]) end end
  end
  return function(list) return f(list[a], d) end
end

--- A loss of a prediction and a target, both (rows, columns).
return function(c)
  local operations, totals = {}, {}
  for i = 1, c:int(1, 8) do operations[i] = operation(c, 2 + i) end
  for i = 1, #operations + 1 do -- of the differences and of the last result always
    totals[i] = (i == 1 or i == #operations + 1 or c:chance(0.3)) and c:of(TOTAL) or nil
  end
  return function(prediction, target)
    local list, sum = { prediction, target, prediction - target }, 0
    for _, f in ipairs(operations) do list[#list + 1] = f(list) end
    for i = 1, #operations + 1 do
      if totals[i] then sum = sum + totals[i](list[2 + i]) end
    end
    return sum * 0.1
  end
end
