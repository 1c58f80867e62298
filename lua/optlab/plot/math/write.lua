--- Writes mathematics that was read (optlab.plot.math.parse): with gnuplot's markup, for LaTeX, as plain text.
-- @module optlab.plot.math.write
local symbols = require "optlab.plot.math.symbols"

local M = {}

-- --- spaces --------------------------------------------------------------------------------------------------------

-- Whether something that an operator can join ends with an atom.
local function is_operand(atom)
  if not atom then return false end
  if atom.kind ~= "sign" then return atom.kind ~= "space" end
  return not (atom.class == "binary" or atom.class == "relation" or atom.class == "open" or atom.class == "punctuation")
end

-- Whether an atom beside a fraction could be taken for a part of it.
local function is_factor(atom)
  return atom ~= nil and is_operand(atom) and not (atom.kind == "sign" and atom.class == "close")
end

-- The blanks around the i-th atom, as LaTeX sets them.
local function blanks(list, i, tight)
  local atom, before, after = list[i], list[i - 1], list[i + 1]
  if atom.kind == "name" then
    local opens = not after or (after.kind == "sign" and after.class ~= "letter" and after.class ~= "ordinary")
      or after.kind == "fenced" or after.kind == "space"
    return is_operand(before) and before.kind ~= "name" and not tight and " " or "", opens and "" or " "
  end
  if atom.kind ~= "sign" or tight then return "", "" end
  if atom.class == "relation" then return before and " " or "", after and " " or "" end
  if atom.class == "binary" and is_operand(before) and after then return " ", " " end
  if atom.class == "punctuation" and after then return "", " " end
  return "", ""
end

-- --- gnuplot's markup and plain text -------------------------------------------------------------------------------

-- The writers of the two: `escape` a character, `face` a run of characters, `script` a list behind an atom.
local SHOWN, PLAIN = {}, {}

local FACES = { italic = "{/:Italic %s}", bold = "{/:Bold %s}" }

--- A text in which no sign is gnuplot's markup.
-- @string s
-- @treturn string
function M.escape(s) return (s:gsub("[\\_^{}@&~]", "\\%0")) end

function SHOWN.face(s, face) return FACES[face] and FACES[face]:format(s) or s end
function SHOWN.escape(s) return M.escape(s) end
function SHOWN.minus() return "−" end

function SHOWN.scripts(sub, sup)
  if sub and sup then return "@_{" .. sub .. "}^{" .. sup .. "}" end
  return (sub and "_{" .. sub .. "}" or "") .. (sup and "^{" .. sup .. "}" or "")
end

function PLAIN.face(s) return s end
function PLAIN.escape(s) return s end
function PLAIN.minus() return "-" end

local function inverse(map)
  local out = {}
  for char, plain in pairs(map) do out[plain] = char end
  return out
end
local RAISED, LOWERED = inverse(symbols.raised), inverse(symbols.lowered)

