-- Made by scripts/reference from the declarations. Change these, not this file.
---@meta _

---@class optlab.sched
local sched = {}

---The product of schedules.
---
---     s_1(t) s_2(t) ...
---
---@param schedules optlab.Schedule[] The list of schedules.
---@return optlab.BuiltinSchedule
function sched.chain(schedules) end

---@class optlab.options.sched.ConstantLR
---@field base_lr number The rate that the schedule starts from; PyTorch takes it from the optimizer.
---@field factor? number The factor of the first updates. Default: 1/3.
---@field total_iters? number Number of updates until the factor no longer changes. Default: 5.

---A lower rate for the first updates.
---
---     base_lr factor while t < total_iters, then base_lr
---
---@param options optlab.options.sched.ConstantLR
---@return optlab.BuiltinSchedule
function sched.ConstantLR(options) end

---@class optlab.options.sched.Cosine
---@field max_update number The update from which on the rate is final_lr.
---@field base_lr? number The rate that the schedule starts from. Default: 0.01.
---@field warmup_steps? number Number of updates in the warm-up, before the schedule itself starts. Default: 0.
---@field warmup_begin_lr? number The rate at the start of the warm-up. Default: 0.
---@field warmup_mode? "linear"|"constant" 'linear': from warmup_begin_lr to base_lr in a straight line; 'constant': stay at warmup_begin_lr. Default: "linear".
---@field final_lr? number The rate at the end. Default: 0.

---Half a cosine wave from base_lr down to final_lr, after a warm-up.
---
---     final_lr + (base_lr - final_lr) (1 + cos(pi u / n)) / 2
---     and final_lr from t = max_update on;
---     with u = t - warmup_steps, n = max_update - warmup_steps
---
---@param options optlab.options.sched.Cosine
---@return optlab.BuiltinSchedule
function sched.Cosine(options) end

---@class optlab.options.sched.CosineAnnealingLR
---@field base_lr number The rate that the schedule starts from; PyTorch takes it from the optimizer.
---@field T_max number Updates until the rate is eta_min.
---@field eta_min? number The lowest rate. Default: 0.

---Half a cosine wave from base_lr down to eta_min; rises again after T_max.
---
---     eta_min + (base_lr - eta_min) (1 + cos(pi t / T_max)) / 2
---
---@param options optlab.options.sched.CosineAnnealingLR
---@return optlab.BuiltinSchedule
function sched.CosineAnnealingLR(options) end

---@class optlab.options.sched.CosineAnnealingWarmRestarts
---@field base_lr number The rate that the schedule starts from; PyTorch takes it from the optimizer.
---@field T_0 number Number of updates in the first period.
---@field eta_min? number The lowest rate. Default: 0.
---@field T_mult? integer Each period is T_mult times as long as the one before it. Default: 1.

---Cosine waves from base_lr down to eta_min that start again after each period.
---
---     CosineAnnealingLR over periods of T_0, T_0 T_mult, T_0 T_mult^2, ... updates
---
---@param options optlab.options.sched.CosineAnnealingWarmRestarts
---@return optlab.BuiltinSchedule
function sched.CosineAnnealingWarmRestarts(options) end

---@class optlab.options.sched.CyclicLR
---@field base_lr number The lowest rate.
---@field max_lr number The rate at the top of the first cycle.
---@field step_size_up? number Updates from the lowest rate up to the highest. Default: 2000.
---@field step_size_down? number Updates from the highest rate down to the lowest; by default step_size_up.
---@field mode? "triangular"|"triangular2"|"exp_range" How the height of the cycles changes; see the formula. Default: "triangular".
---@field gamma? number The factor of mode 'exp_range'. Default: 1.

---Straight lines up and down between two rates.
---
---     base_lr + (max_lr - base_lr) scale x
---     x: from 0 up to 1 in step_size_up updates, down again in step_size_down
---     scale: 1 in mode 'triangular', 2^-(cycles completed) in 'triangular2',
---            gamma^t in 'exp_range'
---
---@param options optlab.options.sched.CyclicLR
---@return optlab.BuiltinSchedule
function sched.CyclicLR(options) end

---@class optlab.options.sched.ExponentialLR
---@field base_lr number The rate that the schedule starts from; PyTorch takes it from the optimizer.
---@field gamma number The factor of each update.

---Multiplies the rate by gamma at each update.
---
---     base_lr gamma^t
---
---@param options optlab.options.sched.ExponentialLR
---@return optlab.BuiltinSchedule
function sched.ExponentialLR(options) end

---@class optlab.options.sched.Factor
---@field base_lr? number The rate that the schedule starts from. Default: 0.1.
---@field warmup_steps? number Number of updates in the warm-up, before the schedule itself starts. Default: 0.
---@field warmup_begin_lr? number The rate at the start of the warm-up. Default: 0.
---@field warmup_mode? "linear"|"constant" 'linear': from warmup_begin_lr to base_lr in a straight line; 'constant': stay at warmup_begin_lr. Default: "linear".
---@field factor? number The factor by which the rate is multiplied. Default: 1.
---@field stop_factor_lr? number Lower bound of the rate. Default: 1e-7.
---@field step? number Number of updates between two multiplications. Default: 1.

