--- A training that can be broken off: what `train.fit` keeps in its checkpoint, and how it goes on from there.
--
-- The file holds the states of model, optimizer, loader and of a scheduler that has one, the state of all random
-- numbers, the training's counters and its history. It is replaced whole or not at all, so a run that is killed at any
-- moment can go on from the last checkpoint, and it computes the same bits as an unbroken run.
-- @module optlab.train.resume

local args = require "optlab.base.args"
local checkpoint = require "optlab.save.checkpoint"
local errors = require "optlab.base.errors"
local files = require "optlab.base.files"
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

local function has_state(object)
  local ok, f = pcall(function() return object.state_dict end)
  return ok and type(f) == "function"
end

--- Checks the option `checkpoint` and gives it back with its defaults.
-- @tparam table o the options of train.fit
-- @treturn ?table {path=, every=, every_steps=, resume=}
function M.check(o)
  if o.checkpoint == nil then return nil end
  local c = CHECKPOINT:read(o.checkpoint)
  for _, name in ipairs {"model", "optimizer", "data"} do
    if not has_state(o[name]) then
      errors.raise("%s: the %s must have state_dict(), as nn modules, lab.optim's optimizers and loaders have; got %s",
        FN, name, errors.shown(o[name]))
    end
  end
  local ok, message = files.make_folder(c.path:match("^(.*)/[^/]*$") or ".")
  if ok then ok, message = output.claim(c.path) end -- now, not after the first epoch
  if not ok then errors.raise("%s: %s", FN, message) end
  return c
end

local function objects_of(run)
  local o = run.o
  local objects = {model = o.model, optimizer = o.optimizer, loader = o.data}
  if has_state(run.scheduler) then objects.scheduler = run.scheduler end
  if has_state(o.eval_data) then objects.eval_loader = o.eval_data end
  return objects
end

--- Writes the checkpoint.
-- @tparam table run a training of train.fit: its options `o`, the `scheduler`, the `counters` of steps, examples,
--   seconds, ... (the file calls them `place`), the `history` of lists of numbers, and `checkpoint`, what `check` gave
function M.save(run)
  local objects = objects_of(run)
  objects.extra = {place = run.counters, history = run.history, batches = #run.o.data}
  checkpoint.save(run.checkpoint.path, objects)
end

-- Fills the lists of a new history from those of an old one, which must be the same.
local function fill_history(history, old, path)
  for name, list in pairs(history) do
    if not old[name] then
      errors.raise("%s: %s has no '%s'; was it made without metric or eval_data?", FN, path, name)
    end
    table.move(old[name], 1, #old[name], 1, list)
  end
end

--- Goes on where a checkpoint stands, if there is one and `resume` asks for it.
-- @tparam table run a new training, whose objects, counters and history are to be filled
function M.load(run)
  local o, c, counters = run.o, run.checkpoint, run.counters
  if not (c and c.resume and files.kind(c.path)) then return end
  local extra = checkpoint.load(c.path, objects_of(run))
  if type(extra) ~= "table" or not extra.place then errors.raise("%s: %s was not made by train.fit", FN, c.path) end
  if extra.batches ~= #o.data then
    errors.raise("%s: %s was made with %d batches an epoch, now there are %d", FN, c.path, extra.batches, #o.data)
  end
  fill_history(run.history, extra.history, c.path)
  for name, value in pairs(extra.place) do counters[name] = value end
  if o.log then o.log(("goes on after step %d from %s"):format(counters.steps, c.path)) end
end

return M
