--- A cell as a process of its own: `optlab x.lua --lr 0.1`, which keeps its run in a directory made for it.
--
-- The process gets the cell's lock as its descriptor 3, so the cell is locked until both it and the worker have ended,
-- and it ends with its worker (src/lua/system/lworklib.c).
-- @module optlab.sweep.work.process
local config = require "optlab.base.config"
local job = require "optlab.sweep.work.job"
local uv = require "luv"

local M = {}

local MOST = 4096 -- bytes of standard error that are kept, the last ones

local function environment(run_path)
  return job.environment {
    OPTLAB_RUN = run_path, OPTLAB_PARENT = ("%d"):format(uv.os_getpid()), OPTLAB_RUNS = config.runs,
  }
end

local function keep_end(pipe, into, done)
  pipe:read_start(function(_, chunk)
    if chunk then
      into.text = (into.text .. chunk):sub(-MOST)
    else
      pipe:close()
      done()
    end
  end)
end

-- What the process said, in a line: optlab's own words, or the last line.
local function words_of(text)
  local said = text:match "optlab: ([^\n]*)" or ""
  for line in text:gmatch "[^\n]+" do said = said ~= "" and said or line end
  return said
end

--- Starts a process.
-- @tparam table o `options` (words before the script), `script`, `words` (behind it), `run_path`, `lock` or nil
-- @tparam function on_end called when it has ended with its status, the signal that ended it or 0, and its words
-- @treturn ?table with kill(signal), or nil and a message
function M.start(o, on_end)
  local words = table.move(o.options, 1, #o.options, 1, {})
  words[#words + 1] = o.script
  table.move(o.words, 1, #o.words, #words + 1, words)
  local pipe, err, left, result = uv.new_pipe(false), { text = "" }, 2, {}
  local function step()
    left = left - 1
    if left == 0 then on_end(result.status, result.signal, words_of(err.text)) end
  end
  local handle, message
  handle, message = uv.spawn(assert(uv.exepath()), {
    args = words, env = environment(o.run_path), stdio = { nil, nil, pipe, o.lock and o.lock:fd() or nil },
  }, function(status, signal)
    result.status, result.signal = status, signal
    handle:close()
    step()
  end)
  if not handle then
    pipe:close()
    return nil, ("cannot start %s: %s"):format(o.script, tostring(message))
  end
  keep_end(pipe, err, step)
  return { kill = function(signal)
    if not handle:is_closing() then handle:kill(signal) end
  end }
end

return M
