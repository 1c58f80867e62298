--- Checks that the folders of src/ and lua/optlab/ depend on each other in one direction.
--
--    lua5.4 scripts/check_layers.lua [ROOT]
--
-- Each table below lists rooms from the lowest to the highest with the rooms that each may name: in #include lines, or
-- in require. A room is a folder with all that lies below it. The check also limits sizes: at most 16 files in a
-- folder, at most 500 lines in a file that is written by hand. A file that a script makes says so in its first line:
-- "Made by scripts/NAME".
local ROOT = arg[1] or "."
local MAX_FILES, MAX_LINES = 16, 500

local C_ROOMS = {
  { "base", {} },
  { "core", { "base" } },
  { "kernels", { "base", "core" } },
  { "args", { "base", "core" } },
  { "autograd", { "base", "core", "kernels" } },
  { "nn", { "base", "core", "kernels", "args", "autograd" } },
  { "optim", { "base", "core", "kernels", "args" } },
  { "sched", { "base", "args" } },
  { "data", { "base", "core" } },
  { "plan", { "base", "core", "kernels", "autograd", "optim", "sched", "data" } },
  { "dist", { "base", "core", "kernels", "autograd" } },
  { "term", { "base" } },
  { "lua/memory", { "base", "core" } },
  { "lua/base", { "base", "core", "args", "lua/memory" } },
  { "lua/tensor", { "base", "core", "kernels", "args", "autograd", "lua/base" } },
  { "lua/autograd", { "base", "core", "autograd", "lua/memory", "lua/base", "lua/tensor" } },
  { "lua/linalg", { "base", "core", "autograd", "lua/base" } },
  { "lua/minimize", { "base", "core", "lua/base" } },
  { "lua/nn", { "base", "core", "args", "autograd", "nn", "lua/base" } },
  { "lua/optim", { "base", "core", "args", "autograd", "optim", "lua/base" } },
  { "lua/sched", { "base", "core", "args", "sched", "lua/base", "lua/optim" } },
  { "lua/data", { "base", "core", "args", "data", "lua/base" } },
  { "lua/compile", { "base", "core", "autograd", "data", "plan", "lua/base", "lua/data", "lua/nn", "lua/optim" } },
  { "lua/dist", { "base", "core", "autograd", "dist", "lua/base" } },
  { "lua/term", { "base", "term", "lua/base" } },
  { "lua/system", { "base", "core", "kernels", "lua/memory", "lua/base" } },
  { "host", { "base", "lua/base" } },
}

-- "" is init.lua, the table `lab`, which loads every room when it is first used.
local LUA_ROOMS = {
  { "base", {} },
  { "params", { "base" } },
  { "tensor", { "base" } },
  { "autograd", { "base" } },
  { "linalg", { "base" } },
  { "minimize", { "base", "autograd", "linalg" } },
  { "nn", { "base" } },
  { "optim", { "base", "linalg" } },
  { "data", { "base" } },
  { "save", { "base" } },
  { "plot", { "base" } },
  { "sched", { "base", "plot" } },
  { "compile", { "base" } },
  { "runs", { "base" } },
  { "term", { "base" } },
  { "dist", { "base" } },
  { "train", { "base", "dist", "nn", "optim", "sched", "data", "save", "compile" } },
  { "book", { "base", "nn", "optim", "sched", "data", "plot", "train" } },
  { "problems", { "base", "autograd", "nn", "optim", "data", "train" } },
  { "reference", { "base", "book" } },
  { "compare", { "base", "plot", "runs" } },
  { "report", { "base", "plot", "runs", "compare" } },
  { "watch", { "base", "runs", "term" } },
  { "sweep", { "base", "params", "plot", "runs", "compare" } },
  { "cli", { "base", "params", "plot", "reference", "runs", "compare", "report", "sweep", "term",
    "watch" } },
  { "", { "base", "params", "tensor", "autograd", "linalg", "minimize", "nn", "optim", "sched", "data", "save", "plot",
    "compile",
    "runs", "term", "dist", "train", "book", "problems", "reference", "compare", "report", "watch", "sweep", "cli" } },
}

local problems = 0
local function problem(fmt, ...)
  problems = problems + 1
  print(fmt:format(...))
end

local function lines_of(command)
  local out = {}
  local pipe = assert(io.popen(command))
  for line in pipe:lines() do out[#out + 1] = line end
  assert(pipe:close())
  return out
end

local function files(folder, pattern)
  return lines_of(("find '%s/%s' -type f -name '%s' | LC_ALL=C sort"):format(ROOT, folder, pattern))
end

-- The room of a path: the longest room that is a folder of it.
local function room_of(path, rooms)
  local best = nil
  for _, room in ipairs(rooms) do
    local name = room[1]
    if (name == "" or path:sub(1, #name + 1) == name .. "/") and (not best or #name > #best) then best = name end
  end
  return best
end

local function allowed(rooms)
  local sets = {}
  for _, room in ipairs(rooms) do
    local set = { [room[1]] = true }
    for _, lower in ipairs(room[2]) do
      assert(sets[lower], ("check_layers: %s is listed below %s"):format(room[1], lower))
      set[lower] = true
    end
    sets[room[1]] = set
  end
  return sets
end

-- names(line) gives the path that a line of a file names, relative to `folder`, or nil.
local function check_direction(folder, pattern, rooms, names)
  local may = allowed(rooms)
  for _, file in ipairs(files(folder, pattern)) do
    local inside = file:sub(#ROOT + #folder + 3)
    local room = room_of(inside, rooms)
    if not room then problem("%s: lies in no room (scripts/check_layers.lua lists them)", file) end
    local number = 0
    for line in io.lines(file) do
      number = number + 1
      local named = names(line)
      local other = named and room_of(named, rooms)
      if named and not other then
        problem("%s:%d: names %s, which lies in no room", file, number, named)
      elseif named and room and not may[room][other] then
        problem("%s:%d: %s may not name %s (%s)", file, number, room, other, named)
      end
    end
  end
end

local function check_sizes(folder)
  local count = {}
  for _, file in ipairs(files(folder, "*")) do
    local dir = file:match("^(.*)/")
    count[dir] = (count[dir] or 0) + 1
    local lines, by_hand = 0, true
    for line in io.lines(file) do
      lines = lines + 1
      if lines == 1 then by_hand = not line:match("^%W*Made by scripts/%w") end
    end
    if by_hand and lines > MAX_LINES then problem("%s: %d lines, at most %d", file, lines, MAX_LINES) end
  end
  for dir, n in pairs(count) do
    if n > MAX_FILES then problem("%s: %d files, at most %d", dir, n, MAX_FILES) end
  end
end

check_direction("src", "*.[ch]", C_ROOMS, function(line) return line:match('^#include "([^"]+)"') end)
check_direction("lua/optlab", "*.lua", LUA_ROOMS, function(line)
  local name = not line:match("^%s*%-%-") and line:match("require%s*%(?%s*[\"']optlab%.([%w_.]+)[\"']")
  if not name or name == "core" then return nil end
  return name:gsub("%.", "/") .. "/"
end)
check_sizes("src")
check_sizes("lua")
os.exit(problems == 0)
