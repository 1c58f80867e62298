"""lenet.lua in PyTorch."""
import os
import sys

import torch
from torch.nn import functional as F

import values

sys.path.append(os.path.join(os.path.dirname(__file__), "..", ".."))
import lenet_model  # noqa: E402


def make():
    net = values.fill(lenet_model.new())
    X, y = values.uniform((1024, 1, 28, 28), 1, 0, 1), values.integers((1024,), 2, 10)
    return 256, net, X, y, lambda m, X, y: F.cross_entropy(m(X), y), torch.optim.SGD(net.parameters(), lr=0.1)
