--- The whole state of a training in one file, so that a run that was broken off goes on to the same bits.
--
-- A checkpoint holds the state_dict() of each object given, the state of all random numbers, and whatever else the
-- script wants to remember. Taken between two steps, also in the middle of an epoch, it misses nothing but what the
-- script keeps to itself: put that into `extra`.
-- @module optlab.save.checkpoint
local args = require "optlab.base.args"
local errors = require "optlab.base.errors"
local kinds = require "optlab.base.kinds"
local order = require "optlab.base.order"
local random = require("optlab.core").tensor
local save = require "optlab.save"

local M = {}

local PATH = { "path", "path", required = true, doc = "The file, whose name ends in .safetensors." }
local OBJECTS = { "objects", "table", required = true,
  doc = "Models, optimizers, attached schedules and loaders by names of your choice; and `extra`, any value." }

local SAVE = args.declare("lab.save_checkpoint", {
  doc = "Saves the state of each object, of all random numbers, and the value of `extra`.",
  positions = 2, PATH, OBJECTS,
})
local LOAD = args.declare("lab.load_checkpoint", {
  doc = "Continues from a checkpoint: loads the state of each object; returns the value of `extra`.",
  positions = 2, PATH, OBJECTS,
})

local EXTRA, RNG = "extra", "rng"
local VERSION = 1

local function names_of(t)
  local names = {}
  for name in pairs(t) do names[#names + 1] = tostring(name) end
  order.sort(names)
  return names
end

local function has(object, method) return type(kinds.field(object, method)) == "function" end

-- The objects of a table without `extra`, by name.
local function check_objects(objects, fn)
  local found = {}
  for name, object in pairs(objects) do
    if type(name) ~= "string" or name == RNG then
      errors.raise("%s: an object cannot be called %s", fn, errors.shown(name))
    end
    if name ~= EXTRA then
      if not has(object, "state_dict") or not has(object, "load_state_dict") then
        local hint = type(object) == "function" and "; of a schedule, give what sched.attach returns" or ""
        errors.raise("%s: '%s' must have state_dict() and load_state_dict(), got %s%s", fn, name,
          errors.shown(object), hint)
      end
      found[name] = object
    end
  end
  return found
end

--- Saves a training: models, optimizers, attached schedules, loaders, under any names.
-- @tparam string path ending in .safetensors
-- @tparam table objects objects with state_dict and load_state_dict by name, and `extra`: any value that lab.save takes
-- @usage lab.save_checkpoint("run.safetensors",
--   {model = net, optimizer = opt, scheduler = s, loader = loader, extra = {epoch = 3}})
function M.save(...)
  local fn, o = "lab.save_checkpoint", SAVE:read(...)
  local path, objects = o.path, o.objects
  if not path:lower():find("%.safetensors$") then
    errors.raise("%s: path must end in .safetensors, got %s", fn, errors.shown(path))
  end
  local states = {}
  for name, object in pairs(check_objects(objects, fn)) do states[name] = object:state_dict() end
  save.save(path, { checkpoint = VERSION, states = states, rng = random.get_rng_state(), extra = objects[EXTRA] })
end

local function check_file(path, file, objects, fn)
  if type(file) ~= "table" or file.checkpoint ~= VERSION or type(file.states) ~= "table" then
    errors.raise("%s: %s was not made by lab.save_checkpoint (lab.load reads it)", fn, path)
  end
  for name in pairs(objects) do
    if file.states[name] == nil then
      errors.raise("%s: %s has no '%s' (it has %s)", fn, path, name, table.concat(names_of(file.states), ", "))
    end
  end
  for name in pairs(file.states) do
    if objects[name] == nil then
      errors.raise("%s: %s has a '%s', which must be given too (or use lab.load)", fn, path, name)
    end
  end
end

-- Optimizers last: an attached schedule sets its optimizer's rate when it is loaded, but the rate saved with the
-- optimizer counts.
local function in_order(objects)
  local names, late = {}, {}
  for _, name in ipairs(names_of(objects)) do
    local list = has(objects[name], "zero_grad") and has(objects[name], "step") and late or names
    list[#list + 1] = name
  end
  return table.move(late, 1, #late, #names + 1, names)
end

-- The message of an error without the position, which is put in front again.
local function bare(message)
  local where = errors.where()
  message = tostring(message)
  return where ~= "" and message:sub(1, #where) == where and message:sub(#where + 1) or message
end

-- Loads all states; where one does not fit, what was before comes back and the error goes on.
local function load_states(path, file, objects, fn)
  local before, rng = {}, random.get_rng_state()
  for name, object in pairs(objects) do before[name] = object:state_dict() end
  local current
  local ok, message = pcall(function()
    for _, name in ipairs(in_order(objects)) do
      current = name
      objects[name]:load_state_dict(file.states[name])
    end
    current = RNG
    random.set_rng_state(file.rng)
  end)
  if ok then return end
  for _, name in ipairs(in_order(objects)) do pcall(objects[name].load_state_dict, objects[name], before[name]) end
  random.set_rng_state(rng)
  errors.raise("%s: %s: '%s' does not fit: %s", fn, path, current, bare(message))
end

local function continue(fn, path, objects, check)
  local found = check_objects(objects, fn)
  local file = save.load(path)
  check_file(path, file, found, fn)
  if check then check(file.extra) end
  load_states(path, file, found, fn)
  return file.extra
end

--- The same for train.fit, which may refuse a file.
-- @tparam string path
-- @tparam table objects
-- @tparam function check check(extra) raises where the file is not for this training; nothing is changed then
-- @return `extra`
function M.load_checked(path, objects, check) return continue("train.fit: checkpoint", path, objects, check) end

--- Continues a training: loads each object's state and the random numbers. Nothing is changed unless all of it fits.
-- @tparam string path
-- @tparam table objects the same names as when it was saved
-- @return `extra`
-- @usage local extra = lab.load_checkpoint("run.safetensors",
--   {model = net, optimizer = opt, scheduler = s, loader = loader})
function M.load(...)
  local o = LOAD:read(...)
  return continue("lab.load_checkpoint", o.path, o.objects)
end

return M
