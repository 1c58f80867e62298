--- Random steps, as they are and compiled: after each of several calls both must have returned, written and
-- accumulated the same bits.
--
-- A step is a list of pieces {part =, text =}: "outside" makes tensors that outlive the step, parameters w1, w2,
-- buffers b1, b2 and views of them; "step" is a line inside; "result" a variable that it returns, so that others are
-- temporaries; "between" a line that runs before a later call. The arguments are t1 and t2, new numbers at each call.
-- Steps that cannot be recorded go on as plain Lua, which must not change them either.
local lab = require "optlab"
local compare = require "tests.fuzz.programs.compare"
local generate = require "tests.fuzz.programs.generate"
local machine = require "tests.fuzz.programs.machine"
local T = require "tests.fuzz.programs.reference.tensor"

local M = {}
local bits = compare.bits

M.CALLS = 6
local OUTSIDE = { "w1", "w2", "b1", "b2", "v1", "v2" }
local INSIDE = { "t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8" }

local OPTIMIZERS = {
  "SGD({w1, w2}, {lr = 0.05})", "SGD({w1, w2}, {lr = 0.05, momentum = 0.9, weight_decay = 0.01})",
  "SGD({w1}, {lr = 0.05, momentum = 0.5, nesterov = true})", "Adam({w1, w2}, {lr = 0.01})",
  "AdamW({w1, w2}, {lr = 0.01})", "RMSprop({w1, w2}, {lr = 0.01, momentum = 0.5})", "Adagrad({w2}, {lr = 0.05})",
  "Adadelta({w1, w2})", "Yogi({w1, w2}, {lr = 0.01})", "NAdam({w1, w2}, {lr = 0.01})", "Adafactor({w1, w2})",
}

local BETWEEN = { "b1:mul_(0.5)", "v1:add_(1)", "lab.no_grad(function() w1:sub_(0.25) end)", "v2:fill_(0.5)",
  "opt.lr = 0.02", "b2:copy_(b2 * 2)" }

local function shape_text(shape) return "{" .. table.concat(shape, ", ") .. "}" end

-- --- making one -----------------------------------------------------------------------------------------------------

