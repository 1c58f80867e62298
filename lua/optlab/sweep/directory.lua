--- The directory of a sweep. Whoever types the same command gets the same one: the link `runs/.sweep-<hash>` leads to
-- it, where the hash is that of the cells' identities. Making a link is one step for the system, so of several
-- processes that begin at the same time one makes the directory and the others find it.
-- @module optlab.sweep.directory
local config = require "optlab.base.config"
local core = require("optlab.core").runs
local files = require "optlab.base.files"
local identity = require "optlab.runs.identity"
local job = require "optlab.sweep.work.job"
local loop = require "optlab.base.loop"
local names_of = require "optlab.runs.directory"
local runs = require "optlab.runs"
local uv = require "luv"
local work = require("optlab.core").work

local M = {}

local PATIENCE = 20 -- seconds that other ranks wait for rank 0 to make the directory

-- Options of every script that may change numbers.
local MATTERS = { ["--data"] = true, ["--require-real-data"] = true }

local function options_that_matter(common)
  local list = {}
  for _, word in ipairs(common) do
    if MATTERS[word:match "^[^=]+"] then list[#list + 1] = word end
  end
  return table.concat(list, "\n")
end

-- The hash of the cells; `id` gives the identity of one.
local function hash(plan, words, id)
  local lines = { "sweep", options_that_matter(words.common) }
  local halving = words.options.halving
  if halving then
    lines[#lines + 1] = ("halving %d %s %s"):format(halving, words.options.minimize or "", words.options.maximize or "")
  end
  for _, cell in ipairs(plan.cells) do lines[#lines + 1] = id(cell) end
  return identity.sha256(table.concat(lines, "\n")):sub(1, 24)
end

local NO_VERSION = { optlab = "", build = "" }

local function values_of(given)
  local values = {}
  for _, name in ipairs(given) do values[name] = table.concat(given[name], " ") end
  return values
end

local function fields_of(plan, words)
  local versions = core.versions()
  local host = versions.host
  versions.host = nil
  return {
    kind = "sweep", experiment = names_of.experiment(plan.script.name), script = plan.script.name,
    arguments = words.all, parameters = {}, status = "running", started = os.date "!%Y-%m-%dT%H:%M:%SZ",
    cells = #plan.cells, host = host, pid = math.tointeger(uv.os_getpid()), versions = versions, data = {}, code = {},
    again = words.options.again,
    definition = {
      hash = hash(plan, words, function(cell) return cell.id end),
      -- The same for another state of the script.
      command = hash(plan, words, function(cell) return identity.cell("", cell.parameters, cell.seed, NO_VERSION) end),
      script_sha256 = identity.sha256(plan.script.text), values = values_of(words.given),
      minimize = words.options.minimize, maximize = words.options.maximize,
    },
  }
end

local function link_of(name) return ("%s/.sweep-%s"):format(config.runs, name) end

-- The sweep that a link leads to; a link to one that was deleted is taken away.
local function follow(link)
  local target = uv.fs_readlink(link)
  if not target then return nil end
  local sweep = runs.read(config.runs .. "/" .. target)
  if sweep and sweep.kind == "sweep" and sweep.status ~= "damaged" then return sweep end
  uv.fs_unlink(link)
  return nil
end

local function make(fields)
  local path, message = runs.new(fields, names_of.suffix(fields.experiment) .. "-sweep")
  if not path then return nil, message end
  local ok, why = files.make_folder(path .. "/cells")
  if not ok then return nil, why end
  return path
end

local function remove(path)
  uv.fs_rmdir(path .. "/cells")
  os.remove(path .. "/run.json")
  uv.fs_rmdir(path)
end

-- Makes the directory and the link, or finds what another process has made meanwhile.
local function make_first(link, fields)
  local path, message = make(fields)
  if not path then return nil, message end
  local ok, why, code = uv.fs_symlink(path:match "[^/]+$", link)
  if ok then return runs.read(path) end
  remove(path)
  if code == "EEXIST" then return follow(link) end
  return nil, ("cannot make the link %s: %s"):format(link, why)
end

-- What fn gives as soon as it gives something; nil if it does not.
local function wait_for(fn)
  for _ = 1, PATIENCE * 50 do
    local result = fn()
    if result then return result end
    local timer = uv.new_timer()
    timer:start(20, 0, function() timer:close() end)
    loop.run()
  end
  return nil
end

-- The lock of the folder of runs, so that of several processes one alone makes a directory and no number is lost; nil
-- where the disk has no locks: then a process may make one that it has to remove again.
local function lock_folder()
  return wait_for(function()
    local lock = work.lock(config.runs)
    if lock == nil then return "none" end
    return lock
  end)
end

local function find_or_make(link, fields)
  local sweep = follow(link) or job.rank > 0 and wait_for(function() return follow(link) end)
  if sweep then return sweep end
  local lock, message = lock_folder(), nil
  sweep = follow(link)
  if not sweep then sweep, message = make_first(link, fields) end
  if type(lock) == "userdata" then lock:free() end
  return sweep, message
end

-- Lets a link lead to another directory.
local function point(link, sweep)
  local temporary = ("%s.%d"):format(link, uv.os_getpid())
  uv.fs_unlink(temporary)
  if uv.fs_symlink(sweep.name, temporary) then uv.fs_rename(temporary, link) end
end

-- With --again all ranks of a job share a new directory; the same command without it goes on there.
local function anew(fields)
  local token = job.token ~= "" and job.token or ("%d-%d"):format(uv.os_getpid(), uv.hrtime())
  local link = link_of(fields.definition.hash .. "-" .. token)
  local sweep, message = find_or_make(link, fields)
  if not sweep then return nil, message end
  if job.rank == 0 then point(link_of(fields.definition.hash), sweep) end
  return sweep
end

--- The sweep's directory, which is made if there is none.
-- @tparam table plan
-- @tparam table words the command line
-- @treturn ?table a run of kind "sweep", or nil and a message
function M.open(plan, words)
  local ok, message = files.make_folder(config.runs)
  if not ok then return nil, message end
  local fields = fields_of(plan, words)
  local sweep, why
  if words.options.again then
    sweep, why = anew(fields)
  else
    sweep, why = find_or_make(link_of(fields.definition.hash), fields)
  end
  if not sweep then return nil, why or "the directory of the sweep cannot be made" end
  ok, message = files.make_folder(sweep.path .. "/cells")
  return ok and sweep, message
end

--- The last sweep of the same command over other bytes of the script, or by another optlab; nil without any.
-- @tparam table sweep
-- @treturn ?table
function M.older(sweep)
  local found
  for _, other in ipairs(runs.all { kind = "sweep", experiment = sweep.experiment } or {}) do
    local one, two = sweep.definition, other.definition
    if type(two) == "table" and two.command == one.command and two.hash ~= one.hash then found = other end
  end
  return found
end

return M
