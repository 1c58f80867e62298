--- Each schedule of the reference has an example that the site draws, and each example is a call that works.
local entries = require "optlab.reference.entries"
local files = require "tests.support.files"
local lab = require "optlab"

local text = files.read "site/figures/schedules.lua"

describe("the examples of schedules", function()
  it("are there for each schedule", function()
    local missing = {}
    for _, entry in ipairs(entries.of "schedule") do
      local is_there = text:find("\n  " .. entry.name .. " = {", 1, true)
        or text:find('draw("' .. entry.name .. '"', 1, true)
      if entry.name ~= "plot" and not is_there then missing[#missing + 1] = entry.name end
    end
    assert.same({}, missing)
  end)

  it("make schedules", function()
    local environment = { sched = lab.sched, s = lab.sched.CosineAnnealingLR { base_lr = 0.1, T_max = 100 } }
    local body = assert(text:match "local EXAMPLES = (%b{})")
    for name, calls in pairs(load("return " .. body)()) do
      for _, call in ipairs(calls) do
        local schedule = assert(load("return " .. call, name, "t", environment))()
        for _, rate in ipairs(lab.sched.values(schedule, 101)) do assert.is_true(rate >= 0 and rate < 2, call) end
      end
    end
  end)
end)
