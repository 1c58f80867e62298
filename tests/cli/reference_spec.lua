--- The reference says what the code does: pages and stubs are those that the declarations give now, and defaults that
--- are written by hand agree with them.
local call = require "optlab.reference.call"
local entries = require "optlab.reference.entries"
local files = require "tests.support.files"
local pages = require "optlab.reference.pages"

local function by_callee()
  local known = {}
  for _, entry in ipairs(entries.all()) do known[entry.callee] = entry end
  return known
end

-- --- defaults in prose ----------------------------------------------------------------------------------------------

-- "fig:hist" in a page is the method Figure:hist.
local OBJECTS = { fig = "Figure", ds = "Dataset", m = "Module", net = "Module" }

local function entry_named(known, name)
  local object, method = name:match("^(%a+):([%w_]+)$")
  if object then name = (OBJECTS[object] or object) .. ":" .. method end
  return known[name]
end

-- A signature is no Lua: it has brackets around what may be left out, an option without a value, or an arrow behind.
local function is_signature(text, behind)
  return text:find("[,", 1, true) or text:find("[%w_] =[,}]") or behind:match("^%s*%->")
end

-- Whether a text is a literal, and its value.
local function literal(text)
  if text == "" or text:find("...", 1, true) then return false end
  local strict = setmetatable({}, { __index = function() error "not a literal" end })
  return pcall(load("return " .. text, "literal", "t", strict) or error)
end

