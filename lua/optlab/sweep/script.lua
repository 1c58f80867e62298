--- The script of a sweep: its bytes, and the parameters that it declares, for which it is asked in a process of its
-- own.
-- @module optlab.sweep.script
local config = require "optlab.base.config"
local declaration = require "optlab.params.declaration"
local files = require "optlab.base.files"
local job = require "optlab.sweep.work.job"
local loop = require "optlab.base.loop"
local uv = require "luv"

local M = {}

--- Seconds that a script has to come to lab.params.
M.patience = 60

local MOST = 1 << 20 -- bytes of an answer

-- Reads a pipe to its end into `into`.
local function collect(pipe, into, done)
  local size = 0
  pipe:read_start(function(_, chunk)
    if chunk and size < MOST then
      size = size + #chunk
      into[#into + 1] = chunk
    elseif not chunk then
      pipe:close()
      done()
    end
  end)
end

-- Runs the program; its exit status (nil if it was stopped), standard output, standard error.
local function ask(words)
  local out, err, left = {}, {}, 3
  local result = {}
  local pipes = { uv.new_pipe(false), uv.new_pipe(false) }
  local timer = uv.new_timer()
  local function step()
    left = left - 1
    if left == 0 then timer:close() end
  end
  local handle, message
  handle, message = uv.spawn(assert(uv.exepath()), {
    args = words, env = job.environment {}, stdio = { nil, pipes[1], pipes[2] },
  }, function(status, signal)
    result.status = signal == 0 and status or nil
    handle:close()
    step()
  end)
  if not handle then
    for _, pipe in ipairs(pipes) do pipe:close() end
    timer:close()
    loop.run "nowait"
    return nil, "", tostring(message)
  end
  collect(pipes[1], out, step)
  collect(pipes[2], err, step)
  timer:start(math.floor(M.patience * 1000), 0, function()
    result.late = true
    handle:kill "sigkill"
  end)
  loop.run()
  if result.late then return nil, "", "optlab: it has not come to lab.params after " .. M.patience .. " seconds" end
  return result.status, table.concat(out), table.concat(err)
end

-- The script's bytes: as it is called, else among the installed ones.
local function text_of(name)
  local text, message = files.read_script(name)
  local installed = config.root .. name
  if not text and name:match "^experiments/" and files.readable(installed) then return files.read_script(installed) end
  return text, message and "cannot open " .. message
end

-- The entry of --seed, with the script's own default; the list without it.
local function take_seed(list)
  local others, seed, declares = {}, {}, false
  for key, value in pairs(declaration.SEED) do seed[key] = value end
  for _, entry in ipairs(list) do
    if entry.name == "seed" then
      seed.default, declares = entry.default or 0, true
    else
      others[#others + 1] = entry
    end
  end
  return seed, others, declares
end

--- A script of known bytes and parameters.
-- @tparam string name
-- @tparam string text
-- @tparam {table,...} list entries of its declaration
-- @treturn table see `read`
function M.new(name, text, list)
  local seed, others, declares = take_seed(list)
  others[#others + 1] = seed
  return { name = name, text = text, declaration = others, declares_seed = declares }
end

local function complaint(name, err)
  local said = err:match "optlab: ([^\n]*)" or err:match "[^\n]+" or "it ended without a word"
  return ("%s cannot say which parameters it has: %s"):format(name, said)
end

--- Reads a script and asks it for its parameters.
-- @tparam string name
-- @tparam {string,...} common options of every script that were given
-- @treturn ?table {name = as it was called, text =, declaration = {entries, the last one that of the seed},
--   declares_seed =}, or nil and a message
function M.read(name, common)
  local text, message = text_of(name)
  if not text then return nil, message end
  local words = table.move(common, 1, #common, 1, {})
  for _, word in ipairs { "--no-keep", name, "--parameters" } do words[#words + 1] = word end
  local status, out, err = ask(words)
  if status ~= 0 then return nil, complaint(name, err) end
  local list = declaration.decode(out:match "([^\n]*)\n$" or "")
  if not list then
    return nil, ("%s declares no parameters (lab.params), so nothing of it can be varied"):format(name)
  end
  return M.new(name, text, list)
end

return M
