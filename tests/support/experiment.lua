--- Runs experiments by the program that runs the specs, with the real data where they are there.
local files = require "tests.support.files"
local program = require "tests.support.program"
local real_data = require "tests.support.real_data"

local M = {}

--- Whether the real airfoil data are there.
M.have_airfoil = files.exists(real_data.airfoil)

-- Without the real file: an empty cache and a mirror that refuses at once, so that the stand-in is made.
local function data_options(standin)
  if M.have_airfoil and not standin then return "", "--data " .. program.quoted(real_data.folder) end
  return "OPTLAB_DATA= XDG_CACHE_HOME=/nonexistent OPTLAB_MIRROR=http://127.0.0.1:9 ", ""
end

local folders = {}

--- Runs an experiment in a new output folder, which `clean` removes.
-- @param name "momentum", "claims/sgd-unbiased"
-- @param options a string; "--format none" unless given
-- @param standin whether data that are there are not to be used
-- @return what it printed, on standard error too; its folder; whether it ended well
function M.run(name, options, standin)
  local out = files.folder()
  folders[#folders + 1] = out
  local before, after = data_options(standin)
  local words = { program.quoted(program.path), ("experiments/%s.lua"):format(name), "--out", program.quoted(out),
    after, options or "--format none", "2>&1" }
  local pipe = assert(io.popen(before .. table.concat(words, " ")))
  local text = pipe:read("a")
  return text, out, (pipe:close())
end

--- Removes the folders of all runs.
function M.clean()
  for _, name in ipairs(folders) do files.remove(name) end
  folders = {}
end

return M