---Multiplies the rate by a factor every few updates, after a warm-up.
---
---     max(stop_factor_lr, base_lr factor^floor(u / step))
---     with u = t - warmup_steps
---
---@param options? optlab.options.sched.Factor
---@return optlab.BuiltinSchedule
function sched.Factor(options) end

---@class optlab.options.sched.LambdaLR
---@field base_lr number The rate that is multiplied.
---@field lr_lambda function|table A function of t that returns the factor.

---The base rate times a Lua function of t.
---
---     base_lr lr_lambda(t)
---
---@param options optlab.options.sched.LambdaLR
---@return optlab.BuiltinSchedule
function sched.LambdaLR(options) end

---@class optlab.options.sched.LinearLR
---@field base_lr number The rate that the schedule starts from; PyTorch takes it from the optimizer.
---@field start_factor? number The factor at t = 0. Default: 1/3.
---@field end_factor? number The factor from total_iters on. Default: 1.
---@field total_iters? number Number of updates until the factor no longer changes. Default: 5.

---A straight line from one rate to another.
---
---     base_lr (start_factor + (end_factor - start_factor) s)
---     with s = min(t, total_iters) / total_iters
---
---@param options optlab.options.sched.LinearLR
---@return optlab.BuiltinSchedule
function sched.LinearLR(options) end

---@class optlab.options.sched.MultiFactor
---@field step number[] Updates at which the rate is multiplied, counted from the start of the warm-up.
---@field base_lr? number The rate that the schedule starts from. Default: 0.01.
---@field warmup_steps? number Number of updates in the warm-up, before the schedule itself starts. Default: 0.
---@field warmup_begin_lr? number The rate at the start of the warm-up. Default: 0.
---@field warmup_mode? "linear"|"constant" 'linear': from warmup_begin_lr to base_lr in a straight line; 'constant': stay at warmup_begin_lr. Default: "linear".
---@field factor? number The factor by which the rate is multiplied. Default: 1.

---Multiplies the rate by a factor at given updates, after a warm-up.
---
---     base_lr factor^k,  k = members of step that are at most t
---
---@param options optlab.options.sched.MultiFactor
---@return optlab.BuiltinSchedule
function sched.MultiFactor(options) end

---@class optlab.options.sched.MultiplicativeLR
---@field base_lr number The rate that is multiplied.
---@field lr_lambda function|table A function of t that returns the factor of update t.

---Multiplies the rate at each update by a Lua function of t.
---
---     base_lr lr_lambda(1) lr_lambda(2) ... lr_lambda(t)
---
---@param options optlab.options.sched.MultiplicativeLR
---@return optlab.BuiltinSchedule
function sched.MultiplicativeLR(options) end

---@class optlab.options.sched.MultiStepLR
---@field base_lr number The rate that the schedule starts from; PyTorch takes it from the optimizer.
---@field milestones number[] The updates at which the rate is multiplied.
---@field gamma? number The factor by which the rate is multiplied. Default: 0.1.

---Multiplies the rate by gamma at given updates.
---
---     base_lr gamma^k,  k = members of milestones that are at most t
---
---@param options optlab.options.sched.MultiStepLR
---@return optlab.BuiltinSchedule
function sched.MultiStepLR(options) end

---@class optlab.options.sched.OneCycleLR
---@field max_lr number The rate at the top.
---@field total_steps? integer Number of updates in the cycle; alternatively give epochs and steps_per_epoch.
---@field epochs? integer Number of epochs; with steps_per_epoch, an alternative to total_steps.
---@field steps_per_epoch? integer Updates per epoch.
---@field pct_start? number Share of the updates during which the rate rises. Default: 0.3.
---@field anneal_strategy? "cos"|"linear" Shape of the rise and the fall: 'cos' for half a cosine wave, 'linear' for a straight line. Default: "cos".
---@field div_factor? number The first rate is max_lr / div_factor. Default: 25.
---@field final_div_factor? number The last rate is the first rate divided by final_div_factor. Default: 10000.
---@field three_phase? boolean Whether to fall back to the first rate in as many updates as the rise took, and then to the last rate. Default: false.

---Up to a high rate once, then down to a very low one.
---
---     from max_lr / div_factor                     at t = 0
---     to   max_lr                                  at t = n
---     to   max_lr / div_factor                     at t = 2 n, if three_phase
---     to   max_lr / div_factor / final_div_factor  at t = total_steps - 1
---     with n = pct_start total_steps - 1; constant from t = total_steps - 1 on
---
---@param options optlab.options.sched.OneCycleLR
---@return optlab.BuiltinSchedule
function sched.OneCycleLR(options) end

---@class optlab.options.sched.Poly
---@field max_update number The update from which on the rate is final_lr.
---@field base_lr? number The rate that the schedule starts from. Default: 0.01.
---@field warmup_steps? number Number of updates in the warm-up, before the schedule itself starts. Default: 0.
---@field warmup_begin_lr? number The rate at the start of the warm-up. Default: 0.
---@field warmup_mode? "linear"|"constant" 'linear': from warmup_begin_lr to base_lr in a straight line; 'constant': stay at warmup_begin_lr. Default: "linear".
---@field final_lr? number The rate at the end. Default: 0.
---@field pwr? number Exponent to which the straight line is raised. Default: 2.

