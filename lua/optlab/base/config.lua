--- What the command line (or a script) decided about this run; one table that every module reads.
--
-- Fields: `seed` (integer), `out` (folder for figures and metrics), `format` (list of picture formats, or nil for the
-- default), `threads` (integer, or nil for one a core), `data` (folder of data files, or nil), `require_real_data`,
-- `quiet`, `no_progress`, `no_compile`, `full_traceback` (booleans), `script` (the script's file name, or nil), `args`
-- (its arguments, or nil outside the program), `on_load` (what the program does when optlab is loaded, or nil),
-- `seed_given`, `out_given` (whether the command line said so), `lib` (folder of optlab's own modules), `root` (folder
-- that holds `experiments/` and `plots/`).
-- @module optlab.base.config
local files = require "optlab.base.files"

local M = {
  seed = 0,
  require_real_data = false,
  quiet = false,
  no_progress = false,
  no_compile = false,
  full_traceback = false,
}

-- The picture formats that --format accepts.
M.FORMATS = { "svg", "png", "pdf", "html", "txt", "none" }

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

return M
