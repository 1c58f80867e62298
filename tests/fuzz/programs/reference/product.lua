--- Products. Each element is a sum of k products, in any order: within k + 2 units of the sum of their sizes.
local number = require "tests.fuzz.programs.reference.number"
local T = require "tests.fuzz.programs.reference.tensor"
local E = require "tests.fuzz.programs.reference.elementwise"

local M = {}
local methods, check = T.methods, T.check

-- What the matrices of a batch begin at, in elements of x.
local function starts(x, lead)
  local own, step, behind = T.row_steps(x._shape), {}, #x._shape - 2
  for d = 1, #lead do
    local e = d - (#lead - behind)
    step[d] = e > 0 and x._shape[e] ~= 1 and own[e] or 0
  end
  return T.places(lead, 0, step)
end

-- (.., n, k) times (.., k, m), both with at least two dimensions.
local function multiply(a, b)
  local n, k, m = a._shape[#a._shape - 1], a._shape[#a._shape], b._shape[#b._shape]
  check(k == b._shape[#b._shape - 1], "inner sizes")
  local head_a, head_b = { table.unpack(a._shape, 1, #a._shape - 2) }, { table.unpack(b._shape, 1, #b._shape - 2) }
  local lead = T.broadcast(head_a, head_b)
  local at_a, at_b = starts(a, lead), starts(b, lead)
  local p, q, values, off = T.values(a), T.values(b), {}, {}
  local dtype = a._dtype
  local float, zero = number.is_float(dtype), number.is_float(dtype) and 0.0 or 0
  local unit, tiny, most = (k + 2) * (number.UNIT[dtype] or 0), number.TINY[dtype] or 0, number.MAX[dtype] or math.huge
  local out, at = #at_a * n * m, 0
  for batch = 1, #at_a do
    for i = 1, n do
      for j = 1, m do
        local s, size = zero, 0.0
        local pa, pb = at_a[batch] + (i - 1) * k, at_b[batch] + j - m
        for l = 1, k do
          local v = p[pa + l] * q[pb + l * m]
          s, size = s + v, size + (v < 0 and -v or v)
        end
        at = at + 1
        values[at], off[at] = number.store[dtype](s), size > most and math.huge or size * unit + tiny
      end
    end
  end
  assert(at == out)
  local shape = T.copy(lead)
  shape[#shape + 1], shape[#shape + 2] = n, m
  local y = T.new(dtype, shape, values)
  if float then y._tolerance = off end
  return T.record(y, { a, b }, function(d, md)
    local da, ma, db, mb = {}, {}, {}, {}
    for i = 1, #p do da[i], ma[i] = 0.0, 0.0 end
    for i = 1, #q do db[i], mb[i] = 0.0, 0.0 end
    local e = 0
    for batch = 1, #at_a do
      for i = 1, n do
        for j = 1, m do
          e = e + 1
          local pa, pb, g, h = at_a[batch] + (i - 1) * k, at_b[batch] + j - m, d[e], md[e]
          for l = 1, k do
            local ia, ib = pa + l, pb + l * m
            local u, v = p[ia], q[ib]
            da[ia], ma[ia] = da[ia] + g * v, ma[ia] + h * math.abs(v)
            db[ib], mb[ib] = db[ib] + g * u, mb[ib] + h * math.abs(u)
          end
        end
      end
    end
    return { da, ma }, { db, mb }
  end)
end

-- na, nb: the dimensions that are wanted, or nil.
local function product(na, nb)
  return function(a, b)
    check(T.is_tensor(b), "tensor")
    check(#a._shape == (na or #a._shape) and #b._shape == (nb or #b._shape), "dimensions")
    check(#a._shape > 0 and #b._shape > 0, "scalar")
    local dtype = number.promote(a._dtype, b._dtype)
    if dtype == "uint8" then dtype = "int64" end
    local x, y = E.cast(a, dtype), E.cast(b, dtype)
    if #a._shape == 1 then x = methods.unsqueeze(x, 1) end
    if #b._shape == 1 then y = methods.unsqueeze(y, 2) end
    local c = multiply(x, y)
    local tolerance = c._tolerance
    if #b._shape == 1 then c = methods.select(c, #c._shape, 1) end
    if #a._shape == 1 then c = methods.select(c, #c._shape - (#b._shape == 1 and 0 or 1), 1) end
    c._tolerance = tolerance
    return c
  end
end
methods.mm, methods.mv, methods.dot, methods.matmul = product(2, 2), product(2, 1), product(1, 1), product()

return M
