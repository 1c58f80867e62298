--- Training: descents of functions of a few numbers, the training loop, many trainings at once.
--
-- `descend` and `fit` are described in optlab.train.descend and optlab.train.fit, `accuracy` and `mean_loss` in
-- optlab.train.evaluate, `sweep` in optlab.train.sweep,
-- `lr_range_test` in optlab.train.gauges.lr_range_test, update rules in optlab.train.update_function, `report`,
-- `record`, `summary` and `distance` in optlab.train.run_report. optlab/init.lua adds `airfoil`, which is described in
-- optlab.book.regression.
-- @module optlab.train
local LAZY = {}
for file, names in pairs {
  descend = "descend", evaluate = "accuracy mean_loss", fit = "fit", gauges = "gauges",
  ["gauges.lr_range_test"] = "lr_range_test", run_report = "distance record report summary", sweep = "sweep",
  update_function = "optimizer",
} do
  for name in names:gmatch "[%w_]+" do LAZY[name] = { "optlab.train." .. file, name } end
end

return require("optlab.base.modules.lazy").fields({}, "lab.train", LAZY)
