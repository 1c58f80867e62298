--- Mathematics in texts: `$\eta\lambda_1^2$`, written once for all formats.
-- A dollar begins mathematics where no blank follows it, and ends it where none stands before it and no digit behind
-- it, so "$5 and $6" is what it looks like. `\$` is a dollar.
-- @module optlab.plot.math
local parse = require "optlab.plot.math.parse"
local write = require "optlab.plot.math.write"

local M = {}

-- The next mathematics in a line at or after a place: where it begins and ends, what is between the dollars.
local function find(s, from)
  while true do
    local first = s:find("$", from, true)
    if not first then return nil end
    if s:sub(first - 1, first - 1) ~= "\\" and s:find("^[^%s$]", first + 1) then
      local at = first + 1
      while true do
        local last = s:find("$", at, true)
        if not last then break end
        local before, after = s:sub(last - 1, last - 1), s:sub(last + 1, last + 1)
        if before ~= "\\" and not before:find "%s" and not after:find "%d" then
          return first, last, s:sub(first + 1, last - 1)
        end
        at = last + 1
      end
    end
    from = first + 1
  end
end

-- The parts of a line: strings, and {source =} for mathematics.
local function parts(s)
  local out, from = {}, 1
  while true do
    local first, last, source = find(s, from)
    local words = s:sub(from, (first or #s + 1) - 1):gsub("\\%$", "$")
    if words ~= "" then out[#out + 1] = words end
    if not first then return out end
    out[#out + 1], from = { source = source }, last + 1
  end
end

--- Whether a text holds mathematics, or a dollar that is written as `\$`.
-- @string s
-- @treturn boolean
function M.is_in(s)
  return s:find("$", 1, true) ~= nil and (find(s, 1) ~= nil or s:find("\\$", 1, true) ~= nil)
end

--- What is wrong with the mathematics of a text.
-- @string s
-- @treturn ?string nil where nothing is
function M.problem(s)
  for line in (s .. "\n"):gmatch("(.-)\n") do
    for _, part in ipairs(parts(line)) do
      if type(part) == "table" then
        local _, message = parse(part.source)
        if message then return message end
      end
    end
  end
  return nil
end

local function convert(s, words, mathematics)
  local out = {}
  for i, part in ipairs(parts(s)) do
    local list = type(part) == "table" and (parse(part.source) or {})
    out[i] = list and mathematics(list) or words(part)
  end
  return table.concat(out)
end

local function same(s) return s end

--- A line with gnuplot's markup.
-- @string s
-- @bool markup whether the rest of the text holds gnuplot's markup already
-- @treturn string
function M.shown(s, markup)
  return convert(s, markup and same or write.escape, write.shown)
end

--- A line as plain text.
-- @string s
-- @treturn string
function M.plain(s) return convert(s, same, write.plain) end

-- gnuplot's markup as LaTeX: scripts, and without the rest.
local function markup_latex(s)
  local out, at = {}, 1
  while at <= #s do
    local sign, inner, past = s:match("^([_^]){([^{}]*)}()", at)
    if not sign then sign, inner, past = s:match("^([_^])([^{}])()", at) end
    local stop = sign and past or s:match("()[_^]", at + 1) or #s + 1
    local piece = s:sub(at, stop - 1)
    local simple = inner and inner:gsub("−", "-")
    local face = simple and simple:find "^[%w+-]+$" and "\\mathrm{" .. simple .. "}"
    out[#out + 1] = sign and "$" .. sign .. "{" .. (face or "\\mbox{" .. write.latex_text(inner) .. "}") .. "}$"
      or write.latex_text((piece:gsub("{/[^ }]* ?", ""):gsub("[_^{}@&~]", "")))
    at = stop
  end
  return table.concat(out)
end

--- A line for LaTeX.
-- @string s
-- @bool markup as of @{shown}
-- @treturn string
function M.latex(s, markup)
  return convert(s, markup and markup_latex or write.latex_text, function(list)
    return "$" .. write.latex(list) .. "$"
  end)
end

--- The characters in texts written for LaTeX that a document may not know.
M.foreign = write.foreign

--- A line in which no blank of mathematics breaks it, and back.
function M.joined(s)
  if not s:find("$", 1, true) then return s end
  local out, from = {}, 1
  while true do
    local first, last = find(s, from)
    out[#out + 1] = s:sub(from, (first or #s + 1) - 1)
    if not first then return table.concat(out) end
    out[#out + 1], from = s:sub(first, last):gsub(" ", "\1"), last + 1
  end
end

function M.parted(s) return (s:gsub("\1", " ")) end

return M
