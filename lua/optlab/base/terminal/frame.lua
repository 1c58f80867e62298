--- What stands in the lowest rows of the terminal, and the bytes that put it there and take it away.
--
-- A content is {lines = {...}, picture =}: lines of text, which may hold colours (ESC [ ... m) and are narrower than
-- the terminal; and perhaps a picture over some of them, {row =, column =, text =, remove =}: the cell of its top left
-- corner, counted from 0, and the bytes that draw and remove it.
--
-- A single line of plain text, a progress bar, is drawn with carriage returns and blanks alone, which every terminal
-- knows. The cursor is never hidden outside a write, so a killed program leaves the terminal as it was.
-- @module optlab.base.terminal.frame
local terminal = require("optlab.core").terminal

local M = {}

local BEGIN, END = "\27[?2026h\27[?25l", "\27[?25h\27[?2026l" -- shown at once, where the terminal knows how
local ERASE_LINE, ERASE_BELOW, SAVE, RESTORE = "\27[K", "\27[J", "\0277", "\0278"
local DOWN, UP = "\27[B", "\27[A"
local CONTROL_C = 2 -- columns of the ^C that the terminal shows

--- The columns that a line takes.
-- @tparam string line
-- @treturn integer
function M.width(line)
  return require("optlab.base.text.line").columns((line:gsub("\27%[[%d;]*m", "")))
end

local function up(n) return n > 0 and ("\27[%dA"):format(n) or "" end
local function right(n) return n > 0 and ("\27[%dC"):format(n) or "" end

-- All contents below each other as one: its lines, its picture.
local function join(contents)
  local lines, picture = {}, nil
  for _, content in ipairs(contents) do
    if content.picture then
      picture = setmetatable({ row = content.picture.row + #lines }, { __index = content.picture })
    end
    table.move(content.lines, 1, #content.lines, #lines + 1, lines)
  end
  return lines, picture
end

-- Whether the lines need no more than a carriage return to be drawn again.
local function is_bar(lines, picture)
  return #lines == 1 and not picture and not lines[1]:find("\27", 1, true)
end

-- Terminals that break long lines anew when they become narrower; the others cut them.
local function reflows()
  return not os.getenv("XTERM_VERSION") and os.getenv("TERM") ~= "linux"
end

-- From the row of the cursor, the last line's first, to the first row of the frame.
local function rows_above(frame, columns)
  local n = #frame.lines - 1
  if columns >= frame.columns or not reflows() then return n end
  for i = 1, #frame.lines - 1 do n = n + math.max(0, M.width(frame.lines[i]) - 1) // columns end
  return n
end

-- From the last line's row up to the first, and all of it erased. Not by one command from the first row on: that one
-- makes tmux keep what stood there in its history if it is the screen's first.
local function erased(frame, columns)
  local n = rows_above(frame, columns)
  if n == 0 then return ERASE_BELOW end
  return up(n) .. ERASE_LINE .. DOWN .. ERASE_BELOW .. UP
end

local function bar_text(line, frame)
  local before = frame and M.width(frame.lines[1]) or 0
  return "\r" .. line .. (" "):rep(before - M.width(line))
end

-- The bytes for a picture; the cursor is in the last of n lines.
local function picture_text(picture, n)
  return SAVE .. "\r" .. up(n - 1 - picture.row) .. right(picture.column) .. picture.text .. RESTORE
end

-- The bytes that draw lines in the place of an old frame, or of nothing.
local function lines_text(lines, picture, frame, columns)
  local parts = { BEGIN, "\r" }
  if frame and (frame.picture or #lines < #frame.lines or columns ~= frame.columns) then
    parts[#parts + 1] = (frame.picture and frame.picture.remove or "") .. erased(frame, columns)
  elseif frame then
    parts[#parts + 1] = up(rows_above(frame, columns))
  end
  parts[#parts + 1] = table.concat(lines, ERASE_LINE .. "\r\n") .. ERASE_LINE .. "\r"
  if picture then parts[#parts + 1] = picture_text(picture, #lines) end
  parts[#parts + 1] = END
  return table.concat(parts)
end

-- Whether all is as before but the last line.
local function only_last_differs(lines, picture, frame, columns)
  if not frame or #lines ~= #frame.lines or columns ~= frame.columns then return false end
  if (picture and picture.text) ~= (frame.picture and frame.picture.text) then return false end
  for i = 1, #lines - 1 do
    if lines[i] ~= frame.lines[i] then return false end
  end
  return not (picture and picture.row == #lines - 1)
end

--- Draws contents in the place of an old frame.
-- @tparam {table,...} contents from top to bottom
-- @tparam ?table frame what stands on the screen, or nil
-- @tparam integer columns width of the terminal
-- @tparam integer rows height of the terminal
-- @treturn ?table the new frame; nil where nothing could be drawn
function M.paint(contents, frame, columns, rows)
  local lines, picture = join(contents)
  if #lines == 0 then
    if frame then M.clear(frame, columns) end
    return nil
  end
  local new = { lines = lines, picture = picture, columns = columns, rows = rows, is_bar = is_bar(lines, picture) }
  local text
  if new.is_bar and (not frame or frame.is_bar) then
    text = bar_text(lines[1], frame)
  elseif only_last_differs(lines, picture, frame, columns) then
    if lines[#lines] == frame.lines[#lines] then return frame end
    text = "\r" .. lines[#lines] .. ERASE_LINE .. "\r"
  else
    new.is_bar = false
    text = lines_text(lines, picture, frame, columns)
  end
  return terminal.paint(text, #lines) and new or nil
end

--- Takes a frame off the screen; the cursor is then where its first row began.
-- @tparam table frame
-- @tparam integer columns of the terminal now
function M.clear(frame, columns)
  if frame.is_bar then
    local width = math.min(M.width(frame.lines[1]) + CONTROL_C, columns - 1)
    terminal.paint("\r" .. (" "):rep(width) .. "\r", 0)
  else
    local remove = frame.picture and frame.picture.remove or ""
    terminal.paint("\r" .. remove .. erased(frame, columns), 0)
  end
end

--- Moves below the frame, which stays.
function M.leave() terminal.paint("\r\n", 0) end

return M
