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
--   /endless/...    FILE again and again, without a length
--   /huge/...       FILE under a length of 2^40
--   /drip/...       a byte every tenth of a second, for ever
--   /part/...       FILE's first half as 206 Partial Content
--   /empty/...      204 No Content
--   /nowhere302/..  a redirect without an address
--   /loop/...       a redirect to itself
--   /local/...      a redirect to a file of this machine
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
  endless = function() return "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", body end,
  huge = function() return response("200 OK", body, 1 << 40) end,
  drip = function() return "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", "x", 100 end,
  part = function()
    local half = body:sub(1, #body // 2)
    return response("206 Partial Content", half, #half, ("Content-Range: bytes 0-%d/%d\r\n"):format(#half - 1, #body))
  end,
  empty = function() return response("204 No Content", "") end,
  nowhere302 = function() return response("302 Found", "<html>moved</html>") end,
  loop = function(rest) return response("302 Found", "", 0, "Location: /loop/" .. rest .. "\r\n") end,
  ["local"] = function() return response("302 Found", "", 0, "Location: file:///etc/hostname\r\n") end,
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

uv.new_signal():start("sigpipe", function() end) -- clients leave when they have enough

-- Sends a text again and again, with a pause between, until the client has enough.
local function repeat_for_ever(client, text, ms)
  client:write(text, function(err)
    if err then return client:is_closing() or client:close() end
    uv.new_timer():start(ms or 0, 0, function() repeat_for_ever(client, text, ms) end)
  end)
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
    local text, again, ms = answer(request:match("^%u+ (%S+)"))
    if again then return client:write(text, function() repeat_for_ever(client, again, ms) end) end
    if text then client:write(text, function() client:close() end) end
  end)
end))

uv.new_timer():start(60000, 0, function() os.exit(1) end)
print(server:getsockname().port)
io.stdout:flush()
uv.run()
