--- What a compiler of rules builds on: registers, stages, operations on numbers and on elements.
-- @module optlab.optim.rule.builder
local fail = require("optlab.optim.rule.parse").fail

local Builder = {}
Builder.__index = Builder

-- --- numbers --------------------------------------------------------------------------------------------------------

-- A new register: `stage` is the first one in which it can be read; `rank` what it depends on: 0 hyperparameters alone,
-- 1 also t, 2 also the parameter.
function Builder:register(fields)
  fields.kind = "number"
  fields.reg = #self.registers
  self.registers[fields.reg + 1] = fields
  return fields
end

function Builder:constant(x)
  local key = ("%a"):format(x)
  if not self.constants[key] then self.constants[key] = self:register { stage = 1, rank = 0, constant = x } end
  return self.constants[key]
end

function Builder:number_op(op, args)
  if op == "sub" and args[1].constant == 1 and args[2].op == "pow" and args[2].args[2].count then
    local x, t = args[2].args[1], args[2].args[2]
    return self:number_op("unpow", { x, t, self:number_op("unpow_end", { x }) })
  end
  local stage, rank = 1, 0
  local key = { op }
  for i, a in ipairs(args) do
    stage, rank = math.max(stage, a.stage), math.max(rank, a.rank)
    key[i + 1] = a.reg
  end
  key = table.concat(key, " ")
  if self.known[key] then return self.known[key] end
  local r = self:register { stage = stage, rank = rank, op = op, args = args }
  self:open_stage(stage)
  table.insert(self.stages[stage].numbers, r)
  self.known[key] = r
  return r
end

-- --- stages ---------------------------------------------------------------------------------------------------------

