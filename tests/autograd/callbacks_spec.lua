--- Functions of scripts that run within backward: backward inside of backward, hooks that take hooks away, errors.
local lab = require "optlab"
local errors = require "tests.support.errors"
local files = require "tests.support.files"
local program = require "tests.support.program"
local tensors = require "tests.support.tensors"
local nn = lab.nn
local f64 = tensors.leaf

local function is(want, got) assert.same(want, got:tolist()) end

describe("a backward inside of a backward", function()
  -- z = square(y) + y with y = x^2: the gradient of square is taken through the graph that leads to y.
  local function graph(options, ran)
    local x = f64 { 2, 3 }
    local y = x * x
    local Square = lab.autograd.Function.extend {
      forward = function(ctx, a)
        ctx:save_for_backward(a)
        return a * a
      end,
      backward = function(ctx, g)
        local a, r = ctx.saved_tensors[1], nil
        lab.enable_grad(function() r = lab.autograd.grad((a * a):sum(), ran == "x" and x or a, options) end)
        return ran == "x" and g * 2 * a or g * r
      end,
    }
    return x, (Square(y) + y):sum()
  end

  it("leaves the outer one's gradients alone", function()
    for _, ran in ipairs { "a", "x" } do
      local x, z = graph({ retain_graph = true }, ran)
      z:backward()
      is({ 4 * 8 + 4, 4 * 27 + 6 }, x.grad)
      x, z = graph({ retain_graph = true }, ran)
      is({ 4 * 8 + 4, 4 * 27 + 6 }, lab.autograd.grad(z, x))
    end
  end)

  it("is an error of the outer one where it frees the graph that is still needed", function()
    local _, z = graph({}, "x")
    errors.fails("the graph of this result was freed by an earlier backward", z.backward, z)
  end)

  it("may be several deep", function()
    local x = f64 { 2 }
    local y = x * x
    local function nest(depth)
      local z = y * 1
      z:register_hook(function()
        if depth == 0 then return end
        lab.enable_grad(function() is({ 4 }, lab.autograd.grad(nest(depth - 1), x, { retain_graph = true })) end)
      end)
      return z:sum()
    end
    nest(3):backward { retain_graph = true }
    is({ 4 }, x.grad)
  end)
end)

