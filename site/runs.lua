--- Runs scripts for their figures and numbers, several at a time, and keeps what comes out for the next build.
--
-- A run lies in out/site-runs/NAME: its figures, `stdout`, and `stamp`, the checksums of the script and of the files
-- that it goes by. While these are the same, the run is taken again; `fresh` runs everything.
-- @module site.runs
local core = require "optlab.core"
local files = require "optlab.base.files"
local json = require "optlab.base.json"
local uv = require "luv"

local M = {}

M.FOLDER = "out/site-runs/"

M.PROGRAM = "build/optlab"

--- The folder of a script's run: experiments/claims/gd-x.lua is out/site-runs/experiments-claims-gd-x.
-- @tparam string script
-- @treturn string
function M.folder(script) return M.FOLDER .. script:gsub("%.lua$", ""):gsub("/", "-") end

local function stamp_of(script, sources)
  local sums = {}
  for i, file in ipairs { script, table.unpack(sources or {}) } do
    sums[i] = assert(core.data.digest(file, "sha256"))
  end
  return table.concat(sums, "\n")
end

-- The parameters that a script declares, as JSON.
local function parameters_of(script)
  local pipe = assert(io.popen(("%s '%s' --parameters 2>/dev/null"):format(M.PROGRAM, script)))
  local text = pipe:read "a"
  pipe:close()
  return text
end

-- Starts a script; calls done(problem) when it has ended.
local function start(script, stamp, done)
  local folder = M.folder(script)
  os.execute(("rm -rf '%s'"):format(folder))
  assert(files.make_folder(folder))
  local output = assert(uv.fs_open(folder .. "/stdout", "w", 420))
  local errors = assert(uv.fs_open(folder .. "/stderr", "w", 420))
  local how = { args = { "--no-progress", "--no-keep", "--out", folder .. "/figures", script }, stdio = { nil, output,
    errors } }
  assert(uv.spawn(M.PROGRAM, how, function(status)
    uv.fs_close(output)
    uv.fs_close(errors)
    if status == 0 then
      files.replace(folder .. "/parameters", parameters_of(script))
      files.replace(folder .. "/stamp", stamp)
      done(nil)
    else
      done(("%s failed:\n%s"):format(script, files.read(folder .. "/stderr") or ""))
    end
  end))
end

--- Runs what is not kept.
-- @tparam {string,...} scripts
-- @tparam table options `fresh`: run everything; `jobs`: how many at a time; `say`: a function that prints a line;
-- `sources`: script -> files whose change also makes it run again
-- @treturn {string,...} what went wrong
function M.all(scripts, options)
  local waiting, stamps, problems, running = {}, {}, {}, 0
  for _, script in ipairs(scripts) do
    stamps[script] = stamp_of(script, options.sources[script])
    local is_kept = files.read(M.folder(script) .. "/stamp") == stamps[script]
    if options.fresh or not is_kept then waiting[#waiting + 1] = script end
  end
  if #waiting < #scripts then options.say(("%d runs are kept from before"):format(#scripts - #waiting)) end
  local total, ended = #waiting, 0
  local function next_one()
    while running < options.jobs and #waiting > 0 do
      local script = table.remove(waiting, 1)
      running = running + 1
      start(script, stamps[script], function(problem)
        running, ended = running - 1, ended + 1
        problems[#problems + 1] = problem
        options.say(("%d of %d: %s"):format(ended, total, script))
        next_one()
      end)
    end
  end
  next_one()
  while running > 0 do uv.run "once" end
  return problems
end

--- What a script printed.
-- @tparam string script
-- @treturn string
function M.printed(script) return files.read(M.folder(script) .. "/stdout") or "" end

--- The parameters that a script declares: rows {name =, default =, help =}.
-- @tparam string script
-- @treturn {table,...}
function M.parameters(script)
  local ok, list = pcall(json.decode, files.read(M.folder(script) .. "/parameters") or "")
  return ok and type(list) == "table" and list or {}
end

-- The files of figures: name -> file. A figure that is an animation has no .svg.
local function picture_files(folder)
  local by_name = {}
  for _, ending in ipairs { "png", "webp", "gif", "svg" } do
    for _, file in ipairs(files.list(folder, "%." .. ending .. "$")) do by_name[file:match "^(.*)%.%w+$"] = file end
  end
  return by_name
end

local figures_of = {}

--- The figures of a script, in the order in which they were saved.
-- @tparam string script
-- @treturn {table,...} {name =, path =, ending = "svg", "gif", "webp" or "png"}
function M.figures(script)
  if figures_of[script] then return figures_of[script] end
  local folder, list = M.folder(script) .. "/figures/", {}
  figures_of[script] = list
  for name, file in pairs(picture_files(folder)) do
    local stat = uv.fs_stat(folder .. name .. ".gp") or uv.fs_stat(folder .. file)
    list[#list + 1] = { name = name, path = folder .. file, ending = file:match "%w+$",
      at = stat.mtime.sec + stat.mtime.nsec * 1e-9 }
  end
  table.sort(list, function(a, b)
    if a.at ~= b.at then return a.at < b.at end
    return a.name < b.name
  end)
  return list
end

return M
