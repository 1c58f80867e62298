---@meta _
--- Schedules as objects; their constructors are in declared/.

---@alias optlab.Schedule optlab.BuiltinSchedule|fun(t: integer): number

---Schedules by the names of hyperparameters; of a tuple a list of schedules; `groups`: such tables by group number.
---@alias optlab.Schedules table<string, optlab.Schedule|optlab.Schedule[]|table<integer, table>>

---@class optlab.BuiltinSchedule
---@field name string
---@field options table
---@overload fun(t: number): number

---@class optlab.LRScheduler
---@field t integer
---@field schedule optlab.Schedule|optlab.Schedules
---@field step fun(self: optlab.LRScheduler): number Moves on to the next t; returns the new rate.
---The rate of each group.
---@field get_last_lr fun(self: optlab.LRScheduler): number[]
---Its state, for a checkpoint.
---@field state_dict fun(self: optlab.LRScheduler): table
---Continues from what state_dict returned.
---@field load_state_dict fun(self: optlab.LRScheduler, state: table)

---@class optlab.ReduceLROnPlateau
---@field best number
---@field num_bad_epochs number
---Takes a value of the metric; true if the rate was reduced.
---@field step fun(self: optlab.ReduceLROnPlateau, metric: optlab.Operand): boolean
---The rate of each group.
---@field get_last_lr fun(self: optlab.ReduceLROnPlateau): number[]
---Its state, for a checkpoint.
---@field state_dict fun(self: optlab.ReduceLROnPlateau): table
---Continues from what state_dict returned.
---@field load_state_dict fun(self: optlab.ReduceLROnPlateau, state: table)

---@class optlab.sched
---Attaches a schedule to an optimizer's lr, or schedules to hyperparameters by name, and sets them to s(0).
---@field attach fun(opt: optlab.Optimizer, s: optlab.Schedule|optlab.Schedules): optlab.LRScheduler
---@field at fun(s: optlab.Schedule, t: number): number The rate of any schedule at t, checked.
---@field values fun(s: optlab.Schedule, n: integer, first?: integer): number[] The rates s(first), ..., n of them.
---Draws one schedule, or several by label, over their first n updates.
---@field plot fun(schedules: optlab.Schedule|table, n: integer, options?: optlab.options.sched.plot): optlab.Figure
