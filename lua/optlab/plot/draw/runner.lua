--- Runs gnuplot: several figures at a time, without a shell, and sees that each picture is there and whole.
-- gnuplot draws a picture into a file without a name; a complete one replaces the old picture. A job is a table
-- {dir, name, format, where}: the folder, the script's name without ".gp", the format, the user's line ("x.lua:3: ");
-- `source`, where there is one, is drawn instead of the script; `markup` is true where texts are gnuplot's; `movie`
-- {delay, hold, loops, frames} makes it move.
-- @module optlab.plot.draw.runner
local files = require "optlab.base.files"
local loop = require "optlab.base.loop"
local latex = require "optlab.plot.draw.latex"
local moving = require "optlab.plot.draw.moving"
local pdf = require "optlab.plot.draw.pdf"
local svg = require "optlab.plot.draw.svg"
local uv = require "luv"
local warnings = require "optlab.plot.draw.warnings"

local M = {}

--- Seconds after which a gnuplot that has not finished is stopped.
M.timeout = 60

local MOST_STDERR = 32 * 1024 -- bytes of gnuplot's messages that are kept
local MOST_WORDS = 500       -- of them in a message

local queue, active, count = {}, {}, 0
local closing = 0 -- handles of libuv that are being closed; the loop must turn until they are
local failures, written, missing = {}, {}, nil
local texts = {} -- pictures made of characters, in the order in which they were asked for
local remarks = {} -- what the user is told about figures that were drawn nevertheless

local cores = uv.available_parallelism and uv.available_parallelism() or #(uv.cpu_info() or { 1 })

local function about(job, message)
  return { order = job.order, text = string.format("%splot: %s/%s.gp: %s", job.where, job.dir, job.name, message) }
end

