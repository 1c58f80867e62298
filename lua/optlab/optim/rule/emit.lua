--- A compiled rule as C: for each stage a function for each float type, and the tables of `src/optim/rule/rule.h`.
--
-- A stage of correctly rounded operations is one loop. A function such as exp, whose kernel works on whole runs, and
-- a sum cut the stage into several loops over blocks that stay in the first-level cache. State that a hyperparameter
-- asks for gives a loop with it and one without, and the case that no condition holds has a loop of its own. Each
-- expression is the kernel's of the same name, so the bits are those of `src/optim/rule/plan.c`.
-- @module optlab.optim.rule.emit
local vectors = require "optlab.optim.rule.vectors"

local M = {}

-- $1, $2, ... are the operands, T the type, SUFFIX its functions' ending.
local EXPRESSION = {
  neg = "-$1", sqrt = "sqrt@($1)", square = "$1 * $1", abs = "fabs@($1)", floor = "floor@($1)", ceil = "ceil@($1)",
  round = "rint@($1)", sign = "$1 > 0 ? 1 : $1 < 0 ? -1 : 0", relu = "$1 <= 0 ? 0 : $1", reciprocal = "1 / $1",
  add = "$1 + $2", sub = "$1 - $2", mul = "$1 * $2", div = "$1 / $2",
  maximum = "($1 > $2 || $1 != $1) ? $1 : $2", minimum = "($1 < $2 || $1 != $1) ? $1 : $2",
  eq = "$1 == $2", ne = "$1 != $2", lt = "$1 < $2", le = "$1 <= $2", gt = "$1 > $2", ge = "$1 >= $2",
  logical_and = "$1 & $2", logical_or = "$1 | $2", logical_not = "!$1",
  where = "$1 ? $2 : $3", choose = "$1 ? $2 : $3", copy = "$1",
  axpby = "$1 * $2 + $3 * $4", xpby = "$1 + $2 * $3",
}

local TYPES = { { name = "float", suffix = "f32", ending = "f", dtype = "DT_F32" },
  { name = "double", suffix = "f64", ending = "", dtype = "DT_F64" } }

-- --- one stage: what is computed where ------------------------------------------------------------------------------

local Stage = {}
Stage.__index = Stage

-- An operand in C: a register, an array's element, a value.
local function operand(x)
  if x.kind == "number" then return "r" .. x.reg end
  if x.array then return "a" .. x.array end
  return x.id
end

