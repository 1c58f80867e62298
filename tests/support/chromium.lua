--- A page in headless Chromium, with real clicks and keys, and what it says on its console.
--
--    local page = chromium.open("/tmp/x.html", { width = 390, dark = true })
--    page:click("th button")
--    page:value "document.title"
--    page.console           -- messages, errors, refusals of the Content-Security-Policy
--    page:close()
--
-- It speaks the DevTools protocol over a pipe (--remote-debugging-pipe): JSON messages that end with a zero byte. On a
-- loaded machine a browser is sometimes silent from its start on; it is ended, and another one is started.
local json = require "optlab.base.json"
local order = require "optlab.base.order"
local uv = require "luv"

local M = {}

local NAMES = { "chromium", "chromium-browser", "google-chrome-stable", "google-chrome" }
local PATIENCE = 60000 -- milliseconds for one answer
local STARTS = 3

--- Milliseconds after which a browser that has just been started is taken for silent.
M.SILENCE = 20000

--- The browser's file name, or nil where there is none.
function M.find()
  for folder in (os.getenv "PATH" or ""):gmatch "[^:]+" do
    for _, name in ipairs(NAMES) do
      local path = folder .. "/" .. name
      if uv.fs_access(path, "X") then return path end
    end
  end
  return nil
end

-- --- the protocol ---------------------------------------------------------------------------------------------------

