--- Checkpoints that a training makes by itself in a run of a sweep, so that a cell which was killed goes on.
--
-- The script is run again from its top; a training that had been saved takes its state from the file, and the numbers
-- are those of an unbroken run. That holds where all that a training changes is in the file. So nothing is saved where
-- the script has callbacks, an update or an evaluation of its own, or a part without state_dict, nor where a function
-- among loss, metrics, model and schedule changes one of its variables; then a killed cell trains again from the start.
-- @module optlab.train.fit.automatic
local clock = require("optlab.core").system.clock
local config = require "optlab.base.config"
local errors = require "optlab.base.errors"
local field = require("optlab.base.kinds").field
local rate = require "optlab.train.rate"

local M = {}

local SECONDS = 2 -- between two checkpoints, unless OPTLAB_CHECKPOINT_SECONDS says otherwise

local function seconds()
  local text = os.getenv "OPTLAB_CHECKPOINT_SECONDS" or ""
  local value = text == "" and SECONDS or tonumber(text)
  if value and value >= 0 then return value end
  errors.raise("OPTLAB_CHECKPOINT_SECONDS must be a number of seconds, at least 0, got '%s'", text)
end

-- --- functions that remember something ------------------------------------------------------------------------------

local function is_scalar(value)
  local kind = type(value)
  return kind == "number" or kind == "string" or kind == "boolean" or kind == "nil"
end

-- The scalars in a function's variables, and in the plain tables among them.
local function variables(f)
  local found = {}
  for i = 1, 255 do
    local name, value = debug.getupvalue(f, i)
    if not name then break end
    if is_scalar(value) then
      found[name] = value
    elseif errors.is_plain(value) then
      for key, member in next, value do
        if is_scalar(key) and is_scalar(member) then found[name .. "." .. tostring(key)] = member end
      end
    end
  end
  return found
end

local function same(a, b)
  for name, value in pairs(a) do
    if b[name] ~= value and value == value then return false end
  end
  for name in pairs(b) do
    if a[name] == nil then return false end
  end
  return true
end

local function functions_of(o)
  local list = rate.functions(o.scheduler)
  for _, f in pairs { o.loss, o.model, o.evaluate } do list[#list + 1] = f end
  for _, f in pairs(o.metrics or {}) do list[#list + 1] = f end
  local found = {}
  for _, f in pairs(list) do
    if type(f) == "function" then found[#found + 1] = { f = f, before = variables(f) } end
  end
  return found
end

-- --- the checkpoint -----------------------------------------------------------------------------------------------

local function is_own(f)
  return type(f) ~= "function" or errors.is_own(debug.getinfo(f, "S"))
end

local function can_be_saved(o, parts, has_state)
  if o.step or o.on_step or o.on_epoch or not is_own(o.evaluate) or (o.log and o.log ~= print) then return false end
  for _, part in pairs(parts) do
    if not has_state(part) then return false end
  end
  if field(o.scheduler, "step") and not has_state(o.scheduler) then return false end
  for _, set in ipairs(o.sets) do
    if type(set.data) ~= "table" and not has_state(set.data) then return false end
  end
  return true
end

local trainings = 0 -- of this program

--- The checkpoint of a training that asks for none.
-- @tparam table o the options of train.fit
-- @tparam table parts what has to be saved, by name
-- @tparam function has_state whether an object has state_dict
-- @treturn ?table {path =, resume = true, ...} as the option `checkpoint`; nil where none is made
function M.of(o, parts, has_state)
  if not config.checkpoints then return nil end
  trainings = trainings + 1
  if not can_be_saved(o, parts, has_state) then return nil end
  return {
    path = ("%s/.training-%d.safetensors"):format(config.checkpoints, trainings), resume = true, every = nil,
    automatic = true, seconds = seconds(), saved_at = clock(), functions = functions_of(o),
  }
end

--- Whether such a checkpoint is due: some seconds after the last one, or now.
-- @tparam table c
-- @tparam boolean now
-- @treturn boolean
function M.is_due(c, now) return c.automatic and not c.given_up and (now or clock() - c.saved_at >= c.seconds) end

--- To be called before it is written: whether it may be. A function that remembers something ends it.
-- @tparam table c
-- @treturn boolean
function M.begin(c)
  for _, entry in ipairs(c.functions) do
    if not same(entry.before, variables(entry.f)) then
      c.given_up = true
      os.remove(c.path)
      return false
    end
  end
  c.saved_at = clock()
  return true
end

return M
