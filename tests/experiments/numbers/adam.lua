-- The numbers of the section "Adam", and of the two exercises of other sections that train LeNet with its optimizers.
return {
  ["adam"] = {
    figures = { "forgetting", "optimizers" },
    prints = { "the sum of βⁱ to i = 3 is 3.439; the book's (1 - β³) / (1 - β) is 2.71" },
    numbers = {
      -- Adam: 1 + 9.9 * 0.9^k is at most 1 / 0.9^2 from k = 36 on; Yogi: 11 - 0.1 k, from k = 98 on.
      { "forgetting adam", 36, "rate", 0.9, 0.905 },
      { "forgetting yogi", 98, "rate", 0.9, 0.915 },
      { "sum of powers", 3, "sum", 3.439, 3.439001 },
      { "sum of powers", 3, "book", 2.71, 2.710001 },
    },
  },
  ["claims/adam-divergence"] = {
    figures = { "divergence" },
    numbers = {
      { "Adam", 3000, "x", 1, 1 },
      { "AMSGrad", 3000, "x", -0.993627, -0.993626 },
      { "Yogi", 3000, "x", -0.983588, -0.983586 },
      { "SGD", 3000, "x", -0.981742, -0.981740 }, -- -1 + 0.5 / sqrt(2999) + 0.5 / sqrt(3000)
    },
  },
  ["claims/adam-eps"] = {
    figures = { "first-step" }, seeds = 20, data = "airfoil",
    numbers = {
      -- the same loss: three orders below the spread over seeds
      { "regression", nil, "difference", -1e-6, 1e-6 },
      { "regression", nil, "spread", 5e-4, 3e-3 },
      { "regression", nil, "loss", 0.2425, 0.2465 },
      { "outside", nil, "f", 3.37003e-06, 3.37005e-06 },
      { "inside", nil, "f", 1.09095e-4, 1.09096e-4 },
      { "tensorflow", nil, "is_nan", 1, 1 },
    },
  },
  ["exercises/adam-1"] = {
    figures = { "rates" }, seeds = 20, data = "airfoil",
    numbers = {
      { "lr 0.001", nil, "loss", 0.34, 0.36 }, -- not there yet
      { "lr 0.003", nil, "loss", 0.25, 0.257 },
      { "lr 0.01", nil, "loss", 0.2425, 0.2465 },
      { "lr 0.03", nil, "loss", 0.247, 0.258 },
      { "lr 1", nil, "loss", 0.4, 1.5 }, -- swings
    },
  },
  ["exercises/adam-2"] = {
    numbers = {
      { "difference", nil, "difference", 0, 1e-13 },
      { "difference", nil, "keeps_2", 0.473684, 0.473685 }, -- 0.9 * 0.1 / 0.19 = 9 / 19
    },
  },
  ["exercises/adam-3"] = {
    figures = { "cloud" }, seeds = 20,
    numbers = {
      { "eta 0.1", nil, "spread", 0.2, 0.247 }, -- sqrt(0.1 / 2) = 0.2236
      { "eta 0.01", nil, "spread", 0.055, 0.09 }, -- 0.0707
      { "eta 0.1 / sqrt(t)", nil, "spread", 0.01, 0.035 }, -- sqrt(0.1 / sqrt(15000) / 2) = 0.0202
      { "eta 1 / t", nil, "spread", 0, 0.025 },
    },
  },
  ["exercises/adam-4"] = {
    figures = { "divergence" }, seeds = 20,
    numbers = {
      { "adam 0.5", nil, "x", 10, 22 }, -- away from 2
      { "yogi 0.5", nil, "x", 0, 0.4 },
      { "adam 0.999", nil, "x", 0, 0.2 },
      { "yogi 0.999", nil, "x", 0, 0.2 },
    },
  },
}