local function encode(value)
  local kind = type(value)
  if kind == "string" then return json.quote(value) end
  if kind == "number" then return json.number(value) end
  if kind ~= "table" then return tostring(value) end
  local parts = {}
  if #value > 0 then
    for i, member in ipairs(value) do parts[i] = encode(member) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  local names = {}
  for name in pairs(value) do names[#names + 1] = name end
  for i, name in ipairs(order.sort(names)) do parts[i] = json.quote(name) .. ":" .. encode(value[name]) end
  return "{" .. table.concat(parts, ",") .. "}"
end

local Page = {}
Page.__index = Page

local function take_message(page, text)
  local message = assert(json.decode(text))
  if message.id then
    page.answers[message.id] = message
    return
  end
  local p = message.params
  if message.method == "Runtime.exceptionThrown" then
    local details = p.exceptionDetails
    page.console[#page.console + 1] = details.text .. " " .. ((details.exception or {}).description or "")
  elseif message.method == "Runtime.consoleAPICalled" then
    page.console[#page.console + 1] = p.type .. ": " .. tostring((p.args[1] or {}).value)
  elseif message.method == "Log.entryAdded" then
    page.console[#page.console + 1] = p.entry.level .. ": " .. p.entry.text
  elseif message.method then
    page.events[message.method] = p or true
  end
end

local function take_bytes(page, bytes)
  page.rest = page.rest .. bytes
  while true do
    local stop = page.rest:find("\0", 1, true)
    if not stop then return end
    local text = page.rest:sub(1, stop - 1)
    page.rest = page.rest:sub(stop + 1)
    take_message(page, text)
  end
end

-- Runs the loop until done() is true.
local function wait(page, done, what)
  local late = false
  local timer = uv.new_timer()
  timer:start(page.patience or PATIENCE, 0, function() late = true end)
  while not done() and not late and not page.ended do uv.run "once" end
  timer:close()
  assert(done(), "chromium: no answer to " .. what)
end

--- Calls a method of the protocol; its result.
function Page:call(method, params)
  self.id = self.id + 1
  local id = self.id
  local message = { id = id, method = method, params = params, sessionId = self.session }
  self.input:write(encode(message) .. "\0")
  wait(self, function() return self.answers[id] end, method)
  local answer = self.answers[id]
  self.answers[id] = nil
  assert(not answer.error, method .. ": " .. encode(answer.error or {}))
  return answer.result
end

-- --- a page ----------------------------------------------------------------------------------------------------------

local function start(page)
  local input, output = uv.new_pipe(), uv.new_pipe()
  page.folder = assert(uv.fs_mkdtemp(uv.os_tmpdir() .. "/optlab-chromium-XXXXXX"))
  local args = {
    "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
    "--no-first-run", "--hide-scrollbars", "--force-color-profile=srgb", "--user-data-dir=" .. page.folder,
    "about:blank",
  }
  local env = { "TMPDIR=" .. page.folder, "HOME=" .. page.folder, "PATH=" .. os.getenv "PATH" }
  local how = { args = args, env = env, stdio = { nil, nil, nil, input, output } }
  page.process = assert(uv.spawn(M.find(), how, function() page.ended = true end))
  page.input, page.output = input, output
  output:read_start(function(_, bytes)
    if bytes then take_bytes(page, bytes) end
  end)
end

-- Whether all files of the browser are gone; its helpers end a little later than itself.
local function removed(folder)
  for _ = 1, 500 do
    require("tests.support.files").remove(folder)
    if not uv.fs_stat(folder) then return true end
    uv.sleep(20)
  end
  return false
end

local function kill(page)
  page.process:kill "sigkill"
  page.patience = nil
  wait(page, function() return page.ended end, "its end")
  for _, handle in ipairs { page.process, page.input, page.output } do
    if not handle:is_closing() then handle:close() end
  end
  uv.run "nowait"
  assert(removed(page.folder), "chromium: its files cannot be removed: " .. page.folder)
end

--- Ends the browser.
function Page:close()
  self.session = nil
  if pcall(self.call, self, "Browser.close") then pcall(wait, self, function() return self.ended end, "closing") end
  kill(self)
end

local function attach(page)
  local target = page:call("Target.createTarget", { url = "about:blank" }).targetId
  page.session = page:call("Target.attachToTarget", { targetId = target, flatten = true }).sessionId
  for _, domain in ipairs { "Page", "Runtime", "Log" } do page:call(domain .. ".enable") end
end

local function set_up(page, o)
  local width, height = o.width or 1200, o.height or 900
  page:call("Emulation.setDeviceMetricsOverride",
    { width = width, height = height, deviceScaleFactor = o.scale or 1, mobile = o.mobile or false })
  page:call("Emulation.setEmulatedMedia",
    { features = { { name = "prefers-color-scheme", value = o.dark and "dark" or "light" } } })
  if o.no_script then page:call("Emulation.setScriptExecutionDisabled", { value = true }) end
end

-- A page in a browser that answers.
local function launch()
  for try = 1, STARTS do
    local page = setmetatable({ id = 0, answers = {}, events = {}, console = {}, rest = "" }, Page)
    start(page)
    page.patience = M.SILENCE
    local ok, message = pcall(attach, page)
    page.patience = nil
    if ok then return page end
    kill(page)
    if try == STARTS then error(("%s (started %d times)"):format(message, STARTS), 0) end
  end
end

local function show(page, path, o)
  set_up(page, o)
  page:call("Page.navigate", { url = "file://" .. path .. (o.fragment and "#" .. o.fragment or "") })
  wait(page, function() return page.events["Page.loadEventFired"] end, "the page's load")
end

--- Opens a file. On failure nothing is left running.
-- @tparam string path
-- @tparam[opt] table o `width` (1200), `height` (900), `scale`, `mobile`, `dark`, `no_script`, `fragment`
-- @treturn Page with call, value, click, hover, press, screenshot, close, and `console`, a list of messages
function M.open(path, o)
  local page = launch()
  local ok, message = pcall(show, page, path, o or {})
  if ok then return page end
  kill(page)
  error(message, 0)
end

--- The value of a JavaScript expression; nil for undefined and null.
function Page:value(expression)
  local result = self:call("Runtime.evaluate", { expression = expression, returnByValue = true })
  local problem = result.exceptionDetails
  assert(not problem, problem and encode(problem))
  local value = result.result.value
  if value == json.null then return nil end
  return value
end

--- The value of an expression once it is the expected one, or after five seconds: what follows from an event may take
-- its time.
function Page:settled(expression, expected)
  local began = uv.hrtime()
  while true do
    local value = self:value(expression)
    if value == expected or uv.hrtime() - began > 5e9 then return value end
    uv.sleep(20)
  end
end

local CENTRE = [[(() => { const node = document.querySelectorAll(%s)[%d]; node.scrollIntoView({ block: "center" });
  const box = node.getBoundingClientRect(); return [box.left + box.width * %s, box.top + box.height * %s]; })()]]

-- The position of a share of an element in the window, after scrolling to it.
local function place(page, selector, n, across, down)
  local at = page:value(CENTRE:format(json.quote(selector), (n or 1) - 1, across or 0.5, down or 0.5))
  return at[1] + 0.0, at[2] + 0.0
end

local function mouse(page, type, x, y, more)
  local params = { type = type, x = x, y = y, button = "none", buttons = 0 }
  for name, value in pairs(more or {}) do params[name] = value end
  page:call("Input.dispatchMouseEvent", params)
end

--- Moves the pointer to a share of the n-th element that a selector finds.
function Page:hover(selector, n, across, down)
  local x, y = place(self, selector, n, across, down)
  mouse(self, "mouseMoved", x, y)
end

--- Clicks the middle of the n-th element that a selector finds.
function Page:click(selector, n)
  local x, y = place(self, selector, n)
  mouse(self, "mouseMoved", x, y)
  mouse(self, "mousePressed", x, y, { button = "left", clickCount = 1 })
  mouse(self, "mouseReleased", x, y, { button = "left", clickCount = 1 })
end

--- Presses a key, such as "ArrowRight".
function Page:press(key)
  self:call("Input.dispatchKeyEvent", { type = "keyDown", key = key, code = key })
  self:call("Input.dispatchKeyEvent", { type = "keyUp", key = key, code = key })
end

return M
