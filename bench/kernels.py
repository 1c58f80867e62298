"""kernels.lua in PyTorch."""
import os

import torch

from per_call import per_call

torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))


def measure(row, n, f):
    print("%s-%d pytorch %.4f" % (row, n, per_call(f)))


def elementwise(n):
    x, other = torch.randn(n), torch.randn(n)
    measure("exp", n, lambda: x.exp())
    measure("tanh", n, lambda: x.tanh())
    measure("add", n, lambda: x + other)


def product(n):
    a, b = torch.randn(n, n), torch.randn(n, n)
    measure("product", n, lambda: a.mm(b))


def adam(n):
    param = torch.randn(n, requires_grad=True)
    param.grad = torch.randn(n)
    opt = torch.optim.Adam([param], lr=0.001)
    measure("adam", n, lambda: opt.step())


for n in (1000, 100000, 10000000):
    with torch.no_grad():
        elementwise(n)
    adam(n)
with torch.no_grad():
    for n in (64, 128, 256, 512, 1024):
        product(n)
