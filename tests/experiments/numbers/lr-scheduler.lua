-- The numbers of the section "Learning Rate Scheduling", and of the two exercises of other sections that train LeNet.
--
-- A script that trains LeNet takes seconds, so it runs with the seeds 0 to 2 here. Its intervals were checked once with
-- seven groups of three networks, 21 seeds altogether (lr-scheduler-rates: 24). What lr-scheduler prints by default is
-- in docs/explanation/book.md; here are its schedules, and one training on fewer images.
return {
  ["lr-scheduler"] = {
    figures = { "train-constant", "test-accuracy", "overfitting" }, data = "fashion-mnist",
    options = "--schedule constant --seeds 1 --n 2000 --n_test 500 --batch_size 128",
    prints = { "learning rate is now 0.10" },
    numbers = {
      { "square-root", 29, "lr", 0.0182574, 0.0182575 }, -- 0.1 / sqrt(30)
      { "factor", 49, "lr", 0.0114528, 0.0114529 }, -- 2 * 0.9^49
      { "multi-factor", 14, "lr", 0.5, 0.5 },
      { "multi-factor", 15, "lr", 0.25, 0.25 },
      { "cosine", 10, "lr", 0.155, 0.155 },
      { "cosine", 20, "lr", 0.01, 0.01 },
      { "cosine-warmup", 0, "lr", 0, 0 },
      { "cosine-warmup", 5, "lr", 0.3, 0.3 },
      { "seeds constant", nil, "gap", 0.02, 0.2 },
      { "seeds constant", nil, "roughness", 0.008, 0.08 },
    },
  },
  ["lenet"] = {
    figures = { "training", "predictions", "filters", "confusion" }, data = "fashion-mnist",
    options = "--n 4000 --n_test 500 --batch_size 64 --epochs 3",
    prints = { "61706", "most often confused: " },
    numbers = { { "lenet", 3, "test_acc", 0.6, 0.85 } },
  },
  ["claims/lr-scheduler-pytorch"] = {
    figures = { "rates" },
    numbers = {
      { "square-root", 2, "drawn", 0.0707106, 0.0707107 },
      { "square-root", 2, "used", 0.1, 0.1 },
      { "square-root", 3, "used", 0.0707106, 0.0707107 },
      { "multi-factor", 1, "used", 0.125, 0.125 },
      { "multi-factor", 30, "used", 0.125, 0.125 },
      { "multi-factor", 1, "drawn", 0.5, 0.5 },
      { "cosine", 3, "used", 0.298214, 0.298215 }, -- as the program of the PyTorch tab gives it: 0.2982
      { "cosine-warmup", 1, "used", 0.3, 0.3 },
      { "cosine-warmup", 2, "used", 0, 0 },
      { "cosine-warmup", 3, "used", 0.06, 0.06 },
      { "mxnet", 1, "root", 0.00650944, 0.00650945 }, -- 0.1 / sqrt(236)
    },
  },
  ["claims/lr-scheduler-rates"] = {
    figures = { "loss" }, seeds = 2, data = "fashion-mnist",
    numbers = {
      { "factor from 2", nil, "dead", 6, 6 },
      { "factor from 2", nil, "loss", 2.29, 2.35 },
      { "multi-factor from 0.3", nil, "dead", 0, 3 }, -- 2 of 24
      { "multi-factor from 0.3", nil, "loss", 0.6, 1.5 },
      { "multi-factor from 0.5", nil, "loss", 1.1, 2.35 },
    },
  },
  ["exercises/lr-scheduler-1"] = {
    figures = { "rates" }, seeds = 2, data = "fashion-mnist",
    numbers = {
      { "lr 0.01", nil, "accuracy", 0.35, 0.62 },
      { "lr 0.1", nil, "accuracy", 0.5, 0.77 },
      { "lr 0.2", nil, "accuracy", 0.55, 0.78 },
      { "lr 0.5", nil, "accuracy", 0.08, 0.76 }, -- 0.27 to 0.71 over eight seeds
      { "lr 1", nil, "accuracy", 0.07, 0.15 },
      { "lr 0.2", nil, "dead", 0, 0 },
      { "lr 1", nil, "dead", 3, 3 },
    },
  },
  ["exercises/lr-scheduler-2"] = {
    figures = { "loss" }, seeds = 2, data = "fashion-mnist",
    numbers = {
      { "p 0.5", nil, "loss", 0.55, 0.78 },
      { "p 1", nil, "loss", 0.55, 0.76 },
      { "p 2", nil, "loss", 0.66, 0.85 },
      { "p 3", nil, "loss", 0.7, 0.92 },
    },
  },
  ["exercises/lr-scheduler-4"] = {
    figures = { "length" }, seeds = 2, data = "fashion-mnist",
    numbers = {
      { "lr 0.2", 0, "accuracy", 0.68, 0.81 },
      { "lr 0.2", 4, "accuracy", 0.67, 0.81 },
      { "lr 0.5", 0, "accuracy", 0.08, 0.8 },
      { "lr 0.5", 4, "accuracy", 0.3, 0.82 },
      { "lr 0.2", 0, "dead", 0, 0 },
      { "lr 0.5", 0, "dead", 0, 3 }, -- 12 of 21
      { "lr 0.5", 4, "dead", 0, 1 }, -- 1 of 21
    },
  },
  ["exercises/lr-scheduler-5"] = {
    figures = { "posterior" }, seeds = 20,
    numbers = {
      -- in theory 1.01 with the noise, 0.16 without, 2.2 at 100 times the rate, if the 100 numbers have spread 1; 500
      -- chains have a standard error of 3 %
      { "Langevin", nil, "ratio", 0.9, 1.12 },
      { "Langevin", nil, "offset", -0.2, 0.2 },
      { "SGD", nil, "ratio", 0.12, 0.2 },
      { "Langevin 100", nil, "ratio", 1.7, 2.6 },
    },
  },
  ["exercises/adagrad-5"] = {
    figures = { "loss" }, seeds = 2, data = "fashion-mnist",
    numbers = {
      { "SGD 0.2", nil, "loss", 0.6, 1 },
      { "Adagrad 0.003", nil, "loss", 0.65, 0.9 },
      { "Adagrad 0.01", nil, "loss", 0.45, 0.7 },
      { "Adagrad 0.01", nil, "accuracy", 0.68, 0.82 },
    },
  },
  ["exercises/rmsprop-3"] = {
    figures = { "loss" }, seeds = 2, data = "fashion-mnist",
    numbers = {
      { "lr 0.001", nil, "loss", 0.6, 0.85 },
      { "lr 0.003", nil, "loss", 0.45, 0.7 },
      { "lr 0.03", nil, "loss", 0.7, 2.6 },
    },
  },
}
