"""elementwise.lua in PyTorch."""
import torch
from torch.nn import functional as F

from operation import both, floats, forward

ROWS = {}


def add_both(name, f):
    def make():
        x = floats(1, 512, 512)
        return both([x], lambda: f(x))
    ROWS[name + " 512x512 f+b"] = make


def add_forward(name, f):
    def make():
        x = floats(1, 100000)
        return forward(lambda: f(x))
    ROWS[name + " 1e5"] = make


def add_product(n):
    def make():
        a, b = floats(1, n, n), floats(2, n, n)
        return forward(lambda: a.mm(b))
    ROWS["mm %dx%d" % (n, n)] = make


def addcmul():
    x, a, b = floats(1, 512, 512), floats(2, 512, 512), floats(3, 512, 512)
    return forward(lambda: x.addcmul(a, b, value=0.5))


def lerp():
    x, y = floats(1, 512, 512), floats(2, 512, 512)
    return forward(lambda: x.lerp(y, 0.3))


def kron():
    a, b = floats(1, 32, 32), floats(2, 16, 16)
    return forward(lambda: torch.kron(a, b))


def solve():
    a, b = floats(1, 256, 256) + torch.eye(256) * 20, floats(2, 256, 16)
    return forward(lambda: torch.linalg.solve(a, b))


ROWS["addcmul 512x512"] = addcmul
ROWS["lerp 512x512"] = lerp
ROWS["kron 32x32 and 16x16"] = kron
ROWS["solve 256x256 for 16"] = solve
for name, f in ("relu", F.relu), ("silu", F.silu), ("gelu", F.gelu), ("tanh", torch.tanh):
    add_both(name, f)
for name, f in ("exp", torch.exp), ("tanh", torch.tanh):
    add_forward(name, f)
for n in 256, 512, 1024:
    add_product(n)
