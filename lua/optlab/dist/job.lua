--- Joining the job that mpirun has started: the module that is linked with MPI, and the threads of each rank.
-- @module optlab.dist.job
local config = require "optlab.base.config"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local files = require "optlab.base.files"
local follower = require "optlab.base.launcher.follower"
local launcher = require "optlab.base.launcher"
local uv = require "luv"

local M = {}

local MODULE = "optlab_mpi"
-- Seen from the folder of the program: a build tree, an installed one, a rock.
local FOLDERS = { "", "../lib/lua/5.4/", "../../../../../lua/5.4/" }

local function find()
  local bin = uv.exepath():match("^(.*/)") or ""
  for _, folder in ipairs(FOLDERS) do
    local path = bin .. folder .. MODULE .. ".so"
    if files.readable(path) then return path end
  end
  return package.searchpath(MODULE, package.cpath) -- beside optlab.so, for a stock lua5.4
end

local INSTALL = "optlab was built without MPI: install openmpi-bin and libopenmpi-dev, then build it again"

-- One thread a core of this machine, shared among the ranks on it, unless the user has said how many.
local function share_threads()
  if config.threads or os.getenv "OMP_NUM_THREADS" then return end
  local here = launcher.size_here()
  if not here then return end
  local share = math.max(1, #uv.cpu_info() // here)
  if share < core.system.get_num_threads() then core.system.set_num_threads(share) end
end

local started = false

--- Joins the job at the first call. A process that no launcher has started is rank 0 of 1.
-- @tparam string fn who asks, for messages
function M.start(fn)
  if started then return end
  local size = launcher.size()
  if not launcher.rank() or size == 1 then
    started = true
    return
  end
  local path = find()
  if not path then
    errors.raise("%s: mpirun has started %s, but %s", fn, size and size .. " processes" or "several processes", INSTALL)
  end
  local rank, message = core.dist.start(path)
  if not rank then errors.raise("%s: %s", fn, message) end
  config.rank_label = core.dist.size() > 1 and ("rank %d of %d"):format(rank, core.dist.size()) or nil
  started = true
  if follower.is_one() and not config.is_follower then follower.begin() end
  share_threads()
end

return M
