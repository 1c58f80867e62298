-- The numbers of the section "Stochastic Gradient Descent": numbers_spec.lua says how to read them.

return {
  sgd = {
    seeds = 20,
    prints = { "x1 ends at -0.826; if t began at 1: -0.676" },
    numbers = {
      -- At a constant rate the variances are eta^2 / (1 - (1 - 2 eta)^2) = 1/36 and eta^2 / (1 - (1 - 4 eta)^2) = 1/64.
      { "constant mean", 50, "distance", 0.155, 0.215 },
      { "constant mean", 1000, "distance", 0.155, 0.215 },
      { "piecewise mean", 1000, "distance", 0.022, 0.034 },
      { "exponential mean", 50, "distance", 0.8, 0.87 },
      { "exponential mean", 1000, "distance", 0.79, 0.86 }, -- |x1| without noise: 0.8257
      { "polynomial mean", 50, "distance", 0.09, 0.135 },
      { "polynomial mean", 1000, "distance", 0.045, 0.065 },
      { "exponential limit", 2, "x1", -0.825738, -0.825736 },
      { "exponential limit", 1, "x1", -0.676306, -0.676305 },
      { "sampling with", 1, "at_least_once", 0.6225, 0.6425 }, -- 1 - 1/e = 0.632
      { "sampling with", 1, "exactly_once", 0.3525, 0.3835 }, -- 1/e = 0.368
      { "sampling without", 1, "exactly_once", 1 - 1e-9, 1 + 1e-9 },
    },
  },
  ["claims/sgd-unbiased"] = {
    figures = { "unbiased" },
    seeds = 20,
    numbers = {
      { "mean of all", nil, "difference", 0, 1e-14 },
      { "mean of K", 1, "ratio", 0.7, 1.4 },
      { "mean of K", 32, "ratio", 0.85, 1.15 },
      { "mean of K", 1024, "ratio", 0.85, 1.15 },
      { "mean of K", 1024, "biased_ratio", 1.15, 6 },
    },
  },
  ["claims/sgd-bound"] = {
    figures = { "bound" },
    prints = { "T =    10: bound 2.2361", "T = 10000: bound 0.0707" },
    seeds = 20,
    numbers = { -- below the bounds 2.236, 0.707, 0.224, 0.0707, and not far below
      { "T", 10, "mean", 0.5, 0.95 },
      { "T", 100, "mean", 0.12, 0.22 },
      { "T", 1000, "mean", 0.04, 0.06 },
      { "T", 10000, "mean", 0.012, 0.017 },
      { "T", 100, "last", 0.17, 0.354 }, -- eta L^2 / 2 = 0.3536
      { "outside the sum", nil, "first", 4.9, 5.3 },
      { "outside the sum", nil, "last", 0.2, 0.354 },
      { "outside the sum", nil, "mean", 0.5, 0.57 },
    },
  },
  ["claims/sgd-replacement"] = {
    figures = { "replacement" },
    seeds = 20,
    numbers = { -- (1 + 1 / k) and 1; 1 / k and 0
      { "with replacement", 1, "from_zero", 1.7, 2.3 },
      { "with replacement", 2, "from_zero", 1.27, 1.73 },
      { "random order", 1, "from_zero", 0.85, 1.15 },
      { "with replacement", 1, "from_mean", 0.85, 1.15 },
      { "with replacement", 10, "from_mean", 0.08, 0.12 },
      { "random order", 10, "from_mean", 0, 1e-25 },
      { "with replacement", 10, "constant", 0.0085, 0.0115 }, -- eta / (2 - eta) = 0.0101, data of the variance 0.99
      { "random order", 10, "constant", 0.0019, 0.0030 },
    },
  },
  ["exercises/sgd-1"] = {
    figures = { "distance" },
    seeds = 20,
    numbers = {
      { "constant", 20, "distance", 0.16, 0.22 },
      { "constant", 2000, "distance", 0.155, 0.215 },
      { "exp(-0.1 t)", 2000, "distance", 0.65, 0.71 }, -- without noise 0.6763
      { "exp(-0.01 t)", 500, "distance", 0.023, 0.034 },
      { "exp(-0.003 t)", 2000, "distance", 0.0135, 0.0185 },
      { "1 / sqrt(1 + 0.1 t)", 100, "distance", 0.08, 0.115 },
      { "1 / sqrt(1 + 0.1 t)", 2000, "distance", 0.037, 0.053 },
      { "1 / (1 + 0.1 t)", 20, "distance", 0.48, 0.57 },
      { "1 / (1 + 0.1 t)", 2000, "distance", 0.0115, 0.0155 },
    },
  },
  ["exercises/sgd-2"] = {
    seeds = 20,
    numbers = {
      { "paths", nil, "difference", 0, 1e-12 },
      { "loss", nil, "mean1", -10.03, -9.97 },
      { "loss", nil, "mean2", -8.03, -7.97 },
      { "loss", nil, "spread1", 0.98, 1.02 },
      { "loss", nil, "spread2", 0.98, 1.02 },
      { "loss", nil, "offset", 0.2, 0.55 }, -- 3/8, the standard error is 0.05
    },
  },
  ["exercises/sgd-3"] = {
    figures = { "replacement" },
    data = "airfoil",
    options = "--seeds 40",
    seeds = 20,
    numbers = {
      { "without replacement", 1, "excess", 0.064, 0.1 },
      { "with replacement", 1, "excess", 0.072, 0.112 },
      { "without replacement", 20, "excess", 0.0004, 0.0013 },
      { "with replacement", 20, "excess", 0.003, 0.0068 },
    },
  },
  ["exercises/sgd-4"] = {
    seeds = 20,
    numbers = {
      { "one rate", nil, "part2", 0.42, 0.435 }, -- (1 - sum of the rates)^2 / 2
      { "rate / k^2 for x1", nil, "f", 0.022, 0.043 },
      { "Adagrad", nil, "part2", 0.003, 0.011 },
      { "Adagrad", nil, "f", 0.03, 0.095 },
    },
  },
  ["exercises/sgd-5"] = {
    figures = { "minima" },
    numbers = {
      { "x^2 (1 + sin x)", 10, "minima", 4, 4 },
      { "x^2 (1 + sin x)", 20, "minima", 7, 7 },
      { "x^2 (1 + sin x)", 40, "minima", 14, 14 },
      { "x^2 (1 + sin x)", 80, "minima", 26, 26 },
      { "x^2 (1 + sin x)", 80, "value", 0, 1e-4 },
      { "f + 3 cos(sqrt(2) x)", 10, "x", -1.95, -1.94 },
      { "f + 3 cos(sqrt(2) x)", 20, "x", 10.99, 11.01 },
      { "f + 3 cos(sqrt(2) x)", 80, "x", -64.41, -64.40 },
      { "x^2 + sin x", 80, "minima", 1, 1 },
      { "a", 0.5, "minima", 25, 25 },
      { "a", 0.02, "minima", 1, 1 },
    },
  },
}
