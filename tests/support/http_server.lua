--- A web server on the loopback address for the tests of downloads.
--
--   optlab tests/support/http_server.lua FILE
--
-- Writes its port on the first line of standard output, answers one request a connection, and stops at GET /quit or
-- after a minute.
--
--   /good/...       FILE
--   /moved/...      a redirect to /good/...
--   /cut/...        FILE's first half under the whole length
--   /damaged/...    FILE with its first byte changed
--   /silent/...     never an answer
--   anything else   404
local uv = require "luv"

local f = assert(io.open(arg[1], "rb"))
local body = f:read("a")
f:close()

local requests = {} -- path -> how often it was asked for

local function response(status, text, length, more)
  return ("HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n%s\r\n%s"):format(status, length or #text,
    more or "", text)
end

local answers = {
  good = function() return response("200 OK", body) end,
  moved = function(rest) return response("302 Found", "", 0, "Location: /good/" .. rest .. "\r\n") end,
  cut = function() return response("200 OK", body:sub(1, #body // 2), #body) end,
  damaged = function() return response("200 OK", string.char((body:byte(1) + 1) % 256) .. body:sub(2)) end,
  silent = function() return nil end,
  count = function(rest) return response("200 OK", tostring(requests["/" .. rest] or 0)) end,
  quit = function() os.exit(0) end,
}

local function answer(path)
  requests[path] = (requests[path] or 0) + 1
  local kind, rest = path:match("^/([^/]+)/?(.*)$")
  local handler = answers[kind or ""]
  if handler then return handler(rest) end
  return response("404 Not Found", "nothing here")
end

local server = uv.new_tcp()
assert(server:bind("127.0.0.1", 0))
assert(server:listen(16, function()
  local client, request = uv.new_tcp(), ""
  server:accept(client)
  client:read_start(function(err, chunk)
    if err or not chunk then return client:close() end
    request = request .. chunk
    if not request:find("\r\n\r\n", 1, true) then return end
    client:read_stop()
    local text = answer(request:match("^%u+ (%S+)"))
    if text then client:write(text, function() client:close() end) end
  end)
end))

uv.new_timer():start(60000, 0, function() os.exit(1) end)
print(server:getsockname().port)
io.stdout:flush()
uv.run()
