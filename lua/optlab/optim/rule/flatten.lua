--- A compiled rule as lists of numbers, the form in which C has it (`src/optim/rule/rule.h`).
-- @module optlab.optim.rule.flatten
local M = {}

local NONE, REG, ARRAY, VALUE = 0, 1, 2, 3
local HOW = { sum = 0, amax = 1, amin = 2, mean = 3 }
local AXIS = { row = 0, column = 1, matrix = 2 }

-- --- where elements are ---------------------------------------------------------------------------------------------

-- Numbers the results of steps. One that a later stage reads gets an array of its own.
local function number_values(program)
  local nvalues, nowns = 0, 0
  for _, stage in ipairs(program.stages) do
    for _, step in ipairs(stage.elements) do
      local value = step.value
      if step.into then
        value.array = step.into.array
      elseif value.crosses then
        value.array = 3 + program.nstate + nowns
        nowns = nowns + 1
      else
        value.index = nvalues
        nvalues = nvalues + 1
      end
    end
    for _, spread in ipairs(stage.spreads) do
      spread.to.array = 3 + program.nstate + nowns
      nowns = nowns + 1
    end
  end
  return nvalues, nowns
end

local function reference(x)
  if not x then return NONE, 0 end
  if x.kind == "number" then return REG, x.reg end
  if x.array then return ARRAY, x.array end
  return VALUE, x.index
end

-- --- steps ----------------------------------------------------------------------------------------------------------

-- Whether `choose` needs memory of its own: it is written to an array, one side is a number, or an array that it may
-- stand for changes later.
local function needs_memory(step)
  if step.value.array then return 1 end
  for i = 2, 3 do
    local a = step.args[i]
    if a.kind == "number" or (a.writable and a.version ~= step.versions[i]) then return 1 end
  end
  return 0
end

local function flat_step(step, used)
  local args = step.args
  if step.op == "xpby" then args = { false, args[1], args[2], args[3] } end
  local row = { step.op, step.guard and step.guard.reg or -1, step.value.kind == "mask" and 1 or 0,
    step.op == "choose" and needs_memory(step) or 0 }
  row[5], row[6] = reference(step.value)
  for i = 1, 4 do
    local a = args[i] or nil
    row[5 + 2 * i], row[6 + 2 * i] = reference(a)
    if a and a.kind == "number" and not (step.op == "choose" and i == 1) then used[a.reg] = true end
  end
  return row
end

local function flat_number(r)
  local row = { r.op, r.reg }
  for i = 1, 3 do row[2 + i] = r.args[i] and r.args[i].reg or 0 end
  return row
end

-- --- the whole ------------------------------------------------------------------------------------------------------

-- The condition that all steps and sums of a stage have in common, as a register.
local function guard_of(stage)
  local guard
  for _, list in ipairs { stage.elements, stage.sums } do
    for _, x in ipairs(list) do
      if not x.guard or guard and guard ~= x.guard.reg then return -1 end
      guard = x.guard.reg
    end
  end
  return guard or -1
end

local function add_stage(out, stage, used)
  local row = { stage.phase, #out.number, 0, #out.step, 0, #out.sum, 0, guard_of(stage),
    #out.spread, #stage.spreads }
  for _, s in ipairs(stage.spreads) do
    table.insert(out.spread, { AXIS[s.axis], HOW[s.how], s.from.array, s.to.array })
  end
  for _, r in ipairs(stage.numbers) do
    table.insert(r.rank == 0 and out.held or r.rank == 1 and out.once or out.number, flat_number(r))
  end
  for _, step in ipairs(stage.elements) do table.insert(out.step, flat_step(step, used)) end
  for _, sum in ipairs(stage.sums) do
    local kind, index = reference(sum.value)
    table.insert(out.sum, { kind, index, HOW[sum.how], sum.register.reg, sum.total and 1 or 0,
      sum.guard and sum.guard.reg or -1 })
  end
  row[3], row[5], row[7] = #out.number - row[2], #out.step - row[4], #out.sum - row[6]
  table.insert(out.stage, row)
end

local function add_registers(out, program)
  for _, r in ipairs(program.registers) do
    out.constant[r.reg + 1] = r.constant or 0.0
    if r.new then table.insert(out.fresh, { r.new, r.reg, -1 }) end
    if r.slot and not r.op then
      local after = program.number_results[r.slot]
      table.insert(out.slot, { r.slot, r.reg, after and after.reg or -1 })
    end
  end
end

--- Lists for C.
-- @tparam table program what `optlab.optim.rule.compile` makes
-- @treturn table
function M.lists(program)
  local out = { held = {}, once = {}, number = {}, step = {}, sum = {}, spread = {}, per = {}, stage = {}, slot = {},
    fresh = {}, used = {}, constant = {} }
  out.nhyper, out.nslots, out.nregs = program.nhyper, program.nstate, #program.registers
  out.nvalues, out.nowns = number_values(program)
  out.needs_loss, out.needs_noise = program.needs_loss and 1 or 0, program.needs_noise and 1 or 0
  for i, state in ipairs(program.state) do -- state by row or column has an array of the step's own
    if state.per then
      table.insert(out.per, { i - 1, AXIS[state.per], 3 + program.nstate + out.nowns })
      out.nowns = out.nowns + 1
    end
  end
  out.nphases = program.stages[#program.stages].phase
  local used = {}
  for _, stage in ipairs(program.stages) do add_stage(out, stage, used) end
  add_registers(out, program)
  for reg in pairs(used) do table.insert(out.used, reg) end
  table.sort(out.used)
  return out
end

return M
