-- The numbers of the section "Optimization and Deep Learning".

-- A number that does not depend on chance, to six digits.
local function exactly(run, epoch, quantity, value)
  local slack = 1e-6 * math.abs(value) + 1e-12
  return {run, epoch, quantity, value - slack, value + slack}
end

return {
  ["optimization-intro"] = {
    figures = {"risk", "local-minimum", "saddle-1d", "saddle-2d", "vanishing-gradient"},
    prints = {"tanh'(4) = 0.0013", "x cos(pi x): local minimum -0.179 at -0.27, global minimum -1.047 at 1.09"},
    numbers = {
      exactly("risk", 0, "x", 1.09),
      exactly("empirical risk", 0, "x", 1.02),
      {"empirical risk", 0, "excess", 0.0287, 0.0288}, -- f(1.02) - f(1.09)
      exactly("local minimum", 0, "x", -0.27),
      exactly("global minimum", 0, "x", 1.09),
      {"tanh passes 0", 0, "steps", 3740, 3755}, -- (4 / 2 + sinh(8) / 4) / 0.1 = 3746 for small steps
    },
  },
  ["claims/optimization-intro-noise"] = {
    figures = {"escapes"},
    seeds = 20,
    numbers = {
      exactly("noise", 0, "escaped", 0),
      exactly("noise", 0, "loss", -0.1786025),
      {"noise", 2, "escaped", 0.22, 0.42},
      {"noise", 3, "escaped", 0.85, 0.97},
      {"noise", 5, "escaped", 0.65, 0.82},
      {"noise", 8, "escaped", 0.52, 0.72},
    },
  },
  ["claims/optimization-intro-eigenvalues"] = {
    figures = {"shares"},
    prints = {"x^2 - y^2         -2   2      saddle point", "x^2 + y^4          0   2      no answer"},
    seeds = 20,
    numbers = { -- shares of 20,000: exact value and five standard deviations
      {"random Hessians", 1, "minima", 0.482, 0.518},
      {"random Hessians", 2, "minima", 0.134, 0.159},
      {"random Hessians", 2, "maxima", 0.134, 0.159},
      {"random Hessians", 3, "minima", 0.0194, 0.0304},
      {"random Hessians", 4, "minima", 0.001, 0.005},
      {"random Hessians", 5, "saddles", 0.999, 1},
      {"random Hessians", 6, "minima", 0, 0.0002},
      {"random Hessians", 6, "negative", 2.96, 3.04}, -- half of the eigenvalues
    },
  },
  ["exercises/optimization-intro-1"] = {
    prints = {"384 different parameter vectors of the same loss"},
    seeds = 20,
    numbers = {exactly("solutions", 4, "count", 384), {"solutions", 4, "change", 0, 1e-15}},
  },
  ["exercises/optimization-intro-2"] = {
    figures = {"eigenvalues"},
    seeds = 20,
    numbers = {
      {"normal", 3, "positive", 0.44, 0.56},
      {"uniform on [-1, 1]", 3, "positive", 0.44, 0.56},
      {"-1, 0, 1", 3, "zero", 0.06, 0.17},
      exactly("-1, 0, 1 (all 27)", 2, "positive", 22 / 54),
      exactly("-1, 0, 1 (all 27)", 2, "negative", 22 / 54),
      exactly("-1, 0, 1 (all 27)", 2, "zero", 10 / 54),
      {"normal", 40, "positive", 0.47, 0.53},
    },
  },
  ["exercises/optimization-intro-4"] = {
    seeds = 20,
    numbers = {
      exactly("noise", 0, "stays", 1),
      {"noise", 1e-3, "steps", 47, 58},
      {"noise", 1e-6, "steps", 85, 96}, -- 37.9 more
      {"noise", 1e-9, "steps", 123, 134},
      {"noise", 1e-12, "steps", 161, 172},
    },
  },
}
