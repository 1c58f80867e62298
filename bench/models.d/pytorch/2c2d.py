"""2c2d.lua in PyTorch."""
import torch
from torch.nn import functional as F

import networks
import values


def make():
    net = values.fill(networks.net_2c2d())
    X, y = values.uniform((512, 1, 28, 28), 1, 0, 1), values.integers((512,), 2, 10)
    opt = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    return 128, net, X, y, lambda m, X, y: F.cross_entropy(m(X), y), opt
