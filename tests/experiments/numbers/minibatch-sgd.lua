--- The numbers of the section "Minibatch Stochastic Gradient Descent".

-- Deviations of batches of b examples times sqrt(b), over that of one example: 1, up to the chance of 400 draws. Their
-- means are off by about that deviation / sqrt(400), which is 1 in the unit used here; 3.2 would be far outside.
local deviations = { { "slope", 0, "exponent", -0.515, -0.485 } }
for _, b in ipairs { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024 } do
  local low, high = b < 4 and 0.85 or 0.92, b < 4 and 1.2 or 1.08
  deviations[#deviations + 1] = { "deviation", b, "with", low, high }
  deviations[#deviations + 1] = { "deviation", b, "without", low, high }
  deviations[#deviations + 1] = { "deviation", b, "bias", 0, 3.2 }
end

return {
  ["minibatch-sgd"] = {
    prints = { "59.6 times too much for n = 256", "gd: loss below 0.26 after 2 updates",
      "batch size = 100: loss below 0.26 after" },
    numbers = { { "gigaflops", 0, "slip", 59.60464, 59.60465 } }, -- 10^9 / 256^3
  },
  ["claims/minibatch-sgd-bytes"] = {
    figures = { "bytes" },
    options = "--most 16 --seconds 0.001",
    numbers = {
      { "processor", 0, "bytes", 1.024e12, 1.024e12 },
      { "processor", 0, "avx512", 2.048e12, 2.048e12 },
      { "processor", 0, "memory_share", 0.048828, 0.048829 },
    },
  },
  ["claims/minibatch-sgd-variance"] = { figures = { "deviation" }, seeds = 20, numbers = deviations },
  ["claims/minibatch-sgd-rows"] = {
    figures = { "rows" },
    seeds = 20,
    numbers = {
      -- gradient descent needs two updates, batches some six, however many rows there are
      { "until", 1500, "updates_gd", 2, 2 }, { "until", 96000, "updates_gd", 2, 2 },
      { "until", 1500, "updates_batch", 3, 9 }, { "until", 96000, "updates_batch", 3, 9 },
      { "until", 1500, "ratio", 3, 10 }, { "until", 96000, "ratio", 200, 650 },
    },
  },
  ["claims/minibatch-sgd-concise"] = {
    figures = { "losses" },
    seeds = 20,
    numbers = {
      -- doubling is exact in binary numbers, so the trainings are the same up to rounding of lr * v
      { "concise", 0, "twice", 0, 1e-12 }, { "concise", 0.9, "twice", 0, 1e-12 },
      { "concise", 0, "same", 0.04, 0.12 }, { "concise", 0.9, "same", 0.04, 0.12 },
    },
  },
  ["claims/minibatch-sgd-decay"] = {
    figures = { "excess" },
    seeds = 20,
    numbers = {
      { "excess", 1, "last", 0.0015, 0.007 }, -- constant, large: the noise stays
      { "excess", 2, "first", 0.15, 0.4 }, { "excess", 2, "last", 0.01, 0.03 }, -- constant, small: slow
      { "excess", 3, "first", 0.0015, 0.007 }, { "excess", 3, "last", 0, 1.5e-4 }, -- decayed
    },
  },
  ["exercises/minibatch-sgd-1"] = {
    figures = { "rates" },
    seeds = 20,
    numbers = {
      { "best", 1, "rate", 1 / 256, 1 / 128 }, { "best", 10, "rate", 1 / 64, 1 / 16 },
      { "best", 100, "rate", 1 / 8, 1 / 2 }, { "best", 1500, "rate", 1 / 2, 1 },
      { "best", 1, "loss", 0.2417, 0.249 }, { "best", 10, "loss", 0.2417, 0.249 },
      { "best", 100, "loss", 0.2417, 0.249 }, { "best", 1500, "loss", 0.25, 0.36 },
      { "best", 10, "slow", 0.27, 0.38 }, { "best", 1500, "slow", 0.5, 0.9 },
    },
  },
  ["exercises/minibatch-sgd-2"] = {
    seeds = 20,
    numbers = {
      { "excess", 0.05, "ratio", 0.8, 1.9 }, { "excess", 0.05, "without", 0.002, 0.006 },
      { "excess", 0.005, "ratio", 2.7, 6.5 }, { "excess", 0.005, "without", 0, 0.0002 },
    },
  },
  ["exercises/minibatch-sgd-3"] = {
    seeds = 20,
    numbers = {
      { "genie", 1500, "change", -1e-6, 1e-6 }, -- gradient descent: the same steps
      { "genie", 100, "change", -0.15, -0.05 }, { "genie", 100, "remaining", -5e-4, 5e-4 },
      { "genie", 1, "change", -0.15, -0.05 }, { "genie", 1, "remaining", -5e-4, 5e-4 },
    },
  },
}