local function add(pieces, part, text) pieces[#pieces + 1] = { part = part, text = text } end

local function in_reference(env, text)
  local chunk = assert(load(text))
  debug.setupvalue(chunk, 1, env)
  return pcall(chunk)
end

local VIEWS = { v1 = { "b1[{{1, -1, 2}}]", "b1:transpose(1, -1)", "b2:transpose(1, -1)[1]", "b1:flatten()" },
  v2 = { "w1:detach()", "w1:detach():transpose(1, -1)", "w2:detach()[{{1, -1, 2}}]", "b2:unsqueeze(1)" } }

local function make_outside(g, pieces, env)
  local c = g.c
  local function outside(text)
    local ok = in_reference(env, text)
    if ok then add(pieces, "outside", text) end
    return ok
  end
  for i = 1, 2 do
    outside(('w%d = lab.randn(%s, {dtype = "%s", requires_grad = true})'):format(i, shape_text(g:shape()),
      g:float_dtype()))
    outside(('b%d = lab.randn(%s, {dtype = "%s"})'):format(i, shape_text(g:shape()), g:float_dtype()))
  end
  for _, name in ipairs { "v1", "v2" } do
    repeat until outside(name .. " = " .. c:of(VIEWS[name]))
  end
  add(pieces, "outside", "opt = lab.optim." .. c:of(OPTIMIZERS))
end

local function make_training(g, pieces, env)
  local name, y = g:pick(function(x) return x._requires and x._node end)
  if not name then return end
  add(pieces, "step", "opt:zero_grad()")
  add(pieces, "step", (#y._map == 1 and g.c:chance(0.5) and "%s:sum():backward()" or "%s:square():mean():backward()")
    :format(name))
  add(pieces, "step", "opt:step()")
  for _, x in pairs(env) do -- a graph that is gone
    if T.is_tensor(x) and x._node then x._requires, x._node, x._storage.graph = false, nil, true end
  end
end

--- The pieces of a random step.
function M.make(seed)
  local names = table.move(OUTSIDE, 1, #OUTSIDE, #INSIDE + 1, table.move(INSIDE, 1, #INSIDE, 1, {}))
  local g = generate.new(seed,
    { slots = #INSIDE, names = names, wrong = 0, grad = true, step = true, medium = seed % 3 == 0 })
  local c, pieces, env = g.c, {}, machine.new().right
  make_outside(g, pieces, env)
  local shapes = { g:shape(), g:shape() }
  for i, shape in ipairs(shapes) do
    in_reference(env, ("t%d = lab.randn(%s)"):format(i, shape_text(shape)))
    env["t" .. i]._storage.argument = true
  end
  for i = 1, c:int(4, 24) do
    local text = g:inside(env)
    if text and in_reference(env, text) then add(pieces, "step", text) end
    if i % 8 == 0 and c:chance(0.7) then make_training(g, pieces, env) end
  end
  make_training(g, pieces, env)
  for _ = 1, c:int(0, 3) do
    add(pieces, "between", c:of(BETWEEN))
  end
  local order = c:order(#INSIDE)
  for i = 1, c:int(1, 4) do add(pieces, "result", INSIDE[order[i]]) end
  pieces.shapes = shapes
  return pieces
end

-- --- running one ----------------------------------------------------------------------------------------------------

local function text_of(pieces, part, before, between)
  local texts = {}
  for _, piece in ipairs(pieces) do
    if piece.part == part then texts[#texts + 1] = before .. piece.text end
  end
  return table.concat(texts, between or "\n")
end

--- The step as a chunk: a function of lab that returns the step, a list of what outlives it, and what to do in between.
function M.text(pieces)
  return ([[
local w1, w2, b1, b2, v1, v2, opt
%s
local function step(t1, t2)
  local t3, t4, t5, t6, t7, t8
%s
  return %s
end
local function between()
%s
end
]]):format(text_of(pieces, "outside", ""), text_of(pieces, "step", "  "), text_of(pieces, "result", "", ", "),
    text_of(pieces, "between", "  "))
end

--- A script that prints what the calls return, as they are and compiled.
function M.script(pieces)
  local sizes = { shape_text(pieces.shapes[1]), shape_text(pieces.shapes[2]) }
  return ([[
local lab = require "optlab"
local function run(compile)
lab.manual_seed(11)
%s
if compile then step = lab.compile(step, {fallback = true}) end
for call = 1, %d do
  print("call", call, step(lab.randn(%s), lab.randn(%s)))
  if call > 3 then between() end
end
print(w1, w2, b1, b2, v1, v2)
end
run(false)
run(true)]]):format(M.text(pieces), M.CALLS, sizes[1], sizes[2])
end

-- What each call left: a list of {name, bits}; error texts end it. options: those of lab.compile, or nil.
local function trace(pieces, options)
  local log = {}
  lab.manual_seed(11)
  local text = M.text(pieces) .. "return step, between, {w1 = w1, w2 = w2, b1 = b1, b2 = b2, v1 = v1, v2 = v2}"
  local chunk = assert(load(text, "=step", "t", { lab = lab, math = math }))
  local ok, step, between, outside = pcall(chunk)
  if not ok then return { { "outside", tostring(step) } } end
  if options then step = lab.compile(step, options) end
  for call = 1, M.CALLS do
    local results = table.pack(pcall(step, lab.randn(pieces.shapes[1]), lab.randn(pieces.shapes[2])))
    if not results[1] then
      log[#log + 1] = { "error", "error", results[2] }
      return log, step
    end
    for i = 2, results.n do log[#log + 1] = { ("call %d, result %d"):format(call, i - 1), bits(results[i]) } end
    for _, name in ipairs(OUTSIDE) do
      local x = outside[name]
      log[#log + 1] = { ("call %d, %s"):format(call, name), bits(x) }
      if x and x.requires_grad then log[#log + 1] = { ("call %d, %s.grad"):format(call, name), bits(x.grad) } end
    end
    if call > 3 then pcall(between) end
  end
  return log, step
end

--- Runs a step both ways. Returns nil or what differs; and the compiled step.
function M.run(pieces)
  local eager = trace(pieces)
  local replayed, step = trace(pieces, { fallback = true })
  for i = 1, math.max(#eager, #replayed) do
    local a, b = eager[i] or { "nothing", "" }, replayed[i] or { "nothing", "" }
    if a[2] ~= b[2] then
      local detail = ("%s is\n%s\nas it is:\n%s"):format(b[1], b[3] or b[2], a[3] or a[2])
      return { difference = "compiled", detail = detail }, step
    end
  end
  return nil, step
end

return M
