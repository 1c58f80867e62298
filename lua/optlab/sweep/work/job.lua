--- The job that this process belongs to: mpirun, srun or a Slurm array starts the same command many times.
-- @module optlab.sweep.work.job
local launcher = require "optlab.base.launcher"
local uv = require "luv"

local M = {}

local function integer(name) return math.tointeger(tonumber(os.getenv(name))) end

-- srun without PMI names its processes itself. A batch script, an array's task too, is process 0 although it runs in an
-- allocation of several.
local function slurm_rank()
  local step = os.getenv "SLURM_STEP_ID"
  return step and step ~= "4294967291" and integer "SLURM_PROCID" or nil
end

-- What is the same for all processes of a job, and differs between jobs.
local NAMES = { "PMIX_NAMESPACE", "OMPI_MCA_ess_base_jobid", "PMI_JOBID", "SLURM_JOB_ID" }

local function name_of_job()
  for _, name in ipairs(NAMES) do
    local value = os.getenv(name)
    if value and value ~= "" then return value end
  end
  return ""
end

local rank = launcher.rank() or slurm_rank()

--- The number of this process among those of the job, from 0.
M.rank = rank or 0

--- How many processes the job has.
M.size = rank and (launcher.size() or integer "SLURM_NTASKS") or 1

--- How many of them are on this machine.
M.here = rank and launcher.size_here() or 1

--- The task of a Slurm array, or nil.
M.task = integer "SLURM_ARRAY_TASK_ID"

--- What names the job; "" for a process by itself.
M.token = ((M.task and "array" .. (os.getenv "SLURM_ARRAY_JOB_ID" or "")) or rank and name_of_job() or "")
  :gsub("[^%w_-]", "_")

--- Whether a variable of the environment tells a program which process of a job it is. A cell is none.
-- @tparam string variable
-- @treturn boolean
function M.is_variable(variable)
  return launcher.is_variable(variable) or variable == "SLURM_PROCID" or variable == "SLURM_LOCALID"
    or variable:find "^SLURM_ARRAY_" ~= nil
end

--- The environment for a program that is no process of the job.
-- @tparam {[string]=string,...} more variables to be set
-- @treturn {string,...} "NAME=value"
function M.environment(more)
  local list = {}
  for name, value in pairs(more) do list[#list + 1] = name .. "=" .. value end
  for name, value in pairs(uv.os_environ()) do
    if not (more[name] or M.is_variable(name)) then list[#list + 1] = name .. "=" .. value end
  end
  return list
end

return M
