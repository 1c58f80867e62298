--- Whether this process is one of several that mpirun (or srun with PMI) has started, as its environment says.
--
-- Programs that such a process starts inherit the environment. One that is to be a program of its own has to be started
-- without the variables that `is_variable` names.
-- @module optlab.base.launcher
local M = {}

-- Open MPI, MPICH and others with PMI, Slurm with PMIx.
local RANK = { "OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK" }
local SIZE = { "OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_NTASKS" }
local HERE = { "OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", "SLURM_NTASKS_PER_NODE" }

local function first(names)
  for _, name in ipairs(names) do
    local value = math.tointeger(tonumber(os.getenv(name)))
    if value and value >= 0 then return value end
  end
end

--- This process's number, from 0; nil where there is no launcher.
-- @treturn ?integer
function M.rank() return first(RANK) end

--- How many processes there are; nil where there is no launcher, or where it does not say.
-- @treturn ?integer
function M.size() return M.rank() and first(SIZE) end

--- How many of them are on this machine; nil where that is not known.
-- @treturn ?integer
function M.size_here() return M.rank() and first(HERE) end

--- Whether an environment variable belongs to the launcher.
-- @tparam string name
-- @treturn boolean
function M.is_variable(name)
  return name:match("^OMPI_") ~= nil or name:match("^PMIX?_") ~= nil or name:match("^MPI_LOCAL") ~= nil
    or name:match("^PRTE_") ~= nil or name:match("^HYDI?_") ~= nil
end

return M