-- A script as characters of its own, or behind a sign.
local function as_characters(s, map, sign)
  local out = {}
  for _, code in utf8.codes(s) do
    out[#out + 1] = map[utf8.char(code)]
    if not map[utf8.char(code)] then return sign .. (utf8.len(s) > 1 and "{" .. s .. "}" or s) end
  end
  return table.concat(out)
end

function PLAIN.scripts(sub, sup)
  return (sub and as_characters(sub, LOWERED, "_") or "") .. (sup and as_characters(sup, RAISED, "^") or "")
end

local write_list

-- A list in brackets, unless it is one sign.
local function bracketed(list, face, writer)
  local s = write_list(list, face, writer, true)
  local single = #list == 1 and list[1].kind ~= "fraction"
  return single and s or "(" .. s .. ")"
end

local function sign(atom, face, writer)
  local char = atom.char
  if char == "-" then return writer.minus() end
  if face == "script" or face == "double" then
    local own = symbols.letter(face, char)
    return own or writer.face(writer.escape(char), "italic")
  end
  local own_face = face or (atom.class == "letter" and "italic") or nil
  return writer.face(writer.escape(char), own_face)
end

local KINDS = {
  sign = sign,
  name = function(atom) return atom.name end,
  text = function(atom, _, writer) return writer.escape(atom.text) end,
  space = function(atom) return symbols.spaces[atom.command] end,
  group = function(atom, face, writer) return write_list(atom.list, face, writer) end,
  face = function(atom, _, writer) return write_list(atom.list, atom.face, writer) end,
  root = function(atom, face, writer) return "√" .. bracketed(atom.list, face, writer) end,
}

function KINDS.fraction(atom, face, writer)
  return bracketed(atom.over, face, writer) .. "/" .. bracketed(atom.under, face, writer)
end

function KINDS.fenced(atom, face, writer)
  return writer.escape(atom.left.char) .. write_list(atom.list, face, writer) .. writer.escape(atom.right.char)
end

-- The mark follows the letter it stands above, inside the letter's face.
function KINDS.accent(atom, face, writer)
  local first = atom.list[1]
  if #atom.list == 1 and first.kind == "sign" and not first.sub and not first.sup then
    local own_face = face or (first.class == "letter" and "italic") or nil
    return writer.face(writer.escape(first.char) .. symbols.accents[atom.name], own_face)
  end
  return write_list(atom.list, face, writer) .. symbols.accents[atom.name]
end

write_list = function(list, face, writer, tight)
  local out = {}
  for i, atom in ipairs(list) do
    local before, after = blanks(list, i, tight)
    local sub = atom.sub and write_list(atom.sub, nil, writer, true)
    local sup = atom.sup and write_list(atom.sup, nil, writer, true)
    local body = KINDS[atom.kind](atom, face, writer)
    if atom.kind == "fraction" and (sup or sub or is_factor(list[i - 1]) or is_factor(list[i + 1])) then
      body = "(" .. body .. ")"
    end
    if sup == "∘" then body, sup = body .. "°", nil end
    out[#out + 1] = before .. body .. ((sub or sup) and writer.scripts(sub, sup) or "") .. after
  end
  return table.concat(out)
end

--- With gnuplot's markup, as in `enhanced` texts. Letters of one face that follow each other share one pair of braces.
-- @tparam {table,...} list atoms
-- @treturn string
function M.shown(list)
  local s = write_list(list, nil, SHOWN)
  local count
  repeat
    s, count = s:gsub("{/:(%a+) ([^{}\\]*)}{/:(%a+) ([^{}\\]*)}", function(f, a, g, b)
      return f == g and "{/:" .. f .. " " .. a .. b .. "}" or nil
    end)
  until count == 0 or not s:find("{/:Italic [^{}\\]*}{/:Italic ") and not s:find("{/:Bold [^{}\\]*}{/:Bold ")
  return s
end

--- As plain text: x², x_{ij}.
-- @tparam {table,...} list atoms
-- @treturn string
function M.plain(list) return write_list(list, nil, PLAIN) end

-- --- LaTeX -----------------------------------------------------------------------------------------------------------

local ESCAPES = {
  ["\\"] = "\\textbackslash{}", ["{"] = "\\{", ["}"] = "\\}", ["$"] = "\\$", ["&"] = "\\&", ["%"] = "\\%",
  ["#"] = "\\#", ["_"] = "\\_", ["~"] = "\\textasciitilde{}", ["^"] = "\\textasciicircum{}", ["<"] = "$<$",
  [">"] = "$>$", ["|"] = "$|$", ['"'] = "''",
}

-- A run of raised or lowered characters as a script.
local function script_of(s, map, sign_)
  local out = {}
  for _, code in utf8.codes(s) do out[#out + 1] = map[utf8.char(code)] end
  return "$" .. sign_ .. "{" .. table.concat(out) .. "}$"
end

-- Runs of characters of a map.
local function each_run(s, map, replace)
  local out, run = {}, {}
  local function flush()
    if #run > 0 then out[#out + 1], run = replace(table.concat(run)), {} end
  end
  for _, code in utf8.codes(s) do
    local char = utf8.char(code)
    if map[char] then
      run[#run + 1] = char
    else
      flush()
      out[#out + 1] = char
    end
  end
  flush()
  return table.concat(out)
end

-- Accents behind a letter as LaTeX's commands before it.
local ACCENTS = {}
for code, name in pairs { [0x300] = "`", [0x301] = "'", [0x302] = "^", [0x303] = "~", [0x304] = "=", [0x306] = "u",
  [0x307] = ".", [0x308] = '"', [0x30A] = "r", [0x30B] = "H", [0x30C] = "v", [0x327] = "c", [0x328] = "k" } do
  ACCENTS[utf8.char(code)] = "\\" .. name
end

-- Whether LaTeX, as people use it, knows a character of a text: those of European languages, and quotes and dashes.
local function is_known(code)
  return code < 0x180 or (code >= 0x2013 and code <= 0x2026) or code == 0x20AC or code == 0x2122
end

--- The characters in texts written for LaTeX that a document may not know.
-- @string s
-- @treturn {int,...} codes, each once
function M.foreign(s)
  local out, seen = {}, {}
  for _, code in utf8.codes(s) do
    if not is_known(code) and not seen[code] then out[#out + 1], seen[code] = code, true end
  end
  return out
end

--- Plain text for LaTeX: no sign is a command, no two are taken for one, as -- is for a dash; Greek letters, arrows and
-- the like are mathematics.
-- @string s
-- @treturn string
function M.latex_text(s)
  local number = s:match "^%-[%d.]+$"
  if number then return "$" .. s .. "$" end
  for _ = 1, 2 do s = s:gsub("([-`',?!])([-`',])", "%1\1%2") end -- twice for runs of three
  s = s:gsub('[\\{}$&%%#_~^<>|"]', ESCAPES):gsub("\1", "{}")
  if not s:find "[\x80-\xff]" then return s end
  s = each_run(s, symbols.raised, function(run) return script_of(run, symbols.raised, "^") end)
  s = each_run(s, symbols.lowered, function(run) return script_of(run, symbols.lowered, "_") end)
  s = s:gsub("(%a)([\xCC\xCD][\x80-\xBF])", function(letter, accent)
    return ACCENTS[accent] and ACCENTS[accent] .. "{" .. letter .. "}" or nil
  end)
  return (s:gsub("\u{FFFD}", "?"):gsub("[\xC2-\xF4][\x80-\xBF]+", function(char)
    return symbols.commands[char] and "$" .. symbols.commands[char] .. "$" or nil
  end))
end

local latex_list

-- A command is kept apart from what follows.
local function command(words) return words:find "\\%a+$" and words .. " " or words end

local LATEX = {
  name = function(atom)
    return (symbols.names[atom.name] or "\\mathop{\\mathrm{" .. atom.name .. "}}\\nolimits") .. " "
  end,
  text = function(atom) return "\\mbox{" .. M.latex_text(atom.text) .. "}" end,
  space = function(atom) return "\\" .. atom.command .. " " end,
  group = function(atom) return "{" .. latex_list(atom.list) .. "}" end,
  face = function(atom)
    if atom.name == "bm" or atom.name == "boldsymbol" then
      return "\\mbox{\\boldmath$" .. latex_list(atom.list) .. "$}"
    end
    local name = atom.name == "mathscr" and "mathcal" or atom.name
    return "\\" .. name .. "{" .. latex_list(atom.list) .. "}"
  end,
  root = function(atom) return "\\sqrt{" .. latex_list(atom.list) .. "}" end,
  fraction = function(atom) return "\\frac{" .. latex_list(atom.over) .. "}{" .. latex_list(atom.under) .. "}" end,
  accent = function(atom) return "\\" .. atom.name .. "{" .. latex_list(atom.list) .. "}" end,
  fenced = function(atom)
    return "\\left" .. command(atom.left.latex) .. latex_list(atom.list) .. "\\right" .. command(atom.right.latex)
  end,
  sign = function(atom)
    return command(atom.latex or symbols.commands[atom.char] or atom.char)
  end,
}

latex_list = function(list)
  local out = {}
  for _, atom in ipairs(list) do
    out[#out + 1] = LATEX[atom.kind](atom) .. (atom.sub and "_{" .. latex_list(atom.sub) .. "}" or "")
      .. (atom.sup and "^{" .. latex_list(atom.sup) .. "}" or "")
  end
  return table.concat(out)
end

--- For LaTeX, without the dollars.
-- @tparam {table,...} list atoms
-- @treturn string
function M.latex(list) return (latex_list(list):gsub("(\\%a+) +([_^}])", "%1%2"):gsub(" +$", "")) end

return M
