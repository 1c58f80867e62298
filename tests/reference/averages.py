#!/usr/bin/python3
"""PyTorch's averages of weights, torch.optim.swa_utils.AveragedModel, as Lua tables for the specs of optim.

    python3 tests/reference/averages.py        writes averages_values.lua beside this file

Made with PyTorch 2.6 (Debian 13's python3-torch), float64, over 50 updates of SGD on the problem of trajectory.py.
"""
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_avg_fn, get_swa_avg_fn

from trajectory import A0, B0, STEPS, grad_a, grad_b, lua, wrap, write

CASES = [  # optlab's name and options
    ("EMA", dict(decay=0.9)),
    ("EMA", dict(decay=0.99)),
    ("EMA", dict(decay=0.3)),
    ("SWA", dict()),
    ("SWA", dict(start=11)),
    ("SWA", dict(start=4, every=5)),
]


class Problem(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.a = torch.nn.Parameter(torch.tensor(A0, dtype=torch.float64).reshape(3, 2))
        self.b = torch.nn.Parameter(torch.tensor(B0, dtype=torch.float64))


def entry(name, options):
    model = Problem()
    opt = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.5)
    average = AveragedModel(model, avg_fn=get_ema_avg_fn(**options) if name == "EMA" else get_swa_avg_fn())
    start, every = options.get("start", 1), options.get("every", 1)
    for t in range(1, STEPS + 1):
        model.a.grad = torch.tensor(grad_a(model.a.flatten().tolist()), dtype=torch.float64).reshape(3, 2)
        model.b.grad = torch.tensor(grad_b(model.b.tolist()), dtype=torch.float64)
        opt.step()
        if t >= start and (t - start) % every == 0:
            average.update_parameters(model)
    values = average.module.a.flatten().tolist() + average.module.b.tolist()
    return '  {\n    name = "%s", options = %s,\n%s\n  },' % (name, lua(options), wrap("values = %s," % lua(values), 4))


if __name__ == "__main__":
    write("averages_values.lua", "Averages of the weights of 50 updates by PyTorch's AveragedModel.",
          "return {\n" + "\n".join(entry(*case) for case in CASES) + "\n}\n", "averages.py")
