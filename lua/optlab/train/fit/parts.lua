--- Updates of a training that several ranks share: each has some parts of every batch.
--
-- A batch is cut into parts by its rows. Each rank computes the gradients of its own parts, one after the other; the
-- sum over all parts runs in pairs, in an order that the number of parts decides (src/dist/sums.h), and is sent while
-- backward goes on. Losses, metrics and the changes of buffers (running statistics) are summed in the same way.
--
-- Each part draws random numbers (dropout) of its own, which depend on its number and not on the rank that has it.
-- @module optlab.train.fit.parts
local accumulate = require "optlab.train.fit.accumulate"
local core = require "optlab.core"
local divergence = require "optlab.train.divergence"
local last_batch = require("optlab.train.compiled").last_batch
local module = require "optlab.nn.module"
local refuse_third = require("optlab.train.evaluate").refuse_third
local updates = require "optlab.train.fit.updates"

local M = {}

local ops, no_grad = core.dist, core.autograd.no_grad

local APART = 1 << 28 -- blocks of random numbers that a part may draw

-- --- the batches -----------------------------------------------------------------------------------------------------

-- Rows of a batch that stand before a part.
local function rows_before(part, parts, rows) return rows * part // parts end

-- This rank's rows of each batch of an object that is no loader of optlab's: rows, X, y, ...
local function cut_batches(data, first, mine, parts)
  local following, state, control, closing = data:batches()
  return function()
    local batch = table.pack(following(state, control))
    local X = batch[1]
    control = X
    if X == nil then return nil end
    local rows = #X
    local from = rows_before(first, parts, rows)
    local n = rows_before(first + mine, parts, rows) - from
    for i = 1, batch.n do batch[i] = batch[i]:narrow(1, math.min(from + 1, rows), n) end
    return rows, table.unpack(batch, 1, batch.n)
  end, nil, nil, closing
end

local function shares(run)
  local r = run.ranks
  return function(data)
    if type(data) == "userdata" then return core.data.share(data, r.first, r.mine, r.parts) end
    return cut_batches(data, r.first, r.mine, r.parts)
  end
end

-- --- what is summed --------------------------------------------------------------------------------------------------

