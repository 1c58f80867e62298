-- The numbers of the section "Adagrad": tests/experiments/numbers_spec.lua says what the fields mean.
--
-- Bounds: closed forms and the book's digits to about six digits; where chance decides, what 20 seeds gave with a
-- margin, and never so wide that a wrong rule fits.

local function row(run, step, field, x)
  local room = 1e-6 * math.max(1, math.abs(x))
  return {run, step, field, x - room, x + room}
end

return {
  ["claims/adagrad-sparse"] = {
    figures = {"weights"}, seeds = 20,
    numbers = {
      {"constant", 2000, "frequent", 0.96, 1.06}, {"constant", 2000, "rare", 0.1, 0.3},
      {"time", 2000, "frequent", 0.98, 1.05}, {"time", 2000, "rare", 0.03, 0.18},
      {"counts", 2000, "frequent", 0.97, 1.04}, {"counts", 2000, "rare", 0.5, 1},
      {"Adagrad", 2000, "frequent", 0.96, 1.05}, {"Adagrad", 2000, "rare", 0.6, 1.12},
      {"constant", 2000, "frequent_std", 0.045, 0.1}, {"Adagrad", 2000, "frequent_std", 0.045, 0.1},
    },
  },
  ["claims/adagrad-preconditioning"] = {
    figures = {"condition"}, seeds = 20,
    prints = {"the bowl has condition number 20 -> 1", "the turned bowl has condition number 20 -> 20"},
    numbers = {
      row("moved", 1, "distance", 0.1), row("moved", 2, "distance", 0.001), -- 0.01 / eigenvalue
      row("minimum", 0, "direct", -14.4861515), row("minimum", 0, "eigen", -14.4861515),
      row("minimum", 0, "formula", -14.4861515), row("minimum", 0, "missing_bar", 9.6594688),
      row("minimum", 0, "kappa_z", 1),
      row("the bowl", 0, "before", 20), row("the bowl", 0, "after", 1),
      row("the turned bowl", 0, "before", 20), row("the turned bowl", 0, "after", 20),
      {"stretched", 200, "median_gain", 100, 300}, {"turned", 200, "median_gain", 1.2, 1.8},
    },
  },
  ["claims/adagrad-variance"] = {
    figures = {"sums"}, seeds = 20,
    numbers = { -- the standard deviation of the noise, 0.5, for every feature
      {"feature", 1, "ratio", 0.44, 0.57}, {"feature", 2, "ratio", 0.44, 0.57}, {"feature", 3, "ratio", 0.44, 0.57},
      {"feature", 4, "ratio", 0.44, 0.57}, {"feature", 5, "ratio", 0.44, 0.57},
      {"noise", 2000, "power", 0.85, 1.15}, {"no noise", 2000, "power", 0, 1e-3},
    },
  },

  ["exercises/adagrad-1"] = {
    seeds = 20,
    numbers = {{"length", 100, "orthogonal", 0, 1e-9}, {"length", 100, "other", 1, 10}},
  },
  ["exercises/adagrad-2"] = {
    figures = {"paths"},
    prints = {"the book's turned f 0.4 and 8: also stretched"},
    numbers = {
      row("eigenvalues", 0, "small", 0.4), row("eigenvalues", 0, "large", 8),
      row("f", 40, "adagrad", 0.21643397), row("f turned", 40, "adagrad", 1.3709),
      row("book's turned", 40, "adagrad", 2.8499586),
      row("f", 40, "sgd", 0.095419833), row("f turned", 40, "sgd", 0.095419833),
    },
  },
  ["exercises/adagrad-3"] = {
    figures = {"discs"}, seeds = 20,
    numbers = {
      row("eigenvalues", 300, "outside", 0), row("eigenvalues", 300, "count", 300 * (5 + 2)),
      {"eigenvalues", 300, "complex", 50, 130},
    },
  },
  ["exercises/adagrad-4"] = {
    seeds = 20,
    numbers = {
      row("random", 200, "broken", 0), {"random", 200, "kappa", 1.5, 3}, {"random", 200, "bound", 2.5, 8},
      row("bowl", 0, "r", 3.8 / 4.2), row("bowl", 0, "bound", 20), row("bowl", 0, "kappa", 20),
    },
  },
  ["exercises/adagrad-6"] = {
    figures = {"rates"},
    numbers = {
      row("s^(1/2) (Adagrad)", 20, "x1", -2.3825628), row("s^(1/4)", 20, "x1", -1.6351504),
      row("(s/t)^(1/2)", 20, "x1", -0.42917709), row("leaking (RMSProp)", 20, "x1", -0.010598672),
      row("window", 20, "x1", -2.1084666),
      {"s^(1/2) (Adagrad)", 20, "last", 0.1299, 0.13}, {"leaking (RMSProp)", 20, "last", 1.956, 1.957},
    },
  },

  -- adagrad-5 (LeNet)
}