-- Cuts the steps into segments: runs of expressions, and single calls of kernels.
local function segments_of(steps)
  local list, current = {}, nil
  for _, step in ipairs(steps) do
    if EXPRESSION[step.op] then
      if not current then
        current = { steps = {} }
        list[#list + 1] = current
      end
      table.insert(current.steps, step)
    else
      list[#list + 1] = { call = step, steps = { step } }
      current = nil
    end
  end
  return list
end

-- The steps that are left where the arrays in `absent` are not there: those that read or write one fall out, and
-- `choose` takes what is left of its two sides.
local function without(steps, absent)
  if not next(absent) then return steps end
  local gone, list = {}, {}
  local function missing(x) return x and (x.array and absent[x.array] or gone[x]) end
  for _, step in ipairs(steps) do
    local lost = step.into and absent[step.into.array]
    for _, a in ipairs(step.args) do lost = lost or missing(a) end
    local other = missing(step.args[2]) and step.args[3] or step.args[2]
    if step.op == "choose" and lost and not missing(other) and not (step.into and absent[step.into.array]) then
      list[#list + 1] = { op = "copy", args = { other }, value = step.value, into = step.into }
    elseif lost then
      gone[step.value] = true
    else
      list[#list + 1] = step
    end
  end
  return list
end

-- The registers that conditions read.
local function conditions_of(steps)
  local seen, list = {}, {}
  for _, step in ipairs(steps) do
    local reg = step.op == "choose" and step.args[1].reg or step.guard and step.guard.reg
    if reg and not seen[reg] then list[#list + 1] = "c" .. reg end
    if reg then seen[reg] = true end
  end
  table.sort(list)
  return list
end

-- The steps that are left where no condition holds, without those that nobody reads; nil where one of two always holds.
local function unconditional(steps)
  local list, read, kept = {}, {}, {}
  for i = #steps, 1, -1 do
    local step = steps[i]
    if step.guard and not step.value.array and read[step.value] then return nil end
    if not step.guard and (step.value.array or read[step.value]) then
      if step.op == "choose" then
        step = { op = "copy", args = { step.args[3] }, value = step.value, into = step.into }
      end
      for _, a in ipairs(step.args) do read[a] = true end
      list[#list + 1] = step
    end
  end
  for i = #list, 1, -1 do kept[#kept + 1] = list[i] end
  return kept
end

-- Values that another segment, a kernel or a sum reads get memory of a block.
local function find_buffers(segments, sums)
  local made, buffered = {}, {}
  for i, segment in ipairs(segments) do
    for _, step in ipairs(segment.steps) do
      for _, a in ipairs(step.args) do
        if made[a] and (made[a] ~= i or segment.call) then buffered[a] = true end
      end
      if not step.value.array then
        made[step.value] = i
        if segment.call then buffered[step.value] = true end
      end
    end
  end
  for _, sum in ipairs(sums) do
    if not sum.value.array then buffered[sum.value] = true end
  end
  return buffered
end

-- --- C --------------------------------------------------------------------------------------------------------------

function Stage:line(fmt, ...) table.insert(self.out, ("  "):rep(self.depth) .. fmt:format(...)) end

local function type_of(value, T) return value.kind == "mask" and "uint8_t" or T.name end

function Stage:expression(step)
  local operands = {}
  for i, a in ipairs(step.args) do operands[i] = operand(a) end
  if step.op == "choose" then operands[1] = "c" .. step.args[1].reg end
  local text = EXPRESSION[step.op]:gsub("%$(%d)", function(i) return operands[tonumber(i)] end):gsub("@", self.T.ending)
  return text
end

-- One loop over a segment. `at` is what an array's index is counted from.
function Stage:loop(segment, index, count, at)
  local T, loaded, known, stored, is_stored = self.T, {}, {}, {}, {}
  self:line("INDEPENDENT")
  self:line("for (int64_t i = %s; i < %s; i++) {", index, count)
  self.depth = self.depth + 1
  local function load(x)
    if x.kind == "number" or known[x] or loaded[x.array or x] then return end
    if x.array then
      loaded[x.array] = true
      self:line("%s a%d = A%d[%si];", type_of(x, T), x.array, x.array, at)
    elseif self.buffered[x] then
      loaded[x] = true
      self:line("const %s %s = B%s[i];", type_of(x, T), x.id, x.id)
    end
  end
  for _, step in ipairs(segment.steps) do
    for _, a in ipairs(step.args) do load(a) end
    local text = self:expression(step)
    local value = step.value
    if value.array then
      if step.guard and not loaded[value.array] then load(value) end
      text = step.guard and ("c%d ? (%s) : a%d"):format(step.guard.reg, text, value.array) or text
      self:line("%sa%d = %s;", loaded[value.array] and "" or type_of(value, T) .. " ", value.array, text)
      loaded[value.array] = true
      if not is_stored[value.array] then stored[#stored + 1] = value.array end
      is_stored[value.array] = true
    else
      self:line("const %s %s = %s;", type_of(value, T), value.id, text)
      known[value] = true
      if self.buffered[value] then self:line("B%s[i] = %s;", value.id, value.id) end
    end
  end
  for _, array in ipairs(stored) do self:line("A%d[%si] = a%d;", array, at, array) end
  self.depth = self.depth - 1
  self:line("}")
end

-- A pointer and a stride for a kernel.
local function kernel_operand(x, at)
  if x.kind == "number" then return ("&r%d, 0"):format(x.reg) end
  if x.array then return ("A%d + %s, 1"):format(x.array, at) end
  return ("B%s, 1"):format(x.id)
end

function Stage:kernel_call(step)
  local operands = {}
  for i, a in ipairs(step.args) do operands[i] = kernel_operand(a, "at") end
  local out = step.value.array and ("A%d + at"):format(step.value.array) or "B" .. step.value.id
  local call = ("kern_%s_%s(n, %s, 1, %s);"):format(step.op, self.T.suffix, out, table.concat(operands, ", "))
  self:line("%s%s", step.guard and ("if (c%d) "):format(step.guard.reg) or "", call)
end

function Stage:sums_of_block(sums)
  for k, sum in ipairs(sums) do
    local from = sum.value.array and ("A%d + at"):format(sum.value.array) or "B" .. sum.value.id
    self:line("blocks_sum_push(&sums[%d], n, %s);", k - 1, from)
  end
end

-- A loop of no conditions. Long ones with roots go by vectors where that is quicker, and this does the rest.
function Stage:plain_loop(steps)
  local name = ("%s_%s_vectors%d"):format(self.name, self.T.suffix, #self.passes + 1)
  local pass = self.T.suffix == "f32" and vectors.pass(name, steps)
  if pass then
    self.passes[#self.passes + 1] = pass
    self.out[#self.out + 1] = "#ifdef __x86_64__"
    self:line("if (end - begin >= BLOCKS_LENGTH && cpu_has_slow_roots()) begin = %s(d, begin, end);", name)
    self.out[#self.out + 1] = "#endif"
  end
  self:loop({ steps = steps }, "begin", "end", "")
end

-- A segment that is the whole variant: a loop for the case that no condition holds, as by default, and one for all.
function Stage:one_loop(segment)
  local conditions, plain = conditions_of(segment.steps), unconditional(segment.steps)
  local splits = plain and #conditions > 0
  if splits then
    self:line("if (!(%s)) {", table.concat(conditions, " | "))
    self.depth = self.depth + 1
    self:plain_loop(plain)
    self.depth = self.depth - 1
    self:line("} else {")
    self.depth = self.depth + 1
  end
  if #conditions > 0 then
    self:loop(segment, "begin", "end", "")
  else
    self:plain_loop(segment.steps)
  end
  if splits then
    self.depth = self.depth - 1
    self:line("}")
  end
end

-- The loops of one variant.
function Stage:body(steps, sums)
  local segments = segments_of(steps)
  self.buffered = find_buffers(segments, sums)
  if #segments == 1 and not segments[1].call and #sums == 0 then return self:one_loop(segments[1]) end
  self:line("enum { LENGTH = %s };", #sums > 0 and "REDUCE_BLOCK" or "BLOCKS_LENGTH")
  local names = {}
  for value in pairs(self.buffered) do names[#names + 1] = value end
  table.sort(names, function(a, b) return tonumber(a.id:sub(2)) < tonumber(b.id:sub(2)) end)
  for _, value in ipairs(names) do self:line("%s B%s[LENGTH];", type_of(value, self.T), value.id) end
  if #sums > 0 then
    self:line("BlocksPartialSum sums[%d];", #sums)
    for k, sum in ipairs(sums) do
      self:line("blocks_sum_begin(&sums[%d], &reduce_%s_ops[%s]);", k - 1, sum.how:gsub("^a", ""), self.T.dtype)
    end
  end
  self:line("for (int64_t at = begin; at < end; at += LENGTH) {")
  self.depth = self.depth + 1
  self:line("const int64_t n = end - at < LENGTH ? end - at : LENGTH;")
  for _, segment in ipairs(segments) do
    if segment.call then
      self:kernel_call(segment.call)
    else
      self:loop(segment, "0", "n", "at + ")
    end
  end
  self:sums_of_block(sums)
  self.depth = self.depth - 1
  self:line("}")
  for k in ipairs(sums) do self:line("sum[%d] = blocks_sum_end(&sums[%d]);", k - 1, k - 1) end
end

-- What the stage reads and writes: arrays, registers as elements, registers as conditions.
local function used_by(stage)
  local arrays, regs, conditions = {}, {}, {}
  local function see(x, as_condition)
    if x.kind == "number" then
      (as_condition and conditions or regs)[x.reg] = true
    elseif x.array then
      arrays[x.array] = x
    end
  end
  for _, step in ipairs(stage.elements) do
    if step.guard then see(step.guard, true) end
    for i, a in ipairs(step.args) do see(a, step.op == "choose" and i == 1) end
    see(step.into or step.value)
    if step.value.array then arrays[step.value.array] = step.value.array and (step.into or step.value) end
  end
  for _, sum in ipairs(stage.sums) do see(sum.value) end
  return arrays, regs, conditions
end

local function sorted(set)
  local list = {}
  for key in pairs(set) do list[#list + 1] = key end
  table.sort(list)
  return list
end

-- All combinations of optional arrays that are there or not: lists of {there = {...}, absent = {...}}.
local function variants_of(arrays, written)
  local optional, list = {}, { {} }
  for _, index in ipairs(sorted(arrays)) do
    if arrays[index].optional then optional[#optional + 1] = index end
  end
  for _, index in ipairs(optional) do
    local more = {}
    for _, absent in ipairs(list) do
      more[#more + 1] = absent
      local copy = { [index] = true }
      for k in pairs(absent) do copy[k] = true end
      more[#more + 1] = copy
    end
    list = more
  end
  return list, optional, written
end

local function emit_stage(name, stage, T)
  local self = setmetatable({ out = {}, depth = 1, T = T, name = name, passes = {} }, Stage)
  local arrays, regs, conditions = used_by(stage)
  local variants, optional = variants_of(arrays)
  for k, absent in ipairs(variants) do
    local tests = {}
    for _, i in ipairs(optional) do tests[#tests + 1] = ("%sA%d"):format(absent[i] and "!" or "", i) end
    if #tests > 0 then
      self:line("%sif (%s) {", k > 1 and "} else " or "", table.concat(tests, " && "))
      self.depth = self.depth + 1
    end
    self:body(without(stage.elements, absent), stage.sums)
    if #tests > 0 then self.depth = self.depth - 1 end
  end
  if #optional > 0 then self:line("}") end
  local body = table.concat(self.out, "\n")
  local function is_used(letter, i) return body:find(("%%f[%%w]%s%d%%f[%%W]"):format(letter, i)) end
  self.out = { "  const RuleData *d = ctx;", "  (void)sum;" }
  for _, i in ipairs(sorted(arrays)) do
    if is_used("A", i) then self:line("%s *A%d = (void *)d->array[%d];", type_of(arrays[i], T), i, i) end
  end
  for _, i in ipairs(sorted(regs)) do
    if is_used("r", i) then self:line("const %s r%d = (%s)d->reg[%d];", T.name, i, T.name, i) end
  end
  for _, i in ipairs(sorted(conditions)) do
    if is_used("c", i) then self:line("const bool c%d = d->reg[%d] != 0;", i, i) end
  end
  self.out[#self.out + 1] = body
  local head = "static VECTORIZED(void, %s_%s, (void *ctx, int64_t begin, int64_t end, Partial *sum),\n"
  head = (head .. "                  (ctx, begin, end, sum)) {\n"):format(name, T.suffix)
  return table.concat(self.passes) .. head .. table.concat(self.out, "\n") .. "\n}\n"
end

-- --- numbers --------------------------------------------------------------------------------------------------------

local function add_numbers(out, numbers)
  for _, r in ipairs(numbers) do
    local args = {}
    for i = 1, 3 do args[i] = r.args[i] and ("r[%d]"):format(r.args[i].reg) or "0" end
    out[#out + 1] = ("  r[%d] = number_%s(%s);"):format(r.reg, r.op, table.concat(args, ", "))
  end
end

local function emit_numbers(name, numbers)
  local out = { ("static void %s(double *r) {"):format(name) }
  add_numbers(out, numbers)
  out[#out + 1] = "}\n"
  return table.concat(out, "\n")
end

--- Statements of C that compute a condition in an array r of registers; h holds the hyperparameters.
-- @tparam table condition what `optlab.optim.rule.compile.condition` makes
-- @treturn string
-- @treturn string the C of its value
function M.condition(condition)
  local out = { ("  double r[%d] = {0};"):format(#condition.registers) }
  for _, r in ipairs(condition.registers) do
    if r.hyper then out[#out + 1] = ("  r[%d] = h[%d];"):format(r.reg, r.reg) end
    if r.constant then out[#out + 1] = ("  r[%d] = %s;"):format(r.reg, M.double(r.constant)) end
  end
  add_numbers(out, condition.numbers)
  return table.concat(out, "\n"), ("r[%d]"):format(condition.result.reg)
end

-- --- tables ---------------------------------------------------------------------------------------------------------

local function integers(row) return "{" .. table.concat(row, ", ") .. "}" end

local function emit_list(out, ctype, name, rows, shape)
  if #rows == 0 then return "NULL" end
  out[#out + 1] = ("static const %s %s[] = {"):format(ctype, name)
  for _, row in ipairs(rows) do out[#out + 1] = "    " .. shape(row) .. "," end
  out[#out + 1] = "};"
  return name
end

local function number_row(row)
  return ("{RULE_NUMBER_%s, %d, {%d, %d, %d}}"):format(table.unpack(row))
end

local function step_row(row)
  local refs = {}
  for i = 0, 4 do refs[i + 1] = ("{%d, %d}"):format(row[5 + 2 * i], row[6 + 2 * i]) end
  return ("{RULE_OP_%s, %d, %d, %d, %s, {%s, %s, %s, %s}}"):format(row[1], row[2], row[3], row[4], table.unpack(refs))
end

-- A double that C reads back to the bit.
function M.double(x)
  if x ~= x then return "NAN" end
  if x == math.huge then return "INFINITY" end
  return x == -math.huge and "-INFINITY" or ("%.17g"):format(x)
end

--- The C of a rule.
-- @tparam string name a prefix for its functions
-- @tparam table program what `optlab.optim.rule.compile` makes
-- @tparam table lists its lists (`optlab.optim.rule.flatten`)
-- @treturn string
function M.rule(name, program, lists)
  local out, stages, held, once = {}, {}, {}, {}
  for k, stage in ipairs(program.stages) do
    local own, fields = {}, {}
    for _, r in ipairs(stage.numbers) do table.insert(r.rank == 0 and held or r.rank == 1 and once or own, r) end
    local prefix = ("%s_%d"):format(name, k)
    if #own > 0 then
      out[#out + 1] = emit_numbers(prefix .. "_numbers", own)
      fields[#fields + 1] = (".numbers = %s_numbers"):format(prefix)
    end
    if #stage.elements + #stage.sums > 0 then
      for _, T in ipairs(TYPES) do out[#out + 1] = emit_stage(prefix, stage, T) end
      fields[#fields + 1] = (".pass = {%s_f32, %s_f64}"):format(prefix, prefix)
    end
    local row = lists.stage[k]
    table.insert(fields, 1, (".phase = %d, .number = %d, .nnumbers = %d, .step = %d, .nsteps = %d, .sum = %d, "
      .. ".nsums = %d, .guard = %d, .spread = %d, .nspreads = %d"):format(table.unpack(row)))
    stages[k] = "{" .. table.concat(fields, ", ") .. "}"
  end
  if #held > 0 then out[#out + 1] = emit_numbers(name .. "_held", held) end
  if #once > 0 then out[#out + 1] = emit_numbers(name .. "_once", once) end
  local constants = {}
  for i, x in ipairs(lists.constant) do constants[i] = M.double(x) end
  local fields = {
    constant = emit_list(out, "double", name .. "_constants", constants, tostring),
    held = emit_list(out, "RuleNumber", name .. "_held_rows", lists.held, number_row),
    once = emit_list(out, "RuleNumber", name .. "_once_rows", lists.once, number_row),
    number = emit_list(out, "RuleNumber", name .. "_number_rows", lists.number, number_row),
    step = emit_list(out, "RuleStep", name .. "_steps", lists.step, step_row),
    sum = emit_list(out, "RuleSum", name .. "_sums", lists.sum,
      function(r) return ("{{%d, %d}, %d, %d, %d, %d}"):format(table.unpack(r)) end),
    spread = emit_list(out, "RuleSpread", name .. "_spreads", lists.spread, integers),
    per = emit_list(out, "RuleSlotReg", name .. "_per", lists.per, integers), nper = #lists.per,
    stage = emit_list(out, "RuleStage", name .. "_stages", stages, tostring),
    slot = emit_list(out, "RuleSlotReg", name .. "_slot_regs", lists.slot, integers),
    fresh = emit_list(out, "RuleSlotReg", name .. "_fresh_regs", lists.fresh, integers),
    used = emit_list(out, "int16_t", name .. "_used", lists.used, tostring),
    held_numbers = #held > 0 and name .. "_held" or "NULL",
    once_numbers = #once > 0 and name .. "_once" or "NULL",
    needs_loss = lists.needs_loss, needs_noise = lists.needs_noise,
    nhyper = lists.nhyper, nregs = lists.nregs, nslots = lists.nslots, nowns = lists.nowns, nvalues = lists.nvalues,
    nphases = lists.nphases, nstages = #lists.stage, nheld = #lists.held, nonce = #lists.once, nslot_regs = #lists.slot,
    nfresh = #lists.fresh, nused = #lists.used,
  }
  out[#out + 1] = ("static const OptimRule %s_rule = {"):format(name)
  for _, key in ipairs(sorted(fields)) do out[#out + 1] = ("    .%s = %s,"):format(key, fields[key]) end
  out[#out + 1] = "};"
  return table.concat(out, "\n")
end

return M