local function fail(job, message, ...)
  failures[#failures + 1] = about(job, string.format(message, ...))
end

-- --- the picture -------------------------------------------------------------------------------------------------

-- What a complete file of each format ends with.
local ENDINGS = {
  svg = "</svg>%s*$", html = "</svg>%s*$", png = "IEND....$", pdf = "%%%%EOF%s*$", eps = "%%%%EOF%s*$",
  tex = "\\endgroup%s*$", txt = ".", webp = ".",
}

-- A page around an SVG picture that follows the mouse.
local function page(job, bytes)
  return table.concat {
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>', job.name,
    "</title>\n</head>\n<body>\n",
    (svg.shorter(bytes):gsub("^%s*<%?xml.-%?>%s*", "")), "\n</body>\n</html>\n",
  }
end

-- What is done to a picture after gnuplot.
local FINISH = {
  html = page, tex = latex.finish, svg = function(_, bytes) return svg.shorter(bytes) end,
  pdf = function(_, bytes) return pdf.timeless(bytes) end, eps = function(_, bytes) return pdf.timeless_eps(bytes) end,
  gif = moving.finish, webp = moving.finish,
}

-- Checks the drawn file and writes the picture. Returns a message when something is wrong.
local function accept(job)
  local bytes, err = job.drawing:read()
  if not bytes then return err end
  if bytes == "" then return "gnuplot wrote no picture; is the disk full?" end
  if not bytes:find(ENDINGS[job.draws], -60) then return "the picture is not complete; is the disk full?" end
  if FINISH[job.format] then bytes, err = FINISH[job.format](job, bytes) end
  if not bytes then return err end
  local ok, message = files.replace(job.picture, bytes, true)
  if not ok then return message end
  written[#written + 1] = job.picture
  if job.format == "txt" then texts[#texts + 1] = { order = job.order, text = bytes } end
end

-- --- gnuplot's end -----------------------------------------------------------------------------------------------

-- gnuplot's own words in one line: the last that has a position in the script (an error ends it), or all of them.
local function words(stderr)
  local said
  for line, message in stderr:gmatch('line (%d+): ([^\n]+)') do said = string.format("line %s: %s", line, message) end
  said = said or stderr:gsub("%s+", " "):gsub("^ ", ""):gsub(" $", "")
  said = said:gsub("%c", "?")
  return #said <= MOST_WORDS and said or said:sub(1, MOST_WORDS) .. "..."
end

-- Keeps what gnuplot writes to standard error; when there is too much, what came first.
local function keep(job, chunk)
  local room = MOST_STDERR - job.said
  if room <= 0 then return end
  job.stderr[#job.stderr + 1] = chunk:sub(1, room)
  job.said = job.said + #chunk
end

local function complaint(job)
  if job.abandoned then return "the drawing was stopped" end
  local said = words(table.concat(job.stderr))
  if said ~= "" then said = ": " .. said end
  if job.late then return string.format("gnuplot took longer than %g s and was stopped%s", job.seconds, said) end
  if job.draws == "webp" and said:find("unknown or ambiguous terminal", 1, true) then return moving.NO_WEBP end
  if job.signal ~= 0 then return string.format("gnuplot was ended by signal %d%s", job.signal, said) end
  if job.status ~= 0 then return string.format("gnuplot failed with status %d%s", job.status, said) end
end

local start_next

-- What is true of a figure is said once, not for each of its formats.
local function remark(entry)
  for _, other in ipairs(remarks) do
    if other.text == entry.text then return end
  end
  remarks[#remarks + 1] = entry
end

local function remark_warnings(job)
  local said = warnings.shown(table.concat(job.stderr), job.markup)
  if said then remark(about(job, said)) end
end

local function close(handle)
  if not handle or handle:is_closing() then return end
  closing = closing + 1
  handle:close(function() closing = closing - 1 end)
end

local function conclude(job)
  close(job.timer)
  active[job.picture] = nil
  count = count - 1
  local message = complaint(job) or accept(job)
  job.drawing:close()
  if message then fail(job, "%s", message) else remark_warnings(job) end
  start_next()
end

-- A job is over when gnuplot has ended and all that it said has been read.
local function step(job)
  job.left = job.left - 1
  if job.left == 0 then conclude(job) end
end

-- --- gnuplot's start ---------------------------------------------------------------------------------------------

-- The program: $OPTLAB_GNUPLOT, made absolute because gnuplot runs in the figure's folder, or gnuplot of the PATH.
local function program()
  local chosen = os.getenv("OPTLAB_GNUPLOT")
  if not chosen or chosen == "" then return "gnuplot" end
  return chosen:find("/", 1, true) and uv.fs_realpath(chosen) or chosen
end

-- The user's environment, but messages in English.
local function environment()
  local list = { "LC_ALL=C.UTF-8" }
  for name, value in pairs(uv.os_environ()) do
    if name ~= "LC_ALL" then list[#list + 1] = name .. "=" .. value end
  end
  return list
end

local function not_found(job, name)
  if not missing then
    missing = { dir = job.dir, name = name }
  elseif missing.dir ~= job.dir then
    missing.dir = job.dir:match("^(.*)/[^/]*$") or job.dir
  end
end

-- Calls fn after the job's seconds. libuv counts them from its loop's own clock, which stands still while the script
-- computes, so the clock is set first. While the script computes, nobody looks at what gnuplot does either: when the
-- time is up there is one more turn of the loop, in which an end that nobody saw comes first.
local function start_timer(job, fn)
  uv.update_time()
  job.timer = uv.new_timer()
  job.timer:start(math.floor(job.seconds * 1000), 0, function() job.timer:start(50, 0, fn) end)
end

-- Reads standard error to its end; stops a gnuplot that takes too long.
local function watch(job)
  local function hang_up()
    if job.pipe:is_closing() then return end
    close(job.pipe)
    step(job)
  end
  job.pipe:read_start(function(_, chunk)
    if chunk then keep(job, chunk) else hang_up() end
  end)
  start_timer(job, function()
    job.late = true
    if not job.handle:is_closing() then job.handle:kill("sigkill") end
    hang_up()
  end)
end

-- A script that ends by an error, or runs in another Lua program, has nobody who waits for its figures: closing the
-- Lua state does. Finalizers run from the youngest object to the oldest: the guard must be younger than the handles.
local guard

local function renew_guard()
  if guard then guard.off = true end
  guard = setmetatable({}, { __gc = function(self)
    if self.off then return end
    local ok, message = M.wait()
    if not ok then io.stderr:write(message, "\n") end
  end })
end

-- Gives gnuplot the source on its standard input.
local function feed(job)
  job.input:write(job.source, function() close(job.input) end)
end

local function spawn(job)
  local name = program()
  local drawing, problem = (job.format == "tex" and latex.drawing or files.scratch)()
  if not drawing then return fail(job, "%s", problem) end
  job.drawing = drawing
  job.pipe = uv.new_pipe(false)
  job.input = job.source and uv.new_pipe(false)
  local handle, reason, code = uv.spawn(name, {
    args = { "-d", "-e", ("format='%s'; output='%s'"):format(job.draws, (drawing.path or "/dev/fd/3"):gsub("'", "''")),
      job.input and "-" or "./" .. job.name .. ".gp" },
    cwd = job.dir, env = environment(), stdio = { job.input or nil, nil, job.pipe, drawing:fd() },
  }, function(status, signal)
    job.status, job.signal = status, signal
    close(job.handle)
    step(job)
  end)
  job.handle = handle
  if not handle then
    close(job.pipe)
    close(job.input)
    job.drawing:close()
    if code == "ENOENT" then return not_found(job, name) end
    return fail(job, "cannot start %s: %s", name, tostring(reason))
  end
  active[job.picture], count = job, count + 1
  watch(job)
  if job.input then feed(job) end
end

-- Starts what can be started: a core each, and never two of one name.
function start_next()
  local i = 1
  while count < cores and queue[i] do
    if active[queue[i].picture] then
      i = i + 1
    else
      spawn(table.remove(queue, i))
      renew_guard()
    end
  end
end

-- libuv has nothing left to wait for but jobs are open: their handles were closed by somebody else.
local function lose_all()
  for _, job in pairs(active) do fail(job, "gnuplot was lost sight of") end
  active, count = {}, 0
end

-- --- the two entries ---------------------------------------------------------------------------------------------

local asked = 0

--- Starts drawing, or queues it; returns at once.
-- @tparam table job
function M.submit(job)
  asked = asked + 1
  job.order, job.stderr, job.said, job.left = asked, {}, 0, 2
  job.draws, job.seconds = moving.drawn(job.format), M.timeout + (job.movie and #job.movie.frames or 0)
  job.picture = string.format("%s/%s.%s", job.dir, job.name, job.format)
  queue[#queue + 1] = job
  loop.undisturbed(start_next)
  loop.run("nowait")
end

--- Notes down what the user is to be told about a figure, whatever gnuplot says; @{wait} shows it.
-- @tparam table job {dir, name, where}
-- @string message
function M.remark(job, message)
  job.order = asked + 0.5
  remark(about(job, message))
  renew_guard()
end

-- Texts of a list of {order, text}, in the order of the figures.
local function in_order(list)
  for i, entry in ipairs(list) do entry.rank = i end
  table.sort(list, function(a, b) return a.order < b.order or (a.order == b.order and a.rank < b.rank) end)
  local out = {}
  for i, entry in ipairs(list) do out[i] = entry.text end
  return out
end

local function missing_message()
  return string.format("plot: %s not found, so no figure was drawn: apt-get install gnuplot-nox; "
    .. "the figures' scripts are in %s", missing.name, missing.dir)
end

-- Prints a figure made of characters; `M.print`, when set, takes it instead.
local function show(picture)
  if M.print then M.print(picture) else io.stdout:write(picture) end
end

-- Writes a line on standard error; `M.say`, when set, takes it instead.
local function say(line)
  if M.say then M.say(line) else io.stderr:write("optlab: ", line, "\n") end
end

--- Waits until everything is drawn; prints the figures made of characters, and remarks on figures on standard error.
-- @treturn ?boolean true, or nil and a message with a line for each figure that failed
function M.wait()
  while count > 0 or #queue > 0 or closing > 0 do
    loop.undisturbed(start_next)
    local busy = loop.run("once")
    if not busy and count > 0 then lose_all() end
    if not busy and count == 0 then closing = 0 end
  end
  for _, picture in ipairs(in_order(texts)) do show(picture) end
  for _, line in ipairs(in_order(remarks)) do say(line) end
  local messages = in_order(failures)
  if missing then messages[#messages + 1] = missing_message() end
  failures, texts, remarks, missing = {}, {}, {}, nil
  if #messages == 0 then return true end
  return nil, table.concat(messages, "\n")
end

--- Ends at once: stops every gnuplot, removes what is not complete, and forgets all figures that are not drawn.
function M.abandon()
  queue = {}
  for _, job in pairs(active) do
    job.abandoned = true
    close(job.input)
    if not job.pipe:is_closing() then
      close(job.pipe)
      step(job)
    end
    if not job.handle:is_closing() then job.handle:kill("sigkill") end
  end
  while count > 0 or closing > 0 do
    if not loop.run("once") then break end
  end
  active, count, closing = {}, 0, 0
  failures, texts, remarks, missing = {}, {}, {}, nil
end

--- Waits for one folder's picture names that a new figure is about to replace.
-- @tparam string script the path of a .gp
function M.wait_for(script)
  local function busy()
    for _, job in pairs(active) do
      if job.dir .. "/" .. job.name .. ".gp" == script then return true end
    end
    for _, job in ipairs(queue) do
      if job.dir .. "/" .. job.name .. ".gp" == script then return true end
    end
    return false
  end
  while busy() do
    if not loop.run("once") and busy() then lose_all() end
  end
end

--- The pictures written so far.
-- @treturn {string,...} paths, sorted
function M.written()
  local list = table.move(written, 1, #written, 1, {})
  table.sort(list)
  return list
end

return M
