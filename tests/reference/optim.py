#!/usr/bin/python3
"""Trajectories of PyTorch's optimizers and learning-rate schedules, as Lua tables for the specs of optim and sched.

    /usr/bin/python3 tests/reference/optim.py        writes optim_values.lua and sched_values.lua beside this file

Made with PyTorch 1.13 (Debian's python3-torch), float64. The problem: A (3, 2) under a quadratic, b (4) under
Rosenbrock's chain, gradients written out below in plain float arithmetic so that the specs can repeat them operation by
operation. Yogi, the book's schedules and Poly are not in PyTorch, Adafactor and a right NAdam not in version 1.13: small
implementations of their published equations stand in for it.
"""
import math
import os
import warnings

import torch
from torch.optim import lr_scheduler

warnings.filterwarnings("ignore")
HERE = os.path.dirname(os.path.abspath(__file__))
STEPS, KEPT, UPDATES = 50, (1, 2, 5, 50), 40

A0, B0 = [1.0, -2.0, 0.5, 3.0, -1.5, 0.25], [-1.2, 1.0, 0.5, -0.3]
CURVE, CENTRE = [0.1, 2.0, 1.0, 0.5, 4.0, 0.02], [0.3, -0.1, 2.0, 0.7, -0.4, 5.0]


def grad_a(a):
    return [CURVE[i] * (a[i] - CENTRE[i]) for i in range(6)]


def grad_b(b):
    g = [0.0] * 4
    for i in range(3):
        r = b[i + 1] - b[i] * b[i]
        g[i] = g[i] - 20.0 * b[i] * r - 2.0 * (1.0 - b[i])
        g[i + 1] = g[i + 1] + 10.0 * r
    return g


