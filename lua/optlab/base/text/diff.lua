--- The difference between two texts, line by line, as `diff -u` writes it.
--
-- The shortest sequence of insertions and deletions, found by the greedy algorithm of Myers (1986): furthest[k] is how
-- far one gets in the first text with d changes on the diagonal k (k = place in the first text - place in the second).
-- @module optlab.base.text.diff
local M = {}

-- Texts that differ in more lines than this are not worth the memory; one is taken out and the other put in.
local MOST_CHANGES = 700

local function lines_of(text)
  local lines = {}
  if text == "" then return lines end
  for line in (text:match("\n$") and text or text .. "\n"):gmatch("([^\n]*)\n") do lines[#lines + 1] = line end
  return lines
end

-- How far a run of equal lines goes from position x of a and x - k of b.
local function slide(a, b, x, k)
  local y = x - k
  while x < #a and y < #b and a[x + 1] == b[y + 1] do x, y = x + 1, y + 1 end
  return x
end

-- Where the next change on diagonal k starts: below (a line of b comes in) or beside (a line of a goes).
local function comes_in(furthest, k, d)
  return k == -d or (k ~= d and furthest[k - 1] < furthest[k + 1])
end

-- The states after 0, 1, ... changes up to the end of both texts; nil if there are too many.
local function search(a, b)
  local furthest, states = { [1] = 0 }, {}
  for d = 0, math.min(#a + #b, MOST_CHANGES) do
    local state = {}
    for k, x in pairs(furthest) do state[k] = x end
    states[d] = state
    for k = -d, d, 2 do
      local x = comes_in(furthest, k, d) and furthest[k + 1] or furthest[k - 1] + 1
      furthest[k] = slide(a, b, x, k)
      if furthest[k] >= #a and furthest[k] - k >= #b then return states, d end
    end
  end
  return nil
end

-- The way back from the end: {" " | "-" | "+", line}, in order.
local function trace(a, b, states, changes)
  local back, x, y = {}, #a, #b
  for d = changes, 1, -1 do
    local k = x - y
    local inserted = comes_in(states[d], k, d)
    local from = inserted and k + 1 or k - 1
    local old_x = states[d][from]
    local old_y = old_x - from
    while x > (inserted and old_x or old_x + 1) do -- equal lines after the change
      back[#back + 1] = { " ", a[x] }
      x, y = x - 1, y - 1
    end
    back[#back + 1] = inserted and { "+", b[y] } or { "-", a[x] }
    x, y = old_x, old_y
  end
  for i = x, 1, -1 do back[#back + 1] = { " ", a[i] } end
  local edits = {}
  for i = #back, 1, -1 do edits[#edits + 1] = back[i] end
  return edits
end

local function replaced(a, b)
  local edits = {}
  for _, line in ipairs(a) do edits[#edits + 1] = { "-", line } end
  for _, line in ipairs(b) do edits[#edits + 1] = { "+", line } end
  return edits
end

-- Stretches {first, last} of edits that hold the changes with so many equal lines around them.
local function hunks(edits, context)
  local list = {}
  for i, edit in ipairs(edits) do
    if edit[1] ~= " " then
      local last = list[#list]
      if last and i - context <= last[2] + 1 then
        last[2] = math.min(i + context, #edits)
      else
        list[#list + 1] = { math.max(1, i - context), math.min(i + context, #edits) }
      end
    end
  end
  return list
end

local function range(start, count)
  if count == 1 then return ("%d"):format(start + 1) end
  return ("%d,%d"):format(count == 0 and start or start + 1, count)
end

--- The difference between two texts.
-- @tparam string a
-- @tparam string b
-- @tparam[opt] table options `context`, how many equal lines stand around a change (3)
-- @treturn {string,...} "@@ -1,3 +1,4 @@" before each stretch, lines with " ", "-" or "+" before them; none where the
-- texts have the same lines
function M.unified(a, b, options)
  a, b = lines_of(a), lines_of(b)
  local states, changes = search(a, b)
  local edits = states and trace(a, b, states, changes) or replaced(a, b)
  local lines, in_a, in_b, at = {}, 0, 0, 1
  for _, hunk in ipairs(hunks(edits, options and options.context or 3)) do
    while at < hunk[1] do at, in_a, in_b = at + 1, in_a + 1, in_b + 1 end -- equal lines
    local head, from_a, from_b = #lines + 1, in_a, in_b
    lines[head] = ""
    for i = hunk[1], hunk[2] do
      local sign = edits[i][1]
      lines[#lines + 1] = sign .. edits[i][2]
      in_a, in_b = in_a + (sign == "+" and 0 or 1), in_b + (sign == "-" and 0 or 1)
    end
    at = hunk[2] + 1
    lines[head] = ("@@ -%s +%s @@"):format(range(from_a, in_a - from_a), range(from_b, in_b - from_b))
  end
  return lines
end

return M
