--- The numbers of the section "Momentum".

-- The least loss there is is 0.2417. Which losses the batch sizes reach with an effective step eta / (1 - beta): nearly
-- the same for each beta.
local batches = { { "batches of 100", 0.99, "loss", 0.34, 0.56 } }
for _, b in ipairs { 1, 10, 100 } do
  for _, beta in ipairs { 0, 0.5, 0.9, b < 100 and 0.99 or nil } do
    batches[#batches + 1] = { ("batches of %d"):format(b), beta, "loss", 0.2417, 0.249 }
  end
end

return {
  momentum = {
    prints = { "beta 0.90: 40 weights sum to 9.852, all of them to 1/(1 - beta) = 10",
      "eta lambda = 1.9: x_19 / x_0 = -0.1351: it converges",
      "eta lambda = 0.1, beta 0.468: a step keeps 0.684 of the error" },
    numbers = {
      { "weights-0.95", 40, "sum", 17.429756, 17.429758 }, { "weights-0.95", 40, "limit", 20 - 1e-9, 20 + 1e-9 },
      { "weights-0.9", 40, "sum", 9.852191, 9.852192 }, { "weights-0.9", 40, "limit", 10 - 1e-9, 10 + 1e-9 },
      { "weights-0.6", 40, "sum", 2.4999999, 2.5000001 }, { "weights-0", 40, "sum", 1, 1 },
      { "scalar", 19, "error", -0.1350852, -0.1350851 }, -- (-0.9)^19
      { "rate", 0, "kept", 0.9 - 1e-9, 0.9 + 1e-9 }, { "rate", 0.9, "kept", 0.9486832, 0.9486834 }, -- sqrt(0.9)
      { "rate", 0.467544468, "kept", 0.6837722, 0.6837723 }, -- 1 - sqrt(0.1)
    },
  },
  ["claims/momentum-effective-step"] = {
    figures = { "effective-step" },
    seeds = 20,
    numbers = {
      { "spread", 1, "loss", 0, 0.001 }, { "spread", 2, "loss", 0.012, 0.08 },
      { "same-step", 0, "loss", 0.2417, 0.2465 }, { "same-step", 0.95, "loss", 0.2417, 0.2465 },
      { "same-eta", 0.95, "loss", 0.255, 0.32 },
    },
  },
  ["claims/momentum-eigen"] = {
    figures = { "eigen" },
    prints = { "x* = -Q^-1 c = (-1.2, 2.6), h(x*) = -5.3", "Q^-1 c = (1.2, -2.6), where h = 17.9" },
    numbers = {
      { "mixing", 0, "difference", 0, 1e-12 }, { "mixing", 0.6, "difference", 0, 1e-12 },
      { "minimum", 0, "h", -5.3 - 1e-9, -5.3 + 1e-9 }, { "minimum", 0, "other", 17.9 - 1e-9, 17.9 + 1e-9 },
      { "one-step", 1, "z", -1.1211868, -1.1211866 }, { "one-step", 1, "book", 0.731546, 0.731548 },
      { "one-step", 2, "z", 0.482638, 0.482640 }, { "one-step", 2, "book", 14.7940, 14.7942 },
    },
  },
  ["exercises/momentum-1"] = {
    figures = { "pairs" },
    seeds = 20,
    numbers = {
      { "best", 0, "step", 0.016, 0.064 }, { "best", 0, "loss", 0.2417, 0.2465 },
      { "step", 2, "lowest", 0.27, 0.38 }, { "step", 2, "highest", 0.27, 0.38 },
      { "step", 5, "lowest", 0.2417, 0.2465 }, { "step", 5, "highest", 0.2417, 0.249 },
      { "step", 9, "lowest", 0.255, 0.36 }, { "step", 9, "highest", 0.265, 0.42 },
    },
  },
  ["exercises/momentum-2"] = {
    figures = { "coordinates" },
    numbers = {
      { "gd", 200, "f", 4.8633528e-4, 4.8633530e-4 }, { "momentum", 200, "f", 5.4e-27, 5.6e-27 },
      { "gd", 200, "keeps", 0.984496, 0.984497 }, { "momentum", 200, "keeps", 0.837579, 0.837580 },
    },
  },
  ["exercises/momentum-3"] = {
    seeds = 20,
    numbers = {
      { "minimum", 0, "gradient", 0, 1e-13 }, { "minimum", 0, "formula", -1e-12, 1e-12 },
      { "minimum", 0, "away", 0, 1e-12 }, { "minimum", 0, "plus", 0, 1e-12 }, { "minimum", 0, "minus", 1, 100 },
    },
  },
  ["exercises/momentum-4"] = { seeds = 20, numbers = batches },
}
