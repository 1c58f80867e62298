-- The numbers of the section "RMSProp": tests/experiments/numbers_spec.lua says what the fields mean.

local function row(run, step, field, x)
  local room = 1e-6 * math.max(1, math.abs(x))
  return {run, step, field, x - room, x + room}
end

return {
  rmsprop = {
    prints = {"gamma 0.90: half-life  6.58 steps, where 1/gamma = 1.11 and 1/(1 - gamma) = 10.0"},
    numbers = {
      row("half-life", 0.9, "steps", math.log(0.5) / math.log(0.9)),
      row("half-life", 0.7, "steps", math.log(0.5) / math.log(0.7)),
      row("expansion", 3, "s", 1.189), row("expansion", 3, "squared", 1.189), row("expansion", 3, "book", 0.703),
    },
  },

  ["claims/rmsprop-average"] = {
    figures = {"averages"}, seeds = 20,
    -- s / t after the change: (1 + 0.01) / 2 over 0.01; the spreads: sqrt(2 / t), sqrt(2 (1 - gamma) / (1 + gamma))
    numbers = {
      {"step", 1000, "mean", 0.98, 1.02}, {"step", 2000, "mean", 49, 52},
      {"step", 1000, "leaking", 0.85, 1.15}, {"step", 2000, "leaking", 0.85, 1.15},
      {"step", 1000, "mean_spread", 0.034, 0.056}, {"step", 1000, "leaking_spread", 0.22, 0.45},
      row("s / t", 20, "x1", -0.42917709), row("sum (Adagrad)", 20, "x1", -2.3825628),
      row("leaking (RMSProp)", 20, "x1", -0.0105986721),
    },
  },
  ["claims/rmsprop-schedule"] = {
    figures = {"swing"},
    numbers = { -- eta / 2 of constant rates and of the rate 0.4 / sqrt(300); nothing is left with the exponential one
      {"constant", 1, "x1", 0.1998, 0.2002}, {"constant", 1, "x2", 0.1998, 0.2002},
      {"constant", 2, "x1", 0.0995, 0.1005}, {"constant", 2, "x2", 0.0995, 0.1005},
      {"constant", 3, "x1", 0.0495, 0.0505}, {"constant", 3, "x2", 0.0495, 0.0505},
      {"falling", 4, "x1", 0.01, 0.012}, {"falling", 4, "x2", 0.01, 0.012},
      {"falling", 5, "x1", 0, 1e-12}, {"falling", 5, "x2", 0, 1e-12},
    },
  },

  ["exercises/rmsprop-1"] = {
    numbers = { -- |1 - 400 * 0.2|^20 * 5
      row("gamma 1", 20, "s", 0), row("gamma 1", 20, "ratio", 1),
      row("gamma 1", 20, "log10_x1", 20 * math.log(79, 10) + math.log(5, 10)),
      {"small eta", 2000, "x1", -1e-70, 0}, {"small eta", 2000, "x2", -1e-300, 1e-300},
    },
  },
  ["exercises/rmsprop-2"] = {
    figures = {"values"},
    numbers = {
      {"f", 40, "f", 2.163e-19, 2.164e-19}, {"turned f", 40, "f", 1.0509e-4, 1.0510e-4},
      {"f", 200, "f", 0.0838, 0.0842}, {"turned f", 200, "f", 0.319, 0.321}, -- 2.1 (eta / 2)^2 and 2 eta^2
      row("f", 40, "rates", 5.4015188), row("turned f", 40, "rates", 0.76297319),
    },
  },
  ["exercises/rmsprop-4"] = {
    seeds = 20, data = "airfoil",
    numbers = { -- first steps: eta / sqrt(1 - gamma); losses a little above the optimum 0.2417
      {"gamma", 1, "first_step", 0.5656, 0.5657}, {"gamma", 4, "first_step", 12.63, 12.65},
      {"gamma", 5, "first_step", 0.3999, 0.4001}, row("gamma", 2, "x1", -0.0105986721),
      row("gamma", 5, "x1", -0.42917709), row("gamma", 1, "x1", 0.0075444813),
      {"gamma", 1, "loss", 0.2417, 0.251}, {"gamma", 2, "loss", 0.2417, 0.249}, {"gamma", 3, "loss", 0.2417, 0.25},
      {"gamma", 4, "loss", 0.2417, 0.262}, {"gamma", 5, "loss", 0.2417, 0.25},
    },
  },

  -- rmsprop-3 (Fashion-MNIST)
}
