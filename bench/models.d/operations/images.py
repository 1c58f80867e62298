"""images.lua in PyTorch."""
from torch import nn
from torch.nn import functional as F

from operation import both, floats

ROWS = {}


def conv(n, c, to, size, k, stride, padding):
    def make():
        x, w, b = floats(1, n, c, size, size), floats(2, to, c, k, k), floats(3, to)
        return both([x, w, b], lambda: F.conv2d(x, w, b, stride=stride, padding=padding))
    ROWS["conv %d-%d %dpx k%d s%d" % (c, to, size, k, stride)] = make


def pool(k, stride, padding):
    def make():
        x = floats(1, 64, 32, 28, 28)
        return both([x], lambda: F.max_pool2d(x, k, stride=stride, padding=padding))
    ROWS["max pool %dx%d s%d" % (k, k, stride)] = make


def transposed():
    x, w, b = floats(1, 64, 64, 7, 7), floats(2, 64, 64, 4, 4), floats(3, 64)
    return both([x, w, b], lambda: F.conv_transpose2d(x, w, b, stride=2, padding=1))


def depthwise():
    x, w, b = floats(1, 64, 32, 16, 16), floats(2, 32, 1, 3, 3), floats(3, 32)
    return both([x, w, b], lambda: F.conv2d(x, w, b, padding=1, groups=32))


def average():
    x = floats(1, 64, 32, 28, 28)
    return both([x], lambda: F.avg_pool2d(x, 2))


def batch_norm():
    x, layer = floats(1, 128, 32, 16, 16), nn.BatchNorm2d(32)
    return both([x, layer.weight, layer.bias], lambda: layer(x))


conv(64, 16, 32, 28, 3, 2, 1)
conv(64, 16, 32, 28, 4, 2, 1)
conv(64, 16, 32, 28, 5, 2, 2)
conv(64, 16, 32, 28, 7, 2, 3)
conv(64, 16, 32, 28, 3, 1, 1)
conv(64, 16, 32, 28, 5, 1, 2)
conv(128, 64, 64, 8, 3, 1, 1)
conv(128, 64, 96, 14, 3, 1, 0)
ROWS["depthwise conv 32 16px k3"] = depthwise
ROWS["avg pool 2x2 s2"] = average
ROWS["transposed conv 64-64 7px"] = transposed
pool(2, 2, 0)
pool(3, 2, 1)
ROWS["BatchNorm 32ch 16px"] = batch_norm
