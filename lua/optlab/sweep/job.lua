--- The job that this process belongs to: mpirun, srun or a Slurm array starts the same command many times.
-- @module optlab.sweep.job
local M = {}

local function integer(name) return math.tointeger(tonumber(os.getenv(name) or "")) end

-- The launchers' variables: the rank, the number of processes, what names the job.
local LAUNCHERS = {
  { "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "PMIX_NAMESPACE", "OMPI_MCA_ess_base_jobid" },
  { "PMI_RANK", "PMI_SIZE", "PMI_JOBID", "HYDI_CONTROL_FD" },
  { "SLURM_PROCID", "SLURM_NTASKS", "SLURM_JOB_ID" },
}

-- A batch script, an array's task too, is process 0 of 1 although it runs in an allocation of several.
local function is_batch() return os.getenv "SLURM_STEP_ID" == nil or integer "SLURM_STEP_ID" == 4294967291 end

local function read()
  for _, names in ipairs(LAUNCHERS) do
    local rank, size = integer(names[1]), integer(names[2])
    if rank and size and not (names[1] == "SLURM_PROCID" and is_batch()) then
      return rank, size, os.getenv(names[3]) or os.getenv(names[4] or "") or ""
    end
  end
  return 0, 1, ""
end

local rank, size, name = read()

--- The number of this process among those of the job, from 0.
M.rank = rank

--- How many processes the job has.
M.size = size

--- The task of a Slurm array, or nil.
M.task = integer "SLURM_ARRAY_TASK_ID"

--- What names the job, the same for all of its processes; "" for a process by itself.
M.token = (M.task and "array" .. (os.getenv "SLURM_ARRAY_JOB_ID" or "") or name):gsub("[^%w_-]", "_")

local OURS = { "^OMPI_", "^PMI_", "^PMIX_", "^PMI$", "^PRTE_", "^PRRTE_", "^HYDI_", "^MPIR_" }

--- Whether a variable of the environment tells a program which rank of a job it is. A cell is no rank.
-- @tparam string variable
-- @treturn boolean
function M.is_rank_variable(variable)
  for _, pattern in ipairs(OURS) do
    if variable:find(pattern) then return true end
  end
  return variable == "SLURM_PROCID" or variable == "SLURM_LOCALID"
end

return M
