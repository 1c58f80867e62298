--- Runs a script on several ranks by mpirun, in a folder of the spec's own. Specs that need it are pending where mpirun
-- or the module that is linked with MPI is missing.
-- @module tests.support.ranks
local files = require "tests.support.files"
local program = require "tests.support.program"

local M = {}

-- mpirun refuses root, and more ranks than cores, unless it is told; each rank has one thread, wherever it runs. Ranks
-- that are bound to cores would meet those of other specs there.
local SETTINGS = "OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1 "
  .. "OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_btl_base_warn_component_unused=0 OMP_NUM_THREADS=1 "
  .. "ASAN_OPTIONS=detect_leaks=0" -- MPI's

local function is_here()
  local folder = program.path:match("^(.*/)")
  return os.execute "command -v mpirun >/dev/null 2>&1" and io.open(folder .. "optlab_mpi.so") ~= nil
end

--- Why nothing can be tried here, or nil.
M.missing = not is_here() and "mpirun or optlab_mpi.so is missing" or nil

--- Runs dir/script.lua, a first line that requires optlab and then the code, on n ranks.
-- @return exit status, standard output, standard error
function M.run(dir, n, code, ...)
  files.write(dir .. "/script.lua", 'local lab = require "optlab"\n' .. code)
  local words = {}
  for i, word in ipairs { "script.lua", ... } do words[i] = program.quoted(word) end
  return program.shell(dir, ("%s timeout 120 mpirun -n %d %s %s </dev/null"):format(SETTINGS, n,
    program.quoted(program.path), table.concat(words, " ")))
end

--- Runs dir/script.lua on n ranks and presses Ctrl-C (SIGINT to mpirun) when standard error has the text.
-- @return exit status, standard output, standard error
function M.interrupted(dir, n, text)
  return program.shell(dir, ([[
    %s timeout 60 setsid mpirun -n %d %s --no-keep script.lua </dev/null 2>err & job=$!
    for i in $(seq 100); do grep -q '%s' err 2>/dev/null && break; sleep 0.1; done
    kill -INT $(pgrep -P $job mpirun)
    wait $job; status=$?; cat err >&2; (exit $status)]]):format(SETTINGS, n, program.quoted(program.path), text))
end

return M
