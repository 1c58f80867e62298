--- How bash and zsh ask for completions and are answered: a first line with the kind ("lua", "files", "folders",
-- "replace" or "none"), then a line for each candidate; for zsh a tab and a text about it follow.
-- @module optlab.cli.completion.shells
local completion = require "optlab.cli.completion"

local M = {}

-- The words of a line as bash would read them; the last one as far as it is typed, "" after a space. Second: the quote
-- that it stands in, if any.
local function words_of(line)
  local words, word, quote, i = {}, nil, nil, 1
  while i <= #line do
    local c = line:sub(i, i)
    if c == "\\" and quote ~= "'" then
      i = i + 1
      word = (word or "") .. line:sub(i, i)
    elseif quote then
      if c == quote then quote = nil else word = word .. c end
    elseif c == "'" or c == '"' then
      quote, word = c, word or ""
    elseif c:match("%s") then
      words[#words + 1], word = word, nil
    else
      word = (word or "") .. c
    end
    i = i + 1
  end
  words[#words + 1] = word or ""
  return words, quote
end

-- Outside quotes, characters that bash reads in a way of its own have a backslash.
local function escaped(text) return (text:gsub("[%s'\"\\$&;|<>()`*?#!%[%]{}]", "\\%0")) end

local function one_line(text) return (text:gsub("%s+", " ")) end

--- Answers bash.
-- @tparam string line up to the cursor, the program's name first
-- @tparam string typed what bash takes for the word at the cursor: it cuts at = and :, and keeps what stands before
-- @treturn string
function M.bash(line, typed)
  local words, quote = words_of(line)
  table.remove(words, 1)
  local word = words[#words] or ""
  if typed == "=" or typed == ":" then typed = "" end
  local cut = word:sub(-#typed) == typed and #word - #typed or 0
  local found = completion.complete(words)
  local lines = { found.kind or "none" }
  for _, entry in ipairs(found) do
    local text = entry[1]:sub(found.kind == "replace" and 1 or cut + 1)
    lines[#lines + 1] = quote and text or escaped(text)
  end
  return table.concat(lines, "\n") .. "\n"
end

--- Answers zsh.
-- @tparam {string,...} words after the program's name
-- @treturn string
function M.zsh(words)
  local found = completion.complete(words)
  local widest, lines = 0, { found.kind or "none" }
  for _, entry in ipairs(found) do widest = math.max(widest, math.min(#entry[1], 30)) end
  for _, entry in ipairs(found) do
    local text = entry[2] and entry[2] ~= "" and "\t" .. (" "):rep(widest - #entry[1]) .. one_line(entry[2]) or ""
    lines[#lines + 1] = entry[1] .. text
  end
  return table.concat(lines, "\n") .. "\n"
end

return M