describe("a hook of a tensor", function()
  it("may take away itself and others, and add some", function()
    local x, log, second = f64 { 1, 2 }, {}, nil
    local y = x * 2
    local first
    first = y:register_hook(function()
      log[#log + 1] = "first"
      first:remove()
      second:remove()
      y:register_hook(function() log[#log + 1] = "added" end)
    end)
    second = y:register_hook(function() log[#log + 1] = "second" end)
    y:sum():backward { retain_graph = true }
    y:sum():backward()
    assert.same({ "first", "added" }, log)
  end)

  it("of a leaf may run a backward", function()
    local a, b = f64 { 1, 2 }, f64 { 3, 4 }
    a:register_hook(function() lab.enable_grad(function() (b * b):sum():backward() end) end)
    local hook = b:register_hook(function(g) return g * 10 end)
    local y = (a * a):sum()
    y:backward()
    is({ 2, 4 }, a.grad)
    is({ 60, 80 }, b.grad)
    hook:remove()
  end)

  it("of a leaf leaves what was in .grad when it fails", function()
    local a, b = f64 { 1, 2 }, f64 { 3, 4 }
    local function run() local y = (a * b):sum() y:backward() end
    run()
    local hooks = { a:register_hook(function() error "no" end), b:register_hook(function() end) }
    assert.is_false(pcall(run))
    is({ 3, 4 }, a.grad)
    is({ 1, 2 }, b.grad)
    for _, hook in ipairs(hooks) do hook:remove() end
    run()
    is({ 6, 8 }, a.grad)
  end)

  it("of leaves run in the order in which they were registered", function()
    local leaves, log, y = {}, {}, 0
    for i = 1, 20 do leaves[i] = f64 { i } end
    for i = 20, 1, -1 do
      leaves[i]:register_hook(function() log[#log + 1] = i end)
      y = y + leaves[i]
    end
    y:sum():backward()
    for k, i in ipairs(log) do assert.equal(21 - k, i) end
    assert.equal(20, #log)
  end)

  it("of a leaf gives a gradient that stays its own", function()
    local a, given = f64 { 1, 2 }, f64({ 5, 5 }):detach()
    a:register_hook(function() return given end)
    for _ = 1, 2 do
      local y = (a * a):sum()
      y:backward()
    end
    is({ 10, 10 }, a.grad)
    is({ 5, 5 }, given)
  end)

  it("of a leaf that was closed is forgotten", function()
    do
      local a <close> = f64 { 1 }
      a:register_hook(function() error "no" end)
    end
    local b = f64 { 2 }
    b:sum():backward()
    is({ 1 }, b.grad)
  end)

  it("of a leaf is called by a step that was compiled before, and no more once it is taken away", function()
    local w = f64 { 1, 2 }
    local step = lab.compile(function()
      w.grad = nil
      local y = (w * w):sum()
      y:backward()
      return w.grad
    end)
    for _ = 1, 4 do is({ 2, 4 }, step()) end
    local hook = w:register_hook(function(g) return g * 10 end)
    for _ = 1, 4 do is({ 20, 40 }, step()) end
    hook:remove()
    for _ = 1, 4 do is({ 2, 4 }, step()) end
    assert.is_true(step.replays > 3)
  end)

  it("of a leaf must return a tensor of the gradient's shape and dtype", function()
    local a, wrong = f64 { 1, 2 }, nil
    a:register_hook(function() return wrong end)
    for _, w in ipairs { 3, lab.ones(2), f64 { 1 } } do
      wrong = w
      errors.fails("Tensor:register_hook: the hook must return a", function() return (a * a):sum():backward() end)
    end
  end)
end)

describe("a hook of a module", function()
  local Double = nn.Module.extend { name = "Double", forward = function(_, x) return x * 2 end }

  it("may take itself away, and others", function()
    for _, m in ipairs { Double(), nn.Identity(), nn.Sequential(Double()) } do
      local log, handles = {}, {}
      for _, kind in ipairs { "register_forward_pre_hook", "register_forward_hook" } do
        for i = 1, 3 do
          handles[kind .. i] = m[kind](m, function()
            log[#log + 1] = kind .. i
            if i == 1 then
              handles[kind .. 1]:remove()
              handles[kind .. 2]:remove()
            end
          end)
        end
      end
      m(f64 { 1 })
      m(f64 { 1 })
      assert.same({ "register_forward_pre_hook1", "register_forward_pre_hook3", "register_forward_hook1",
        "register_forward_hook3", "register_forward_pre_hook3", "register_forward_hook3" }, log)
      handles.register_forward_hook3:remove()
      handles.register_forward_hook3:remove()
      handles.register_forward_pre_hook3:remove()
      m(f64 { 1 })
      assert.equal(6, #log)
    end
  end)

  it("that is registered twice goes away once for each handle", function()
    local m, n = Double(), 0
    local function hook() n = n + 1 end
    local first = m:register_forward_hook(hook)
    m:register_forward_hook(hook)
    first:remove()
    first:remove()
    m(f64 { 1 })
    assert.equal(1, n)
  end)

  it("changes no bit, dtype or shape of the inputs", function()
    local Sum = nn.Module.extend {
      name = "Sum", forward = function(_, a, b) return a:sum() + b:to("float64"):sum() end,
    }
    local m, seen = Sum(), nil
    m:register_full_backward_hook(function(_, inputs) seen = inputs end)
    m:register_forward_hook(function(_, inputs) seen = inputs end)
    local empty, single = lab.ones({ 0, 3 }, { dtype = "float64", requires_grad = true }),
      lab.ones({ 2, 2 }, { requires_grad = true })
    local y = m(empty, single)
    assert.same({ { 0, 3 }, "float64" }, { seen[1].shape, seen[1].dtype })
    assert.same({ { 2, 2 }, "float32" }, { seen[2].shape, seen[2].dtype })
    y:backward()
    assert.same({ { 2, 2 }, "float32" }, { seen[2].shape, seen[2].dtype })
    is({ { 1, 1 }, { 1, 1 } }, single.grad)
  end)

  it("may see gradients in a compiled step", function()
    local m, first = nn.Linear(2, 2), nn.Linear(2, 2)
    m:register_full_backward_hook(function(_, inputs) return { inputs[1] * 2 } end)
    local function step()
      first:zero_grad()
      m(first(lab.ones(3, 2))):sum():backward()
      return first.weight.grad
    end
    local compiled = lab.compile(step)
    local want = step():tolist()
    for _ = 1, 4 do assert.same(want, compiled():tolist()) end
    assert.is_true(compiled.replays > 0)
  end)

  it("must return as many gradients as the module has inputs", function()
    local m = Double()
    m:register_full_backward_hook(function(_, g) return { g[1], g[1] } end)
    errors.fails("must return 1 gradients", function() m(f64 { 1 }):sum():backward() end)
  end)
end)

describe("lab.autograd.Function", function()
  it("asks for a gradient for each argument that needs one", function()
    local results
    local Product = lab.autograd.Function.extend {
      name = "Product", forward = function(_, a, b) return a * b end,
      backward = function(_, g) return table.unpack(results(g), 1, results(g).n) end,
    }
    local function run(a, b, fn)
      results = fn
      return Product(a, b):sum():backward()
    end
    local function one(g) return { g, n = 1 } end
    errors.fails("Product: backward returned 1 gradients, but argument 2 of forward needs one", run, f64 { 1 },
      f64 { 2 }, one)
    errors.fails("Product: backward returned 3 gradients for 2 arguments", run, f64 { 1 }, f64 { 2 },
      function(g) return { g, g, g, n = 3 } end)
    run(f64 { 1 }, 3, one)
    run(f64 { 1 }, f64 { 2 }, function(g) return { g, nil, n = 2 } end)
  end)
end)

describe("the end of a hooked tensor", function()
  it("in the collector lets go of the function", function()
    local held = setmetatable({}, { __mode = "k" })
    local x = f64 { 1, 2 };
    (function()
      local y, kept = x * 2, {}
      held[kept] = true
      y:register_hook(function(g) return kept and g end)
    end)()
    for _ = 1, 2 do
      collectgarbage();
      (x * 1):sum():backward()
    end
    collectgarbage()
    assert.is_nil(next(held))
  end)

  it("may be the end of the program", function()
    local dir = files.folder()
    files.write(dir .. "/a.lua", [[
      local lab = require "optlab"
      local x, kept = lab.ones({ 2 }, { requires_grad = true }), {}
      for i = 1, 2000 do -- more than a sanitizer build's pool of userdata holds
        kept[i] = x * i
        kept[i]:register_hook(function(g) return kept and g end)
      end
      all_of_them = kept
      print(kept[2000][1]:item())]])
    local status, out, err = program.run(dir, "a.lua")
    files.remove(dir)
    assert.same({ 0, "2000.0\n", "" }, { status, out, err })
  end)
end)
