--- Reverse mode. Each gradient comes with its magnitude: the same sum with all its terms positive. Rounding is bounded
-- by the magnitude, whatever cancels: a gradient is right if it is within
--
--   unit * (16 * nodes + terms) * magnitude
--
-- where nodes counts the operations below the output (each forms its gradient in at most 16 roundings) and terms is the
-- length of the longest sum, at most the number of elements of the largest tensor among them.
-- Where a magnitude leaves the range of the least precise dtype on the way, nothing is said about the gradients.
-- Values are those of the forward pass: optlab may refuse where they were changed since, but not give other gradients.
local number = require "tests.fuzz.programs.reference.number"
local T = require "tests.fuzz.programs.reference.tensor"

local M = {}


-- The nodes below one, and leaves, each once.
local function collect(top)
  local nodes, leaves, seen, stack = {}, {}, {}, { top }
  while #stack > 0 do
    local x = table.remove(stack)
    if not seen[x] then
      seen[x] = true
      if T.is_tensor(x) then
        leaves[#leaves + 1] = x
      else
        nodes[#nodes + 1] = x
        for i = 1, #x.storages - 1 do
          if x[i] then stack[#stack + 1] = x[i] end
        end
      end
    end
  end
  table.sort(nodes, function(a, b) return a.seq > b.seq end)
  return nodes, leaves
end

local function add(grads, x, g)
  local old = grads[x]
  if not old then
    grads[x] = { T.copy(g[1]), T.copy(g[2]) }
    return
  end
  for k = 1, #g[1] do
    old[1][k], old[2][k] = old[1][k] + g[1][k], old[2][k] + g[2][k]
  end
end

local function largest(grads)
  local most = 0
  for _, g in pairs(grads) do
    for _, m in ipairs(g[2]) do
      if m > most and m < math.huge then most = m end
    end
  end
  return most
end

--- Gradients of the leaves below y: {leaf = {gradient, magnitude}}, the factor of the magnitude, the leaves, the nodes.
function M.gradients(y, weight)
  local n, first = #y._map, { {}, {} }
  for k = 1, n do
    first[1][k] = weight and weight[k] or 1.0
    first[2][k] = math.abs(first[1][k])
  end
  local top = y._node or y
  local nodes, leaves = collect(top)
  local grads, unit, longest = {}, 0, n
  add(grads, top, first)
  for _, node in ipairs(nodes) do
    unit, longest = math.max(unit, node.unit), math.max(longest, node.n)
    local g = grads[node]
    if g then
      local results = table.pack(node.back(g[1], g[2]))
      for i = 1, #node.storages - 1 do
        if node[i] and results[i] then add(grads, node[i], results[i]) end
      end
    end
  end
  for _, leaf in ipairs(leaves) do
    unit, longest = math.max(unit, number.UNIT[leaf._dtype]), math.max(longest, #leaf._map)
  end
  local range = unit == number.UNIT.float32 and number.MAX.float32 or number.MAX.float64
  local factor = largest(grads) > range and math.huge or 2 * unit * (16 * #nodes + longest + 16)
  return grads, factor, leaves, nodes
end

-- Whether a value in the graph was written to since.
local function changed(nodes)
  for _, node in ipairs(nodes) do
    for i, storage in ipairs(node.storages) do
      if storage.version ~= node.versions[i] then return true end
    end
  end
  return false
end

local function tolerances(g, factor, tiny)
  local list = {}
  for k = 1, #g[2] do list[k] = g[2][k] * factor + tiny end
  return list
end

--- A gradient as a tensor like x, with its tolerance.
local function as_tensor(x, g, factor)
  local values, to = {}, number.store[x._dtype]
  for k = 1, #g[1] do values[k] = to(g[1][k]) end
  local t = T.new(x._dtype, x._shape, values)
  t._tolerance = tolerances(g, factor, number.TINY[x._dtype])
  t._gradient = true
  return t
end

--- What a refusal of optlab may rest on: the last backward's graph had values that were changed since.
M.may_refuse = false

-- The nodes through which the targets are reached.
local function leading_to(nodes, targets)
  local leads, list = {}, {}
  for at = #nodes, 1, -1 do
    local node = nodes[at]
    for i = 1, #node.storages - 1 do
      local x = node[i]
      leads[node] = leads[node] or x and (targets[x] or leads[x]) or nil
    end
    if leads[node] then table.insert(list, 1, node) end
  end
  return list
end

-- targets: a set of nodes and leaves, or nil for all leaves.
local function prepare(y, weight, targets)
  T.check(y._requires, "no gradient")
  if weight then
    T.check(T.same_shape(weight._shape, y._shape), "gradient's shape")
    weight = T.values(weight)
    for k = 1, #weight do weight[k] = number.store[y._dtype](weight[k]) end
  else
    T.check(#y._map == 1, "one element")
  end
  local grads, factor, leaves, nodes = M.gradients(y, weight)
  nodes = targets and leading_to(nodes, targets) or nodes
  for _, node in ipairs(nodes) do T.check(not node.freed, "freed") end
  M.may_refuse = changed(nodes)
  return grads, factor, leaves, nodes
end

local function free(nodes, options)
  if options and (options.retain_graph or options.create_graph) then return end
  for _, node in ipairs(nodes) do node.freed = true end
end

function T.methods.backward(y, weight, options)
  if weight and not T.is_tensor(weight) then weight, options = nil, weight end
  local grads, factor, leaves, nodes = prepare(y, weight)
  for _, leaf in ipairs(leaves) do
    local g = grads[leaf]
    if g then
      local old = rawget(leaf, "_grad")
      local new = as_tensor(leaf, g, factor)
      if old then
        local values, to = T.values(old), number.store[leaf._dtype]
        for k = 1, #values do
          new._storage.data[k] = to(values[k] + g[1][k])
          new._tolerance[k] = new._tolerance[k] + 2 * number.UNIT[leaf._dtype] * math.abs(values[k])
        end
      end
      rawset(leaf, "_grad", new)
    end
  end
  free(nodes, options)
end

--- lab.autograd.grad(output, inputs, options): leaves only.
function M.grad(y, inputs, options)
  options = options or {}
  local list = T.is_tensor(inputs) and { inputs } or inputs
  local targets = {}
  for _, x in ipairs(list) do
    T.check(x._requires, "input without a gradient")
    targets[x._node or x] = true
  end
  local grads, factor, _, nodes = prepare(y, options.grad_outputs, targets)
  local results = {}
  for i, x in ipairs(list) do
    local g = grads[x._node or x]
    T.check(g or options.allow_unused, "unused")
    results[i] = g and as_tensor(x, g, factor) or nil
  end
  free(nodes, options)
  if T.is_tensor(inputs) then return results[1] end
  return results
end

return M
