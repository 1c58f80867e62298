--- One declaration of a function's arguments: their names, what they may be, their defaults. C has the same in args/.
--
--    local WARMUP = args.declare("sched.warmup", {
--      doc = "A schedule after a warm-up.", positions = 1,
--      { "schedule", "callable", required = true, doc = "The schedule that follows the warm-up." },
--      { "steps", "integer", min = 0, required = true, doc = "How many updates the warm-up lasts." },
--      { "mode", "choice", choices = { "linear", "constant" }, default = "linear", doc = "How the rate rises." },
--    })
--    function M.warmup(...)
--      local o = WARMUP:read(...) -- o.schedule, o.steps, o.mode
--
-- A row is {name, kind}, or {name, "kind|another kind"}, and
--
-- * `required`, or `default`; without either the argument is nil unless it is given
-- * of numbers and integers: `min`, `max`, `above`, `below` (all of them exclude infinities), `finite`
-- * `choices` of a choice; `of` (a row without a name), `width` and `least` of a list; `has` of an object
-- * `what` instead of the kind's words in "NAME must be ...", or a function of the row and the value that gives them;
--   with it, `test(value)`, which may refuse the value
-- * `doc`, a line for the reference
--
-- `doc` beside the rows is a sentence about the function, and `equation` a formula; `hints` says what to write instead
-- of names that other programs have: {linewidth = "width = 2"}. What has an entry of its own among
-- the optimizers says so: `group = "optimizer"`, with `inputs`, the names of arguments that stand before the rows;
-- `paper`; `state`, rows {name, sentence, size =}; `needs` and `evaluations`: see optlab.reference.entries.
--
-- The kinds are those of `optlab.base.kinds`. A call gives the first `positions` arguments by position, and any
-- argument by name in one table of options, which comes last. A table of options is a table with names (string keys),
-- or an empty one where no list may stand; where a list may stand, the same table may hold that list. Objects of a
-- class are never options. Nothing that was given is dropped: unknown names, arguments given twice and too many of them
-- are errors:
--
--    CALLEE: NAME must be WHAT, got VALUE
--    CALLEE: NAME is missing; it must be WHAT
--    CALLEE: unknown option 'x'; did you mean 'y'?
--    CALLEE: too many arguments (4, at most 3 and a table of options)
-- @module optlab.base.args
local M = {}

local declared = {} -- callee -> declaration

-- A declaration that no call has been read by. Its rows are prepared, and what reads calls is loaded, when it is first
-- asked for anything else than what stands in it.
local Unread = {}

function Unread.__index(self, key)
  require("optlab.base.args.reader").prepare(self)
  return self[key]
end

--- Declares the arguments of a function.
-- @tparam string callee the function as users write it: "train.fit", "Figure:line"
-- @tparam table rows see above; `positions` (0): how many of the first rows may be given by position
-- @treturn Declaration
function M.declare(callee, rows)
  local self = setmetatable({
    callee = callee, doc = rows.doc, equation = rows.equation, positions = rows.positions or 0, given = rows,
    group = rows.group, inputs = rows.inputs, paper = rows.paper, state = rows.state, needs = rows.needs,
    evaluations = rows.evaluations, hints = rows.hints,
  }, Unread)
  declared[callee] = self
  return self
end

--- Checks one value that no declaration covers, such as a member of a table.
-- @tparam string callee
-- @tparam string name what messages call it
-- @param value
-- @tparam string kind
-- @tparam[opt] table row the limits, choices, ... of the kind
-- @return the value
-- @usage args.check("train.sweep", "runs[2].seed", run.seed, "integer")
function M.check(...) return require("optlab.base.args.reader").check(...) end

--- All declarations of the modules loaded so far, by the name of the function, for the reference; `pairs(lab)` loads
-- all modules. The arguments look like those of declarations in C (core.nn.declarations()).
-- @treturn {[string]=table,...} each `doc`, `equation`, `positions` and `args`, a list of {name, kind, what, required,
-- default, choices, of, doc} by name; `of` is the kind of a list's members
function M.all()
  local all, what = {}, require("optlab.base.kinds").what
  for callee, declaration in pairs(declared) do
    local list = {}
    for i, row in ipairs(declaration.rows) do
      list[i] = {
        name = row.name, kind = row.kind, what = what(row), required = row.required or false,
        default = row.default, choices = row.choices, of = row.of and row.of.kind, doc = row.doc,
      }
    end
    all[callee] = {
      doc = declaration.doc, equation = declaration.equation, positions = declaration.positions, args = list,
      group = declaration.group, inputs = declaration.inputs, paper = declaration.paper, state = declaration.state,
      needs = declaration.needs, evaluations = declaration.evaluations,
    }
  end
  return all
end

return M
