"""rows.lua in PyTorch."""
import torch
from torch import nn
from torch.nn import functional as F

import values
from operation import both, floats, forward

ROWS = {}


def row(name):
    def add(make):
        ROWS[name] = make
    return add


@row("softmax 512x512 dim 2")
def _():
    x = floats(1, 512, 512)
    return forward(lambda: x.softmax(1))


@row("softmax 512x512 dim 1")
def _():
    x = floats(1, 512, 512)
    return forward(lambda: x.softmax(0))


@row("log_softmax 512x512 f+b")
def _():
    x = floats(1, 512, 512)
    return both([x], lambda: x.log_softmax(1))


def cross_entropy(n, classes):
    @row("cross entropy %dx%d f+b" % (n, classes))
    def _():
        x, y = floats(1, n, classes), values.integers((n,), 2, classes)
        return both([x], lambda: F.cross_entropy(x, y))


for n, classes in (128, 10), (1024, 96), (128, 1000), (64, 50000):
    cross_entropy(n, classes)


@row("layer norm 2048x64 f+b")
def _():
    x, w, b = floats(1, 2048, 64), floats(2, 64), floats(3, 64)
    return both([x, w, b], lambda: F.layer_norm(x, (64,), w, b))


@row("linear 32x64x64-256 f+b")
def _():
    x, w, b = floats(1, 32, 64, 64), floats(2, 256, 64), floats(3, 256)
    return both([x, w, b], lambda: F.linear(x, w, b))


@row("attention scores f+b")
def _():
    q, k = floats(1, 32, 4, 64, 16), floats(2, 32, 4, 64, 16)
    return both([q, k], lambda: q @ k.transpose(2, 3))


@row("attention softmax f+b")
def _():
    later = torch.ones(64, 64).triu(1) * -1e9
    x = floats(1, 32, 4, 64, 64)
    return both([x], lambda: (x + later).softmax(3))


@row("causal attention f+b")
def _():
    q, k, v = (floats(seed, 8, 4, 256, 32) for seed in (1, 2, 3))
    later = torch.ones(256, 256).triu(1).bool()
    return both([q, k, v], lambda: (q @ k.transpose(2, 3) * 32 ** -0.5).masked_fill(later, -1e9).softmax(3) @ v)


@row("LSTM 50x50 of 128 f+b")
def _():
    x, layer = floats(1, 50, 50, 128), values.fill(nn.LSTM(128, 128))
    return both([x, *layer.parameters()], lambda: layer(x)[0])