class Yogi(torch.optim.Optimizer):
    """Zaheer et al. 2018 with Adam's bias correction; both moments start at initial_accumulator."""

    def __init__(self, params, lr=1e-2, betas=(0.9, 0.999), eps=1e-3, initial_accumulator=1e-6, weight_decay=0.0):
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, initial=initial_accumulator, decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            (b1, b2), eps = group["betas"], group["eps"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                g, s = p.grad + group["decay"] * p, self.state[p]
                if not s:
                    s.update(t=0, m=torch.full_like(p, group["initial"]), v=torch.full_like(p, group["initial"]))
                s["t"] += 1
                s["m"] = b1 * s["m"] + (1 - b1) * g
                s["v"] = s["v"] - (1 - b2) * torch.sign(s["v"] - g * g) * g * g
                m_hat, v_hat = s["m"] / (1 - b1 ** s["t"]), s["v"] / (1 - b2 ** s["t"])
                p -= group["lr"] * m_hat / (v_hat.sqrt() + eps)


class NAdam(torch.optim.Optimizer):
    """As in PyTorch 2: 1.13's torch.optim.NAdam multiplies by the momentum of the step twice in its second term."""

    def __init__(self, params, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, momentum_decay=4e-3,
                 maximize=False):
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, decay=weight_decay, momentum_decay=momentum_decay,
                                      sign=-1 if maximize else 1))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            (b1, b2), psi, lr = group["betas"], group["momentum_decay"], group["lr"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                g, s = group["sign"] * p.grad + group["decay"] * p, self.state[p]
                if not s:
                    s.update(t=0, m=torch.zeros_like(p), v=torch.zeros_like(p), product=1.0)
                s["t"] += 1
                mu, following = [b1 * (1 - 0.5 * 0.96 ** (t * psi)) for t in (s["t"], s["t"] + 1)]
                s["product"] *= mu
                s["m"] = b1 * s["m"] + (1 - b1) * g
                s["v"] = b2 * s["v"] + (1 - b2) * g * g
                a = (s["v"] / (1 - b2 ** s["t"])).sqrt() + group["eps"]
                p -= lr * (1 - mu) / (1 - s["product"]) * g / a
                p -= lr * following / (1 - s["product"] * following) * s["m"] / a


class Adafactor(torch.optim.Optimizer):
    """As in PyTorch 2.5, with eps = (eps1, eps2)."""

    def __init__(self, params, lr=1e-2, beta2_decay=-0.8, eps1=None, eps2=1e-3, d=1.0, weight_decay=0.0,
                 maximize=False):
        super().__init__(params, dict(lr=lr, beta2_decay=beta2_decay, eps1=eps1, eps2=eps2, d=d, decay=weight_decay,
                                      sign=-1 if maximize else 1))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            lr, eps1 = group["lr"], group["eps1"]
            eps1 = torch.finfo(torch.float64).eps if eps1 is None else eps1
            for p in group["params"]:
                if p.grad is None:
                    continue
                g, s = group["sign"] * p.grad, self.state[p]
                s["t"] = s.get("t", 0) + 1
                w = s["t"] ** group["beta2_decay"]
                rate = max(group["eps2"], p.norm().item() / p.numel() ** 0.5) * min(lr, s["t"] ** -0.5)
                p *= 1 - lr * group["decay"]
                if p.dim() > 1:
                    for name, dim in ("row", -1), ("col", -2):
                        mean = g.square().mean(dim=dim, keepdim=True)
                        s[name] = torch.lerp(s.get(name, torch.zeros_like(mean)), mean, w)
                    v = s["row"] @ s["col"] / s["row"].mean(dim=-2, keepdim=True).clamp(min=eps1)
                else:
                    v = s["v"] = torch.lerp(s.get("v", torch.zeros_like(p)), g.square(), w)
                u = g * v.clamp(min=eps1 * eps1).rsqrt()
                p -= rate * u / max(1.0, u.norm().item() / (p.numel() ** 0.5 * group["d"]))


class ASGD(torch.optim.Optimizer):
    """torch.optim.ASGD, whose version 1.13 keeps eta and mu in float32, in float64."""

    def __init__(self, params, lr=1e-2, lambd=1e-4, alpha=0.75, t0=1e6, weight_decay=0.0, maximize=False):
        super().__init__(params, dict(lr=lr, lambd=lambd, alpha=alpha, t0=t0, decay=weight_decay,
                                      sign=-1 if maximize else 1))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            lr, lambd = group["lr"], group["lambd"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                g, s = group["sign"] * p.grad + group["decay"] * p, self.state[p]
                if not s:
                    s.update(t=0, eta=lr, mu=1.0, ax=torch.zeros_like(p))
                s["t"] += 1
                p *= 1 - lambd * s["eta"]
                p -= s["eta"] * g
                s["ax"] += s["mu"] * (p - s["ax"])
                s["eta"] = lr / (1 + lambd * lr * s["t"]) ** group["alpha"]
                s["mu"] = 1 / max(1, s["t"] - group["t0"])


O = torch.optim
CASES = [  # (class, options)
    (O.SGD, dict(lr=0.05)),
    (O.SGD, dict(lr=0.02, momentum=0.9)),
    (O.SGD, dict(lr=0.02, momentum=0.5, dampening=0.3)),
    (O.SGD, dict(lr=0.02, momentum=0.8, nesterov=True)),
    (O.SGD, dict(lr=0.02, momentum=0.8, nesterov=True, weight_decay=0.1)),
    (O.SGD, dict(lr=0.03, momentum=0.7, dampening=0.1, weight_decay=0.05)),
    (O.SGD, dict(lr=0.0002, momentum=0.5, weight_decay=0.01, maximize=True)),
    (O.Adagrad, dict(lr=0.4)),
    (O.Adagrad, dict()),
    (O.Adagrad, dict(lr=0.3, lr_decay=0.1)),
    (O.Adagrad, dict(lr=0.3, lr_decay=0.05, weight_decay=0.1, initial_accumulator_value=0.5)),
    (O.Adagrad, dict(lr=0.05, eps=1e-3, maximize=True)),
    (O.RMSprop, dict()),
    (O.RMSprop, dict(lr=0.05, alpha=0.9)),
    (O.RMSprop, dict(lr=0.02, alpha=0.9, centered=True)),
    (O.RMSprop, dict(lr=0.01, alpha=0.95, momentum=0.9)),
    (O.RMSprop, dict(lr=0.01, alpha=0.95, momentum=0.5, centered=True, weight_decay=0.1, eps=1e-6)),
    (O.RMSprop, dict(lr=0.01, maximize=True)),
    (O.Adadelta, dict()),
    (O.Adadelta, dict(lr=0.5, rho=0.95, eps=1e-5)),
    (O.Adadelta, dict(rho=0.8, weight_decay=0.2)),
    (O.Adadelta, dict(maximize=True)),
    (O.Adam, dict()),
    (O.Adam, dict(lr=0.1)),
    (O.Adam, dict(lr=0.05, betas=(0.5, 0.9), eps=1e-3)),
    (O.Adam, dict(lr=0.1, amsgrad=True, betas=(0.9, 0.8))),
    (O.Adam, dict(lr=0.05, weight_decay=0.1)),
    (O.Adam, dict(lr=0.02, weight_decay=0.1, amsgrad=True, maximize=True)),
    (O.AdamW, dict()),
    (O.AdamW, dict(lr=0.1, weight_decay=0.5)),
    (O.AdamW, dict(lr=0.05, amsgrad=True, betas=(0.8, 0.7))),
    (O.AdamW, dict(lr=0.02, maximize=True)),
    (Yogi, dict()),
    (Yogi, dict(lr=0.05, betas=(0.8, 0.9), weight_decay=0.1)),
    (Yogi, dict(lr=0.01, initial_accumulator=0.0)),
    (NAdam, dict()),
    (NAdam, dict(lr=0.05, betas=(0.5, 0.9), eps=1e-3)),
    (NAdam, dict(lr=0.05, weight_decay=0.1, momentum_decay=0.05)),
    (NAdam, dict(lr=0.02, maximize=True)),
    (Adafactor, dict()),
    (Adafactor, dict(lr=0.3, beta2_decay=-0.5, weight_decay=0.1)),
    (Adafactor, dict(lr=0.1, d=2.0, eps2=0.5, maximize=True)),
    (Adafactor, dict(lr=0.1, eps1=1.5)),
]
CASES += [
    (ASGD, dict()),
    (ASGD, dict(lr=0.02, lambd=0.1, alpha=0.5, t0=5)),
    (ASGD, dict(lr=0.01, t0=0, weight_decay=0.1)),
    (ASGD, dict(lr=0.0002, maximize=True)),
    (O.Adamax, dict()),
    (O.Adamax, dict(lr=0.05, betas=(0.7, 0.9), eps=1e-3)),
    (O.Adamax, dict(lr=0.02, weight_decay=0.1, maximize=True)),
    (O.RAdam, dict(lr=0.01)),
    (O.RAdam, dict(lr=0.05, betas=(0.7, 0.9), eps=1e-3)),
    (O.RAdam, dict(lr=0.02, betas=(0.9, 0.99), weight_decay=0.1)),
    (O.Rprop, dict()),
    (O.Rprop, dict(lr=0.05, etas=(0.3, 1.5))),
    (O.Rprop, dict(lr=0.02, step_sizes=(0.001, 0.05), maximize=True)),
]
# (class, options, options of b's group, updates at which b has no gradient)
GROUP_CASES = [
    (O.SGD, dict(lr=0.02, momentum=0.9), dict(lr=0.01, momentum=0.5, weight_decay=0.1), []),
    (O.Adam, dict(lr=0.05), dict(betas=(0.7, 0.8)), [1, 4, 9]),
    (O.Adagrad, dict(lr=0.3, lr_decay=0.1), dict(lr=0.2), [3, 7]),
    (O.RMSprop, dict(lr=0.02), dict(centered=True), [2]),
    (NAdam, dict(lr=0.05), dict(momentum_decay=0.02), [1, 4, 9]),
    (Adafactor, dict(lr=0.1), dict(lr=0.2, d=1.5), [3]),
]


def lua(v):
    if v is None:
        return "nil"
    if isinstance(v, bool):
        return "true" if v else "false"
    if isinstance(v, int):
        return str(v)
    if isinstance(v, float):
        return repr(v)  # the fewest digits that give the same double
    if isinstance(v, str):
        return '"%s"' % v
    if isinstance(v, (list, tuple)):
        return "{ " + ", ".join(lua(x) for x in v) + " }" if v else "{}"
    return "{ " + ", ".join("%s = %s" % (k, lua(x)) for k, x in v.items()) + " }" if v else "{}"


def wrap(text, indent):
    """Breaks a line of comma-separated numbers at 120 columns."""
    lines, line = [], " " * indent
    for word in text.split(" "):
        if len(line) + len(word) + 1 > 118:
            lines.append(line.rstrip())
            line = " " * indent
        line += word + " "
    return "\n".join(lines + [line.rstrip()])


def trajectory(cls, options, b_options=None, missing=()):
    a = torch.tensor(A0, dtype=torch.float64).reshape(3, 2).requires_grad_()
    b = torch.tensor(B0, dtype=torch.float64).requires_grad_()
    groups = [a, b] if b_options is None else [{"params": [a]}, dict(b_options, params=[b])]
    opt = cls(groups, **options)
    kept, checksum = [], 0.0
    for t in range(1, STEPS + 1):
        a.grad = torch.tensor(grad_a(a.flatten().tolist()), dtype=torch.float64).reshape(3, 2)
        b.grad = None if t in missing else torch.tensor(grad_b(b.tolist()), dtype=torch.float64)
        opt.step()
        values = a.flatten().tolist() + b.tolist()
        for v in values:
            checksum += abs(v)
        if t in KEPT:
            kept.append(values)
    assert all(map(math.isfinite, values)), (cls, options)
    return kept, checksum


def optim_entry(cls, options, b_options=None, missing=()):
    kept, checksum = trajectory(cls, options, b_options, missing)
    out = ["  {", '    name = "%s",' % cls.__name__, "    options = %s," % lua(options)]
    if b_options is not None:
        out.append("    b_options = %s, missing = %s," % (lua(b_options), lua(missing)))
    out.append("    checksum = %s," % lua(checksum))
    out.append("    kept = {")
    for values in kept:
        out.append(wrap("{ " + ", ".join(lua(v) for v in values) + " },", 6))
    return "\n".join(out + ["    },", "  },"])


# --- schedules -------------------------------------------------------------------------------------------------------


def from_torch(make, base_lr=0.4):
    opt = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=base_lr, momentum=0.9)
    scheduler = make(opt)
    values = [opt.param_groups[0]["lr"]]
    for _ in range(UPDATES):
        opt.step()
        scheduler.step()
        values.append(opt.param_groups[0]["lr"])
    return values


S = lr_scheduler
TORCH = [  # class, options without base_lr
    (S.StepLR, dict(step_size=7, gamma=0.3)),
    (S.StepLR, dict(step_size=1)),
    (S.MultiStepLR, dict(milestones=[5, 6, 20], gamma=0.5)),
    (S.MultiStepLR, dict(milestones=[30, 10, 10])),
    (S.ConstantLR, dict()),
    (S.ConstantLR, dict(factor=0.5, total_iters=12)),
    (S.LinearLR, dict()),
    (S.LinearLR, dict(start_factor=1.0, end_factor=0.1, total_iters=25)),
    (S.ExponentialLR, dict(gamma=0.93)),
    (S.PolynomialLR, dict()),
    (S.PolynomialLR, dict(total_iters=30, power=2.5)),
    (S.CosineAnnealingLR, dict(T_max=40)),
    (S.CosineAnnealingLR, dict(T_max=15, eta_min=0.02)),
    (S.CosineAnnealingWarmRestarts, dict(T_0=10)),
    (S.CosineAnnealingWarmRestarts, dict(T_0=3, T_mult=2, eta_min=0.05)),
    (S.StepLR, dict(step_size=3, gamma=0.0)),
    (S.MultiStepLR, dict(milestones=[0, 0, 3], gamma=0.5)),
    (S.MultiStepLR, dict(milestones=[])),
    (S.ConstantLR, dict(total_iters=1)),
    (S.LinearLR, dict(total_iters=1)),
    (S.LinearLR, dict(start_factor=1.0, end_factor=0.0, total_iters=3)),
    (S.ExponentialLR, dict(gamma=0.0)),
    (S.PolynomialLR, dict(total_iters=1)),
    (S.PolynomialLR, dict(total_iters=3, power=0.0)),
    (S.CosineAnnealingLR, dict(T_max=1, eta_min=0.1)),
    (S.CosineAnnealingWarmRestarts, dict(T_0=1)),
    (S.CosineAnnealingWarmRestarts, dict(T_0=1, T_mult=2, eta_min=0.5)),
]
CYCLES = [  # these take their rates from base_lr / max_lr; UPDATES + 1 of total_steps are compared
    (S.CyclicLR, dict(base_lr=0.05, max_lr=0.3, step_size_up=6)),
    (S.CyclicLR, dict(base_lr=0.05, max_lr=0.3, step_size_up=4, step_size_down=7, mode="triangular2")),
    (S.CyclicLR, dict(base_lr=0.01, max_lr=0.2, step_size_up=5, mode="exp_range", gamma=0.97)),
    (S.OneCycleLR, dict(max_lr=0.5, total_steps=41)),
    (S.OneCycleLR, dict(max_lr=0.5, epochs=6, steps_per_epoch=10, pct_start=0.25, anneal_strategy="linear")),
    (S.OneCycleLR, dict(max_lr=0.2, total_steps=45, three_phase=True, div_factor=10.0, final_div_factor=100.0)),
    (S.CyclicLR, dict(base_lr=0.1, max_lr=0.5, step_size_up=1, step_size_down=1)),
    (S.CyclicLR, dict(base_lr=0.5, max_lr=0.1, step_size_up=3)),
    (S.CyclicLR, dict(base_lr=0.1, max_lr=0.5, step_size_up=3, mode="exp_range", gamma=0.0)),
    (S.OneCycleLR, dict(max_lr=0.5, total_steps=41, pct_start=0.0)),
    (S.OneCycleLR, dict(max_lr=0.5, total_steps=41, pct_start=1.0)),
    (S.OneCycleLR, dict(max_lr=0.5, total_steps=41, pct_start=0.5, three_phase=True)),
    (S.OneCycleLR, dict(max_lr=0.5, total_steps=41, pct_start=0.7, three_phase=True)),
    (S.OneCycleLR, dict(max_lr=0.5, total_steps=41, pct_start=1.0, three_phase=True, anneal_strategy="linear")),
]


def warmed(options, t):
    """The warm-up of the book's schedulers: the rate, or None when it is over."""
    steps, begin = options.get("warmup_steps", 0), options.get("warmup_begin_lr", 0.0)
    if t >= steps:
        return None
    if options.get("warmup_mode", "linear") == "constant":
        return begin
    return begin + (options["base_lr"] - begin) * t / steps


def book(rule, options):
    values, state = [], {"lr": options["base_lr"]}
    for t in range(UPDATES + 1):
        warm = warmed(options, t)
        values.append(rule(options, state, t) if warm is None else warm)
    return values


def factor(o, state, t):
    """The book's class, asked first for update 0: it answers before it multiplies."""
    lr = max(o.get("stop_factor_lr", 1e-7), state["lr"])
    state["lr"] = max(o.get("stop_factor_lr", 1e-7), state["lr"] * o.get("factor", 1.0))
    return lr


def multi_factor(o, state, t):
    if t in o["step"]:
        state["lr"] *= o.get("factor", 1.0)
    return state["lr"]


def square_root(o, state, t):
    return o["base_lr"] * pow(t - o.get("warmup_steps", 0) + 1.0, -0.5)


def poly(o, state, t):
    w, final = o.get("warmup_steps", 0), o.get("final_lr", 0.0)
    if t <= o["max_update"]:
        state["lr"] = final + (o["base_lr"] - final) * pow(1 - (t - w) / (o["max_update"] - w), o.get("pwr", 2))
    return state["lr"]


def cosine(o, state, t):
    w, final = o.get("warmup_steps", 0), o.get("final_lr", 0.0)
    if t <= o["max_update"]:
        angle = math.pi * (t - w) / (o["max_update"] - w)
        state["lr"] = final + (o["base_lr"] - final) * (1 + math.cos(angle)) / 2
    return state["lr"]


BOOK = [
    ("Factor", factor, dict(base_lr=2.0, factor=0.9, stop_factor_lr=1e-2)),
    ("Factor", factor, dict(base_lr=0.5, factor=0.5, stop_factor_lr=1e-3, warmup_steps=4, warmup_begin_lr=0.1)),
    ("MultiFactor", multi_factor, dict(base_lr=0.5, step=[15, 30], factor=0.5)),
    ("MultiFactor", multi_factor, dict(base_lr=0.5, step=[8, 20], factor=0.1, warmup_steps=5)),
    ("SquareRoot", square_root, dict(base_lr=0.1)),
    ("SquareRoot", square_root, dict(base_lr=0.1, warmup_steps=7, warmup_begin_lr=0.02, warmup_mode="constant")),
    ("Poly", poly, dict(base_lr=0.3, max_update=20, final_lr=0.01)),
    ("Poly", poly, dict(base_lr=0.3, max_update=30, pwr=1, warmup_steps=5)),
    ("Cosine", cosine, dict(base_lr=0.3, max_update=20, final_lr=0.01)),
    ("Cosine", cosine, dict(base_lr=0.3, max_update=20, final_lr=0.01, warmup_steps=5)),
]


def compositions():
    """Named by what the spec builds out of optlab's functions."""
    base = 0.4
    return {
        "sequential": from_torch(lambda o: S.SequentialLR(
            o, [S.ConstantLR(o, factor=0.1, total_iters=8), S.ExponentialLR(o, 0.9)], [12]), base),
        "sequential3": from_torch(lambda o: S.SequentialLR(
            o, [S.LinearLR(o, 0.2, total_iters=5), S.CosineAnnealingLR(o, 20), S.StepLR(o, 4, 0.5)], [5, 25]), base),
        "chain": from_torch(lambda o: S.ChainedScheduler(
            [S.ConstantLR(o, factor=0.2, total_iters=6), S.ExponentialLR(o, 0.95)]), base),
        "lambda": from_torch(lambda o: S.LambdaLR(o, lambda t: 1 / (1 + 0.1 * t)), base),
        "multiplicative": from_torch(lambda o: S.MultiplicativeLR(o, lambda t: 0.9 + 0.05 * (t % 3)), base),
    }


METRICS = [1.0, 0.9, 0.91, 0.95, 0.89, 0.9, 0.9, 0.9, 0.9, 0.88999, 0.7, 0.71, 0.72, 0.73, 0.74, 0.6, 0.7, 0.7, 0.7,
           0.7, 0.7, 0.7, 0.7, 0.7, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6]
PLATEAU = [
    dict(patience=2),
    dict(patience=1, factor=0.5, cooldown=2, min_lr=0.05),
    dict(patience=2, factor=0.3, threshold=0.05, threshold_mode="abs"),
    dict(mode="max", patience=3, factor=0.5, threshold=0.1),
]


def plateau(options):
    opt = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.4)
    scheduler, values = S.ReduceLROnPlateau(opt, **options), []
    for m in METRICS:
        scheduler.step(m)
        values.append(opt.param_groups[0]["lr"])
    return values


