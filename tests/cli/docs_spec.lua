--- What newcomers read agrees with what there is: snippets run, links lead to files, the stubs name real functions.
local lab = require "optlab"
local files = require "tests.support.files"
local program = require "tests.support.program"

local PAGES = { "README.md", "CONTRIBUTING.md", "docs/api.md", "docs/design.md",
  "docs/compile.md", "docs/convolution.md" }

-- --- the stubs, read as text ---------------------------------------------------------------------------------------

-- class -> set of its fields, inherited ones included; fields such as [string] are left out.
local function read_stubs()
  local text = files.read("lua/optlab/types.d.lua")
  local classes, class = {}, nil
  for line in text:gmatch("[^\n]*") do
    local name, parent = line:match("^%-%-%-@class (optlab[%w.]*):? ?([%w.]*)$")
    if name then
      class = setmetatable({}, { __index = classes[parent] })
      classes[name], class[1] = class, parent
    elseif line == "" then
      class = nil
    end
    local field = line:match("^%-%-%-@field ([%w_]+)")
    if class and field then class[field] = true end
    local of_lab = line:match("^lab%.([%w_]+) = ")
    if of_lab then classes["optlab"][of_lab] = true end
  end
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
      "arguments", "autograd", "book", "compile", "data", "errors", "func", "load", "load_checkpoint", "metrics", "nn",
      "optim", "params", "plot", "progress", "save", "save_checkpoint", "sched", "train",
    }
    for _, name in ipairs(lazy) do assert.is_not_nil(lab[name]) end
    same_names("optlab", names_in(lab))
  end)

  for _, part in ipairs { "autograd", "func", "nn", "optim", "sched", "data", "train", "book" } do
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
    same_names("optlab.Optimizer", names_in(methods_of(opt)), { "lr", "name", "defaults", "param_groups" })
    local loader = lab.data.loader { X = lab.zeros(2, 1) }
    same_names("optlab.Loader", names_in(methods_of(loader)), { "epoch", "batch_size", "rows" })
    same_names("optlab.CompiledStep", names_in(methods_of(lab.compile(function() end))),
      { "recordings", "replays", "eager", "reason" })
    same_names("optlab.Figure", names_in(getmetatable(lab.plot.figure()).__index, { __index = true, __name = true }))
  end)

  it("are Lua that compiles", function()
    assert.is_function(loadfile("lua/optlab/types.d.lua"))
  end)
end)

-- --- pages ---------------------------------------------------------------------------------------------------------

describe("the pages", function()
  for _, page in ipairs(PAGES) do
    local text = files.read(page)
    local count = 0
    for snippet in text:gmatch("\n```lua\n(.-)\n```") do
      count = count + 1
      it(("%s: Lua snippet %d runs"):format(page, count), function()
        local dir = files.folder()
        finally(function() files.remove(dir) end)
        files.write(dir .. "/snippet.lua", snippet)
        local command = "OPTLAB_OFFLINE=1 XDG_CACHE_HOME=/nonexistent '" .. program.path .. "' --quiet snippet.lua"
        local status, _, err = program.shell(dir, command)
        assert.are.equal(0, status, err)
      end)
    end

    it(page .. ": links and pictures lead to files", function()
      local folder = page:match("^(.*/)") or ""
      local function check(target)
        if target:match("^https?:") or target:match("^#") then return end
        assert.is_not_nil(io.open(folder .. target), "no file " .. target)
      end
      for target in text:gmatch("%]%(([^)%s]+)%)") do check(target) end
      for target in text:gmatch('src="([^"]+)"') do check(target) end
    end)
  end

  it("docs/api.md names every function", function()
    local text = files.read("docs/api.md")
    local unnamed = {}
    local described = {
      "optlab", "optlab.Tensor", "optlab.Module", "optlab.Figure", "optlab.autograd", "optlab.func", "optlab.nn",
      "optlab.functional", "optlab.init", "optlab.optim", "optlab.sched", "optlab.data", "optlab.train", "optlab.plot",
      "optlab.book", "optlab.CompiledStep", "optlab.CompiledPass",
    }
    for _, class in ipairs(described) do
      for _, name in ipairs(fields_of(class)) do
        local said = text:find("%f[%w_]" .. name .. "%f[^%w_]")
        if not said then unnamed[#unnamed + 1] = class .. "." .. name end
      end
    end
    assert.are.same({}, unnamed)
  end)

  it("README.md lists every experiment and every package", function()
    local readme = files.read("README.md")
    for _, name in ipairs(require("optlab.base.files").list("experiments", "%.lua$")) do
      assert.is_not_nil(readme:find("`" .. name:match("^(.*)%.lua$") .. "`", 1, true), name)
    end
    for package in files.read("scripts/packages"):gmatch("\n(%l[%w.+-]+)%s+%l") do
      assert.is_not_nil(readme:find("`" .. package .. "`", 1, true), package)
    end
  end)
end)
