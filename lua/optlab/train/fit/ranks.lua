--- A training that several ranks share (optlab.dist): the option, and what they agree on.
-- @module optlab.train.fit.ranks
local args = require "optlab.base.args"
local config = require "optlab.base.config"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local files = require "optlab.base.files"
local job = require "optlab.dist.job"
local module = require "optlab.nn.module"

local ops = core.dist

local FN = "train.fit: distributed"

local DISTRIBUTED = args.declare(FN, {
  doc = "The table `distributed` of train.fit (true: the defaults): how several ranks share each batch of the "
    .. "loader, which is the global batch. See lab.dist.",
  { "parts", "integer", min = 1,
    doc = "The number of parts into which each batch is cut; by default one for each rank. The same number gives "
      .. "the same bits on any number of ranks, if each has 1, 2, 4, 8, ... parts or a single one has all." },
  { "bucket", "integer", min = 64, default = 65536,
    doc = "Gradients are sent in pieces of so many bytes, each as soon as it is complete." },
})

local M = {}

local function is_power_of_two(n) return n & (n - 1) == 0 end

local function check_parts(parts, size)
  if parts % size ~= 0 then
    errors.raise("%s: parts must be a multiple of the number of ranks, %d, got %d", FN, size, parts)
  end
  if size > 1 and not is_power_of_two(parts // size) then
    errors.raise("%s: each rank must have 1, 2, 4, 8, ... parts, because they are added in pairs; %d parts on %d ranks "
      .. "are %d", FN, parts, size, parts // size)
  end
end

-- The sum of a tensor over all ranks, which go on with the random numbers of rank 0 if they have drawn different ones.
local function sum(t)
  ops.reduce(t, "sum", FN)
  local user, dropout = ops.random_state()
  ops.set_random_state(ops.broadcast(user, 0, FN), ops.broadcast(dropout, 0, FN))
  return t
end

--- Reads the option and joins the job.
-- @param option true, false, nil or a table
-- @tparam string fn who asks, for messages
-- @treturn ?table rank, size, parts, bucket, sum(tensor); nil where there is nothing to share
function M.read(option, fn)
  if not option then return nil end
  local o = DISTRIBUTED:read(option == true and {} or option)
  job.start(fn)
  local size = ops.size()
  local parts = o.parts or size
  check_parts(parts, size)
  if parts == 1 then return nil end
  return { rank = ops.rank(), size = size, parts = parts, bucket = o.bucket, sum = sum }
end

-- --- agreeing --------------------------------------------------------------------------------------------------------

-- What must be the same on all ranks, each with its words.
local function facts(run)
  local o, list = run.o, {}
  local function add(what, value) list[#list + 1] = { what, tostring(value) } end
  local shapes = {}
  for i, p in ipairs(run.parameters) do shapes[i] = p.dtype .. " " .. table.concat(p.shape, "x") end
  add("parameters (" .. #shapes .. ")", table.concat(shapes, ", "))
  add("batches an epoch", #o.data)
  add("epochs", o.epochs)
  add("updates made", run.counters.steps)
  local random = core.tensor.get_rng_state()
  add("seed", random.seed)
  add("random numbers drawn", ("%d for data, %d else"):format(random.data, random.user))
  if type(o.data) == "userdata" then
    local place = o.data:state_dict()
    add("rows of data", o.data.rows)
    add("place in the data", ("epoch %d, batch %d, key %d"):format(place.epoch, place.position, place.key))
  end
  return list
end

-- Raises on all ranks if one has other facts than rank 0.
local function check_facts(run)
  local fn = run.fn
  for _, fact in ipairs(facts(run)) do
    local what, mine = fact[1], fact[2]
    local theirs = ops.broadcast(mine, 0, fn)
    local last = ops.reduce(mine == theirs and -1 or ops.rank(), "max", fn)
    if last >= 0 then
      local other = ops.broadcast(mine, last, fn)
      errors.raise("%s: rank 0 and rank %d differ in %s: %s and %s; all ranks must run the same script on the same "
        .. "data", fn, last, what, theirs:sub(1, 200), other:sub(1, 200))
    end
  end
end

-- Parameters and buffers.
local function tensors_of(run)
  local list, seen = {}, {}
  for _, p in ipairs(run.parameters) do list[#list + 1] = p end
  if module.is_module(run.o.model) then
    for _, p in ipairs(run.o.model:parameters()) do list[#list + 1] = p end
    for _, b in ipairs(run.o.model:buffers()) do list[#list + 1] = b end
  end
  local once = {}
  for _, t in ipairs(list) do
    if not seen[t] then once[#once + 1] = t end
    seen[t] = true
  end
  return once
end

local function broadcast(t, fn)
  local values = t:detach()
  local flat = values:contiguous()
  ops.broadcast(flat, 0, fn)
  if not values:is_contiguous() then values:copy_(flat) end
end

--- Before the first update: all ranks have the parameters of rank 0, and the same of all else.
-- @tparam table run
function M.begin(run)
  if not run.ranks then return end
  check_facts(run)
  for _, t in ipairs(tensors_of(run)) do broadcast(t, run.fn) end
end

--- Gives the others the checkpoint that rank 0 has, if it has one.
-- @tparam table run
function M.share_checkpoint(run)
  local c = run.checkpoint
  if not (run.ranks and c and c.resume) then return end
  local is_here = ops.rank() == 0 and files.kind(c.path) ~= nil
  local text = ops.broadcast(is_here and assert(files.read(c.path)) or "", 0, run.fn)
  if ops.rank() == 0 then return end
  c.path = config.out .. "/checkpoint.safetensors"
  if text ~= "" then assert(files.replace(c.path, text)) end
end

--- Whether this rank writes files.
-- @tparam table run
-- @treturn boolean
function M.writes(run) return not run.ranks or run.ranks.rank == 0 end

--- Whether any rank says so.
-- @tparam table run
-- @tparam boolean wish
-- @treturn boolean
function M.any(run, wish)
  if not run.ranks then return wish end
  return ops.reduce(wish and 1 or 0, "max", run.fn) > 0
end

return M
