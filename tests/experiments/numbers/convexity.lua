-- The numbers of the section "Convexity".

-- A number that does not depend on chance, to six digits.
local function exactly(run, epoch, quantity, value)
  local slack = 1e-6 * math.abs(value) + 1e-12
  return {run, epoch, quantity, value - slack, value + slack}
end

return {
  convexity = {
    figures = {"convex-functions", "local-is-global", "minima", "jensen", "projections"},
    seeds = 20,
    numbers = {
      exactly("jensen exp(0.5 x)", 0, "holds", 400),
      {"jensen cos(pi x)", 0, "holds", 160, 270},
      exactly("many minima", 0, "from", -0.95),
      {"many minima", 0, "to", 0.999999, 1.000001},
      exactly("many minima", 0, "highest", 0),
      {"no minimum", 1000, "f", 0.0098, 0.01}, -- 1 / (0.1 t), from below
      exactly("L2 ball", 0, "cosine", 1),
      {"L1 ball", 0, "cosine", 0.95, 0.96},
    },
  },
  ["claims/convexity-sets"] = {
    figures = {"sets"},
    seeds = 20,
    numbers = {
      {"pacman", 0, "leave", 0.1, 0.2},
      exactly("ball", 0, "leave", 0),
      exactly("ball and half plane", 0, "leave", 0),
      exactly("two discs, what is in both", 0, "leave", 0),
      {"two discs apart, union", 0, "leave", 0.42, 0.58}, -- a half, five standard deviations
      exactly("disc in a disc, union", 0, "leave", 0),
      exactly("ball in 10 dimensions", 0, "leave", 0),
    },
  },
  ["claims/convexity-below-sets"] = {
    figures = {"below-sets"},
    seeds = 20,
    numbers = {
      exactly("log-sum-exp", 1.2, "leave", 0), exactly("log-sum-exp", 1.5, "leave", 0),
      exactly("log-sum-exp", 2, "leave", 0), exactly("log-sum-exp", 2.5, "leave", 0),
      exactly("two wells", -0.9, "leave", 0),
      {"two wells", -0.7, "leave", 0.37, 0.48},
      {"two wells", -0.5, "leave", 0.01, 0.05},
      exactly("root of the length", 1, "leave", 0), exactly("root of the length", 1.6, "leave", 0),
    },
  },
  ["claims/convexity-jensen"] = {
    figures = {"mixture"},
    seeds = 20,
    numbers = {
      exactly("mixture", 0, "bound", 3.858939), -- (ln 2 pi + 1 + 2 var(centre)) / 2
      exactly("mixture", 0, "entropy", 1.997023),
      exactly("mixture", 0, "conditional", 1.418939), -- ln(2 pi e) / 2
      {"mixture", 0, "smallest", 0.38, 0.4},
      exactly("random", 0, "holds", 1),
      {"random", 0, "smallest", 0, 0.05},
    },
  },
  ["claims/convexity-second-derivatives"] = {
    figures = {"limit", "lines", "hessian"},
    prints = {"Hessian of x1^2 - x2^2: eigenvalues -2.000, 2.000: indefinite"},
    seeds = 20,
    numbers = {
      exactly("limit exp(0.5 x)", 0, "exact", 0.25 * math.exp(0.15)),
      {"limit exp(0.5 x)", 0, "order", 1.9, 2.1},
      {"limit exp(0.5 x)", 0, "lowest", 0.2, 0.3}, -- never negative
      {"limit exp(0.5 x)", 0, "error", 0, 1e-7},
      exactly("limit cos(pi x)", 0, "exact", -math.pi ^ 2 * math.cos(0.3 * math.pi)),
      {"limit cos(pi x)", 0, "order", 1.9, 2.1},
      exactly("lines log-sum-exp", 0, "convex", 1),
      {"lines log-sum-exp", 0, "difference", 0, 1e-12},
      {"lines x1^2 + x2^2 - x3^2", 0, "convex", 0.54, 0.87}, -- 1 / sqrt 2, five standard deviations
      {"lines x1^2 + x2^2 - x3^2", 0, "difference", 0, 1e-12},
      {"Hessian log(exp(x1) + exp(x2))", 0, "low", -1e-12, 1e-12},
      {"grid", 0, "convex", 0.18, 0.19},
      {"grid", 0, "difference", 0, 1e-12},
    },
  },
  ["claims/convexity-constraints"] = {
    figures = {"penalty", "multipliers"},
    prints = {"Lagrangian: x1: 0.815220, x2: 0.579152, alpha1 1.453326, alpha2 0"},
    seeds = 20,
    numbers = {
      exactly("lagrangian", 200, "alpha1", 1.453326),
      exactly("lagrangian", 200, "alpha2", 0),
      exactly("saddle point", 200, "holds", 1000),
      {"saddle point", 200, "balance", 0, 1e-6},
      {"three ways", 0, "apart", 0, 1e-6},
      {"penalty", 0, "length", 2.23606, 2.23607}, {"penalty", 16, "length", 0.29, 0.3},
    },
  },
  ["claims/convexity-clipping"] = {
    figures = {"clipping"},
    prints = {"epoch 20, x1: -0.544998, x2: -0.083275", "without clipping epoch 4, x1: -7.0906e+09"},
    seeds = 20,
    numbers = {exactly("projection", 0, "nearest", 100), exactly("clipping", 20, "longest", 0.5)},
  },
  ["claims/convexity-sparse"] = {
    figures = {"weights"},
    seeds = 20,
    numbers = {
      {"radius", 0.8, "l1", 1, 18}, {"radius", 0.5, "l1", 14, 30}, {"radius", 0.05, "l1", 38, 49},
      exactly("radius", 0.5, "norm", 1),
      exactly("radius", 0.05, "l2", 0),
      {"regression L1", 500, "zeros", 22, 45},
      exactly("regression L1", 500, "kept", 5),
      {"regression L1", 500, "error", 0, 0.3},
      exactly("regression L2", 500, "zeros", 0),
      {"regression L2", 500, "error", 0.6, 3},
    },
  },
  ["exercises/convexity-1"] = {
    seeds = 20,
    numbers = {
      exactly("triangle", 0, "inner", 0), exactly("triangle", 0, "border", 0), exactly("triangle", 0, "corners", 0),
      {"star", 0, "inner", 50, 140}, {"star", 0, "border", 150, 270}, exactly("star", 0, "corners", 4),
      {"frame", 0, "inner", 150, 260}, {"frame", 0, "border", 190, 320}, exactly("frame", 0, "corners", 0),
    },
  },
  ["exercises/convexity-2"] = {
    figures = {"balls"},
    seeds = 20,
    numbers = {
      {"p", 0.5, "outside", 0.15, 0.25}, {"p", 0.9, "outside", 0.1, 0.2},
      exactly("p", 1, "outside", 0), exactly("p", 1.5, "outside", 0), exactly("p", 2, "outside", 0),
      exactly("p", 5, "outside", 0),
    },
  },
  ["exercises/convexity-3"] = {
    prints = {"min at -1, 0, 1: 0, 1, 0"},
    seeds = 20,
    numbers = {
      exactly("(x + 1)^2, (x - 1)^2", 0, "max", 0), {"(x + 1)^2, (x - 1)^2", 0, "min", 0.24, 0.32},
      exactly("x^2, x^2 + 1", 0, "max", 0), exactly("x^2, x^2 + 1", 0, "min", 0),
    },
  },
  ["exercises/convexity-4"] = {
    seeds = 20,
    numbers = {
      {"log-sum-exp", 5, "smallest", 1e-6, 0.05}, {"log-sum-exp", 5, "difference", 0, 1e-12},
      {"log-sum-exp", 5, "ones", 0, 1e-12},
    },
  },
  ["exercises/convexity-5"] = {
    seeds = 20,
    numbers = {{"subspace", 6, "worst", 0, 1e-9}, {"subspace", 6, "beside", 1e-3, 2}},
  },
  ["exercises/convexity-6"] = {
    seeds = 20,
    numbers = {
      {"projection", 5, "twice", 0, 1e-12}, {"projection", 5, "symmetric", 0, 1e-12},
      {"projection", 5, "constraint", 0, 1e-12}, exactly("projection", 5, "ones", 3),
      exactly("projection", 5, "nearer", 0),
    },
  },
  ["exercises/convexity-7"] = {
    numbers = {
      {"exp", 1, "share", 0.36, 0.37}, {"exp", 0.01, "share", 0.333, 0.334}, {"exp", 1, "miss", 0, 1e-9},
      {"log(1 + exp)", 0.01, "share", 0.333, 0.335}, {"sin", 0.01, "share", 0.332, 0.334},
      {"sin", 1, "share", 0.3, 0.31},
    },
  },
  ["exercises/convexity-8"] = {
    seeds = 20,
    numbers = {
      {"ball", 3, "ratio", 0.99, 1 + 1e-9}, {"box", 3, "ratio", 0.99, 1 + 1e-9},
      {"quadrant", 3, "ratio", 0.99, 1 + 1e-9}, {"half space", 3, "ratio", 0.99, 1 + 1e-9},
      {"sphere", 3, "ratio", 1.5, 1000},
    },
  },
}
