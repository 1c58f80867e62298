--- Of which class an unfinished line's values are, without running any of it: `lab.zeros(2):` stands before the methods
-- of a tensor, because the types for editors say what lab.zeros returns.
-- @module optlab.cli.prompt.results
local entries = require "optlab.reference.entries"
local explain = require "optlab.cli.prompt.explain"
local typed = require "optlab.reference.typed"

local M = {}

local CLASS_OF_GROUP = { layer = "Module", loss = "Module", optimizer = "Optimizer", functional = "Tensor" }
local CLOSES = { [")"] = "(", ["}"] = "{", ["]"] = "[" }

-- The place of the bracket that the one at i closes.
local function opening(words, i)
  local depth, closing = 0, words[i].text
  local open = CLOSES[closing]
  for j = i, 1, -1 do
    if words[j].text == closing and words[j].kind == "sign" then depth = depth + 1 end
    if words[j].text == open and words[j].kind == "sign" then depth = depth - 1 end
    if depth == 0 then return j end
  end
end

-- "a.b.c" that ends with the name at i, and where it begins.
local function path_at(words, i)
  local path = words[i].text
  while i > 2 and words[i - 1].text == "." and words[i - 2].kind == "name" do
    i = i - 2
    path = words[i].text .. "." .. path
  end
  return path, i
end

--- How the function of a path is called in the reference: "optim.SGD" for `lab.optim.SGD`, for `SGD` where the user has
-- said `local SGD = optim.SGD`.
-- @tparam string path
-- @tparam table scope the prompt's locals
-- @treturn ?string
function M.callee_of(path, scope)
  local value, known = explain.follow(path, scope)
  return known and explain.name_of(value) or nil
end

local function result_of(callee)
  local member = typed.of(callee)
  if member and member.result then return member.result:gsub("^optlab%.", "") end
  for _, entry in ipairs(entries.all()) do
    if entry.callee == callee then return CLASS_OF_GROUP[entry.group] end
  end
end

-- What a call of the name at i gives.
local function call_result(words, i, scope)
  local word = words[i]
  if not word or word.kind ~= "name" then return nil end
  if i > 2 and words[i - 1].text == ":" then
    local class = M.class_at(words, i - 2, scope)
    for _, member in ipairs(class and typed.members(class) or {}) do
      if member.name == word.text and member.result then return (member.result:gsub("^optlab%.", "")) end
    end
    return nil
  end
  local path = path_at(words, i)
  local callee = M.callee_of(path, scope)
  if callee then return result_of(callee) end
  return explain.class_of((explain.follow(path, scope))) == "Module" and "Tensor" or nil
end

--- The class of the value that the words up to i end with.
-- @tparam {table,...} words of the lexer
-- @tparam integer i
-- @tparam table scope
-- @treturn ?string "Tensor"; nil where nothing is known
function M.class_at(words, i, scope)
  local word = words[i]
  if not word then return nil end
  if word.kind == "string" then return call_result(words, i - 1, scope) end
  if word.text == ")" or word.text == "}" then
    local open = opening(words, i)
    return open and call_result(words, open - 1, scope)
  end
  if word.kind ~= "name" then return nil end
  local path = path_at(words, i)
  return explain.class_of((explain.follow(path, scope)))
end

--- The call that an unfinished line is in, if its words end inside a table of options: "train.fit", or
-- "train.fit: checkpoint" inside a table that it takes.
-- @tparam {table,...} words
-- @tparam table scope
-- @treturn ?string the callee
-- @treturn ?integer where the table begins
function M.open_call(words, scope)
  local stack = {}
  for i, word in ipairs(words) do
    if word.kind == "sign" then
      if word.text == "(" or word.text == "{" or word.text == "[" then stack[#stack + 1] = i end
      if CLOSES[word.text] then stack[#stack] = nil end
    end
  end
  local at = stack[#stack]
  if not at or words[at].text ~= "{" then return nil end
  local inner, before = nil, at
  if at > 2 and words[at - 1].text == "=" and words[at - 2].kind == "name" then
    inner = words[at - 2].text
    before = stack[#stack - 1]
  elseif stack[#stack - 1] and words[stack[#stack - 1]].text == "(" then
    before = stack[#stack - 1]
  end
  local name = before and words[before - 1]
  if not name or name.kind ~= "name" then return nil end
  if before > 3 and words[before - 2].text == ":" then
    local class = M.class_at(words, before - 3, scope)
    return class and class .. ":" .. name.text, at
  end
  local callee = M.callee_of((path_at(words, before - 1)), scope)
  return callee and (inner and ("%s: %s"):format(callee, inner) or callee), at
end

return M