---A power of a straight line from base_lr down to final_lr, after a warm-up.
---
---     final_lr + (base_lr - final_lr) (1 - u / n)^pwr
---     and final_lr from t = max_update on;
---     with u = t - warmup_steps, n = max_update - warmup_steps
---
---@param options optlab.options.sched.Poly
---@return optlab.BuiltinSchedule
function sched.Poly(options) end

---@class optlab.options.sched.PolynomialLR
---@field base_lr number The rate that the schedule starts from; PyTorch takes it from the optimizer.
---@field total_iters? number Updates until the rate is 0. Default: 5.
---@field power? number Exponent to which the straight line is raised. Default: 1.

---A power of a straight line down to 0.
---
---     base_lr (1 - min(t, total_iters) / total_iters)^power
---
---@param options optlab.options.sched.PolynomialLR
---@return optlab.BuiltinSchedule
function sched.PolynomialLR(options) end

---@class optlab.options.sched.ReduceLROnPlateau
---@field mode? "min"|"max" 'min': a smaller metric is better; 'max': a larger one. Default: "min".
---@field factor? number The factor by which the rates are multiplied. Default: 0.1.
---@field patience? number Number of steps without improvement after which the rates are lowered at the next one. Default: 10.
---@field threshold? number Smallest change of the metric that counts as an improvement. Default: 0.0001.
---@field threshold_mode? "rel"|"abs" 'rel': threshold is a share of the size of the best value; 'abs': it is an absolute difference. Default: "rel".
---@field cooldown? number Number of steps after a reduction during which steps without improvement are not counted. Default: 0.
---@field min_lr? number Lower bound of the rate. Default: 0.
---@field eps? number Smallest change of a rate; smaller changes are not made. Default: 1e-8.

---Lowers the rate when a metric has stopped improving. A metric of nan counts as no improvement.
---@param optimizer optlab.Optimizer
---@param options? optlab.options.sched.ReduceLROnPlateau
---@return optlab.ReduceLROnPlateau
function sched.ReduceLROnPlateau(optimizer, options) end

---A schedule times a number.
---
---     factor s(t)
---
---@param schedule optlab.Schedule The schedule whose rates are multiplied.
---@param factor number The factor by which the rate is multiplied.
---@return optlab.BuiltinSchedule
function sched.scale(schedule, factor) end

---One schedule after another, each counted from its own start.
---
---     s_1(t) while t < m_1, then s_2(t - m_1) while t < m_2, ...
---     with milestones m_1 <= m_2 <= ...
---
---@param schedules optlab.Schedule[] The list of schedules.
---@param milestones number[] Updates at which the next schedule takes over; one fewer than schedules.
---@return optlab.BuiltinSchedule
function sched.sequential(schedules, milestones) end

---@class optlab.options.sched.SquareRoot
---@field base_lr? number The rate that the schedule starts from. Default: 0.1.
---@field warmup_steps? number Number of updates in the warm-up, before the schedule itself starts. Default: 0.
---@field warmup_begin_lr? number The rate at the start of the warm-up. Default: 0.
---@field warmup_mode? "linear"|"constant" 'linear': from warmup_begin_lr to base_lr in a straight line; 'constant': stay at warmup_begin_lr. Default: "linear".

---Falls like one over the square root of the update, after a warm-up.
---
---     base_lr (u + 1)^(-1/2)
---     with u = t - warmup_steps
---
---@param options? optlab.options.sched.SquareRoot
---@return optlab.BuiltinSchedule
function sched.SquareRoot(options) end

---@class optlab.options.sched.StepLR
---@field base_lr number The rate that the schedule starts from; PyTorch takes it from the optimizer.
---@field step_size number Number of updates between two multiplications.
---@field gamma? number The factor by which the rate is multiplied. Default: 0.1.

---Multiplies the rate by gamma every step_size updates.
---
---     base_lr gamma^floor(t / step_size)
---
---@param options optlab.options.sched.StepLR
---@return optlab.BuiltinSchedule
function sched.StepLR(options) end

---@class optlab.options.sched.warmup
---@field begin_lr? number The rate at the start of the warm-up. Default: 0.
---@field mode? "linear"|"constant" 'linear': from begin_lr to the schedule's first rate in a straight line; 'constant': stay at begin_lr. Default: "linear".

---A schedule after a warm-up.
---
---     s(t - steps) from t = steps on; before that
---     begin_lr + (s(0) - begin_lr) t / steps    in mode 'linear'
---     begin_lr                                  in mode 'constant'
---
---@param schedule optlab.Schedule The schedule that follows the warm-up.
---@param steps number Number of updates in the warm-up.
---@param options? optlab.options.sched.warmup
---@return optlab.BuiltinSchedule
function sched.warmup(schedule, steps, options) end