function Builder:open_stage(k)
  while #self.stages < k do
    local last = self.stages[#self.stages]
    local phase = last and last.phase or 1
    table.insert(self.stages, { numbers = {}, elements = {}, sums = {}, spreads = {}, phase = phase })
  end
  return self.stages[k]
end

-- Moves on to the stage in which operations on elements can read these numbers.
function Builder:move_on(args)
  for _, a in ipairs(args) do
    if a.kind == "number" or a.spread then self.current = math.max(self.current, a.stage) end
  end
  if self.guard then self.current = math.max(self.current, self.guard.stage) end
  self:open_stage(self.current)
  return self.current
end

-- --- elements -------------------------------------------------------------------------------------------------------

local function read(value, stage)
  if value.kind == "number" then return end
  value.uses = value.uses + 1
  if not value.array and value.stage < stage then value.crosses = true end -- it has to be kept
end

-- What makes two operations the same: arrays change when they are written.
local function key_of(op, args, guard)
  local key = { op, guard and guard.reg or "-" }
  for _, a in ipairs(args) do
    key[#key + 1] = a.kind == "number" and "r" .. a.reg or a.array and ("A%d.%d"):format(a.array, a.version) or a.id
  end
  return table.concat(key, " ")
end

-- The result of an operation over elements, which may be that of an earlier one. kind: "elements" or "mask".
function Builder:element_op(op, args, kind)
  local key = op ~= "copy" and op ~= "normal" and key_of(op, args, self.guard) or nil
  if key and self.known[key] then return self.known[key] end
  local k = self:move_on(args)
  self.nvalues = self.nvalues + 1
  local value = { kind = kind or "elements", uses = 0, stage = k, id = "v" .. self.nvalues, key = key }
  value.def = { op = op, args = args, value = value, guard = self.guard, versions = {} }
  for i, a in ipairs(args) do
    read(a, k)
    value.def.versions[i] = a.version
  end
  table.insert(self.stages[k].elements, value.def)
  if key then self.known[key] = value end
  return value
end

-- Whether a value is a product of a number and elements that nothing else reads: then it becomes part of a sum.
function Builder:scaled(value)
  local def = value.def
  if not def or def.op ~= "mul" or value.uses > 0 or value.named or def.guard ~= self.guard then return nil end
  local s, x = def.args[1], def.args[2]
  if x.kind == "number" then s, x = x, s end
  if s.kind ~= "number" or x.kind ~= "elements" then return nil end
  local stage = self.stages[value.stage].elements
  for i = #stage, 1, -1 do
    if stage[i] == def then return s, x, function() self:drop(stage, i) end end
  end
  return nil
end

function Builder:drop(stage, i)
  local instruction = table.remove(stage, i)
  for _, a in ipairs(instruction.args) do
    if a.uses then a.uses = a.uses - 1 end
  end
  self.known[instruction.value.key] = nil
end

-- x + y or x - y of elements, as one operation where a side is a number times elements: a x + b y, or x + b y. Each
-- product and each sum is rounded as it would be alone.
function Builder:sum(op, x, y)
  if x.kind == "number" or y.kind == "number" or x == y then return self:element_op(op, { x, y }) end
  local b, y1, drop_y = self:scaled(y)
  if b then drop_y() end
  local a, x1, drop_x = self:scaled(x)
  if b and op == "sub" then b = self:number_op("neg", { b }) end
  if a and (b or op == "add") then
    drop_x()
    if b then return self:element_op("axpby", { a, x1, b, y1 }) end
    return self:element_op("xpby", { y, a, x1 })
  end
  return b and self:element_op("xpby", { x, b, y1 }) or self:element_op(op, { x, y })
end

function Builder:as_elements(value)
  if value.kind ~= "mask" then return value end
  return self:element_op("where", { value, self:constant(1), self:constant(0) })
end

-- --- sums -----------------------------------------------------------------------------------------------------------

-- A number of the next stage: the sum (or the extreme, by `kind`) of elements.
function Builder:sum_register(kind, x, total)
  local key = key_of(total and "total " .. kind or kind, { x }, self.guard)
  if self.known[key] then return self.known[key] end
  if x.array and x.writable then x = self:element_op("copy", { x }) end -- it may be written before the pass ends
  local k = self.current
  local sum = self:register { stage = k + 1, rank = 2, sum = kind, total = total }
  read(x, k)
  table.insert(self.stages[k].sums, { value = x, register = sum, how = kind, total = total, guard = self.guard })
  local next_stage = self:open_stage(k + 1)
  if total then next_stage.phase = self.stages[k].phase + 1 end
  self.known[key] = sum
  return sum
end

-- Elements of the next stage: what `how` makes of each row, column or matrix of elements, in all places of it.
function Builder:spread(axis, how, x)
  if x.array and x.writable then x = self:element_op("copy", { x }) end
  x.uses, x.crosses = x.uses + 1, true
  self:move_on { x }
  local k = self.current
  self.nvalues = self.nvalues + 1
  local value = { kind = "elements", uses = 0, stage = k + 1, id = "v" .. self.nvalues, spread = true }
  table.insert(self.stages[k].spreads, { axis = axis, how = how, from = x, to = value })
  self:open_stage(k + 1)
  return value
end

local MAX_TEMPS, MAX_SUMS = 24, 16 -- as kernels/blocks/blocks.h has them

-- The most values of a stage that are needed at once, whatever conditions hold.
local function most_alive(stage)
  local last, alive, most = {}, 0, 0
  local function needed(x, at)
    if x.kind ~= "number" and not x.array then last[x] = math.max(last[x] or 0, at) end
  end
  for _, sum in ipairs(stage.sums) do needed(sum.value, #stage.elements + 1) end
  for i = #stage.elements, 1, -1 do
    local step = stage.elements[i]
    local at = step.op == "choose" and math.max(i, last[step.value] or i) or i -- another name for one of its operands
    for _, a in ipairs(step.args) do needed(a, at) end
  end
  local ending = {}
  for i, step in ipairs(stage.elements) do
    local value = step.value
    if not step.into and not value.crosses then
      alive = alive + 1
      local stop = last[value] or i
      ending[stop] = (ending[stop] or 0) + 1
    end
    most = math.max(most, alive)
    alive = alive - (ending[i] or 0)
  end
  return most
end

function Builder:check_limits()
  for _, stage in ipairs(self.stages) do
    local most = most_alive(stage)
    if most > MAX_TEMPS then
      fail(1, "the rule needs %d results of elements at once, at most %d are possible", most, MAX_TEMPS)
    end
    if #stage.sums > MAX_SUMS then
      fail(1, "the rule needs %d sums at once, at most %d are possible", #stage.sums, MAX_SUMS)
    end
  end
end

-- Drops operations on numbers that nothing reads.
function Builder:drop_unread()
  local seen = {}
  local function mark(r)
    if not r or r.kind ~= "number" or seen[r] then return end
    seen[r] = true
    for _, a in ipairs(r.args or {}) do mark(a) end
  end
  for _, r in pairs(self.number_results) do mark(r) end
  for _, stage in ipairs(self.stages) do
    for _, sum in ipairs(stage.sums) do mark(sum.guard) end
    for _, step in ipairs(stage.elements) do
      mark(step.guard)
      for _, a in ipairs(step.args) do mark(a) end
    end
  end
  for _, stage in ipairs(self.stages) do
    local kept = {}
    for _, r in ipairs(stage.numbers) do kept[#kept + 1] = seen[r] and r or nil end
    stage.numbers = kept
  end
end

return Builder
