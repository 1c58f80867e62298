"""steps.lua in PyTorch: the faster of its loop over tensors and its lists of tensors (foreach).

With the argument "newer" only what PyTorch 1.13 does not have. Muon, which 2.6 does not have either, is written here
from its equations, in float32.
"""
import sys
import time

import torch

torch.set_num_threads(1)


def per_call(f):  # as in bench/per_call.py: a newer PyTorch reads this file from its input and can import nothing
    f()
    calls = 1
    while True:
        start = time.perf_counter()
        for _ in range(calls):
            f()
        seconds = time.perf_counter() - start
        if seconds > 0.05:
            return seconds / calls * 1e6
        calls *= 2


class Muon(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3, weight_decay=0.1, momentum=0.95, eps=1e-7, ns_steps=5):
        super().__init__(params, dict(lr=lr, weight_decay=weight_decay, momentum=momentum, eps=eps, ns_steps=ns_steps))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state["m"] = torch.zeros_like(p)
                m = state["m"].lerp_(p.grad, 1 - group["momentum"])
                x = p.grad.lerp(m, group["momentum"])
                tall = x.size(0) > x.size(1)
                x = x.T if tall else x
                x = x.div(x.norm().clamp(min=group["eps"]))
                for _ in range(group["ns_steps"]):
                    gram = x @ x.T
                    x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=-4.775, alpha=2.0315), x, beta=3.4445)
                x = x.T if tall else x
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.add_(x, alpha=-group["lr"] * max(1, p.size(0) / p.size(1)) ** 0.5)


def measure(name, make):
    times = []
    for options in ({"foreach": False}, {"foreach": True}) if name != "Muon" else ({},):
        params = [torch.randn(64, 64, requires_grad=True) for _ in range(50)]
        for p in params:
            p.grad = torch.randn(64, 64)
        try:
            times.append(per_call(make(params, options).step))
        except TypeError:  # an optimizer without foreach
            times.append(per_call(make(params, {}).step))
    print("%s pytorch %.3f" % (name, min(times)))


names = ["Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "ASGD", "NAdam", "RAdam", "RMSprop", "Rprop"]
if "newer" in sys.argv:
    names = ["Adafactor"] if hasattr(torch.optim, "Adafactor") else []
for name in names:
    measure(name, lambda params, options: getattr(torch.optim, name)(params, **options))
if "newer" not in sys.argv:
    measure("SGD", lambda params, options: torch.optim.SGD(params, lr=1e-3, momentum=0.9, **options))
    measure("Muon", lambda params, options: Muon(params))
