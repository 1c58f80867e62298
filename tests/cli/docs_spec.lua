--- What newcomers read agrees with what there is: snippets run, links lead to files, the stubs name real functions.
local lab = require "optlab"
local files = require "tests.support.files"
local pages = require "tests.support.page"
local program = require "tests.support.program"

local files_in = require("optlab.base.files").list

local PAGES, REFERENCE = pages.all(), {}
for _, page in ipairs(PAGES) do REFERENCE[#REFERENCE + 1] = page:match "^docs/reference/.*" end

-- The anchors that GitHub gives to the headings of a page.
local function anchors_of(text)
  local anchors = {}
  for heading in text:gmatch("\n##* ([^\n]+)") do
    anchors[heading:lower():gsub("[^%w_ -]", ""):gsub(" ", "-")] = true
  end
  return anchors
end

-- --- the stubs, read as text ---------------------------------------------------------------------------------------

-- Adds the fields of each class in the text of a file: class -> set of its fields, its parent at 1; fields such as
-- [string] are left out. Functions belong to the class that their table was declared with.
local function read_classes(text, classes)
  local class, tables = nil, {}
  for line in text:gmatch("[^\n]*") do
    local name, parent = line:match("^%-%-%-@class (optlab[%w_.]*):? ?([%w.]*)$")
    if name then
      class = classes[name] or {}
      if parent ~= "" then class[1] = parent end
      classes[name] = class
    elseif line == "" then
      class = nil
    end
    local field = line:match("^%-%-%-@field ([%w_]+)")
    if class and field then class[field] = true end
    local of_class = line:match("^local (%w+) = {}$")
    if class and of_class then tables[of_class] = class end
    local owner, fn = line:match("^function (%w+)%.([%w_]+)%(")
    if not owner then owner, fn = line:match("^(lab)%.([%w_]+) = ") end
    local fields = tables[owner]
    if fields then fields[fn] = true end
  end
end

local STUBS = {}
for _, folder in ipairs { "lua/optlab/types", "lua/optlab/types/declared" } do
  for _, name in ipairs(files_in(folder, "%.d%.lua$")) do
    STUBS[#STUBS + 1] = folder .. "/" .. name
  end
end

local function read_stubs()
  local classes = {}
  for _, path in ipairs(STUBS) do read_classes(files.read(path), classes) end
  return classes
end

local stubs = read_stubs()

-- Own and inherited fields as a sorted list.
local function fields_of(name)
  local list = {}
  while name and stubs[name] do
    for field in pairs(stubs[name]) do
      if field ~= 1 then list[#list + 1] = field end
    end
    name = stubs[name][1]
  end
  table.sort(list)
  return list
end

local function names_in(t, leave_out)
  local list = {}
  for name in pairs(t) do
    if not (leave_out or {})[name] then list[#list + 1] = name end
  end
  table.sort(list)
  return list
end

local function missing(list, from)
  local there, lacking = {}, {}
  for _, name in ipairs(from) do there[name] = true end
  for _, name in ipairs(list) do
    if not there[name] then lacking[#lacking + 1] = name end
  end
  return lacking
end

-- The methods behind a userdata: the table that its __index keeps.
local function methods_of(object)
  local _, methods = debug.getupvalue(debug.getmetatable(object).__index, 1)
  return methods
end

local function same_names(class, real, beyond)
  local written = fields_of(class)
  assert.are.same({}, missing(real, written))
  for _, name in ipairs(beyond or {}) do real[#real + 1] = name end
  assert.are.same({}, missing(written, real))
end

describe("the stubs for editors", function()
  it("name everything in lab, and nothing else", function()
    local lazy = {
      "arguments", "autograd", "book", "compile", "data", "einsum", "errors", "func", "linalg", "load",
      "load_checkpoint", "metrics", "nn", "optim", "params", "plot", "problems", "progress", "progress_state", "runs",
      "save", "save_checkpoint", "sched", "train",
    }
    for _, name in ipairs(lazy) do assert.is_not_nil(lab[name]) end
    same_names("optlab", names_in(lab))
  end)

  local parts = { "autograd", "func", "linalg", "nn", "optim", "sched", "data", "train", "runs", "book", "problems" }
  for _, part in ipairs(parts) do
    it("name everything in lab." .. part .. ", and nothing else", function()
      same_names("optlab." .. part, names_in(lab[part]))
    end)
  end

  it("name everything in lab.plot, and nothing else", function()
    same_names("optlab.plot", names_in(lab.plot, { at_exit = true }))
  end)

  it("name every function in nn.functional and nn.init, and nothing else", function()
    same_names("optlab.functional", names_in(lab.nn.functional))
    same_names("optlab.init", names_in(lab.nn.init))
  end)

  it("name every method of a tensor, and nothing else", function()
    local fields = { "shape", "dtype", "requires_grad", "grad", "is_leaf" }
    same_names("optlab.Tensor", names_in(methods_of(lab.zeros(1))), fields)
  end)

  it("name every method of a layer, an optimizer, a loader and a figure", function()
    local layer = lab.nn.Linear(1, 1)
    same_names("optlab.Module", names_in(methods_of(layer)), { "training", "class", "weight", "bias" })
    local opt = lab.optim.SGD(layer:parameters())
    same_names("optlab.Optimizer", names_in(methods_of(opt)),
      { "lr", "name", "elementwise", "needs", "defaults", "param_groups" })
    local loader = lab.data.loader { X = lab.zeros(2, 1) }
    same_names("optlab.Loader", names_in(methods_of(loader)), { "epoch", "batch_size", "rows" })
    same_names("optlab.CompiledStep", names_in(methods_of(lab.compile(function() end))),
      { "recordings", "replays", "eager", "reason" })
    same_names("optlab.Figure", names_in(getmetatable(lab.plot.figure()).__index,
      { __index = true, __name = true, __newindex = true, __tostring = true }))
  end)

  it("are Lua that compiles", function()
    for _, path in ipairs(STUBS) do assert.is_function(loadfile(path)) end
  end)

  it("name only types that there are", function()
    local known, unknown = {}, {}
    for name in pairs(stubs) do known[name] = true end
    local texts = {}
    for i, path in ipairs(STUBS) do
      texts[i] = files.read(path)
      for name in texts[i]:gmatch("%-%-%-@alias (optlab[%w_.]*)") do known[name] = true end
    end
    for i, text in ipairs(texts) do
      for line in text:gmatch("%-%-%-@[^\n]*") do
        for name in line:gmatch("%f[%w]optlab[%w_.]*[%w_]") do
          if not known[name] then unknown[#unknown + 1] = STUBS[i] .. ": " .. name end
        end
      end
    end
    assert.are.same({}, unknown)
  end)
end)

-- --- pages ---------------------------------------------------------------------------------------------------------

describe("the pages", function()
  it("would be told about a script that fails, and about output that is another one", function()
    local dir = files.folder()
    finally(function() files.remove(dir) end)
    local script = "```lua\n-- a.lua\nprint(1.5, 'x')\n```\n"
    local run = "```sh\noptlab --no-keep a.lua\n```\n```text\n%s\n```\n"
    assert.is_nil(pages.problem(script .. run:format("1.501 x"), dir))
    assert.is_nil(pages.problem(script .. run:format("..."), dir))
    assert.matches("line 8: it prints", (pages.problem(script .. run:format("1.6 x"), dir)))
    assert.matches("line 8: it prints", (pages.problem(script .. run:format("1.5 y"), dir)))
    assert.matches("line 1: a.lua is never run", (pages.problem(script, dir)))
    assert.matches("line 1: status 1\n.*oh", (pages.problem("```lua\nerror 'oh'\n```\n", dir)))
    assert.is_nil(pages.problem("```lua\nlocal a = 2\n```\n<!-- continued -->\n```lua\nassert(a)\n```", dir))
  end)

  for _, page in ipairs(PAGES) do
    local text = files.read(page)
    local long = page:match "^docs/tutorial" and program.is_sanitized() -- and tests nothing in C
    local run_it = long and pending or it
    run_it(page .. ": its snippets run, its commands succeed, and they print what it says", function()
      local dir = files.folder()
      finally(function() files.remove(dir) end)
      local problem = pages.problem(text, dir)
      assert.is_nil(problem, problem and page .. ", " .. problem)
    end)

    it(page .. ": links and pictures lead to files and to headings", function()
      local folder, prose = page:match("^(.*/)") or "", text:gsub("\n```%w*\n.-\n```", "")
      local function check(target)
        if target:match("^https?:") then return end
        local path, anchor = target:match("^([^#]*)#?(.*)$")
        path = path == "" and page or folder .. path
        assert.is_not_nil(io.open(path), "no file " .. path)
        if anchor ~= "" then assert.is_true(anchors_of(files.read(path))[anchor], "no heading " .. target) end
      end
      for target in prose:gmatch("%]%(([^)%s]+)%)") do check(target) end
      for target in prose:gmatch('src="([^"]+)"') do check(target) end
    end)
  end

  it("docs/reference names every function", function()
    local text = ""
    for _, page in ipairs(REFERENCE) do text = text .. files.read(page) end
    local unnamed = {}
    local described = {
      "optlab", "optlab.Tensor", "optlab.Module", "optlab.Figure", "optlab.autograd", "optlab.func", "optlab.linalg",
      "optlab.nn", "optlab.functional", "optlab.init", "optlab.optim", "optlab.sched", "optlab.data", "optlab.train",
      "optlab.plot", "optlab.book", "optlab.CompiledStep", "optlab.CompiledPass",
    }
    for _, class in ipairs(described) do
      for _, name in ipairs(fields_of(class)) do
        local said = text:find("%f[%w_]" .. name .. "%f[^%w_]")
        if not said then unnamed[#unnamed + 1] = class .. "." .. name end
      end
    end
    assert.are.same({}, unnamed)
  end)

  it("README.md and docs/howto/install.md name every package, README.md every experiment", function()
    local readme, install = files.read "README.md", files.read "docs/howto/install.md"
    for _, name in ipairs(files_in("experiments", "%.lua$")) do
      assert.is_not_nil(readme:find("`" .. name:match("^(.*)%.lua$") .. "`", 1, true), name)
    end
    for package in files.read("scripts/packages"):gmatch("\n(%l[%w.+-]+)%s+%l") do
      assert.is_not_nil(readme:find("`" .. package .. "`", 1, true), package)
      assert.is_not_nil(install:find("`" .. package .. "`", 1, true), package)
    end
  end)
end)
