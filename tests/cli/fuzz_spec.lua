--- Bad input never crashes: every public function is called with arguments drawn at random, under a fixed seed.
-- In the sanitizer build any wrong access ends the run. An error must be one line with a position.
local lab = require "optlab"

local random = math.random
local DTYPES = { "float32", "float64", "int64", "uint8" }
local ODD = { "float64", "mean", "x", "", 0 / 0, 1 / 0, -1 / 0, 2 ^ 53, math.mininteger, math.maxinteger, true, false }

local function a_tensor()
  local shape = {}
  for i = 1, random(0, 4) do shape[i] = random(0, 4) end
  local t = lab.randint(-3, 4, shape):to(DTYPES[random(4)])
  if random(3) == 1 and t:dim() > 1 then t = t:transpose(1, -1) end
  if random(4) == 1 and t.dtype:match("^float") then t = t:clone():requires_grad_() end
  return t
end

local function a_value(depth)
  local kind = random(10)
  if kind <= 4 then return a_tensor() end
  if kind == 5 then return random(-3, 5) end
  if kind == 6 then return random() * 4 - 2 end
  if kind == 7 then return ODD[random(#ODD)] end
  if kind == 8 and depth < 2 then
    local list = {}
    for i = 1, random(0, 3) do list[i] = a_value(depth + 1) end
    return list
  end
  if kind == 9 and depth < 2 then
    return { dim = a_value(depth + 1), keepdim = random(2) == 1, dtype = DTYPES[random(4)] }
  end
  if kind == 10 then return function(...) return ... end end
  return nil
end

-- What changes the state of the whole program, or is no function of its arguments alone.
local SKIP = { set_out = true, fail_allocation = true, set_num_threads = true, set_default_dtype = true, save = true,
  set_grad_enabled = true, progress = true, params = true, metrics = true, load = true, save_checkpoint = true,
  load_checkpoint = true, set_rng_state = true }

local function callable(v)
  if type(v) == "function" then return true end
  local mt = type(v) == "table" and getmetatable(v)
  return mt and mt.__call ~= nil
end

local function functions()
  local found = {}
  local function add(prefix, t)
    for name, v in pairs(t) do
      if type(name) == "string" and not SKIP[name] and callable(v) then found[#found + 1] = { prefix .. name, v } end
    end
  end
  add("lab.", lab)
  local parts = { "nn", "optim", "sched", "func", "autograd", "linalg" }
  for _, part in ipairs(parts) do add("lab." .. part .. ".", lab[part]) end
  add("F.", lab.nn.functional)
  add("init.", lab.nn.init)
  local index = debug.getmetatable(lab.zeros(1)).__index
  add("t:", select(2, debug.getupvalue(index, 1)))
  table.sort(found, function(x, y) return x[1] < y[1] end)
  return found
end

describe("random arguments", function()
  it("give a result or one line that says where", function()
    local all = functions()
    assert.is_true(#all > 250)
    math.randomseed(20)
    local results, errors = 0, 0
    for _ = 1, 12000 do
      local f, args, n = all[random(#all)], {}, random(0, 4)
      for i = 1, n do args[i] = a_value(0) end
      if f[1]:match("^[tF]") and random(5) > 1 then args[1] = a_tensor() end
      local ok, message = pcall(f[2], table.unpack(args, 1, n))
      lab.set_grad_enabled(true)
      if ok then
        results = results + 1
      else
        errors = errors + 1
        assert.is_string(message, f[1])
        assert.matches("^[^\n]+:%d+: ", message, nil, nil, f[1])
      end
    end
    assert.is_true(results > 800 and errors > 1000)
    assert.is_true(lab.is_grad_enabled())
    assert.equal("float32", lab.get_default_dtype())
  end)
end)
