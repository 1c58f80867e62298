--- A terminal's screen in a table: what stands where after a program's output.
--
-- Knows what optlab sends: text in UTF-8, carriage return, line feed, backspace, moves and erasures (CSI A B C D J K),
-- save and restore (ESC 7, ESC 8), and passes over colours, modes and questions. Pictures (DCS, APC) are collected in
-- `pictures` with the cell where they were drawn. Anything else is an error.
local M = {}

local Screen = {}
Screen.__index = Screen

function M.new(columns, rows)
  local self = setmetatable({ columns = columns, rows = rows, x = 0, y = 0, cells = {}, pictures = {}, scrolled = {} },
    Screen)
  for y = 0, rows - 1 do self.cells[y] = {} end
  return self
end

local function text_of(row)
  local last, parts = -1, {}
  for x in pairs(row) do last = math.max(last, x) end
  for x = 0, last do parts[#parts + 1] = row[x] or " " end
  return (table.concat(parts):gsub(" +$", ""))
end

function Screen:line_feed()
  self.y = self.y + 1
  if self.y < self.rows then return end
  self.y = self.rows - 1
  self.scrolled[#self.scrolled + 1] = text_of(self.cells[0])
  table.move(self.cells, 1, self.rows - 1, 0)
  self.cells[self.rows - 1] = {}
end

function Screen:put(char)
  if self.x >= self.columns then
    self.x = 0
    self:line_feed()
  end
  self.cells[self.y][self.x] = char
  self.x = self.x + 1
end

local function erase(row, from)
  for x in pairs(row) do
    if x >= from then row[x] = nil end
  end
end

local CSI = {
  A = function(s, n) s.y = math.max(0, s.y - n) end,
  B = function(s, n) s.y = math.min(s.rows - 1, s.y + n) end,
  C = function(s, n) s.x = math.min(s.columns - 1, s.x + n) end,
  D = function(s, n) s.x = math.max(0, s.x - n) end,
  K = function(s) erase(s.cells[s.y], s.x) end,
  J = function(s)
    erase(s.cells[s.y], s.x)
    for y = s.y + 1, s.rows - 1 do s.cells[y] = {} end
  end,
  m = function() end, c = function() end, t = function() end, n = function() end,
}

function Screen:csi(mark, numbers, letter)
  if mark == "?" then
    if letter == "h" or letter == "l" then
      if numbers == "25" then self.cursor_hidden = letter == "l" end
      return
    end
  elseif CSI[letter] then
    return CSI[letter](self, tonumber(numbers) or 1)
  end
  error(("the screen does not know ESC [ %s%s%s"):format(mark, numbers, letter))
end

-- The rules for what may stand next: a pattern, and what is done with its captures.
local RULES = {
  { "^\r()", function(s) s.x = 0 end },
  { "^\n()", function(s) s:line_feed() end },
  { "^\b()", function(s) s.x = math.max(0, s.x - 1) end },
  { "^\a()", function() end },
  { "^\t()", function(s) s.x = math.min(s.columns - 1, s.x // 8 * 8 + 8) end },
  { "^\27%[([?>]?)([%d;]*)%$?([%a])()", function(s, ...) s:csi(...) end },
  { "^\0277()", function(s) s.saved = { s.x, s.y } end },
  { "^\0278()", function(s) s.x, s.y = s.saved[1], s.saved[2] end },
  { "^\27([P_].-)\27\\()", function(s, text)
    s.pictures[#s.pictures + 1] = { x = s.x, y = s.y, text = text }
  end },
  { "^([%g ])()", function(s, c) s:put(c) end },
  { "^([\xC2-\xF4][\x80-\xBF]+)()", function(s, c) s:put(c) end },
}

local function apply(self, bytes, at)
  for _, rule in ipairs(RULES) do
    local found = { bytes:match(rule[1], at) }
    if found[1] then
      rule[2](self, table.unpack(found, 1, #found - 1))
      return found[#found]
    end
  end
  error(("the screen does not know the bytes %q"):format(bytes:sub(at, at + 20)))
end

--- Takes a program's output.
function Screen:feed(bytes)
  local at = 1
  -- a pattern cannot be anchored at a position but by cutting
  while at <= #bytes do
    local rest = bytes:sub(at, at + 200000)
    at = at + apply(self, rest, 1) - 1
  end
  return self
end

--- The lines of the screen from the top, without blanks at their ends and without empty lines below the last.
function Screen:lines()
  local lines = {}
  for y = 0, self.rows - 1 do lines[#lines + 1] = text_of(self.cells[y]) end
  while lines[1] and lines[#lines] == "" do lines[#lines] = nil end
  return lines
end

--- What scrolled out and what is there, as one text.
function Screen:text()
  local all = { table.unpack(self.scrolled) }
  table.move(self:lines(), 1, self.rows, #all + 1, all)
  return table.concat(all, "\n")
end

return M
