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

---@class optlab.options.sched.Chebyshev
---@field smallest number The smallest eigenvalue of the Hessian, or a bound below it.
---@field largest number The largest one, or a bound above it.
---@field total_steps integer Number of updates in a cycle; after it the rates are repeated.

---One over the nodes of Chebyshev between two eigenvalues: the best rates for a quadratic function.
---
---     1 / ((L + m) / 2 + (L - m) / 2 cos(pi (j + 1/2) / n))
---     with m = smallest, L = largest, n = total_steps;
---     j = 0, n - 1, 1, n - 2, ...: short and long steps alternate, which keeps
---     rounding errors small
---
---@param options optlab.options.sched.Chebyshev
---@return optlab.BuiltinSchedule
function sched.Chebyshev(options) end

---@class optlab.options.sched.clamp
---@field min? number The least rate. Default: 0.
---@field max? number The greatest rate; by default none.

---A schedule whose rates are kept within bounds.
---
---     min(max(s(t), min), max)
---
---@param schedule optlab.Schedule The schedule whose rates are kept within bounds.
---@param options? optlab.options.sched.clamp
---@return optlab.BuiltinSchedule
function sched.clamp(schedule, options) end

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

---@class optlab.options.sched.CosineAnnealingWarmupRestarts
---@field max_lr number The rate at the top of the first cycle.
---@field first_cycle_steps number Number of updates in the first cycle, its warm-up included.
---@field min_lr? number The rate at which each cycle starts and ends. Default: 0.
---@field cycle_mult? number Each cycle's wave is cycle_mult times as long as the one before it, rounded down to whole updates. Default: 1.
---@field warmup_steps? number Number of updates at the start of each cycle in which the rate rises in a straight line. Default: 0.
---@field gamma? number Each cycle's top is gamma times the last one's. Default: 1.

---Cosine waves down to min_lr, each after a straight rise; their tops and lengths may change.
---
---     in cycle c of n_c updates, at its update k, with w = warmup_steps:
---     min_lr + (M - min_lr) k / w                                   while k < w
---     min_lr + (M - min_lr) (1 + cos(pi (k - w) / (n_c - w))) / 2   after that
---     with M = max_lr gamma^c, n_0 = first_cycle_steps,
---     n_(c+1) = floor((n_c - w) cycle_mult) + w
---
---@param options optlab.options.sched.CosineAnnealingWarmupRestarts
---@return optlab.BuiltinSchedule
function sched.CosineAnnealingWarmupRestarts(options) end

---@class optlab.options.sched.CosineDecay
---@field base_lr number The rate that the schedule starts from; PyTorch takes it from the optimizer.
---@field decay_steps number Number of updates that the decay takes.
---@field alpha? number The last rate as a share of base_lr. Default: 0.
---@field exponent? number The exponent of the wave. Default: 1.

---Half a cosine wave, or a power of it, from base_lr down to alpha base_lr, where it stays.
---
---     base_lr ((1 - alpha) ((1 + cos(pi p)) / 2)^exponent + alpha)
---     with p = min(t / decay_steps, 1)
---
---@param options optlab.options.sched.CosineDecay
---@return optlab.BuiltinSchedule
function sched.CosineDecay(options) end

---@class optlab.options.sched.CosineLR
---@field base_lr number The rate that the schedule starts from; PyTorch takes it from the optimizer.
---@field t_initial number Number of updates in the first cycle.
---@field lr_min? number The lowest rate. Default: 0.
---@field cycle_mul? number Each cycle is cycle_mul times as long as the one before it. Default: 1.
---@field cycle_decay? number Each cycle starts from cycle_decay times the rate of the one before it. Default: 1.
---@field cycle_limit? integer Number of cycles. Default: 1.
---@field k_decay? number The exponent of the share of a cycle that is over; above 1 the rate stays high for longer. Default: 1.

