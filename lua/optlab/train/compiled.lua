--- The compiled half of train.fit: one update as a compiled step (lab.compile), and an epoch of it.
--
-- Lua code runs only while a step is recorded. So train.fit compiles by itself where all that an update does is known
-- to be the library's: built-in layers, loss and optimizer. A Lua function among them may count its calls, or change
-- its mind after a hundred of them; for those the script says `compile = true`.
-- @module optlab.train.compiled
local Sequential = require "optlab.nn.sequential"
local config = require "optlab.base.config"
local core = require "optlab.core".compile
local no_grad = require "optlab.core".autograd.no_grad
local module = require "optlab.nn.module"
local step = require "optlab.train.step"

local M = {}

local PLAIN = getmetatable(Sequential())

M.has_kernels = core.has_kernels

--- Whether all modules below a model are built-in layers or plain Sequentials of them.
-- @tparam function|module model
-- @treturn boolean
function M.is_built_in(model)
  if not module.is_module(model) then return false end
  if type(model) == "userdata" then return true end
  for _, m in ipairs(model:modules()) do
    if type(m) ~= "userdata" and m.class ~= Sequential then return false end
  end
  return true
end

--- The modules of a model that is a built-in layer, or plain Sequentials of such layers each of which is there once.
-- @tparam module model
-- @treturn ?{module,...}
function M.in_line(model)
  if type(model) == "userdata" then return { model } end
  local modules, places = model:modules(), 1
  for _, m in ipairs(modules) do
    if type(m) == "table" then
      if getmetatable(m) ~= PLAIN then return nil end -- it has hooks
      places = places + #m
    end
  end
  return places == #modules and modules or nil
end

--- Whether train.fit should compile the step.
-- @tparam table o the options of train.fit
-- @treturn boolean
function M.is_wanted(o)
  if config.no_compile then return false end
  if o.compile ~= nil then return o.compile end
  for _, metric in ipairs(o.measured) do
    if not metric.built_in then return false end
  end
  return not o.step and o.accumulate == 1 and M.is_built_in(o.model) and M.is_built_in(o.loss)
    and core.has_kernels(o.optimizer) and type(o.data) == "userdata"
end

-- measure(prediction, y) gives the counts as a list of tensors.
local function measure(measured)
  return function(prediction, y)
    local counts = {}
    for i, metric in ipairs(measured) do counts[i] = no_grad(metric.count, prediction, y) end
    return counts
  end
end

-- The step with what is measured behind the loss and its weight.
local function in_line(update)
  return function(...)
    local loss, weight, measured = update(...)
    return loss, weight, table.unpack(measured)
  end
end

--- The usual update as a compiled step: step(X, y) gives the loss, its weight or nil, and the counts of the metrics. A
-- loss that is no number is an error and leaves the parameters alone.
-- @tparam table o model, loss, optimizer, measured; `compile = true`: a step that cannot be recorded is an error, else
--   it goes on as plain Lua with the same numbers
-- @tparam[opt] object scheduler moves the learning rate after each update, in C
-- @tparam[opt] function weigh see optlab.train.step
-- @tparam[opt] function clip see optlab.train.step
-- @treturn CompiledStep
function M.step(o, scheduler, weigh, clip)
  local measured = o.measured or {}
  local update = step.new {
    model = o.model, loss = o.loss, optimizer = o.optimizer, scheduler = scheduler, accepts = core.check_loss,
    measure = #measured > 0 and measure(measured) or nil, weigh = weigh, clip = clip, fn = "train.fit",
  }
  if #measured > 0 then update = in_line(update) end
  return core.compile(update, o.compile ~= true, true, weigh ~= nil, false, #measured)
end

--- How many batches of `size` rows lead from `rows` to the next multiple of `every`, at most `limit`.
-- @treturn integer
function M.batches_until(rows, size, every, limit)
  local n = 1
  while n < limit and (rows + n * size) % every ~= 0 do n = n + 1 end
  return n
end

--- The batch that a loader gave last.
-- @tparam Loader loader
-- @treturn Tensor X
-- @treturn Tensor y
function M.last_batch(loader)
  local place = loader:state_dict()
  place.position = place.position - 1
  loader:load_state_dict(place)
  local following, state, control = loader:batches()
  return following(state, control)
end

-- Up to n batches of a pass: the losses, the rows of the last one, the weights of the losses if they have some, lists
-- of what the metrics counted. Returns nil after a bad loss, and on_bad gets: the loss, how many updates were made
-- before, the batch.
local function run(pass, n, loader, on_bad)
  local left = #pass
  local ok, losses, rows, weights, counts = pcall(pass.run, pass, n)
  if ok then return losses:tolist(), rows, weights and weights:tolist() or {}, counts and counts:tolist() or {} end
  local value = core.bad_loss()
  if not value then error(losses, 0) end
  on_bad(value, left - #pass - 1, M.last_batch(loader))
end

--- One epoch: calls each(loss, rows, weight, counts) for each batch, in order; weight is nil where the loss counts by
-- its rows, counts where nothing else is measured. Ends where it returns true, and after on_bad.
-- @tparam CompiledStep update
-- @tparam Loader loader
-- @tparam function each
-- @tparam[opt] function ahead ahead(left) is called before batches are run; how many of them may run before somebody
--   has to look at the model or to change the learning rate. Without it: all
-- @tparam[opt] function on_bad on_bad(loss, updates, X, y): a loss is no number after so many of the batches that
--   `ahead` allowed
function M.epoch(update, loader, each, ahead, on_bad)
  local pass, size = update:pass(loader), loader.batch_size
  while #pass > 0 do
    local losses, last, weights, counts = run(pass, ahead and ahead(#pass) or nil, loader, on_bad)
    if not losses then return end
    for i, loss in ipairs(losses) do
      if each(loss, i < #losses and size or last, weights[i], counts[i]) then return end
    end
  end
end

return M
