#!/usr/bin/python3
"""Trajectories of PyTorch's optimizers, as Lua tables for the specs of optim.

    /usr/bin/python3 tests/reference/optim.py        writes optim_values.lua beside this file

Made with PyTorch 1.13 (Debian 12's python3-torch), float64, on the problem of trajectory.py. What is newer, or another
in that version, is in optim_newer.py. Yogi is not in PyTorch: its published equations stand in for it.
"""
import torch

from trajectory import entries, write


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
    (O.AdamW, dict(lr=0.03, eps=1e-4, weight_decay=0.0)),
    (Yogi, dict()),
    (Yogi, dict(lr=0.05, betas=(0.8, 0.9), weight_decay=0.1)),
    (Yogi, dict(lr=0.01, initial_accumulator=0.0)),
    (O.Adamax, dict()),
    (O.Adamax, dict(lr=0.05, betas=(0.7, 0.9), eps=1e-3)),
    (O.Adamax, dict(lr=0.02, weight_decay=0.1, maximize=True)),
    (O.RAdam, dict(lr=0.01)),
    (O.RAdam, dict(lr=0.05, betas=(0.7, 0.9), eps=1e-3)),
    (O.RAdam, dict(lr=0.02, betas=(0.9, 0.99), weight_decay=0.1)),
    (O.Rprop, dict()),
    (O.Rprop, dict(lr=0.05, etas=(0.3, 1.5))),
    (O.Rprop, dict(lr=0.2, etas=(0.6, 1.1), step_sizes=(0.01, 0.3))),
    (O.Rprop, dict(lr=0.02, step_sizes=(0.001, 0.05), maximize=True)),
]
# (class, options, options of b's group, updates at which b has no gradient)
GROUP_CASES = [
    (O.SGD, dict(lr=0.02, momentum=0.9), dict(lr=0.01, momentum=0.5, weight_decay=0.1), []),
    (O.Adam, dict(lr=0.05), dict(betas=(0.7, 0.8)), [1, 4, 9]),
    (O.Adagrad, dict(lr=0.3, lr_decay=0.1), dict(lr=0.2), [3, 7]),
    (O.RMSprop, dict(lr=0.02), dict(centered=True), [2]),
]

if __name__ == "__main__":
    write("optim_values.lua", "Parameters after updates 1, 2, 5 and 50 of PyTorch's optimizers.",
          entries(CASES + GROUP_CASES), "optim.py")
