--- A loop over elements as C of vectors, for processors that are slow at roots (`src/kernels/elementwise/root.h`).
--
-- Roots, and their quotients by numbers, are made of products and sums there. The bits are those of the loop.
-- @module optlab.optim.rule.vectors
local M = {}

-- $1, $2, ... are the operands; each operation works on a number and a vector alike.
local EXPRESSION = {
  neg = "-$1", square = "$1 * $1", add = "$1 + $2", sub = "$1 - $2", mul = "$1 * $2", div = "$1 / $2", copy = "$1",
  axpby = "$1 * $2 + $3 * $4", xpby = "$1 + $2 * $3", sqrt = "root($1)", root_over = "root_over($1, $2, inverse$2)",
}

-- The steps with one for a root's quotient by a number that nothing else reads; and whether there is a root.
local function with_roots(steps)
  local uses, list, made, found = {}, {}, {}, false
  for _, step in ipairs(steps) do
    for _, a in ipairs(step.args) do uses[a] = (uses[a] or 0) + 1 end
  end
  for _, step in ipairs(steps) do
    local x, c = step.args[1], step.args[2]
    local root = step.op == "div" and c.kind == "number" and not x.array and made[x]
    if root and root.op == "sqrt" and uses[x] == 1 then
      for i = #list, 1, -1 do
        if list[i] == root then table.remove(list, i) end
      end
      step = { op = "root_over", args = { root.args[1], c }, value = step.value }
    end
    found = found or step.op == "sqrt"
    made[step.value] = step
    list[#list + 1] = step
  end
  return list, found
end

local function can(steps)
  for _, step in ipairs(steps) do
    local vector = not step.guard and EXPRESSION[step.op] and step.value.kind == "elements"
    for _, a in ipairs(step.args) do vector = vector and (a.kind ~= "mask") end
    if not vector or step.args[1].kind == "number" and #step.args == 1 then return false end
  end
  return true
end

local Loop = {}
Loop.__index = Loop

function Loop:line(fmt, ...) table.insert(self.out, fmt:format(...)) end

-- An operand in C; what it needs is declared before the loop or loaded in it.
function Loop:operand(x)
  if x.kind == "number" then
    self.regs[x.reg] = true
    return "r" .. x.reg
  end
  if not x.array then return x.id end
  if not self.arrays[x.array] then
    self.arrays[x.array] = true
    self:line("    RootFloats a%d = *(const RootMemory *)(A%d + i);", x.array, x.array)
  end
  return "a" .. x.array
end

function Loop:step(step)
  local operands = {}
  for i, a in ipairs(step.args) do operands[i] = self:operand(a) end
  local text = EXPRESSION[step.op]:gsub("%$(%d)", function(i) return operands[tonumber(i)] end)
  if step.op == "root_over" then self.divisors[step.args[2].reg] = true end
  local array = step.value.array
  if not array then return self:line("    const RootFloats %s = %s;", step.value.id, text) end
  self:line("    %sa%d = %s;", self.arrays[array] and "" or "RootFloats ", array, text)
  self.arrays[array], self.written[array] = true, true
end

local function sorted(set)
  local list = {}
  for key in pairs(set) do list[#list + 1] = key end
  table.sort(list)
  return list
end

--- The C of a function that does whole vectors from `begin` on and returns the first element that is left.
-- @tparam string name
-- @tparam table steps of a stage, without conditions
-- @treturn ?string nil where there is no root or another operation has no vectors
function M.pass(name, steps)
  local list, found = with_roots(steps)
  if not found or not can(list) then return nil end
  local loop = setmetatable({ out = {}, regs = {}, arrays = {}, written = {}, divisors = {} }, Loop)
  for _, step in ipairs(list) do loop:step(step) end
  for _, i in ipairs(sorted(loop.written)) do loop:line("    *(RootMemory *)(A%d + i) = a%d;", i, i) end
  local head = { "#ifdef __x86_64__",
    ("ROOT_TARGET static int64_t %s(const RuleData *d, int64_t begin, int64_t end) {"):format(name) }
  for _, i in ipairs(sorted(loop.arrays)) do
    head[#head + 1] = ("  float *A%d = (void *)d->array[%d];"):format(i, i)
  end
  for _, i in ipairs(sorted(loop.regs)) do
    head[#head + 1] = ("  const float r%d = (float)d->reg[%d];"):format(i, i)
  end
  for _, i in ipairs(sorted(loop.divisors)) do
    head[#head + 1] = ("  const float inverser%d = 1 / r%d;"):format(i, i)
    head[#head + 1] = ("  if (!root_divides_by(r%d)) return begin;"):format(i)
  end
  head[#head + 1] = "  int64_t i = begin;"
  head[#head + 1] = "  for (; end - i >= ROOT_LANES; i += ROOT_LANES) {"
  return table.concat(head, "\n") .. "\n" .. table.concat(loop.out, "\n") .. "\n  }\n  return i;\n}\n#endif\n"
end

return M
