#!/usr/bin/python3
"""Learning rates of PyTorch's schedulers and of the book's, as Lua tables for the specs of sched.

    /usr/bin/python3 tests/reference/sched.py        writes sched_values.lua beside this file

Made with PyTorch 1.13 (Debian's python3-torch), float64; 2.6 gives the same values. The book's schedules are not in
PyTorch: its classes stand in for them.
"""
import math
import warnings

import torch
from torch.optim import lr_scheduler as S
from torch.optim.swa_utils import SWALR

from trajectory import lua, wrap, write

warnings.filterwarnings("ignore")
UPDATES = 50


def from_torch(make, what="lr", base_lr=0.4):
    opt = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=base_lr, momentum=0.9)
    scheduler = make(opt)
    values = [opt.param_groups[0][what]]
    for _ in range(UPDATES):
        opt.step()
        scheduler.step()
        values.append(opt.param_groups[0][what])
    return values


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
    (S.ExponentialLR, dict(gamma=1.02)),
    (S.PolynomialLR, dict()),
    (S.PolynomialLR, dict(total_iters=30, power=2.5)),
    (S.CosineAnnealingLR, dict(T_max=50)),
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
    (SWALR, dict(swa_lr=0.05)),
    (SWALR, dict(swa_lr=0.6, anneal_epochs=35)),
    (SWALR, dict(swa_lr=0.01, anneal_epochs=20, anneal_strategy="linear")),
    (SWALR, dict(swa_lr=0.1, anneal_epochs=1)),
    (SWALR, dict(swa_lr=0.1, anneal_epochs=0)),
]
CYCLES = [  # these take their rates from base_lr / max_lr; UPDATES + 1 of total_steps are compared
    (S.CyclicLR, dict(base_lr=0.05, max_lr=0.3, step_size_up=6)),
    (S.CyclicLR, dict(base_lr=0.05, max_lr=0.3, step_size_up=4, step_size_down=7, mode="triangular2")),
    (S.CyclicLR, dict(base_lr=0.01, max_lr=0.2, step_size_up=5, mode="exp_range", gamma=0.97)),
    (S.OneCycleLR, dict(max_lr=0.5, total_steps=51)),
    (S.OneCycleLR, dict(max_lr=0.5, epochs=6, steps_per_epoch=9, pct_start=0.25, anneal_strategy="linear")),
    (S.OneCycleLR, dict(max_lr=0.2, total_steps=55, three_phase=True, div_factor=10.0, final_div_factor=100.0)),
    (S.CyclicLR, dict(base_lr=0.1, max_lr=0.5, step_size_up=1, step_size_down=1)),
    (S.CyclicLR, dict(base_lr=0.5, max_lr=0.1, step_size_up=3)),
    (S.CyclicLR, dict(base_lr=0.1, max_lr=0.5, step_size_up=3, mode="exp_range", gamma=0.0)),
    (S.OneCycleLR, dict(max_lr=0.5, total_steps=51, pct_start=0.0)),
    (S.OneCycleLR, dict(max_lr=0.5, total_steps=51, pct_start=1.0)),
    (S.OneCycleLR, dict(max_lr=0.5, total_steps=51, pct_start=0.5, three_phase=True)),
    (S.OneCycleLR, dict(max_lr=0.5, total_steps=51, pct_start=0.7, three_phase=True)),
    (S.OneCycleLR, dict(max_lr=0.5, total_steps=51, pct_start=1.0, three_phase=True, anneal_strategy="linear")),
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
    sequential, chain, factor, product = S.SequentialLR, S.ChainedScheduler, S.LambdaLR, S.MultiplicativeLR
    make = {
        "sequential": lambda o: sequential(o, [S.ConstantLR(o, 0.1, 8), S.ExponentialLR(o, 0.9)], [12]),
        "sequential3": lambda o: sequential(
            o, [S.LinearLR(o, 0.2, total_iters=5), S.CosineAnnealingLR(o, 20), S.StepLR(o, 4, 0.5)], [5, 25]),
        "sequential_restarts": lambda o: sequential(
            o, [S.LinearLR(o, 0.01, total_iters=9), S.CosineAnnealingWarmRestarts(o, 7, 2, 0.02)], [10]),
        "chain": lambda o: chain([S.ConstantLR(o, 0.2, 6), S.ExponentialLR(o, 0.95)]),
        "chain3": lambda o: chain([S.LinearLR(o, 0.5, 1.0, 4), S.StepLR(o, 9, 0.4), S.ExponentialLR(o, 0.99)]),
        "chain_milestones": lambda o: chain([S.MultiStepLR(o, [5, 11, 30], 0.3), S.ConstantLR(o, 0.5, 20)]),
        "lambda": lambda o: factor(o, lambda t: 1 / (1 + 0.1 * t)),
        "lambda_wave": lambda o: factor(o, lambda t: 1 + 0.5 * math.sin(t)),
        "lambda_stairs": lambda o: factor(o, lambda t: 0.5 ** (t // 7)),
        "multiplicative": lambda o: product(o, lambda t: 0.9 + 0.05 * (t % 3)),
        "multiplicative_constant": lambda o: product(o, lambda t: 0.97),
        "multiplicative_late": lambda o: product(o, lambda t: 1.0 if t < 20 else 0.8),
    }
    return {name: from_torch(f) for name, f in make.items()}


METRICS = [1.0, 0.9, 0.91, 0.95, 0.89, 0.9, 0.9, 0.9, 0.9, 0.88999, 0.7, 0.71, 0.72, 0.73, 0.74, 0.6, 0.7, 0.7, 0.7,
           0.7, 0.7, 0.7, 0.7, 0.7, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.5, 0.49, 0.48999, 0.48998, 0.47, 0.3, 0.31, 0.31,
           0.31, 0.2, 0.21, 0.21, 0.21, 0.21, 0.21, 0.21, 0.1, 0.11, 0.11, 0.11]
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
    return '  {\n    name = "%s",\n%s\n    values = {\n%s\n    },\n  },' % (
        name, wrap("options = %s," % lua(options), 4), wrap(", ".join(lua(float(v)) for v in values) + ",", 6))


MOMENTA = [  # of the cycles, which move the momentum against the rate
    (S.CyclicLR, dict(base_lr=0.05, max_lr=0.3, step_size_up=6), dict()),
    (S.CyclicLR, dict(base_lr=0.05, max_lr=0.3, step_size_up=4, step_size_down=7, mode="triangular2"),
     dict(base_momentum=0.7, max_momentum=0.95)),
    (S.CyclicLR, dict(base_lr=0.01, max_lr=0.2, step_size_up=5, mode="exp_range", gamma=0.97),
     dict(base_momentum=0.5, max_momentum=0.6)),
    (S.OneCycleLR, dict(max_lr=0.5, total_steps=51), dict()),
    (S.OneCycleLR, dict(max_lr=0.5, total_steps=60, pct_start=0.25, anneal_strategy="linear"),
     dict(base_momentum=0.7, max_momentum=0.99)),
    (S.OneCycleLR, dict(max_lr=0.2, total_steps=55, three_phase=True), dict(base_momentum=0.8)),
]


def main():
    entries = [sched_entry(c.__name__, dict(o, base_lr=0.4), from_torch(lambda opt: c(opt, **o))) for c, o in TORCH]
    entries += [sched_entry(c.__name__, o, from_torch(lambda opt: c(opt, **o))) for c, o in CYCLES]
    entries += [sched_entry(n, o, book(rule, o)) for n, rule, o in BOOK]
    momenta = [sched_entry(c.__name__.replace("LR", "Momentum"), dict(o, **m),
                           from_torch(lambda opt: c(opt, **o, **m), "momentum")) for c, o, m in MOMENTA]
    parts = ["  %s = {\n%s\n  }," % (n, wrap(", ".join(lua(float(v)) for v in vs) + ",", 4))
             for n, vs in compositions().items()]
    plateaus = [sched_entry("ReduceLROnPlateau", o, plateau(o)) for o in PLATEAU]
    write("sched_values.lua", "Learning rates at updates 0 to 50 of PyTorch's and the book's schedules.",
          "local M = {}\nM.schedules = {\n" + "\n".join(entries) + "\n}\nM.momenta = {\n" + "\n".join(momenta)
          + "\n}\nM.compositions = {\n" + "\n".join(parts) + "\n}\nM.metrics = {\n"
          + wrap(lua(METRICS)[2:-2] + ",", 2) + "\n}\nM.plateaus = {\n" + "\n".join(plateaus)
          + "\n}\nreturn M\n", "sched.py")


if __name__ == "__main__":
    main()