-- The pairs name = value of a table of options; a value ends at a comma or a closing brace of its own level.
local function options_in(text)
  local found = {}
  local i = 1
  while true do
    local _, last, name = text:find("([%a_][%w_]*) =", i)
    if not name then return found end
    local value = text:match("^%s*(%b{})", last + 1) or text:match('^%s*("[^"]*")', last + 1)
      or text:match("^%s*([^%s,}%]%)]+)", last + 1) or ""
    found[#found + 1] = { name, value }
    i = last + 1 + #value
  end
end

local function row_named(entry, name)
  for _, row in ipairs(entry.args) do
    if row.name == name then return row end
  end
  return nil
end

local check_options

-- What is wrong with one option of a signature; the table of options that it names is checked like a call.
local function check_option(known, entry, name, text, wrong)
  local row = row_named(entry, name)
  local inner = known[entry.callee .. ": " .. name]
  if inner and text:match("^{") then return check_options(known, inner, text, wrong) end
  local states, stated = literal(text)
  if row and states then
    local written, declared = call.value(stated, row.kind), row.default ~= nil and call.value(row.default, row.kind)
    if written ~= declared then
      wrong[#wrong + 1] = ("%s: %s = %s, but the default is %s"):format(entry.callee, name, text, declared or "none")
    end
  end
end

function check_options(known, entry, text, wrong)
  local count = 0
  for _, option in ipairs(options_in(text)) do
    count = count + 1
    check_option(known, entry, option[1], option[2], wrong)
  end
  return count
end

-- All that is wrong with the defaults in a text, and how many options of signatures it has.
local function wrong_defaults(text)
  local known, wrong, count = by_callee(), {}, 0
  for name, position in text:gmatch("%f[%w_]([%a_][%w_.:]*)()[({]") do
    local entry = entry_named(known, name)
    local arguments = entry and (text:match("^%b()", position) or text:match("^%b{}", position))
    if arguments and is_signature(arguments, text:sub(position + #arguments)) then
      count = count + (check_options(known, entry, arguments, wrong) or 0)
    end
  end
  for options in text:gmatch("\n    checkpoint = (%b{})") do -- a line of its own in docs/reference/api.md
    count = count + check_options(known, known["train.fit: checkpoint"], options, wrong)
  end
  return wrong, count
end

describe("a default in prose", function()
  it("is compared with the declaration", function()
    assert.are.same({ "data.loader: batch_size = 2, but the default is 1" },
      (wrong_defaults "data.loader(ds[, {batch_size = 2, shuffle = false, seed =}])"))
    assert.are.same({ "data.loader: transform: scale = 2, but the default is 1" },
      (wrong_defaults "data.loader(ds[, {transform = {dtype =, scale = 2}, batch_size = 1}])"))
    assert.are.same({ "Figure:hist: density = true, but the default is false" },
      (wrong_defaults "`fig:hist(values[, {bins = 20, density = true}])`"))
    assert.are.same({ "book.lenet: zero_bias = true, but the default is false" },
      (wrong_defaults "book.lenet{zero_bias = true} -> net"))
    assert.are.same({ "plot.figure: view = {60, 30}, but the default is none" },
      (wrong_defaults "plot.figure{title =, logx = false, view = {60, 30}}"))
  end)

  it("is not what a call sets", function()
    assert.are.same({}, (wrong_defaults "nn.Linear(5, 1, {bias = false}); optim.SGD{w, lr = 0.5}"))
  end)

  for _, page in ipairs { "docs/reference/api.md", "README.md" } do
    it("agrees with the code in " .. page, function()
      local wrong, count = wrong_defaults(files.read(page))
      assert.are.same({}, wrong)
      assert.is_true(page ~= "docs/reference/api.md" or count > 60)
    end)
  end
end)

-- --- what is made of the declarations -------------------------------------------------------------------------------

describe("the reference", function()
  for _, page in ipairs(pages.all()) do
    it("has the committed " .. page[1] .. " (sh scripts/reference writes it)", function()
      assert.is_true(files.read(page[1]) == page[2], page[1] .. " is not what scripts/reference writes")
    end)
  end

  it("has a sentence for every entry and for every argument", function()
    local bare = {}
    local function check(name, text)
      local good = text and text:match("^[%u%l'\"`{%(].*[%.%)]$")
      if not good then bare[#bare + 1] = name .. ": " .. tostring(text) end
    end
    for _, entry in ipairs(entries.all()) do
      check(entry.callee, entry.doc)
      for _, row in ipairs(entry.args) do check(entry.callee .. ": " .. row.name, row.doc) end
    end
    assert.are.same({}, bare)
  end)

  it("has every constructor of layers, optimizers and schedules", function()
    local lab, known, missing = require "optlab", by_callee(), {}
    local other = { ["nn.Module"] = true, ["nn.Sequential"] = true, ["nn.ModuleList"] = true, ["nn.ModuleDict"] = true,
      ["nn.ParameterList"] = true }
    for _, space in ipairs { "nn", "optim", "sched" } do
      for name, value in pairs(lab[space]) do
        local callee = space .. "." .. name
        local constructs = name:match("^%u") and not other[callee]
        if constructs and value and not known[callee] then missing[#missing + 1] = callee end
      end
    end
    for _, space in ipairs { "functional", "init" } do
      for name in pairs(lab.nn[space]) do
        if not known["nn." .. space .. "." .. name] then missing[#missing + 1] = name end
      end
    end
    assert.are.same({}, missing)
  end)

  it("tells losses from layers with two inputs", function()
    assert.is_true(#entries.of "loss" > 10)
    for _, entry in ipairs(entries.of "loss") do assert.matches("Loss$", entry.name) end
    for _, entry in ipairs(entries.of "layer") do assert.not_matches("Loss$", entry.name) end
    assert.equal("layer", by_callee()["nn.CosineSimilarity"].group)
  end)

  it("writes defaults as one writes them in Lua", function()
    assert.are.equal("1e-8", call.value(1e-8))
    assert.are.equal("1/3", call.value(1 / 3))
    assert.are.equal("10000", call.value(1e4))
    assert.are.equal("{0.9, 0.999}", call.value { 0.9, 0.999 })
    assert.are.equal("0", call.value({ 0, 0 }, "sizes"))
    assert.are.equal('"mean"', call.value "mean")
  end)

  it("writes signatures within the width", function()
    for _, entry in ipairs(entries.all()) do
      for line in call.signature(entry, 80):gmatch("[^\n]+") do assert.is_true(#line <= 80, line) end
    end
    assert.are.equal("nn.Linear(in_features, out_features[, {bias = true, dtype =}])",
      call.signature(by_callee()["nn.Linear"], 80))
    assert.are.equal("sched.StepLR{base_lr =, step_size =, gamma = 0.1}",
      call.signature(by_callee()["sched.StepLR"], 80))
    assert.are.equal('lab.metrics(columns[, name = "metrics"])', call.signature(by_callee()["lab.metrics"], 80))
  end)
end)
