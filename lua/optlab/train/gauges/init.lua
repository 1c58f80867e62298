--- Gauges: numbers that tell how an optimizer does, measured at the points of a training's history.
--
-- Each is measured at the parameters that the training has come to, on the first batch of a pass over the data (the
-- noise scale: on the first eight), by an update or by derivatives of its own; the training goes on as if nobody had
-- looked, to the same bits.
-- @module optlab.train.gauges
local args = require "optlab.base.args"
local core = require "optlab.core"
local curvature = require "optlab.train.gauges.curvature"
local errors = require "optlab.base.errors"
local order = require "optlab.base.order"
local Probe = require "optlab.train.gauges.probe"
local update = require "optlab.train.gauges.update"

local M = {}

local BATCHES = 8 -- of the noise scale

-- The noise scale of McCandlish et al., "An empirical model of large-batch training", arXiv 1812.06162, appendix A.1:
-- tr(covariance of a row's gradient) / |gradient|^2, the batch size from which on larger batches gain little. From the
-- squared lengths of the gradients of single batches and of their mean.
local function noise_scale(probe)
  local mean, small, rows = nil, 0, 0
  for _, batch in ipairs(probe.batches) do
    local g = probe:gradients(batch)
    small = small + Probe.dot(g, g)
    rows = rows + #batch[1]
    if mean then
      for i, t in ipairs(g) do mean[i] = mean[i] + t end
    else
      mean = g
    end
  end
  local n = #probe.batches
  if n < 2 then return nil end
  mean = Probe.like(mean, function(t) return t / n end)
  local one, all = rows / n, rows
  local small_square, big_square = small / n, Probe.dot(mean, mean)
  local signal = (all * big_square - one * small_square) / (all - one)
  local noise = (small_square - big_square) / (1 / one - 1 / all)
  return noise / signal
end

-- Each gauge: the words of the help, and measure(probe, update, memory).
local GAUGES = {
  param_norm = { "the length of all parameters as one vector",
    function(probe) return Probe.norm(Probe.like(probe.parameters, function(p) return p:detach() end)) end },
  update_ratio = { "the length of an update over that of the parameters",
    function(_, u) return update.update_ratio(u) end, update = true },
  effective_lr = { "the length of an update over that of the gradient",
    function(_, u) return update.effective_lr(u) end, update = true },
  cos_gm = { "the cosine between the gradient and the optimizer's momentum",
    function(_, u) return update.cos_gm(u) end, update = true },
  sharpness = { "the Hessian's eigenvalue of largest absolute value",
    function(probe, _, memory) return curvature.sharpness(probe, memory) end },
  trace = { "the trace of the Hessian (Hutchinson's estimate)", function(probe) return curvature.trace(probe) end },
  noise_scale = { "the gradient noise scale", noise_scale, batches = BATCHES },
}

local ALIASES = { ["cos(g, m)"] = "cos_gm", ["cos(g,m)"] = "cos_gm" }

local NAMES = order.names(GAUGES)

local function words()
  local list = {}
  for _, name in ipairs(NAMES) do list[#list + 1] = ("%s, %s"):format(name, GAUGES[name][1]) end
  return table.concat(list, "; ")
end

--- What the gauges are, for the help of options.
M.DOC = words()

--- Whether a name is that of a gauge.
-- @treturn boolean
function M.is_one(name) return GAUGES[name] ~= nil end

--- Checks a list of names; grad_norm, which every history has, may be among them.
-- @tparam {string,...} names
-- @string fn who asks
-- @treturn {string,...} the gauges to be measured
function M.check(names, fn)
  local list, seen = {}, {}
  for i, name in ipairs(names) do
    local gauge = ALIASES[name] or name
    if gauge ~= "grad_norm" and not GAUGES[gauge] then
      errors.raise("%s: watch[%d] must be one of %s or grad_norm, got %s", fn, i, table.concat(NAMES, ", "),
        errors.shown(name))
    end
    if gauge ~= "grad_norm" and not seen[gauge] then list[#list + 1] = gauge end
    seen[gauge] = true
  end
  return list
end

--- Measures.
-- @tparam table o model, loss, optimizer, data
-- @tparam {string,...} names checked ones
-- @tparam table memory what gauges keep from one measurement to the next
-- @treturn {[string]=number}; a gauge that cannot be measured here is missing
function M.measure(o, names, memory)
  local batches, needs_update = 1, false
  for _, name in ipairs(names) do
    batches = math.max(batches, GAUGES[name].batches or 1)
    needs_update = needs_update or GAUGES[name].update
  end
  local probe = Probe.open(o, batches)
  return core.ensure(function()
    return core.autograd.enable_grad(function()
      local values = {}
      local u = needs_update and update.make(probe)
      for _, name in ipairs(names) do values[name] = GAUGES[name][2](probe, u, memory) end
      return values
    end)
  end, function() probe:close() end)
end

local MEASURE = args.declare("train.gauges", {
  doc = "Measures gauges of a model and its optimizer in their present state; returns {name = number}. Nothing is "
    .. "changed.",
  { "model", "callable", what = "a model", required = true,
    doc = "The model: called with a batch X, it returns predictions." },
  { "loss", "callable", required = true, doc = "A loss: loss(prediction, y) returns one number." },
  { "optimizer", "object", has = { "step", "zero_grad" }, what = "an optimizer", required = true,
    doc = "The optimizer of the model's parameters." },
  { "data", "object", has = { "batches" }, what = "a loader (data.loader makes one)", required = true,
    doc = "The loader whose first batches are used." },
  { "watch", "list", of = { "string" }, required = true, doc = "Names of gauges: " .. M.DOC .. "." },
})

--- Measures gauges by hand, in a loop of one's own.
-- @tparam table options see the declaration above
-- @treturn {[string]=number}
function M.gauges(...)
  local o = MEASURE:read(...)
  return M.measure(o, M.check(o.watch, "train.gauges"), {})
end

return M
