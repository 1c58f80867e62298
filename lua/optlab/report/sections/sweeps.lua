--- The sweeps that were named: how they were called, and the figures they drew of all their cells.
-- @module optlab.report.sections.sweeps
local details = require "optlab.report.sections.details"
local figures = require "optlab.report.sections.figures"
local h = require "optlab.report.page.html"

local M = {}

local MOST_FIGURES = 400000 -- bytes

--- The section.
-- @tparam {Run,...} sweeps runs of kind "sweep"
-- @treturn ?Markup nil where there is none
function M.make(sweeps)
  if #sweeps == 0 then return nil end
  local chosen, blocks = figures.choose(sweeps, MOST_FIGURES), {}
  for _, sweep in ipairs(sweeps) do
    blocks[#blocks + 1] = h.h3(sweep.name)
    blocks[#blocks + 1] = details.about(sweep)
    blocks[#blocks + 1] = figures.make(chosen[sweep], true)
  end
  return h.section({ id = "sweeps" }, h.h2(#sweeps == 1 and "Sweep" or "Sweeps"), blocks)
end

return M
