--- What the command line (or a script) decided about this run; one table that every module reads.
--
-- Fields: `seed` (integer), `out` (folder for figures and metrics), `format` (list of picture formats, or nil for the
-- default), `theme` (the look of figures, or nil), `threads` (integer, or nil for one a core), `data` (folder of data
-- files, or nil), `require_real_data`, `quiet`, `live`, `no_progress`, `no_compile`, `full_traceback` (booleans),
-- `script` (the script's file name, or nil), `args` (its arguments, or nil outside the program), `on_load` (what the
-- program does when optlab is loaded, or nil), `seed_given`, `out_given` (whether the command line said so), `lib`
-- (folder of optlab's own modules), `root` (folder that holds `experiments/` and `plots/`).
--
-- Of runs that are kept (optlab.runs): `runs` (the folder of all runs), `no_keep`, `run` (the directory of this run, or
-- nil where it is not kept), `diverged` (what the first training that diverged said, or nil), `stand_ins` (names of the
-- data sets that the program made up), `checkpoints` (the folder in which trainings save themselves, or nil), `outs`
-- (the folders that --out and lab.set_out named), `on_parameters`, `on_record`, `on_point`, `on_row`, `on_update` and
-- `on_report` (functions of those who keep and show a run). `out` and `run` are decided when they are first read: a run
-- whose options are refused leaves no directory.
--
-- Of processes that work together (optlab.dist): `rank_label` ("rank 1 of 4", which errors begin with; nil where there
-- is one process), `is_follower` (not rank 0: nothing is printed, drawn or recorded).
-- @module optlab.base.config
local files = require "optlab.base.files"

local M = {
  seed = 0,
  require_real_data = false,
  quiet = false,
  no_progress = false,
  no_compile = false,
  full_traceback = false,
  no_keep = false,
  runs = os.getenv "OPTLAB_RUNS" or "runs",
  stand_ins = {},
  outs = {},
}
if M.runs == "" then M.runs = "runs" end

-- The picture formats that --format accepts.
M.FORMATS = { "svg", "png", "pdf", "eps", "tex", "gif", "webp", "html", "txt", "none" }

-- The looks of figures that --theme accepts (optlab.plot.look.themes).
M.THEMES = { "default", "paper", "slides", "dark" }

-- In the source tree and in an installed one the modules lie in <root>/lua/optlab; in a rock the other folders are
-- beside them.
local function find_root(lib)
  local above = lib:match("^(.*)lua/optlab/$")
  if above and files.readable((above == "" and "./" or above) .. "plots") then return above == "" and "./" or above end
  return lib
end

--- The folder that a script's output goes to unless --out says otherwise.
-- @tparam ?string script file name
-- @treturn string "out/momentum" for "experiments/momentum.lua", "out" for none
function M.default_out(script)
  local name = script and script:match("([^/]+)$")
  if not name or name == "-" then return "out" end
  return "out/" .. (name:match("^(.+)%.lua$") or name)
end

M.lib = debug.getinfo(1, "S").source:match("^@(.*)base/config%.lua$") or "optlab/"
M.root = find_root(M.lib)
M.script = type(arg) == "table" and arg[-1] and arg[0] or nil -- with nothing before it, arg[0] is the interpreter
M.out = M.default_out(M.script)

-- A run that is kept begins when somebody asks where its files go.
local begin

--- Says how the run begins: `fn` sets `out`, and `run` if the run is kept. It is called when one of them is first read.
-- @tparam ?function fn nil calls it off
function M.begin_with(fn)
  begin = fn
  if fn and not M.out_given then M.out = nil end
end

--- Sets the folder of output.
-- @tparam string folder
function M.set_out(folder)
  if M.is_follower then return end
  M.out = folder
  M.outs[#M.outs + 1] = folder
end

--- Begins the run if that has not been done.
function M.begin()
  local fn = begin
  begin = nil
  if fn then fn() end
end

--- Whether a run is still to begin.
-- @treturn boolean
function M.is_pending() return begin ~= nil end

return setmetatable(M, {
  __index = function(_, name)
    if name ~= "out" and name ~= "run" then return nil end
    M.begin()
    return rawget(M, name)
  end,
})
