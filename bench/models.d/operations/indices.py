"""indices.lua in PyTorch."""
import torch
from torch.nn import functional as F

import values
from operation import both, floats, forward

ROWS = {}


def index_select():
    x, rows = floats(1, 10000, 64), values.integers((4096,), 2, 10000)
    return forward(lambda: x.index_select(0, rows))


def index_select_both():
    x, rows = floats(1, 10000, 64), values.integers((4096,), 2, 10000)
    return both([x], lambda: x.index_select(0, rows))


def embedding():
    x, words = floats(1, 10000, 64), values.integers((32, 128), 2, 10000)
    return both([x], lambda: F.embedding(words, x))


def gather():
    x, places = floats(1, 1000000), values.integers((1000000,), 2, 1000000)
    return forward(lambda: x.gather(0, places))


def scatter_add():
    x, y, places = torch.zeros(1000000), floats(1, 1000000), values.integers((1000000,), 2, 1000000)
    return forward(lambda: x.scatter_add(0, places, y))


def unrolled(steps):
    def make():
        W, start = (floats(1, 32, 32) / 4).requires_grad_(), floats(2, 32, 1).requires_grad_()

        def loop():
            x = start
            for _ in range(steps):
                before = x
                x = W.mm(x).tanh()
                g, = torch.autograd.grad(x.square().sum(), before, retain_graph=True)
            return g
        return forward(loop)
    ROWS["grad in a loop of %d steps" % steps] = make


ROWS["index_select 4096 rows"] = index_select
ROWS["index_select f+b"] = index_select_both
ROWS["embedding 32x128 f+b"] = embedding
ROWS["gather 1e6"] = gather
ROWS["scatter_add 1e6"] = scatter_add
ROWS["randperm 10000"] = lambda: ([], lambda: torch.randperm(10000))
unrolled(50)
unrolled(100)
unrolled(400)