def sched_entry(name, options, values):
    return '  {\n    name = "%s",\n    options = %s,\n    values = {\n%s\n    },\n  },' % (
        name, lua(options), wrap(", ".join(lua(float(v)) for v in values) + ",", 6))


def write(name, text):
    with open(os.path.join(HERE, name), "w") as f:
        f.write(text)


def main():
    head = "--- %s\n-- Written by tests/reference/optim.py (PyTorch %s, float64); do not edit.\n"
    version = torch.__version__.split("+")[0]
    entries = [optim_entry(*case) for case in CASES] + [optim_entry(*case) for case in GROUP_CASES]
    write("optim_values.lua", head % ("Parameters after updates 1, 2, 5 and 50 of PyTorch's optimizers.", version)
          + "return {\n" + "\n".join(entries) + "\n}\n")
    entries = [sched_entry(c.__name__, dict(o, base_lr=0.4), from_torch(lambda opt: c(opt, **o))) for c, o in TORCH]
    entries += [sched_entry(c.__name__, o, from_torch(lambda opt: c(opt, **o))) for c, o in CYCLES]
    entries += [sched_entry(n, o, book(rule, o)) for n, rule, o in BOOK]
    parts = ["  %s = {\n%s\n  }," % (n, wrap(", ".join(lua(float(v)) for v in vs) + ",", 4))
             for n, vs in compositions().items()]
    plateaus = [sched_entry("ReduceLROnPlateau", o, plateau(o)) for o in PLATEAU]
    title = "Learning rates at updates 0 to 40 of PyTorch's and the book's schedules."
    write("sched_values.lua", head % (title, version)
          + "local M = {}\nM.schedules = {\n" + "\n".join(entries) + "\n}\nM.compositions = {\n" + "\n".join(parts)
          + "\n}\nM.metrics = {\n" + wrap(lua(METRICS)[2:-2] + ",", 2) + "\n}\nM.plateaus = {\n" + "\n".join(plateaus)
          + "\n}\nreturn M\n")


if __name__ == "__main__":
    main()
