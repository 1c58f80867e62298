--- The definition of an optimizer, a table such as `optlab/optim/rules/adam/adam.lua` returns, as the C that the
-- library is built with.
--
--    { name =, doc =, paper =, rule = text,
--      use = when to use it, note = what else to know,                      may be left out
--      hyper = { {name, default, sentence, range = words}, ... },          lr first
--      checks = { {expression, sentence}, ... },                            what must hold
--      state = { {name, letter, sentence, when = hyperparameter, start = number, hyperparameter or "p",
--        number = true, per = "row" or "column"},
--        ... },
--      mean = { state, hyperparameter } }                                  src/optim/mean.h: z and beta
-- @module optlab.optim.rule.definition
local compile = require "optlab.optim.rule.compile"
local emit = require "optlab.optim.rule.emit"
local parse = require "optlab.optim.rule.parse"
local rule = require "optlab.optim.rule"

local M = {}

local RANGES = {
  ["finite"] = "RANGE_FINITE", ["not negative"] = "RANGE_NOT_NEGATIVE", ["positive"] = "RANGE_POSITIVE",
  ["at least 1"] = "RANGE_AT_LEAST_1", ["0 to 1"] = "RANGE_0_TO_1", ["0 to below 1"] = "RANGE_0_TO_BELOW_1",
}

-- --- names and places -----------------------------------------------------------------------------------------------

