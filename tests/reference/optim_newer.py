#!/usr/bin/python3
"""Trajectories of the optimizers that PyTorch 1.13 does not have, or has otherwise, as Lua tables for the specs of optim.

    python3 tests/reference/optim_newer.py        writes optim_newer_values.lua beside this file

Made with PyTorch 2.6 (Debian 13's python3-torch), float64, on the problem of trajectory.py. Version 1.13 has no
Adafactor and no decoupled_weight_decay, keeps two numbers of ASGD in float32, and its NAdam multiplies by the momentum
of the step twice in its second term. Muon came with version 2.9: its published equations stand in for it.
"""
import math

import torch

from trajectory import entries, write

torch.set_default_dtype(torch.float64)  # that of the numbers which ASGD keeps
O = torch.optim


class Adafactor(O.Adafactor):
    """With the pair eps as eps1 and eps2."""

    def __init__(self, params, eps1=None, eps2=1e-3, **options):
        super().__init__(params, eps=(eps1, eps2), **options)


class Adam(O.AdamW):
    """With decoupled_weight_decay, which version 2.7 gave it: AdamW."""

    def __init__(self, params, decoupled_weight_decay, **options):
        super().__init__(params, **options)


class Muon(torch.optim.Optimizer):
    """As in PyTorch 2.9, but that Newton-Schulz keeps float64; vectors follow AdamW, as the authors advise."""

    def __init__(self, params, lr=1e-3, weight_decay=0.1, momentum=0.95, nesterov=True,
                 ns_coefficients=(3.4445, -4.775, 2.0315), eps=1e-7, ns_steps=5, adjust_lr_fn="original",
                 lr_1d=3e-4, betas_1d=(0.9, 0.95), eps_1d=1e-10, weight_decay_1d=0.0):
        params = list(params)
        super().__init__(params, dict(lr=lr, decay=weight_decay, mu=momentum, nesterov=nesterov, steps=ns_steps,
                                      abc=ns_coefficients, eps=eps, adjust=adjust_lr_fn))
        self.rest = O.AdamW([p for p in params if p.dim() < 2], lr=lr_1d, betas=betas_1d, eps=eps_1d,
                            weight_decay=weight_decay_1d)

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.dim() == 2:
                    self.matrix(p, p.grad, group)
        self.rest.step()

    def matrix(self, p, g, h):
        m = self.state[p].setdefault("m", torch.zeros_like(p))
        m.lerp_(g, 1 - h["mu"])
        x = g.lerp(m, h["mu"]) if h["nesterov"] else m
        rows, columns = x.shape
        a, b, c = h["abc"]
        x = x.T if rows > columns else x
        x = x / x.norm().clamp(min=h["eps"])
        for _ in range(h["steps"]):
            gram = x @ x.T
            x = a * x + (b * gram + c * gram @ gram) @ x
        x = x.T if rows > columns else x
        scale = 0.2 * math.sqrt(max(rows, columns)) if h["adjust"] == "match_rms_adamw" else \
            math.sqrt(max(1, rows / columns))
        p.mul_(1 - h["lr"] * h["decay"])
        p.sub_(h["lr"] * scale * x)


CASES = [  # (class, options)
    (Adam, dict(lr=0.05, weight_decay=0.2, decoupled_weight_decay=True)),
    (Adam, dict(lr=0.02, weight_decay=0.1, decoupled_weight_decay=True, amsgrad=True, maximize=True)),
    (Adam, dict(lr=0.03, betas=(0.6, 0.9), eps=1e-4, weight_decay=0.5, decoupled_weight_decay=True)),
    (O.NAdam, dict()),
    (O.NAdam, dict(lr=0.05, betas=(0.5, 0.9), eps=1e-3)),
    (O.NAdam, dict(lr=0.05, weight_decay=0.1, momentum_decay=0.05)),
    (O.NAdam, dict(lr=0.02, maximize=True)),
    (O.NAdam, dict(lr=0.03, weight_decay=0.2, decoupled_weight_decay=True)),
    (O.RAdam, dict(lr=0.03, weight_decay=0.2, decoupled_weight_decay=True)),
    (O.RAdam, dict(lr=0.001, betas=(0.6, 0.99), eps=1e-4, maximize=True)),
    (Adafactor, dict()),
    (Adafactor, dict(lr=0.3, beta2_decay=-0.5, weight_decay=0.1)),
    (Adafactor, dict(lr=0.1, d=2.0, eps2=0.5, maximize=True)),
    (Adafactor, dict(lr=0.1, eps1=1.5)),
    (O.ASGD, dict()),
    (O.ASGD, dict(lr=0.02, lambd=0.1, alpha=0.5, t0=5)),
    (O.ASGD, dict(lr=0.01, t0=0, weight_decay=0.1)),
    (O.ASGD, dict(lr=0.0002, maximize=True)),
    (O.Adamax, dict(lr=0.1, betas=(0.5, 0.95), weight_decay=0.1)),
    (Muon, dict()),
    (Muon, dict(lr=0.05, momentum=0.8, nesterov=False, weight_decay=0.0, lr_1d=0.02, weight_decay_1d=0.1)),
    (Muon, dict(lr=0.02, weight_decay=0.5, adjust_lr_fn="match_rms_adamw", ns_steps=3, lr_1d=0.01,
                betas_1d=(0.8, 0.9), eps_1d=1e-6)),
    (Muon, dict(lr=0.03, eps=10.0, ns_coefficients=(2.0, -1.5, 0.5), lr_1d=0.01)),
    # (class, options, options of b's group, updates at which b has no gradient)
    (O.NAdam, dict(lr=0.05), dict(momentum_decay=0.02), [1, 4, 9]),
    (Adafactor, dict(lr=0.1), dict(lr=0.2, d=1.5), [3]),
    (O.RAdam, dict(lr=0.05), dict(weight_decay=0.1, decoupled_weight_decay=True), [6, 7]),
]

if __name__ == "__main__":
    write("optim_newer_values.lua", "Parameters after updates 1, 2, 5 and 50 of PyTorch's newer optimizers.",
          entries(CASES), "optim_newer.py")
