--- docs/explanation/book.md agrees with what there is: files that it names, fragments of their lines, scripts.
--
-- In a table a file in backticks, then a fragment in backticks behind a colon: `experiments/gd.lua`: `gd(eta)`. The
-- file must hold the fragment, letter by letter but for blanks. Further fragments follow behind a comma or an "and". A
-- vertical bar in a fragment is written \|, as Markdown wants it.
local chapter = require "tests.support.chapter"
local files = require "tests.support.files"

local PAGE, SLIPS = "docs/explanation/book.md", "docs/explanation/slips.md"

-- The cells of a table's row.
local function cells_of(line)
  local cells = {}
  line = line:gsub("\\|", "\1")
  for cell in line:gmatch("|([^|]*)") do cells[#cells + 1] = (cell:gsub("\1", "|")) end
  return cells
end

-- The words in backticks of a cell, each with what stands between it and the one before; `` a`b `` holds a backtick.
local function spans_of(cell)
  local spans, at = {}, 1
  while true do
    local from, to, ticks = cell:find("(`+)", at)
    if not from then return spans end
    local close_from, close_to = cell:find(ticks, to + 1, true)
    if not close_from then return spans end
    local text = cell:sub(to + 1, close_from - 1):match("^%s*(.-)%s*$")
    spans[#spans + 1] = { before = cell:sub(at, from - 1), text = text }
    at = close_to + 1
  end
end

local function is_file(text) return text:match("^[%w_.-]+/[%w_./-]+%.%a+$") ~= nil end

local function plain(text) return (text:gsub("%s+", " ")) end

-- The files of a cell: {name, fragments}.
local function files_of(cell)
  local list = {}
  for _, span in ipairs(spans_of(cell)) do
    local between = span.before:match("^%s*(.-)%s*$")
    local file = list[#list]
    if is_file(span.text) then
      list[#list + 1] = { name = span.text, fragments = {}, open = true }
    elseif file and file.open and (between == ":" or #file.fragments > 0 and (between == "," or between == "and")) then
      table.insert(file.fragments, span.text)
    elseif file then
      file.open = false
    end
  end
  return list
end

local function rows_of(text)
  local rows, number = {}, 0
  for line in (text .. "\n"):gmatch("([^\n]*)\n") do
    number = number + 1
    if line:match("^|") then rows[#rows + 1] = { line = number, text = line, cells = cells_of(line) } end
  end
  return rows
end

-- What is wrong with the files of a page's tables.
local function problems_of(text, name)
  local problems = {}
  local function problem(row, words, ...)
    problems[#problems + 1] = ("%s:%d: "):format(name or PAGE, row.line) .. words:format(...)
  end
  for _, row in ipairs(rows_of(text)) do
    for _, cell in ipairs(row.cells) do
      for _, file in ipairs(files_of(cell)) do
        if not files.exists(file.name) then
          problem(row, "there is no file %s", file.name)
        else
          local content = plain(files.read(file.name))
          for _, fragment in ipairs(file.fragments) do
            if not content:find(plain(fragment), 1, true) then problem(row, "%s has no '%s'", file.name, fragment) end
          end
        end
      end
    end
  end
  return problems
end

-- "gd-1" is in the text, and not only as a part of "gd-12".
local function has_name(text, name)
  local from = 1
  while true do
    local at, to = text:find(name, from, true)
    if not at then return false end
    if not text:sub(to + 1, to + 1):match("[%w_-]") then return true end
    from = to + 1
  end
end

describe("docs/explanation/book.md", function()
  local page, slips = files.read(PAGE), files.read(SLIPS)

  it("names files that there are, and fragments that stand in them", function()
    local problems = problems_of(page)
    for _, problem in ipairs(problems_of(slips, SLIPS)) do problems[#problems + 1] = problem end
    assert.is_true(#problems == 0, table.concat(problems, "\n"))
  end)

  it("would be told about a file or a fragment that is not there", function()
    local row = "| cell | `experiments/gd.lua`: `%s` |\n"
    assert.same({}, problems_of(row:format('Book section: "Gradient Descent"')))
    assert.same({ PAGE .. ":1: experiments/gd.lua has no 'gd(lambda)'" }, problems_of(row:format("gd(lambda)")))
    assert.same({ PAGE .. ":1: there is no file experiments/none.lua" }, problems_of "| `experiments/none.lua` |")
    assert.same({}, problems_of "| `experiments/gd.lua` prints `nothing of the kind` |")
    assert.same({ PAGE .. ":1: experiments/gd.lua has no 'a | b'" },
      problems_of "| `experiments/gd.lua`: `plot.trace`, `a \\| b` |")
  end)

  it("has the sections of the book in order, each with its script", function()
    local at = 1
    for _, section in ipairs(chapter.sections) do
      local heading = ("\n## %s\n\n`experiments/%s.lua`\n"):format(section.title, section.script)
      local from, to = page:find(heading, at, true)
      assert.is_truthy(from, "missing or not in order:" .. heading)
      at = to
    end
  end)

  it("names every claim and every exercise that there is", function()
    local named = {}
    for _, folder in ipairs { "claims", "exercises" } do
      for _, name in ipairs(chapter.scripts(folder)) do
        if not has_name(page .. slips, name) then named[#named + 1] = name end
      end
    end
    assert.same({}, named, "scripts that it does not name")
  end)

  it("has rows in every table but those of errors", function()
    local empty, section, table_of, rows = {}, nil, nil, 0
    local function finish()
      if table_of and rows <= 2 and table_of ~= "Where the book errs" then
        empty[#empty + 1] = ("%s: %s;"):format(section, table_of)
      end
      table_of, rows = nil, 0
    end
    for line in (page .. "\n## \n"):gmatch("([^\n]*)\n") do
      local level, title = line:match("^(##+) (.*)$")
      if level then finish() end
      if level == "##" then section = title end
      if line:match("^|") then table_of, rows = table_of or title or "its table", rows + 1 end
      if level == "###" then table_of = title end
    end
    assert.same({}, empty, "tables without a row")
  end)
end)

describe("The head of a script", function()
  it("names the section of the book", function()
    for _, section in ipairs(chapter.sections) do
      local words = ('Book section: "%s"'):format(section.title)
      assert.is_truthy(chapter.head(section.script):find(words, 1, true), section.script .. " does not say: " .. words)
    end
  end)

  it("names the exercises of its section", function()
    local silent = {}
    for _, section in ipairs(chapter.sections) do
      local head = chapter.head(section.script)
      if not head:find("exercises/" .. section.script, 1, true) then silent[#silent + 1] = section.script end
    end
    assert.same({}, silent, "scripts whose head does not say experiments/exercises/NAME-...")
  end)

  it("of an exercise or a claim says of which section it is", function()
    local wrong = {}
    local titles = {}
    for _, section in ipairs(chapter.sections) do titles[section.title] = true end
    for _, folder in ipairs { "claims", "exercises" } do
      for _, name in ipairs(chapter.scripts(folder)) do
        local head = chapter.head(name)
        local title = head:match('Book section: "([^"]+)"')
        local n = name:match "^exercises/.-(%d+)$"
        local says_number = not n or head:match("exercises? [%d, and]*%f[%d]" .. n .. "%f[%D]")
        if not (titles[title] and says_number) then wrong[#wrong + 1] = name end
      end
    end
    local words = 'no line such as: Book section: "Momentum", exercise 2. in ' .. table.concat(wrong, " ")
    assert.is_true(#wrong == 0, words)
  end)
end)
