--- Training: descents of functions of a few numbers, the training loop, and the chapter's regression.
--
-- `descend` and `fit` are described in optlab.train.descend and optlab.train.fit, `accuracy` and `mean_loss` in
-- optlab.train.evaluate, `airfoil` in optlab.train.airfoil, update rules in optlab.train.rule, `report` and its kin in
-- optlab.train.report.
-- @module optlab.train

local airfoil = require "optlab.train.airfoil"
local descend = require "optlab.train.descend"
local evaluate = require "optlab.train.evaluate"
local fit = require "optlab.train.fit"
local report = require "optlab.train.report"
local rule = require "optlab.train.rule"
local sweep = require "optlab.train.sweep"

return require("optlab.errors").strict({
  accuracy = evaluate.accuracy,
  airfoil = airfoil.run,
  descend = descend.descend,
  distance = report.distance,
  fit = fit.fit,
  mean_loss = evaluate.mean_loss,
  optimizer = rule.optimizer,
  record = report.record,
  report = report.report,
  summary = report.summary,
  sweep = sweep.sweep,
}, "lab.train")
