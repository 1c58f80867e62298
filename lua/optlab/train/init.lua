--- Training: descents of functions of a few numbers, the training loop, many trainings at once.
--
-- `descend` and `fit` are described in optlab.train.descend and optlab.train.fit, `accuracy` and `mean_loss` in
-- optlab.train.evaluate, `sweep` in optlab.train.sweep,
-- `lr_range_test` in optlab.train.gauges.lr_range_test, update rules in optlab.train.update_function, `report`,
-- `record`, `summary` and `distance` in optlab.train.run_report. optlab/init.lua adds `airfoil`, which is described in
-- optlab.book.regression.
-- @module optlab.train
local descend = require "optlab.train.descend"
local evaluate = require "optlab.train.evaluate"
local fit = require "optlab.train.fit"
local gauges = require "optlab.train.gauges"
local range_test = require "optlab.train.gauges.lr_range_test"
local run_report = require "optlab.train.run_report"
local update_function = require "optlab.train.update_function"
local sweep = require "optlab.train.sweep"

return require("optlab.base.errors").strict({
  accuracy = evaluate.accuracy,
  descend = descend.descend,
  distance = run_report.distance,
  fit = fit.fit,
  lr_range_test = range_test.lr_range_test,
  gauges = gauges.gauges,
  mean_loss = evaluate.mean_loss,
  optimizer = update_function.optimizer,
  record = run_report.record,
  report = run_report.report,
  summary = run_report.summary,
  sweep = sweep.sweep,
}, "lab.train")
