--- Training: descents of functions of a few numbers, the training loop, and the chapter's regression.
--
-- `descend` and `fit` are described in optlab.train.descend and optlab.train.fit, `accuracy` and `mean_loss` in
-- optlab.train.evaluate, `airfoil` in optlab.train.airfoil, update rules in optlab.train.update_function, `report`,
-- `record`, `summary` and `distance` in optlab.train.run_report.
-- @module optlab.train

local airfoil = require "optlab.train.airfoil"
local descend = require "optlab.train.descend"
local evaluate = require "optlab.train.evaluate"
local fit = require "optlab.train.fit"
local run_report = require "optlab.train.run_report"
local update_function = require "optlab.train.update_function"
local sweep = require "optlab.train.sweep"

return require("optlab.base.errors").strict({
  accuracy = evaluate.accuracy,
  airfoil = airfoil.run,
  descend = descend.descend,
  distance = run_report.distance,
  fit = fit.fit,
  mean_loss = evaluate.mean_loss,
  optimizer = update_function.optimizer,
  record = run_report.record,
  report = run_report.report,
  summary = run_report.summary,
  sweep = sweep.sweep,
}, "lab.train")
