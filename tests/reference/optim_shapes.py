#!/usr/bin/python3
"""PyTorch's optimizers on parameters of 0 to 5 dimensions, in float64 and float32, as Lua tables for the specs of optim.

    python3 tests/reference/optim_shapes.py        writes optim_shapes_values.lua beside this file

Made with PyTorch 2.6 (Debian 13's python3-torch). Parameter k of n elements starts at sin(0.37 i + k), its gradient at
update t is 2 sin(0.7 i + t + k) + 0.3 p. Kept after 25 updates: the sum of each parameter's elements, and that of their
products with sin(i).
"""
import math

import torch

from trajectory import lua, wrap, write

torch.set_default_dtype(torch.float64)
O = torch.optim
SHAPES = [(), (1,), (7,), (5, 1), (1, 5), (2, 3, 4), (3, 2, 3, 3), (2, 1, 1, 4), (2, 2, 2, 2, 3)]
CASES = [
    (O.SGD, dict(lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.1)),
    (O.Adam, dict(lr=0.05, amsgrad=True, weight_decay=0.1)),
    (O.AdamW, dict(lr=0.05)),
    (O.NAdam, dict(lr=0.05, weight_decay=0.1, decoupled_weight_decay=True)),
    (O.RAdam, dict(lr=0.05)),
    (O.Adamax, dict(lr=0.05)),
    (O.Adagrad, dict(lr=0.1, lr_decay=0.01)),
    (O.Adadelta, dict(lr=1.0)),
    (O.RMSprop, dict(lr=0.01, centered=True, momentum=0.5)),
    (O.Rprop, dict(lr=0.05)),
    (O.ASGD, dict(lr=0.05, t0=3.0)),
    (O.Adafactor, dict(lr=0.1, weight_decay=0.1)),
    (O.Adafactor, dict(lr=0.5, d=1.5)),
]


def wave(n, step, shift, shape):
    return (torch.arange(n) * step + shift).sin().reshape(shape)


def run(cls, options, dtype):
    params = [wave(math.prod(s), 0.37, k, s).to(dtype).requires_grad_() for k, s in enumerate(SHAPES)]
    opt = cls(params, **options)
    for t in range(1, 26):
        for k, p in enumerate(params):
            p.grad = (2 * wave(p.numel(), 0.7, t + k, p.shape)).to(dtype) + 0.3 * p.detach()
        opt.step()
    for p in params:
        x = p.detach().double().flatten()
        yield x.sum().item()
        yield (x * torch.arange(x.numel()).sin()).sum().item()


def entry(cls, options, dtype):
    sums = wrap("sums = { %s }," % ", ".join(map(lua, run(cls, options, dtype))), 4)
    return '  {\n    name = "%s", options = %s, dtype = "%s",\n%s\n  },' % (cls.__name__, lua(options), str(dtype)[6:],
                                                                        sums)


if __name__ == "__main__":
    rows = [entry(cls, o, dtype) for cls, o in CASES for dtype in (torch.float64, torch.float32)]
    write("optim_shapes_values.lua", "Sums of parameters of many shapes after 25 updates of PyTorch's optimizers.",
          "return {\n  shapes = %s,\n" % lua([list(s) for s in SHAPES]) + "\n".join(rows) + "\n}\n",
          "optim_shapes.py")
