--- Each run for itself: parameters, what it ended with, its figures, what it printed.
-- @module optlab.report.sections.details
local figures = require "optlab.report.sections.figures"
local h = require "optlab.report.page.html"
local model = require "optlab.compare.model"
local order = require "optlab.base.order"
local overview = require "optlab.report.sections.overview"
local source = require "optlab.report.source"
local tables = require "optlab.report.sections.table"
local values = require "optlab.compare.values"

local M = {}

local MOST_PRINTED = 300000 -- bytes of all runs together
local MOST_OF_A_RUN = 60000
local LARGEST_FILE = 50000000
local MOST_FIGURES = 1200000 -- bytes of all runs together
local FRAME = 2000 -- what a block takes besides its texts

local function pairs_table(caption, t, shown)
  local rows = {}
  for i, name in ipairs(order.names(t)) do rows[i] = { name, shown(t[name]) } end
  if #rows == 0 then return nil end
  return tables.make {
    caption = caption, rows = rows, plain = true, class = "pairs", show_caption = true,
    columns = { { title = "name" }, { title = "value", number = shown == values.measured } },
  }
end

local function printed(run, most, open)
  local text = source.read(run.path, "output.txt", LARGEST_FILE)
  if not text or text == "" then return nil end
  local head, tail, gap = source.cut(values.printed(text), most)
  local cut = gap and h.span({ class = "soft" }, ("[%s left out here; all of it is in output.txt]\n"):format(
    values.size(gap)))
  return h.details({ open = open },
    h.summary("What was printed ", h.span({ class = "soft" }, values.size(#text))),
    h.pre({ class = "code", tabindex = "0" }, h.samp(head, cut, tail)))
end

local function command(run)
  local words = { "optlab", run.script or values.NONE }
  for _, word in ipairs(run.arguments) do words[#words + 1] = tostring(word) end
  return table.concat(words, " ")
end

--- A line about how a run went: status, start, time, seed, tags.
-- @tparam Run run
-- @treturn Markup
function M.about(run)
  local parts = { h.span({ class = "status " .. overview.status_class(run.status) }, run.status) }
  local function add(text) if text then parts[#parts + 1] = h.list(" · ", text) end end
  add(run.started and (tostring(run.started):gsub("T", " "):gsub("Z$", " UTC")))
  add(run.seconds and values.duration(run.seconds))
  add(run.seed and "seed " .. values.shown(run.seed))
  add(run.tags and #run.tags > 0 and "tags " .. table.concat(run.tags, ", "))
  return h.p({ class = "soft" }, parts)
end

-- What a run's block holds besides its figures: what comes before them, and what comes after.
local function texts(run, most, alone)
  local message = run.error or run.diverged
  local before = h.list(M.about(run), h.p(h.code({ class = "command" }, command(run))),
    message and h.pre({ class = "error" }, tostring(message)),
    h.div({ class = "side-by-side" },
      pairs_table("Parameters", run.parameters, values.shown), pairs_table("Final values", run.final, values.measured)))
  return before, h.list(printed(run, most, alone), h.p({ class = "note" }, "Kept in ", h.code(run.path)))
end

local function block(the_model, run, parts)
  local id = overview.id(the_model, run)
  if #the_model.runs == 1 then return h.div({ id = id }, parts) end
  local text = model.describe(the_model, run)
  return h.details({ id = id, class = "run" },
    h.summary(run.name, text ~= "" and h.span({ class = "soft" }, " ", text), " ",
      run.status ~= "done" and h.span({ class = "status " .. overview.status_class(run.status) }, run.status)),
    parts)
end

--- The section.
-- @tparam table the_model
-- @tparam integer room bytes that the section may take; figures get what the texts leave
-- @treturn Markup
function M.make(the_model, room)
  local runs, before, after, blocks = the_model.runs, {}, {}, {}
  local alone = #runs == 1
  local most = math.min(MOST_OF_A_RUN, MOST_PRINTED // #runs)
  for i, run in ipairs(runs) do
    before[i], after[i] = texts(run, most, alone)
    room = room - #before[i].text - #after[i].text - FRAME
  end
  local chosen = figures.choose(runs, math.max(0, math.min(room, MOST_FIGURES)))
  for i, run in ipairs(runs) do
    blocks[i] = block(the_model, run, { before[i], figures.make(chosen[run], alone), after[i] })
  end
  return h.section({ id = "details" }, h.h2(alone and "Run" or "Each run"), blocks)
end

return M
