-- The studies, made quick: what docs/explanation/studies.md says of them, as far as few steps show it.
return {
  ["studies/wall"] = {
    figures = { "quadratic", "ranking" }, options = "--problem quadratic --steps 100 --trials 16",
    numbers = {
      { "quadratic Adam", 100, "f", 0, 0.1 },
      { "quadratic SGD", 100, "f", 0, 0.1 },
      { "quadratic RAdam", 100, "f", 0.1, 300 },
    },
  },
  ["studies/basins"] = {
    figures = { "basins" }, options = "--side 40 --rates 12",
    numbers = {
      { "gradient descent", nil, "same", 0.9, 1 },
      { "gradient descent", nil, "arrived", 1, 1 },
      { "momentum 0.9", nil, "same", 0.5, 0.75 },
      { "Lion", nil, "arrived", 0.5, 0.9 },
    },
  },
  ["studies/sensitivity"] = {
    figures = { "sensitivity", "width" }, options = "--updates 100 --rates 8 --seeds 1", data = "airfoil",
    numbers = {
      { "Adam", nil, "mean", 0.8, 3 },
      { "Adan", nil, "all", 0.1, 2 },
      { "SGD", nil, "all", 0, 0 },
    },
  },
}
