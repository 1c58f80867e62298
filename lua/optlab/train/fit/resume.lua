--- A training that can be broken off: what `train.fit` keeps in its checkpoint, and how it goes on from there.
--
-- The file holds the states of model, optimizer, loader and of a scheduler that has one, the state of all random
-- numbers, the training's counters and its history. It is replaced whole or not at all, so a run that is killed at any
-- moment can go on from the last checkpoint, and it computes the same bits as an unbroken run.
-- @module optlab.train.fit.resume

local args = require "optlab.base.args"
local automatic = require "optlab.train.fit.automatic"
local checkpoint = require "optlab.save.checkpoint"
local early_stopping = require "optlab.train.fit.early_stopping"
local errors = require "optlab.base.errors"
local files = require "optlab.base.files"
local kinds = require "optlab.base.kinds"
local notice = require "optlab.base.notice"
local order = require "optlab.base.order"
local output = require "optlab.base.output"

local M = {}

local FN = "train.fit: checkpoint"

local CHECKPOINT = args.declare(FN, {
  doc = "The table `checkpoint` of train.fit: when the complete state of the training is saved to a file.",
  { "path", "path", required = true, doc = "The .safetensors file." },
  { "every", "integer", min = 1, default = 1, doc = "Number of epochs between two checkpoints." },
  { "every_steps", "integer", min = 1,
    doc = "Number of steps between two checkpoints within an epoch; by default there are none." },
  { "resume", "flag", default = false, doc = "Whether to continue from the file if it exists." },
})

local function has_state(object) return type(kinds.field(object, "state_dict")) == "function" end

-- Adds an object under a name, or the entries of a table of objects under "name.key".
local function add(objects, name, object)
  if has_state(object) then
    objects[name] = object
  elseif type(object) == "table" then
    for key, one in pairs(object) do objects[name .. "." .. tostring(key)] = one end
  else
    objects[name] = object
  end
end

-- Model, optimizer and loader by the names that the file has; with `step` there may be several of the first two.
local function parts_of(o)
  local objects = {}
  add(objects, "model", o.model)
  add(objects, "optimizer", o.optimizer)
  objects.loader = o.data
  return objects
end

--- Checks the option `checkpoint` and gives it back with its defaults.
-- @tparam table o the options of train.fit
-- @treturn ?table {path=, every=, every_steps=, resume=}; without the option that of optlab.train.fit.automatic, or nil
function M.check(o)
  local parts = parts_of(o)
  if o.checkpoint == nil then return automatic.of(o, parts, has_state) end
  local c = CHECKPOINT:read(o.checkpoint)
  for _, name in ipairs(order.names(parts)) do
    if not has_state(parts[name]) then
      errors.raise("%s: the %s must have state_dict(), as nn modules, lab.optim's optimizers and loaders have; got %s",
        FN, name == "loader" and "data" or name:match("^%a+"), errors.shown(parts[name]))
    end
  end
  local ok, message = files.make_folder(c.path:match("^(.*)/[^/]*$") or ".")
  if ok then ok, message = output.claim(c.path) end -- now, not after the first epoch
  if not ok then errors.raise("%s: %s", FN, message) end
  return c
end

local function objects_of(run)
  local o = run.o
  local objects = parts_of(o)
  if has_state(run.scheduler) then objects.scheduler = run.scheduler end
  for _, set in ipairs(o.sets) do
    local name = set.name == "test" and "eval_loader" or "eval_loader." .. set.name
    if has_state(set.data) then objects[name] = set.data end
  end
  return objects
end

--- Writes the checkpoint.
-- @tparam table run a training of train.fit: its options `o`, the `scheduler`, the `counters` of steps, examples,
--   seconds, ... (the file calls them `place`), the `history` of lists of numbers, and `checkpoint`, what `check` gave
function M.save(run)
  if run.checkpoint.automatic and not automatic.begin(run.checkpoint) then return end
  local objects = objects_of(run)
  objects.extra = {
    place = run.counters, history = run.history, batches = #run.o.data, accumulate = run.o.accumulate,
    early = early_stopping.state(run.early),
  }
  checkpoint.save(run.checkpoint.path, objects)
end

local NAN = -(0 / 0)

-- Lists that version 0.1 did not record.
local NEW = {lr = true, grad_norm = true}

local function nan_list(n)
  local list = {}
  for i = 1, n do list[i] = NAN end
  return list
end

-- Fills the lists of a new history from those of an old one, which are the same; lists that only training makes
-- ("train_mae") come as they are.
local function fill_history(history, old)
  for name, list in pairs(history) do
    local before = old[name] or nan_list(#old.loss)
    table.move(before, 1, #before, 1, list)
  end
  for name, list in pairs(old) do
    if name:match("^train_") then history[name] = list end
  end
end

-- The counters as they are now, of a file that version 0.1 wrote: it counted right answers alone.
local function place_of(extra)
  local place = extra.place
  if not place.sums then
    place.sums = {}
    if extra.history.train_acc and place.seen > 0 then place.sums.acc = place.right end
  end
  place.right = nil
  if not place.rows then -- an older file, whose sums are over all rows
    place.rows = {}
    for name in pairs(place.sums) do place.rows[name] = place.seen end
  end
  return place
end

-- Raises where a file is not of this training.
local function check_extra(run, extra)
  local o, c = run.o, run.checkpoint
  if type(extra) ~= "table" or not extra.place then errors.raise("%s: %s was not made by train.fit", FN, c.path) end
  if extra.batches ~= #o.data then
    errors.raise("%s: %s was made with %d batches an epoch, now there are %d", FN, c.path, extra.batches, #o.data)
  end
  if (extra.accumulate or 1) ~= o.accumulate then
    errors.raise("%s: %s was made with accumulate = %d, now it is %d", FN, c.path, extra.accumulate or 1, o.accumulate)
  end
  for name in pairs(run.history) do
    if not extra.history[name] and not NEW[name] then
      errors.raise("%s: %s has no '%s'; was it made without metric or eval_data?", FN, c.path, name)
    end
  end
  if run.early then early_stopping.check_state(extra.early, c.path) end
end

local function load_file(run)
  local o, c, counters = run.o, run.checkpoint, run.counters
  local extra = checkpoint.load_checked(c.path, objects_of(run), function(found) check_extra(run, found) end)
  fill_history(run.history, extra.history)
  for name, value in pairs(place_of(extra)) do counters[name] = value end
  if run.early then early_stopping.load(run.early, extra.early) end
  if o.log then o.log(("goes on after step %d from %s"):format(counters.steps, c.path)) end
end

--- Goes on where a checkpoint stands, if there is one and `resume` asks for it. One that was made by itself and does
-- not fit is passed over, and that is said.
-- @tparam table run a new training, whose objects, counters and history are to be filled
function M.load(run)
  local c = run.checkpoint
  if not (c and c.resume and files.kind(c.path)) then return end
  if not c.automatic then return load_file(run) end
  local ok, message = pcall(load_file, run)
  if not ok then notice("the training starts again: %s", tostring(message)) end
end

return M
