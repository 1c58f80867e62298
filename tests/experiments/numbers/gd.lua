-- The numbers of the section "Gradient Descent": numbers_spec.lua says how to read them.

-- A number that chance has no part in, to six digits.
local function exactly(run, step, quantity, value)
  local room = math.max(1e-6 * math.abs(value), 1e-9)
  return { run, step, quantity, value - room, value + room }
end

return {
  gd = {
    prints = { "after its first step x = 0", "|f''|)" },
    numbers = {
      -- 10 (1 - 2 eta)^10
      exactly("gd-eta-0.2", 10, "x", 10 * 0.6 ^ 10),
      exactly("gd-eta-0.05", 10, "x", 10 * 0.9 ^ 10),
      exactly("gd-eta-1.1", 10, "x", 10 * 1.2 ^ 10),
      exactly("gd-2d", 20, "x1", -5 * 0.8 ^ 20),
      exactly("newton-quadratic", 1, "x", 0),
      -- A maximum, two minima, a maximum: c x tan(c x) = 1, c = 0.15 pi.
      exactly("newton-nonconvex-eta-1 end", 10, "x", 26.8341329),
      exactly("newton-nonconvex-eta-1 end", 10, "curvature", -6.01470515),
      exactly("newton-nonconvex-eta-0.5 end", 10, "x", 7.26986017),
      exactly("newton-nonconvex-eta-0.5 end", 10, "curvature", 1.81391311),
      exactly("newton-nonconvex-abs end", 10, "x", 20.2218757),
      exactly("newton-nonconvex-abs end", 10, "curvature", 4.56443238),
      { "newton-from-1 end", 20, "x", 1.8256, 1.8257 },
      { "newton-from-1 end", 20, "curvature", -0.979, -0.978 },
    },
  },
  ["claims/gd-newton-order"] = {
    figures = { "newton-order" },
    prints = { "are quadratic and linear" },
    numbers = {
      { "exp(x) - x", nil, "order", 1.99, 2.01 },
      { "exp(x) - x", nil, "c", 0.499, 0.501 },
      { "log(exp(x) + exp(-2x - 3))", nil, "order", 1.99, 2.01 },
      { "log(exp(x) + exp(-2x - 3))", nil, "c", 0.499, 0.501 },
      { "cosh(0.5 x)", nil, "order", 2.98, 3.02 },
      { "cosh(0.5 x)", nil, "c", 0.08325, 0.08341 }, -- 1 / 12
      exactly("x^4", nil, "order", 1),
      exactly("x^4", nil, "c", 2 / 3),
      { "exp(x) - x, eta = 0.5", nil, "order", 0.995, 1.005 },
      { "exp(x) - x, gradient descent", nil, "order", 0.995, 1.005 },
    },
  },
  ["claims/gd-newton-full"] = {
    figures = { "newton-full" },
    seeds = 20,
    numbers = {
      { "coordinates, gradient", nil, "f", 0.1, 10 },
      { "coordinates, diag(H)", nil, "steps", 3, 5 },
      { "coordinates, H", nil, "steps", 3, 5 },
      { "turned axes, gradient", nil, "f", 0.001, 20 },
      { "turned axes, diag(H)", nil, "f", 0.001, 20 },
      { "turned axes, H", nil, "steps", 2, 6 },
      { "quadratic", 1, "distance", 0, 1e-11 },
      exactly("LeNet", 1, "gigabytes", 15.2305217),
    },
  },
  ["exercises/gd-1"] = {
    figures = { "distance" },
    numbers = {
      { "x^2", 0.5, "distance", 0, 1e-15 },
      exactly("x^2", 0.01, "distance", 2 * 0.98 ^ 50),
      { "x^2", 1.1, "distance", math.huge, math.huge },
      exactly("x^4", 0.1, "distance", 0.15114535),
      { "x^4", 0.2, "distance", math.huge, math.huge },
      { "cosh(x)", 0.9, "distance", 0, 1e-15 },
      { "cosh(x)", 2, "distance", math.huge, math.huge },
      exactly("1 - cos(x)", 0.1, "distance", 0.0171729795),
    },
  },
  ["exercises/gd-2"] = {
    prints = { "exact          x = -0.768951" },
    numbers = {
      exactly("bisection", 40, "x", (math.log(2) - 3) / 3),
      exactly("bisection", 40, "factor", 0.5),
      { "bisection", 40, "error", 0, 20 / 2 ^ 40 },
      { "golden section", 40, "error", 0, 20 * 0.6180340 ^ 40 },
      exactly("golden section", 40, "factor", (math.sqrt(5) - 1) / 2),
    },
  },
  ["exercises/gd-3"] = {
    figures = { "steps" },
    numbers = {
      exactly("condition", 3, "steps", 10),
      exactly("condition", 100, "steps", 346),
      exactly("condition", 10000, "steps", 34539),
    },
  },
  ["exercises/gd-4"] = {
    numbers = {
      exactly("slow, gd", 20, "f", 5000.5 * (9999 / 10001) ^ 40),
      exactly("slow, diag(H)", 20, "f_one", 0),
      exactly("slow, |diag(H)|", 20, "f_one", 0),
      exactly("saddle, diag(H)", 20, "f", 0),
      exactly("saddle, |diag(H)|", 20, "f", -0.25),
    },
  },
  ["exercises/gd-5"] = {
    numbers = {
      exactly("slow, gd", nil, "plain", 0.254538852),
      exactly("slow, gd", nil, "turned", 0.254538852),
      exactly("slow, diag(H)", nil, "plain", 0),
      -- The turned diagonal is (1 + 100) / 2 twice: gradient descent with 2 / 101.
      exactly("slow, diag(H)", nil, "turned", (0.5 * 0.9 ^ 2 + 50 * 0.3 ^ 2) * (99 / 101) ^ 40),
      exactly("valley, diag(H)", nil, "plain", 0),
      exactly("valley, diag(H)", nil, "turned", 0.00476444981),
      exactly("valley, |H|", nil, "turned", 0),
      exactly("log cosh, |H|", nil, "turned", 0),
      exactly("saddle, diag(H)", nil, "plain", 0),
      exactly("saddle, |diag(H)|", nil, "plain", -0.25),
      exactly("saddle, |H|", nil, "turned", -0.25),
    },
  },
}
