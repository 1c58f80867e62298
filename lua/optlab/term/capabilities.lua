--- What the terminal can show: pictures by kitty's protocol or as sixels if it says so when asked, braille where the
-- locale is UTF-8, else ASCII.
--
-- The environment variable OPTLAB_TERMINAL (kitty, sixel, braille, text) decides instead; nothing is asked then.
-- @module optlab.term.capabilities
local kitty = require "optlab.term.kitty"
local core = require "optlab.core"
local terminal = core.terminal

local M = {}

--- The kinds, and what OPTLAB_TERMINAL may be.
M.KINDS = { "kitty", "sixel", "braille", "text" }

local PATIENCE = 1 -- seconds for an answer
local CELL_QUESTION = "\27[16t" -- the size of a character
local USUAL_CELL = { 10, 20 }

-- Whether a variable is set to something.
local function is_set(name) return (os.getenv(name) or "") ~= "" end

local function is_unicode()
  for _, name in ipairs { "LC_ALL", "LC_CTYPE", "LANG" } do
    if is_set(name) then return os.getenv(name):lower():find("utf%-?8") ~= nil end
  end
  return false
end

-- Terminals that know kitty's protocol say so in the environment. Others, asked, might print the question. A
-- multiplexer passes neither pictures nor questions on.
local function may_be_kitty(term)
  if is_set "TMUX" or term:find("^screen") or term:find("^tmux") then return false end
  local program = os.getenv "TERM_PROGRAM" or ""
  return is_set "KITTY_WINDOW_ID" or is_set "KONSOLE_VERSION" or is_set "WEZTERM_PANE"
    or term:find("kitty") ~= nil or term:find("ghostty") ~= nil or program == "WezTerm" or program == "ghostty"
end

-- The second and later numbers of the answer to DA1 are what the terminal can do; 4: sixels.
local function knows_sixels(answer)
  local abilities = answer:match("\27%[%?%d+([;%d]*)c") or ""
  return (abilities .. ";"):find(";4;", 1, true) ~= nil
end

local function is_cell(width, height) return width >= 4 and width <= 64 and height >= 6 and height <= 128 end

-- Width and height of a character in pixels, or nil where nobody says.
local function cell_size(answer)
  local columns, rows, width, height = terminal.size()
  if columns and columns > 0 and rows > 0 and is_cell(width // columns, height // rows) then
    return { width // columns, height // rows }
  end
  local h, w = answer:match("\27%[6;(%d+);(%d+)t")
  h, w = math.tointeger(tonumber(h)), math.tointeger(tonumber(w))
  return h and w and is_cell(w, h) and { w, h } or nil
end

local function kind_of(answer, cell, unicode)
  if answer:find(kitty.YES, 1, true) then return "kitty" end
  if cell and knows_sixels(answer) then return "sixel" end
  return unicode and "braille" or "text"
end

-- The kind that OPTLAB_TERMINAL names, or nil.
local function chosen()
  local word = os.getenv "OPTLAB_TERMINAL" or ""
  if word == "" then return nil end
  for _, kind in ipairs(M.KINDS) do
    if kind == word then return kind end
  end
  require("optlab.base.notice")("OPTLAB_TERMINAL must be one of %s, got '%s'; it is ignored",
    table.concat(M.KINDS, ", "), word)
  return nil
end

-- What the terminal answers, "" where it need not be asked.
local function ask(term)
  if term == "linux" then return "" end
  return terminal.ask((may_be_kitty(term) and kitty.QUESTION or "") .. CELL_QUESTION, PATIENCE) or ""
end

local pictures = 0

--- A number for a picture of kitty's protocol that hardly another program has used in this terminal.
-- @treturn integer
function M.picture_id()
  pictures = pictures + 1
  return math.floor(core.system.clock() * 1000) % 0xFFFFF * 16 + pictures % 16 + 1
end

--- Finds out, once.
-- @treturn table {kind = one of M.KINDS; moves = whether the cursor can be moved; unicode, colours = booleans; cell =
--   {width, height} in pixels; id = a number for a picture}
function M.find()
  local term = os.getenv "TERM" or ""
  local style = { unicode = is_unicode() and term ~= "linux", moves = term ~= "" and term ~= "dumb" }
  style.colours = style.moves and not is_set "NO_COLOR"
  local answer = ""
  style.kind = chosen()
  if not style.kind and style.moves then answer = ask(term) end
  local cell = cell_size(answer)
  style.kind = style.kind or (style.moves and kind_of(answer, cell, style.unicode) or "text")
  style.cell, style.id = cell or USUAL_CELL, M.picture_id()
  if style.kind == "text" then style.unicode = false end
  return style
end

return M
