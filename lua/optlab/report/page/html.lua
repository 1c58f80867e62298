--- HTML from Lua. Text is escaped unless it was made here, so that nothing from a run can become markup.
--
--    local h = require "optlab.report.page.html"
--    h.td({ class = "number" }, "a < b")      -- <td class="number">a &lt; b</td>
--    h.list({ h.td("1"), h.td("2") })         -- one after the other
--
-- A child is a string, a number, markup, a list of these, or nil (which is left out).
-- @module optlab.report.page.html
local order = require "optlab.base.order"

local M = {}

local Markup = {}
Markup.__index = Markup
Markup.__name = "optlab.Markup"
Markup.__tostring = function(self) return self.text end

local REPLACEMENT = "\u{FFFD}"

-- Bytes that are no UTF-8 become U+FFFD.
local function valid(text)
  if utf8.len(text) then return text end
  local parts, at = {}, 1
  while at <= #text do
    local length, bad = utf8.len(text, at)
    parts[#parts + 1] = text:sub(at, length and #text or bad - 1)
    if length then break end
    parts[#parts + 1] = REPLACEMENT
    at = bad + 1
  end
  return table.concat(parts)
end

--- A text that a page can hold: valid UTF-8 without control characters other than line breaks and tabs.
-- @tparam string text any bytes
-- @treturn string
function M.clean(text)
  return (valid(text):gsub("[\0-\8\11-\31\127]", REPLACEMENT))
end

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

--- A text with the signs of HTML spelled out.
-- @tparam string text any bytes
-- @treturn string
function M.escape(text)
  return (M.clean(text):gsub("[&<>\"']", ENTITIES))
end

--- Text that is markup already. Only for text that does not come from a run.
-- @tparam string text
-- @treturn Markup
function M.raw(text) return setmetatable({ text = text }, Markup) end

local function add(parts, child)
  if getmetatable(child) == Markup then
    parts[#parts + 1] = child.text
  elseif type(child) == "table" then
    for i = 1, child.n or #child do add(parts, child[i]) end
  elseif child ~= nil and child ~= false then
    parts[#parts + 1] = M.escape(tostring(child))
  end
end

--- Children, one after the other.
-- @treturn Markup
function M.list(...)
  local parts = {}
  add(parts, table.pack(...))
  return M.raw(table.concat(parts))
end

local VOID = { br = true, hr = true, img = true, input = true, link = true, meta = true }

local function attributes(values)
  local parts = {}
  for i, name in ipairs(order.names(values)) do
    local value = values[name]
    if value == true then
      parts[i] = " " .. name
    else
      parts[i] = value and (' %s="%s"'):format(name, M.escape(tostring(value))) or ""
    end
  end
  return table.concat(parts)
end

local function is_attributes(value)
  return type(value) == "table" and getmetatable(value) ~= Markup and value.n == nil and #value == 0
end

--- An element.
-- @tparam string tag
-- @tparam[opt] table first its attributes, by name; true is an attribute without a value, false none
-- @param ... its children
-- @treturn Markup
function M.element(tag, first, ...)
  local parts
  if is_attributes(first) then
    parts = { "<" .. tag .. attributes(first) .. ">" }
    add(parts, table.pack(...))
  else
    parts = { "<" .. tag .. ">" }
    add(parts, table.pack(first, ...))
  end
  if not VOID[tag] then parts[#parts + 1] = "</" .. tag .. ">" end
  return M.raw(table.concat(parts))
end

--- h.td(...) is h.element("td", ...).
return setmetatable(M, {
  __index = function(self, tag)
    local function make(...) return self.element(tag, ...) end
    rawset(self, tag, make)
    return make
  end,
})
