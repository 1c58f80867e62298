--- Does what a page of the documentation tells its reader to do, block by block, in a folder of its own.
--
-- Fenced blocks are done in order; what is indented is only read.
--   ```lua    a script. It is run, but where its first line is a comment with a name, `-- my.lua`, it is written to
--             that file, which a later block of commands runs. After the line <!-- continued --> it is the rest of the
--             script above it, and both are run together.
--   ```sh     commands, as a user types them; `optlab` is the program that runs the specs.
--   ```text   what the block above printed. A line `...` stands for any lines; numbers may differ a little, as they do
--             from processor to processor. After the line <!-- real data --> it is compared where the data sets are.
local files = require "tests.support.files"
local list = require("optlab.base.files").list
local program = require "tests.support.program"
local real_data = require "tests.support.real_data"

local M = {}

local TOLERANCE = 0.02 -- relative, of numbers with a point in them

--- Every page: those at the top and those of the four folders of docs.
function M.all()
  local pages = { "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/README.md" }
  for _, folder in ipairs { "docs/tutorial/", "docs/howto/", "docs/reference/", "docs/explanation/" } do
    for _, name in ipairs(list(folder, "%.md$")) do pages[#pages + 1] = folder .. name end
  end
  return pages
end

--- The fenced blocks of a text: {kind, text, line, note}; the note is a comment of HTML on the line before.
function M.blocks(text)
  local blocks, block, number, note = {}, nil, 0, nil
  for line in (text .. "\n"):gmatch("([^\n]*)\n") do
    number = number + 1
    local fence = line:match("^```(%w*)$")
    if block and fence == "" then
      block.text = table.concat(block, "\n") .. "\n"
      blocks[#blocks + 1], block = block, nil
    elseif block then
      block[#block + 1] = line
    elseif fence then
      block = { kind = fence, line = number, note = note }
    else
      note = line:match("^<!%-%- (.-) %-%->$")
    end
  end
  return blocks
end

local function close(given, wanted)
  local a, b = tonumber(given), tonumber(wanted)
  if not a or not b or not wanted:find("[.e]") then return given == wanted end
  return math.abs(a - b) <= TOLERANCE * math.abs(b) + 1e-9
end

-- Whether two lines are the same, blanks apart, with numbers that are close.
local function same_line(given, wanted)
  local words, i = {}, 0
  for word in given:gmatch("[^%s,()]+") do words[#words + 1] = word end
  for word in wanted:gmatch("[^%s,()]+") do
    i = i + 1
    if not words[i] or not close(words[i], word) then return false end
  end
  return i == #words
end

local function lines_of(text)
  local lines = {}
  for line in text:gsub("%s+$", ""):gmatch("[^\n]*") do lines[#lines + 1] = line end
  return lines
end

local function same_from(given, wanted, i, j)
  while j <= #wanted do
    if wanted[j]:match("^%s*%.%.%.$") then
      for k = i, #given + 1 do
        if same_from(given, wanted, k, j + 1) then return true end
      end
      return false
    end
    if not given[i] or not same_line(given[i], wanted[j]) then return false end
    i, j = i + 1, j + 1
  end
  return i > #given
end

--- Whether what was printed is what a page says.
function M.same_output(given, wanted) return same_from(lines_of(given), lines_of(wanted), 1, 1) end

local function run(dir, commands)
  local setting = "unset OPTLAB_RUNS; export PATH=%s:$PATH OPTLAB_OFFLINE=1 XDG_CACHE_HOME=/nonexistent OPTLAB_DATA=%s"
  setting = setting:format(program.quoted(dir .. "/bin"), program.quoted(real_data.folder)) .. "; set -e"
  return program.shell(dir, setting .. "\n" .. commands)
end

local DO = {}

function DO.lua(page, block)
  local text = block.text
  if block.note == "continued" then text = page.script .. text end
  page.script = text
  local name = text:match("^%-%- ([%w_-]+%.lua)\n")
  files.write(page.dir .. "/" .. (name or "snippet.lua"), text)
  if name then
    page.waiting[name] = block.line
    return nil
  end
  return run(page.dir, "optlab --quiet --no-keep snippet.lua")
end

function DO.sh(page, block)
  for name in pairs(page.waiting) do
    if block.text:find(name, 1, true) then page.waiting[name] = nil end
  end
  return run(page.dir, block.text)
end

local function compare(page, block)
  if block.note == "real data" and not files.exists(real_data.airfoil) then return nil end
  if M.same_output(page.printed, block.text) then return nil end
  return ("it prints\n%s\nand not, as the page says,\n%s"):format(page.printed, block.text)
end

--- Does all that a text says in a folder; returns what is wrong, nil where nothing is.
-- `before(line)` is called before each block.
function M.problem(text, dir, before)
  local page = { dir = dir, waiting = {}, printed = "" }
  assert(os.execute(("mkdir -p %s && ln -sf %s %s"):format(program.quoted(dir .. "/bin"), program.quoted(program.path),
    program.quoted(dir .. "/bin/optlab"))))
  for _, block in ipairs(M.blocks(text)) do
    local wrong
    if before then before(block.line) end
    if block.kind == "text" then
      wrong = compare(page, block)
    elseif DO[block.kind] then
      local status, out, err = DO[block.kind](page, block)
      page.printed = out or ""
      if status and status ~= 0 then wrong = ("status %d\n%s%s"):format(status, out, err) end
    end
    if wrong then return ("line %d: %s"):format(block.line, wrong) end
  end
  local name, line = next(page.waiting)
  return name and ("line %d: %s is never run"):format(line, name)
end

return M
