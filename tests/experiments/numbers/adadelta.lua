-- The numbers of the section "Adadelta": tests/experiments/numbers_spec.lua says what the fields mean.

local function row(run, step, field, x)
  local room = 1e-6 * math.max(1, math.abs(x))
  return {run, step, field, x - room, x + room}
end

return {
  adadelta = {
    prints = {"rho 0.9: half-life 6.58 steps", "second derivatives (0.2, 4)"},
    numbers = {row("half-life", 0.9, "steps", math.log(0.5) / math.log(0.9)), row("trace", 300, "x1", -1.50069)},
  },

  ["claims/adadelta-start"] = {
    figures = {"start"}, seeds = 20, data = "airfoil",
    numbers = { -- the optimum is 0.2417; 20 updates a point
      {"the book's rule", 4, "loss", 0.2417, 0.247}, {"the book's rule", 4, "updates", 60, 160},
      {"PyTorch", 4, "loss", 0.2417, 0.246}, {"PyTorch", 4, "updates", 220, 380},
      {"TensorFlow", 4, "loss", 0.45, 0.62}, {"TensorFlow", 4, "updates", math.huge, math.huge},
      {"TensorFlow, tuned", 4, "loss", 0.2417, 0.245}, {"TensorFlow, tuned", 4, "updates", 140, 240},
    },
  },

  ["exercises/adadelta-1"] = {
    seeds = 20, data = "airfoil",
    numbers = { -- first steps: sqrt(eps / (1 - rho)), a little less as eps is in both roots
      {"rho", 1, "first_step", 0.00316, 0.00317}, {"rho", 3, "first_step", 0.00999, 0.01},
      {"rho", 6, "first_step", 0.0994, 0.0996}, row("rho", 2, "x1", -0.00039138982), row("rho", 3, "x1", -1.50069),
      row("rho", 4, "x1", -1.5469946), row("rho", 6, "x1", -0.0081575094),
      {"rho", 1, "loss", 0.246, 0.31}, {"rho", 2, "loss", 0.2417, 0.249}, {"rho", 3, "loss", 0.2417, 0.249},
      {"rho", 4, "loss", 0.2417, 0.251}, {"rho", 6, "loss", 0.246, 0.36},
    },
  },
  ["exercises/adadelta-2"] = {
    numbers = {{"without g'", 300, "difference", 0, 1e-12}, row("without g'", 300, "x1", -1.50069)},
  },
  ["exercises/adadelta-3"] = {
    figures = {"far"},
    numbers = {
      row("eps", 1, "x1", -4.959508), row("eps", 2, "x1", -4.6060072), row("eps", 3, "x1", -2.0053306),
      {"eps", 4, "x1", -1e-6, 0}, {"eps", 1, "first_step", 0.000316, 0.000317},
      {"hard", 1000, "far", 23.8849, 23.885}, {"hard", 1000, "flat", 1.9e-9, 2.1e-9},
      {"hard", 1000, "kink", 0.0199, 0.02},
    },
  },
  ["exercises/adadelta-4"] = {
    figures = {"values"}, seeds = 20, data = "airfoil",
    numbers = {
      {"Adagrad", 20, "ratio", 4.929, 4.93}, {"Adadelta", 20, "ratio", 7.889, 7.89},
      {"Adagrad", 100, "f", 0.01571, 0.01572}, {"Adagrad", 500, "f", 6.3e-10, 6.31e-10},
      {"RMSProp", 500, "f", 0.08399, 0.08401}, {"Adadelta", 100, "f", 3.4308, 3.4309}, -- 2.1 (eta / 2)^2 of RMSProp
      {"Adadelta", 500, "f", 8.083e-4, 8.085e-4},
      {"Adagrad", 500, "loss", 0.2417, 0.244}, {"RMSProp", 500, "loss", 0.2417, 0.251},
      {"Adadelta", 500, "loss", 0.2417, 0.248},
    },
  },
}
