--- Several processes as one job: `mpirun -n 4 optlab x.lua` starts a script four times, and these functions let the
-- four work together. docs/howto/distributed.md explains.
--
-- Each function but `rank` and `size` is called by all ranks, in the same order. Without mpirun there is one rank, and
-- the functions change nothing.
-- @module optlab.dist
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local job = require "optlab.dist.job"

local M = {}

local ops = core.dist

local ALL_REDUCE = args.declare("dist.all_reduce", {
  doc = "The sum of a value over all ranks, the same bits on each; or its mean, minimum, maximum.",
  positions = 2,
  { "x", "tensor|number", required = true,
    doc = "A number, or a float32, float64 or int64 tensor of the same shape on all ranks; it is not changed." },
  { "op", "choice", choices = { "sum", "mean", "min", "max" }, default = "sum", doc = "What is computed." },
})
local BROADCAST = args.declare("dist.broadcast", {
  doc = "The value of one rank, for all.",
  positions = 2,
  { "x", "tensor|number|string", required = true,
    doc = "A number, a string, or a tensor of the same shape and dtype on all ranks; it is not changed." },
  { "root", "integer", min = 0, default = 0, doc = "The rank whose value all get." },
})
local BARRIER = args.declare("dist.barrier", { doc = "Waits until all ranks have called it." })

-- A row-major copy that has no graph.
local function copy_of(x)
  return x:detach():clone()
end

--- The sum (or another combination) of a value over all ranks. The ranks' values are added in pairs in a fixed order,
-- so the bits do not depend on which message arrives first, and are the same on all ranks.
-- @tparam tensor|number x
-- @tparam[opt="sum"] string op "sum", "mean", "min" or "max"
-- @return a new tensor, or a number
function M.all_reduce(...)
  local o = ALL_REDUCE:read(...)
  job.start(ALL_REDUCE.callee)
  local is_mean = o.op == "mean"
  local x = o.x
  if type(x) ~= "number" then x = copy_of(x) end
  local result = ops.reduce(x, is_mean and "sum" or o.op, ALL_REDUCE.callee)
  return is_mean and result / ops.size() or result
end

--- The value of rank `root`, for all.
-- @tparam tensor|number|string x
-- @tparam[opt=0] integer root
-- @return a new tensor, a number or a string
function M.broadcast(...)
  local o = BROADCAST:read(...)
  job.start(BROADCAST.callee)
  if o.root >= ops.size() then
    errors.raise("%s: root must be a rank, 0 to %d, got %d", BROADCAST.callee, ops.size() - 1, o.root)
  end
  local x = o.x
  if type(x) == "userdata" then x = copy_of(x) end
  return ops.broadcast(x, o.root, BROADCAST.callee)
end

--- Waits until all ranks have called it.
function M.barrier(...)
  BARRIER:read(...)
  job.start(BARRIER.callee)
  ops.barrier(BARRIER.callee)
end

-- dist.rank and dist.size, which join the job when they are first read.
local FIELDS = { rank = ops.rank, size = ops.size }

return setmetatable(M, {
  __index = function(_, name)
    local read = FIELDS[name]
    if not read then return nil end
    job.start("dist." .. name)
    return read()
  end,
})