---Cosine waves with restarts that may grow, get lower and come to an end (timm's CosineLRScheduler).
---
---     lr_min + (b - lr_min) (1 + cos(pi p^k_decay)) / 2
---     with p the share of cycle i that is over, b = base_lr cycle_decay^i;
---     lr_min from the end of cycle cycle_limit on
---
---@param options optlab.options.sched.CosineLR
---@return optlab.BuiltinSchedule
function sched.CosineLR(options) end

---@class optlab.options.sched.CosineOneCycle
---@field max_lr number The rate at the top.
---@field total_steps integer Number of updates in the cycle.
---@field pct_start? number Share of the updates until the top. Default: 0.3.
---@field div_factor? number The first rate is max_lr / div_factor. Default: 25.
---@field final_div_factor? number The last rate is the first rate divided by final_div_factor. Default: 10000.

---optax's cosine_onecycle_schedule: half a wave up, half a wave down.
---
---     half waves from max_lr / div_factor        at t = 0
---     to max_lr                                  at floor(pct_start total_steps)
---     to max_lr / div_factor / final_div_factor  at total_steps; it stays there
---
---@param options optlab.options.sched.CosineOneCycle
---@return optlab.BuiltinSchedule
function sched.CosineOneCycle(options) end

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

---@class optlab.options.sched.CyclicMomentum
---@field base_momentum? number The momentum at the top rate of cycle one. Default: 0.8.
---@field max_momentum? number The momentum at the lowest rate. Default: 0.9.
---@field step_size_up? number Updates from the highest momentum down to the lowest. Default: 2000.
---@field step_size_down? number Updates from the lowest momentum up to the highest; by default step_size_up.
---@field mode? "triangular"|"triangular2"|"exp_range" How the height of the cycles changes; see the formula. Default: "triangular".
---@field gamma? number The factor of mode 'exp_range'. Default: 1.

---The momentum that PyTorch's CyclicLR sets: down where the rate goes up.
---
---     max_momentum - (max_momentum - base_momentum) scale x
---     with scale and x of CyclicLR
---
---@param options? optlab.options.sched.CyclicMomentum
---@return optlab.BuiltinSchedule
function sched.CyclicMomentum(options) end

---@class optlab.options.sched.ExponentialDecay
---@field base_lr number The rate that the schedule starts from; PyTorch takes it from the optimizer.
---@field decay_steps number Updates until the rate has been multiplied by decay_rate once.
---@field decay_rate number The factor of decay_steps updates; above 1 the rate grows.
---@field staircase? boolean Whether it is multiplied all at once, every decay_steps updates. Default: false.
---@field end_lr? number Where the rate stops: the least rate, or the greatest if decay_rate is at least 1; by default none.
---@field begin? number The last update at base_lr. Default: 0.

---Multiplies the rate by decay_rate over each decay_steps updates.
---
---     base_lr decay_rate^p
---     with p = (t - begin) / decay_steps, at least 0; rounded down if staircase;
---     no further than end_lr
---
---@param options optlab.options.sched.ExponentialDecay
---@return optlab.BuiltinSchedule
function sched.ExponentialDecay(options) end

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

---@class optlab.options.sched.InverseSquareRoot
---@field base_lr number The rate that the schedule starts from; PyTorch takes it from the optimizer.
---@field warmup_steps? number Number of updates in which the rate rises from 0 to base_lr in a straight line. Default: 0.
---@field timescale? number Updates after the warm-up until the rate has fallen by a factor of sqrt(2); by default warmup_steps, or 10000 without a warm-up.

---Rises in a straight line, then falls like one over the square root of the update.
---
---     base_lr t / warmup_steps                          while t < warmup_steps
---     base_lr / sqrt(1 + (t - warmup_steps) / timescale)  after that
---
---@param options optlab.options.sched.InverseSquareRoot
---@return optlab.BuiltinSchedule
function sched.InverseSquareRoot(options) end

---@class optlab.options.sched.InverseTimeDecay
---@field base_lr number The rate that the schedule starts from; PyTorch takes it from the optimizer.
---@field decay_steps number The unit of time, in updates.
---@field decay_rate number After decay_steps updates the rate is base_lr / (1 + decay_rate).
---@field staircase? boolean Whether the rate changes only every decay_steps updates. Default: false.

---Falls like one over t, as the theory of stochastic approximation asks for.
---
---     base_lr / (1 + decay_rate t / decay_steps)
---     t / decay_steps rounded down if staircase
---
---@param options optlab.options.sched.InverseTimeDecay
---@return optlab.BuiltinSchedule
function sched.InverseTimeDecay(options) end

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

---@class optlab.options.sched.LinearOneCycle
---@field max_lr number The rate at the top.
---@field total_steps integer Number of updates in the cycle.
---@field pct_start? number Share of the updates until the top. Default: 0.3.
---@field div_factor? number The first rate is max_lr / div_factor. Default: 25.
---@field final_div_factor? number The last rate is the first rate divided by final_div_factor. Default: 10000.
---@field pct_final? number Share of the updates until the rate is back at max_lr / div_factor. Default: 0.85.

---optax's linear_onecycle_schedule: straight lines up, down, and further down.
---
---     straight lines from max_lr / div_factor    at t = 0
---     to max_lr                                  at floor(pct_start total_steps)
---     to max_lr / div_factor                     at floor(pct_final total_steps)
---     to max_lr / div_factor / final_div_factor  at total_steps; it stays there
---
---@param options optlab.options.sched.LinearOneCycle
---@return optlab.BuiltinSchedule
function sched.LinearOneCycle(options) end

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
---@field pct_start? number Share of the updates until the rate is at its top. Default: 0.3.
---@field anneal_strategy? "cos"|"linear" Shape of the rise and the fall: 'cos' for half a cosine wave, 'linear' for a straight line. Default: "cos".
---@field three_phase? boolean Whether the way back takes as many updates as the way there, followed by a last phase. Default: false.
---@field div_factor? number The first rate is max_lr / div_factor. Default: 25.
---@field final_div_factor? number The last rate is the first rate divided by final_div_factor. Default: 10000.

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

---@class optlab.options.sched.OneCycleMomentum
---@field total_steps? integer Number of updates in the cycle; alternatively give epochs and steps_per_epoch.
---@field epochs? integer Number of epochs; with steps_per_epoch, an alternative to total_steps.
---@field steps_per_epoch? integer Updates per epoch.
---@field pct_start? number Share of the updates until the momentum is at its lowest. Default: 0.3.
---@field anneal_strategy? "cos"|"linear" Shape of the rise and the fall: 'cos' for half a cosine wave, 'linear' for a straight line. Default: "cos".
---@field three_phase? boolean Whether the way back takes as many updates as the way there, followed by a last phase. Default: false.
---@field max_momentum? number The momentum at the start and at the end. Default: 0.95.
---@field base_momentum? number The lowest momentum. Default: 0.85.

---The momentum that PyTorch's OneCycleLR sets: down where the rate goes up.
---
---     from max_momentum   at t = 0
---     to   base_momentum  at t = n
---     to   max_momentum   at t = 2 n if three_phase, else at t = total_steps - 1
---     with n = pct_start total_steps - 1; max_momentum from t = total_steps - 1 on
---
---@param options? optlab.options.sched.OneCycleMomentum
---@return optlab.BuiltinSchedule
function sched.OneCycleMomentum(options) end

---@class optlab.options.sched.Piecewise
---@field base_lr number The rate that the schedule starts from; PyTorch takes it from the optimizer.
---@field boundaries number[] Updates at which the rate has been multiplied, in ascending order.
---@field scales number[] The factor of each of them: of the rate at the boundary before it.
---@field interpolation? "constant"|"linear"|"cosine" Between two boundaries: 'constant', 'linear' or 'cosine' (half a wave). Default: "constant".

---Rates at given updates, with steps, straight lines or half waves between them.
---
---     v_0 = base_lr at b_0 = 0, v_i = v_(i-1) scales_i at b_i = boundaries_i;
---     between b_i and b_(i+1), with p = (t - b_i) / (b_(i+1) - b_i):
---     'constant'  v_i
---     'linear'    v_i + (v_(i+1) - v_i) p
---     'cosine'    v_(i+1) + (v_i - v_(i+1)) (1 + cos(pi p)) / 2
---     and the last value after the last boundary
---
---@param options optlab.options.sched.Piecewise
---@return optlab.BuiltinSchedule
function sched.Piecewise(options) end

---@class optlab.options.sched.plot
---@field ylabel? string What the schedules give. Default: "learning rate".
---@field logy? boolean Whether the vertical axis is logarithmic.

---Draws schedules over their first n updates; returns the figure, to be saved.
---@param schedules function|table|table A schedule, a list of schedules, or a table of schedules by the texts of the key.
---@param n integer Number of updates.
---@param options? optlab.options.sched.plot
---@return optlab.BuiltinSchedule
function sched.plot(schedules, n, options) end

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

---@class optlab.options.sched.PolyLR
---@field base_lr number The rate that the schedule starts from; PyTorch takes it from the optimizer.
---@field t_initial number Number of updates in the first cycle.
---@field lr_min? number The lowest rate. Default: 0.
---@field cycle_mul? number Each cycle is cycle_mul times as long as the one before it. Default: 1.
---@field cycle_decay? number Each cycle starts from cycle_decay times the rate of the one before it. Default: 1.
---@field cycle_limit? integer Number of cycles. Default: 1.
---@field power? number The exponent of the curve. Default: 0.5.
---@field k_decay? number The exponent of the share of a cycle that is over; above 1 the rate stays high for longer. Default: 1.

---A power that falls to lr_min, with restarts (timm's PolyLRScheduler).
---
---     lr_min + (b - lr_min) (1 - p^k_decay)^power
---     with p the share of cycle i that is over, b = base_lr cycle_decay^i;
---     lr_min from the end of cycle cycle_limit on
---
---@param options optlab.options.sched.PolyLR
---@return optlab.BuiltinSchedule
function sched.PolyLR(options) end

---@class optlab.options.sched.PolynomialDecay
---@field base_lr number The rate that the schedule starts from; PyTorch takes it from the optimizer.
---@field decay_steps number Number of updates that the decay takes.
---@field end_lr? number The rate at the end. Default: 0.
---@field power? number The exponent; 1: a straight line. Default: 1.
---@field begin? number The last update at base_lr. Default: 0.

---From base_lr to end_lr along a power; a straight line by default.
---
---     (base_lr - end_lr) (1 - p)^power + end_lr
---     with p = (t - begin) / decay_steps, cut to [0, 1]
---
---@param options optlab.options.sched.PolynomialDecay
---@return optlab.BuiltinSchedule
function sched.PolynomialDecay(options) end

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

---@class optlab.options.sched.restart
---@field times? integer How often it runs; after that it stays at its rate at the end. By default it never ends.
---@field decay? number The factor by which the rates of each run differ from those of the run before it. Default: 1.
---@field growth? number The factor by which each run is longer than the run before it; the schedule is stretched with it. Default: 1.

---A schedule again and again.
---
---     decay^i s(u)
---     in run i = 0, 1, ..., which has steps growth^i updates;
---     with u = (updates of this run) / growth^i; after the last run
---     decay^(times-1) s(steps)
---
---@param schedule optlab.Schedule The schedule that is repeated.
---@param steps number Number of updates after which it starts again.
---@param options? optlab.options.sched.restart
---@return optlab.BuiltinSchedule
function sched.restart(schedule, steps, options) end

---@class optlab.options.sched.REX
---@field base_lr number The rate that the schedule starts from; PyTorch takes it from the optimizer.
---@field total_steps number Updates until the rate is min_lr.
---@field min_lr? number The rate at the end. Default: 0.

---A hyperbola from base_lr down to min_lr, for trainings of a given length.
---
---     min_lr + (base_lr - min_lr) (1 - p) / (1 - p / 2)
---     with p = min(t / total_steps, 1)
---
---@param options optlab.options.sched.REX
---@return optlab.BuiltinSchedule
function sched.REX(options) end

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

---A schedule in other units: one of epochs for updates.
---
---     s(t / by)
---
---@param schedule optlab.Schedule The schedule in the larger unit.
---@param by number How many of the smaller units the larger one has, such as updates in an epoch.
---@return optlab.BuiltinSchedule
function sched.stretch(schedule, by) end

---@class optlab.options.sched.SWALR
---@field base_lr number The rate that the schedule starts from; PyTorch takes it from the optimizer.
---@field swa_lr number The rate from anneal_epochs on, above or below base_lr.
---@field anneal_epochs? number Number of updates, or epochs, from base_lr to swa_lr; 0: at once. Default: 10.
---@field anneal_strategy? "cos"|"linear" The shape of the way there. Default: "cos".

---From base_lr to the constant rate at which SWA averages weights.
---
---     swa_lr a + base_lr (1 - a)
---     with p = min(t / anneal_epochs, 1), a = (1 - cos(pi p)) / 2;
---     'linear' a = p
---
---@param options optlab.options.sched.SWALR
---@return optlab.BuiltinSchedule
function sched.SWALR(options) end

---@class optlab.options.sched.TanhLR
---@field base_lr number The rate that the schedule starts from; PyTorch takes it from the optimizer.
---@field t_initial number Number of updates in the first cycle.
---@field lr_min? number The lowest rate. Default: 0.
---@field cycle_mul? number Each cycle is cycle_mul times as long as the one before it. Default: 1.
---@field cycle_decay? number Each cycle starts from cycle_decay times the rate of the one before it. Default: 1.
---@field cycle_limit? integer Number of cycles. Default: 1.
---@field lb? number Argument of tanh at the start of a cycle; below ub. Default: -7.
---@field ub? number Argument of tanh at the end of a cycle. Default: 3.

---The fall of a hyperbolic tangent, with restarts (timm's TanhLRScheduler).
---
---     lr_min + (b - lr_min) (1 - tanh(lb (1 - p) + ub p)) / 2
---     with p the share of cycle i that is over, b = base_lr cycle_decay^i;
---     lr_min from the end of cycle cycle_limit on
---
---@param options optlab.options.sched.TanhLR
---@return optlab.BuiltinSchedule
function sched.TanhLR(options) end

---@class optlab.options.sched.warmup
---@field begin_lr? number The rate at the start of the warm-up. Default: 0.
---@field mode? "linear"|"constant" 'linear': from begin_lr to the rate that follows in a straight line; 'constant': stay at begin_lr. Default: "linear".
---@field overlap? boolean Whether the schedule counts from the start of the warm-up, which replaces its first updates. Default: false.

---A schedule after a warm-up.
---
---     s(t - steps + first) from t = steps on; before that
---     begin_lr + (s(first) - begin_lr) t / steps  in mode 'linear'
---     begin_lr                                    in mode 'constant'
---     with first = steps if overlap, else 0
---
---@param schedule optlab.Schedule The schedule that follows the warm-up.
---@param steps number Number of updates in the warm-up.
---@param options? optlab.options.sched.warmup
---@return optlab.BuiltinSchedule
function sched.warmup(schedule, steps, options) end

---@class optlab.options.sched.WSD
---@field base_lr number The rate that the schedule starts from; PyTorch takes it from the optimizer.
---@field stable_steps number Number of updates at base_lr after the warm-up.
---@field decay_steps number Number of updates in which the rate falls to final_lr, where it stays.
---@field warmup_steps? number Number of updates in which the rate rises. Default: 0.
---@field warmup_begin_lr? number The rate at the start of the warm-up. Default: 0.
---@field final_lr? number The rate at the end. Default: 0.
---@field warmup_type? "linear"|"cosine"|"1-sqrt" The shape of the rise; see the formula. Default: "linear".
---@field decay_type? "linear"|"cosine"|"1-sqrt"|"1-square" The shape of the fall; see the formula. Default: "cosine".

---Warm-up, stable, decay: a rise, a constant rate for as long as one likes, and a short fall.
---
---     in the warm-up  w + (base_lr - w) f(1 - t / warmup_steps)
---     after it        final_lr + (base_lr - final_lr) f(p)
---     with w = warmup_begin_lr, p = (t - warmup_steps - stable_steps) / decay_steps,
---     cut to [0, 1], and f(p): 'linear' 1 - p, 'cosine' (1 + cos(pi p)) / 2,
---     '1-sqrt' 1 - sqrt(p), '1-square' 1 - p^2
---
---@param options optlab.options.sched.WSD
---@return optlab.BuiltinSchedule
function sched.WSD(options) end