-- The names that the rule knows, in the order of their places, and the place of each hyperparameter.
local function names_of(definition)
  local names, place = {}, {}
  for _, row in ipairs(definition.hyper) do
    place[row[1]] = #names
    for _, name in ipairs(rule.names_of(row[1], type(row[2]) == "table" and #row[2] or nil)) do
      names[#names + 1] = name
    end
  end
  return names, place
end

local function names_at(names, name)
  for i, known in ipairs(names) do
    if known == name then return i - 1 end
  end
  return error("no hyperparameter '" .. name .. "'")
end

local function states_of(definition)
  local list = {}
  for i, row in ipairs(definition.state or {}) do
    list[i] = { letter = row[2], when = row.when, number = row.number, per = row.per, start = row.start }
  end
  return list
end

-- --- C --------------------------------------------------------------------------------------------------------------

local function quoted(text)
  return '"' .. text:gsub("[\\\"]", "\\%0"):gsub("\n", '\\n"\n    "') .. '"'
end

local function arg_row(row)
  local name, default, doc = row[1], row[2], row[3]
  local fields = { (".name = %s"):format(quoted(name)) }
  if type(default) == "boolean" then
    fields[#fields + 1] = (".kind = ARG_FLAG, .def = %d"):format(default and 1 or 0)
  elseif type(default) == "table" then
    local members = {}
    for i, x in ipairs(default) do members[i] = emit.double(x) end
    fields[#fields + 1] = (".kind = ARG_TUPLE, .width = %d, .defs = (const double[]){%s}"):format(#default,
      table.concat(members, ", "))
  elseif default == "unset" then
    fields[#fields + 1] = ".def = ARG_UNSET"
  else
    fields[#fields + 1] = (".def = %s"):format(emit.double(default))
  end
  if row.range then
    fields[#fields + 1] = (".range = %s"):format(assert(RANGES[row.range], "no range '" .. row.range .. "'"))
  end
  fields[#fields + 1] = (".doc = %s"):format(quoted(doc))
  return "    {" .. table.concat(fields, ", ") .. "},"
end

local function slot_row(row, place)
  local doc = ("%s, %s"):format(row[2], row[3])
  if row.when then doc = ("%s; only with %s"):format(doc, row.when) end
  local fields = { (".name = %s, .doc = %s"):format(quoted(row[1]), quoted(doc)) }
  if row.when then fields[#fields + 1] = (".when = %d"):format(assert(place[row.when])) end
  if row.start == "p" then
    fields[#fields + 1] = ".copy = true"
  elseif type(row.start) == "string" then
    fields[#fields + 1] = (".initial = %d"):format(1 + assert(place[row.start]))
  elseif row.start then
    fields[#fields + 1] = (".start = %s"):format(emit.double(row.start))
  end
  if row.per then fields[#fields + 1] = row.per == "row" and ".shape = optim_rows" or ".shape = optim_columns" end
  if row.number then fields[#fields + 1] = ".shape = optim_scalar, .dtype = OPTIM_F64" end
  return "    {" .. table.concat(fields, ", ") .. "},"
end

-- check(h): fails with the sentence of the first condition that does not hold, and the numbers that it is about.
local function emit_checks(definition, names)
  local flag, out = {}, { "static int check(const double *h) {" }
  for _, row in ipairs(definition.hyper) do flag[row[1]] = type(row[2]) == "boolean" end
  for _, row in ipairs(definition.checks) do
    local code, value = emit.condition(compile.condition(names, row[1]))
    local shown, values = {}, {}
    for i, name in ipairs(names) do
      if parse.names(parse.expression(row[1]))[name] and not flag[name] then
        shown[#shown + 1] = name .. " %.14g"
        values[#values + 1] = (", h[%d]"):format(i - 1)
      end
    end
    out[#out + 1] = ("  {\n%s\n  if (%s == 0) return err_set(%s%s);\n  }"):format(code, value,
      quoted(row[2] .. ", got " .. table.concat(shown, " and ")), table.concat(values))
  end
  out[#out + 1] = "  return 0;\n}"
  return table.concat(out, "\n")
end

local HEAD = [[
/* Made by lua/optlab/optim/rule/definition.lua from lua/optlab/optim/rules/%s.lua. */
#include "base/err.h"
#include "base/simd.h"
#include "kernels/elementwise/root.h"
#include "optim/optimizer.h"
#include "optim/rule/numbers.h"
]]

--- The C file of an optimizer.
-- @tparam string path where it stands among the rules, "adam/adamw"
-- @tparam string id a name for C, "adamw"
-- @tparam table definition
-- @treturn string
function M.file(path, id, definition)
  local names, place = names_of(definition)
  local lists, program = rule.program(definition.name, { hyper = names, state = states_of(definition),
    rule = definition.rule })
  local out = { HEAD:format(path), emit.rule(id, program, lists), "static const Arg args[] = {" }
  for _, row in ipairs(definition.hyper) do out[#out + 1] = arg_row(row) end
  out[#out + 1] = "    {0},\n};"
  if definition.state and #definition.state > 0 then
    out[#out + 1] = "static const OptimSlot slots[] = {"
    for _, row in ipairs(definition.state) do out[#out + 1] = slot_row(row, place) end
    out[#out + 1] = "    {0},\n};"
  end
  if definition.checks then out[#out + 1] = emit_checks(definition, names) end
  local doc = definition.doc
  for _, more in ipairs { definition.use or "", definition.note or "" } do
    if more ~= "" then doc = doc .. " " .. more end
  end
  local fields = {
    (".name = %s"):format(quoted(definition.name)), (".doc = %s"):format(quoted(doc)),
    (".equation = %s"):format(quoted((definition.rule:gsub("%s+$", "")))),
    (".paper = %s"):format(quoted(definition.paper)), ".args = args", (".rule = &%s_rule"):format(id),
  }
  if definition.state and #definition.state > 0 then fields[#fields + 1] = ".slot = slots" end
  if definition.checks then fields[#fields + 1] = ".check = check" end
  for k, row in ipairs(definition.mean and definition.state or {}) do
    if row[2] == definition.mean[1] then
      fields[#fields + 1] = (".mean_slot = %d, .mean_hyper = %d, .mean_name = %s"):format(k,
        names_at(names, definition.mean[2]), quoted(definition.mean[2]))
    end
  end
  out[#out + 1] = ("const OptimDef optim_%s = {\n    %s,\n};\n"):format(id, table.concat(fields, ",\n    "))
  return table.concat(out, "\n")
end

return M
