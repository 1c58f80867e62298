"""The rows of operations.lua in PyTorch: prints a line "row pytorch microseconds" for each.

    OMP_NUM_THREADS=1 /usr/bin/python3 bench/training/operations.py [SECONDS [ONLY]]
"""
import os
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 0.2
ONLY = sys.argv[2] if len(sys.argv) > 2 else ""
grad = torch.autograd.grad


def x(*shape):
    return torch.randn(*shape).requires_grad_()


def both(f, inputs):
    made = []

    def run():
        y = f(*inputs)
        if not made:
            made.append(torch.ones_like(y))
        return grad(y, inputs, made[0])
    return run


def layer(m, given, plain=False):
    inputs = list(m.parameters()) if plain else [given] + list(m.parameters())
    return both(lambda *_: m(given), inputs)


def conv(c, o, side, k, **options):
    return lambda: layer(nn.Conv2d(c, o, k, **options), x(64, c, side, side))


def unrolled():
    w, d = x(20), torch.linspace(0.1, 1, 20)

    def run():
        theta, momentum = w, torch.zeros(20)
        for _ in range(100):
            momentum = momentum * 0.9 + (theta * theta * d * 0.5 + theta.sin()) * 0.01
            theta = theta - momentum
            grad(theta.sum(), w, retain_graph=True)
    return run


def attention():
    later = torch.ones(64, 64, dtype=torch.bool).triu(1)

    def f(q, k, v):
        if hasattr(F, "scaled_dot_product_attention"):
            return F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return (q @ k.transpose(2, 3) / 4).masked_fill(later, -float("inf")).softmax(3) @ v
    return both(f, [x(32, 4, 64, 16) for _ in range(3)])


def entropy(n, classes):
    def make():
        y = torch.randint(classes, (n,))
        return both(lambda s: F.cross_entropy(s, y), [x(n, classes)])
    return make


def plain(make, f):
    def setup():
        tensors = make()
        return lambda: f(*tensors)
    return setup


def product(n):
    return plain(lambda: (torch.randn(n, n), torch.randn(n, n)), torch.mm)


def square():
    return (torch.randn(512, 512),)


def selects(t):
    total = t[0]
    for i in range(1, 50):
        total = total + t[i]
    return total


def picked(with_gradient):
    a, i = torch.randn(10000, 64), torch.randint(10000, (4096,))
    if with_gradient:
        return both(lambda t: t.index_select(0, i), [a.requires_grad_()])
    return lambda: a.index_select(0, i)


def embedding():
    i = torch.randint(96, (32, 64))
    return layer(nn.Embedding(96, 64), i, True)


def lstm():
    m, given = nn.LSTM(128, 128), x(50, 50, 128)
    return both(lambda *_: m(given)[0], list(m.parameters()))


ROWS = {
    "softmax-2": plain(square, lambda a: a.softmax(1)), "softmax-1": plain(square, lambda a: a.softmax(0)),
    "softmax-fb": lambda: both(lambda a: a.softmax(1), [x(512, 512)]),
    "log_softmax-fb": lambda: both(lambda a: a.log_softmax(1), [x(256, 1000)]),
    "cross_entropy-10": entropy(128, 10), "cross_entropy-96": entropy(1024, 96),
    "cross_entropy-1000": entropy(128, 1000), "cross_entropy-50000": entropy(32, 50000),
    "layer_norm": lambda: layer(nn.LayerNorm(64), x(32, 64, 64)),
    "conv-k3-s2": conv(16, 32, 28, 3, stride=2, padding=1), "conv-k4-s2": conv(16, 32, 28, 4, stride=2, padding=1),
    "conv-k5-s2": conv(16, 32, 28, 5, stride=2, padding=2), "conv-k7-s2": conv(3, 64, 32, 7, stride=2, padding=3),
    "conv-k3-16-32": conv(16, 32, 28, 3, padding=1), "conv-k5-16-32": conv(16, 32, 28, 5, padding=2),
    "conv-k3-64-64": conv(64, 64, 8, 3, padding=1), "conv-k3-64-96": conv(64, 96, 14, 3, padding=1),
    "conv-depthwise": conv(32, 32, 16, 3, padding=1, groups=32),
    "conv_transpose-k4-s2": lambda: layer(nn.ConvTranspose2d(64, 64, 4, 2, 1), x(64, 64, 7, 7)),
    "max_pool-2": lambda: layer(nn.MaxPool2d(2), x(64, 32, 28, 28)),
    "max_pool-3-s2": lambda: layer(nn.MaxPool2d(3, 2, 1), x(64, 64, 28, 28)),
    "avg_pool-2": lambda: layer(nn.AvgPool2d(2), x(64, 32, 28, 28)),
    "batch_norm-2d": lambda: layer(nn.BatchNorm2d(64), x(64, 64, 16, 16)),
    "relu": lambda: both(torch.relu, [x(1000000)]), "tanh": lambda: both(torch.tanh, [x(1000000)]),
    "silu": lambda: both(F.silu, [x(1000000)]),
    "gelu": lambda: both(lambda a: F.gelu(a, approximate="tanh"), [x(1000000)]),
    "exp-1e5": plain(lambda: (torch.randn(100000),), torch.exp), "sum-2": plain(square, lambda a: a.sum(1)),
    "row-max": lambda: both(lambda a: a.max(1)[0], [x(512, 512)]),
    "cat": plain(lambda: (torch.randn(512, 512), torch.randn(512, 512)), lambda a, b: torch.cat([a, b])),
    "select-50": lambda: both(selects, [x(50, 50, 128)]), "transpose-512": plain(square, lambda a: a.t().contiguous()),
    "transpose-2048": plain(lambda: (torch.randn(2048, 2048),), lambda a: a.t().contiguous()),
    "randperm-10000": plain(tuple, lambda: torch.randperm(10000)), "index_select": lambda: picked(False),
    "index_select-fb": lambda: picked(True), "embedding": embedding,
    "bmm": lambda: both(torch.matmul, [x(128, 64, 16), x(128, 16, 64)]),
    "linear-3d": lambda: layer(nn.Linear(64, 192), x(32, 64, 64)), "attention": attention,
    "mm-256": product(256), "mm-512": product(512), "mm-1024": product(1024), "lstm": lstm,
    "unrolled-grad-100": unrolled,
    "solve-256": plain(lambda: (torch.randn(256, 256) + 20 * torch.eye(256), torch.randn(256, 16)),
                       torch.linalg.solve),
}


def measure(f):
    for _ in range(3):
        f()
    best, ending = float("inf"), time.perf_counter() + SECONDS
    while True:
        start, n = time.perf_counter(), 0
        while True:
            f()
            n += 1
            if time.perf_counter() - start > SECONDS / 10:
                break
        best = min(best, (time.perf_counter() - start) / n)
        if time.perf_counter() > ending:
            return best


torch.manual_seed(1)
for name, setup in ROWS.items():
    if ONLY in name:
        print("%s pytorch %.9g" % (name, measure(setup()) * 1e6))
