--- The words of a Lua text: enough of the language to know which locals a line declares and in what the cursor stands.
-- @module optlab.cli.prompt.lexer
local M = {}

-- Where a long bracket that begins at `at` ends; nil if none begins there. Second: whether its end is missing.
local function end_of_long(text, at)
  local level = text:match("^%[(=*)%[", at)
  if not level then return nil end
  local _, last = text:find("]" .. level .. "]", at, true)
  return last or #text, last == nil
end

-- Where a quoted string ends that begins at `at`; second: whether its end is missing.
local function end_of_quoted(text, at)
  local quote = text:sub(at, at)
  local i = at + 1
  while i <= #text do
    local c = text:sub(i, i)
    if c == quote then return i, false end
    if c == "\n" then return i - 1, true end
    i = i + (c == "\\" and 2 or 1)
  end
  return #text, true
end

-- The end of a comment that begins at `at`.
local function end_of_comment(text, at)
  local last, open = end_of_long(text, at + 2)
  if last then return last, open end
  return (text:find("\n", at, true) or #text + 1) - 1, false
end

-- Kind and end of the word at `at`, which is no white space.
local function word_at(text, at)
  if text:find("^%-%-", at) then return "comment", end_of_comment(text, at) end
  local last, open = end_of_long(text, at)
  if last then return "string", last, open end
  if text:find("^[\"']", at) then return "string", end_of_quoted(text, at) end
  local _, stop = text:find("^[%a_][%w_]*", at)
  if stop then return "name", stop end
  _, stop = text:find("^%.?%d[%w_.]*", at)
  if stop then return "number", stop end
  _, stop = text:find("^::", at)
  return "sign", stop or at
end

--- The words of a text, without its comments.
-- @tparam string text
-- @treturn {table,...} {kind =, text =, at =, open =}: "name" (keywords too), "string", "number" or "sign"; where it
--   begins; whether a string's end is missing. A comment whose end is missing, or that the text ends in, is the last
--   word: "comment"
function M.words(text)
  local words, at = {}, 1
  while true do
    at = text:find("%S", at)
    if not at then return words end
    local kind, last, open = word_at(text, at)
    if kind ~= "comment" or last >= #text then
      words[#words + 1] = { kind = kind, text = text:sub(at, last), at = at, open = open or false }
    end
    at = last + 1
  end
end

local OPENS = { ["do"] = 1, ["if"] = 1, ["function"] = 1, ["repeat"] = 1, ["end"] = -1, ["until"] = -1 }

-- The names of the `local` statement whose first word follows at `i`: each with its attribute, if it has one.
local function names_at(words, i)
  local names = {}
  if words[i] and words[i].text == "function" then
    return words[i + 1] and { { name = words[i + 1].text } } or {}
  end
  while words[i] and words[i].kind == "name" do
    local entry = { name = words[i].text }
    i = i + 1
    if words[i] and words[i].text == "<" and words[i + 1] then
      entry.attribute = words[i + 1].text
      i = i + 3
    end
    names[#names + 1] = entry
    if not (words[i] and words[i].text == ",") then break end
    i = i + 1
  end
  return names
end

--- What a chunk declares at its top level.
-- @tparam string text a chunk that compiles
-- @treturn {table,...} {name =, attribute =} of each local, in order
-- @treturn ?integer where its `return` begins
function M.top_level(text)
  local words, depth, locals, returns = M.words(text), 0, {}, nil
  for i, word in ipairs(words) do
    if word.kind == "name" then
      if depth == 0 and word.text == "local" then
        for _, entry in ipairs(names_at(words, i + 1)) do locals[#locals + 1] = entry end
      elseif depth == 0 and word.text == "return" then
        returns = returns or word.at
      end
      depth = depth + (OPENS[word.text] or 0)
    end
  end
  return locals, returns
end

-- The names from the word at i on, with commas between them.
local function listed(words, i)
  local names = {}
  while words[i] and words[i].kind == "name" do
    names[#names + 1] = { name = words[i].text }
    if not (words[i + 1] and words[i + 1].text == ",") then break end
    i = i + 2
  end
  return names
end

-- The parameters of the function whose word stands before i.
local function parameters_at(words, i)
  while words[i] and words[i].text ~= "(" do i = i + 1 end
  return listed(words, i + 1)
end

local DECLARES = { ["local"] = names_at, ["for"] = listed, ["function"] = parameters_at }

--- The locals, loop variables and parameters that a text declares anywhere, each with the line of the first time.
-- @tparam string text
-- @treturn {[string]=integer}
function M.declared(text)
  local words, lines, line, at = M.words(text), {}, 1, 1
  for i, word in ipairs(words) do
    line, at = line + select(2, text:sub(at, word.at - 1):gsub("\n", "")), word.at
    local names = word.kind == "name" and DECLARES[word.text]
    for _, entry in ipairs(names and names(words, i + 1) or {}) do lines[entry.name] = lines[entry.name] or line end
  end
  return lines
end

--- The names in a text, whatever they are.
-- @tparam string text
-- @treturn {[string]=boolean}
function M.names(text)
  local names = {}
  for _, word in ipairs(M.words(text)) do
    if word.kind == "name" then names[word.text] = true end
  end
  return names
end

return M
