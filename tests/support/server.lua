--- Starts the web server of http_server.lua in a process of its own.
local lab = require "optlab"
local program = require "tests.support.program"
local uv = require "luv"

local M = {}

uv.os_setenv("no_proxy", "*") -- downloads from this machine go past any proxy

--- Serves a file. Returns two functions: url(path) gives the address of one of the paths of http_server.lua, and
-- stop(scratch) ends the server; scratch is the name of a file that may be written.
function M.start(file)
  local pipe = assert(io.popen(("'%s' tests/support/http_server.lua '%s'"):format(program.path, file)))
  local port = assert(pipe:read("n"))
  local function url(path) return ("http://127.0.0.1:%d/%s"):format(port, path) end
  local function stop(scratch)
    lab.data.download(url "quit", scratch)
    pipe:close()
  end
  return url, stop
end

return M