-- The sums beside the gradients: `numbers` is the loss, its weight and the metrics; of each buffer its change.
local function new_sums(run)
  local o, r = run.o, run.ranks
  local numbers = core.tensor.zeros({2 + #o.measured}, {dtype = "float64"})
  local s = { numbers = numbers, buffers = {}, before = {}, change = {} }
  local list = { s.numbers }
  for i, b in ipairs(module.is_module(o.model) and o.model:buffers() or {}) do
    s.buffers[i], s.before[i], s.change[i] = b, b:clone(), b:contiguous():clone()
    list[i + 1] = s.change[i]
  end
  s.sums = ops.sums(list, r.mine)
  return s
end

local function note_buffers(s)
  for i, b in ipairs(s.buffers) do s.before[i]:copy_(b) end
end

-- A part begins with the buffers that the batch began with.
local function reset_buffers(s)
  for i, b in ipairs(s.buffers) do b:copy_(s.before[i]) end
end

-- A part is over: its numbers and changes. `absent`: it had no rows.
local function put(s, absent)
  s.sums:put(1, absent)
  for i, b in ipairs(s.buffers) do
    if not absent then s.change[i]:copy_(b):sub_(s.before[i]) end
    s.sums:put(i + 1, absent)
  end
end

-- The batch is over: the buffers have the mean of the changes.
local function take(s, fn)
  s.sums:wait(fn)
  s.sums:take(1)
  for i, b in ipairs(s.buffers) do
    local parts = s.sums:take(i + 1)
    local mean = s.change[i]:div(parts)
    b:copy_(s.before[i]):add_(b.dtype == "int64" and mean:to "int64" or mean)
  end
end

-- --- a part ----------------------------------------------------------------------------------------------------------

-- Computes one part and hands over its gradients and numbers. `share` of the batch's rows are in it.
local function run_part(run, X, y, share)
  local r, mean, s = run.ranks, run.mean, run.ranks.beside
  local prediction = run.o.model(X)
  local loss = run.o.loss(prediction, y)
  local weight = mean.weigh and mean.weigh(prediction, y):item() or #X
  local value = weight ~= 0 and loss:item() or 0
  s.numbers[1], s.numbers[2] = mean.sums and value or value * weight, weight
  for i, sum in ipairs(run.measure and run.measure(prediction, y) or {}) do s.numbers[2 + i] = sum end
  no_grad(put, s)
  if weight == 0 or not divergence.is_finite(value) then return r.reducer:absent() end
  r.reducer:backward(loss, mean.sums and 1 or mean.weigh and weight or share)
end

local function skip_part(run)
  no_grad(put, run.ranks.beside, true)
  run.ranks.reducer:absent()
end

-- The parts of this rank, whose rows X and y are.
local function run_parts(run, rows, X, y)
  local r = run.ranks
  local start = rows_before(r.first, r.parts, rows)
  local user, dropout = ops.random_state()
  for part = r.first, r.first + r.mine - 1 do
    local from, to = rows_before(part, r.parts, rows), rows_before(part + 1, r.parts, rows)
    if part > r.first then no_grad(reset_buffers, r.beside) end
    ops.set_random_state(user + part * APART, dropout + part * APART)
    if to == from then
      skip_part(run)
    elseif to - from == #X then
      run_part(run, X, y, (to - from) / rows)
    else
      local at, n = from - start + 1, to - from
      run_part(run, X:narrow(1, at, n), y:narrow(1, at, n), n / rows)
    end
  end
  ops.set_random_state(user + r.parts * APART, dropout + r.parts * APART)
end

-- --- a batch ---------------------------------------------------------------------------------------------------------

-- By what the summed gradients are multiplied, for the mean over the batch and over those of the same update.
local function scale_of(run, group, weight)
  local mean = run.mean
  if mean.sums or weight == 0 then return 1 end
  group.first = group.first or weight
  local of_group = weight == group.first and 1 / run.o.accumulate or weight / group.first / run.o.accumulate
  return mean.weigh and of_group / weight or of_group
end

-- Adds the gradient of a batch: as in accumulate.
local function add_batch(run, group, rows, X, y, more)
  refuse_third(more, run.fn)
  local r, numbers = run.ranks, run.ranks.beside.numbers
  no_grad(note_buffers, r.beside)
  r.reducer:start()
  run_parts(run, rows, X, y)
  no_grad(take, r.beside, run.fn)
  numbers = numbers:tolist()
  local total, weight = numbers[1], numbers[2]
  local value = run.mean.sums and total or weight == 0 and 0 or total / weight
  if not divergence.is_finite(value) then
    r.reducer:drop(run.fn)
    return value
  end
  r.reducer:finish(scale_of(run, group, weight), run.fn)
  local sums = run.measure and {}
  for i = 1, sums and #run.o.measured or 0 do sums[i] = numbers[2 + i] end
  return value, weight, sums
end

--- Prepares a training for its ranks.
-- @tparam table run whose `ranks` is what optlab.train.fit.ranks.read gave
function M.begin(run)
  local r = run.ranks
  r.mine = r.parts // r.size
  r.first = r.rank * r.mine
  run.measure = updates.measure(run.o.measured)
  r.reducer = ops.reducer(run.parameters, r.mine, r.bucket)
  r.beside = new_sums(run)
end

--- An epoch of updates, as optlab.train.fit.updates.epoch.
-- @tparam table run
-- @tparam function after
-- @tparam function on_bad
function M.epoch(run, after, on_bad)
  return accumulate.groups(run, shares(run), add_batch, after, function(value, X, y)
    if type(run.o.data) == "userdata" then X, y = last_batch(run.o.data) end -- all of it, the same on all ranks
    on_bad(value, X, y)
  end)
end

return M
