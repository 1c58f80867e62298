"""logistic.lua in PyTorch."""
import torch
from torch.nn import functional as F

import networks
import values


def make():
    net = values.fill(networks.logreg())
    X, y = values.uniform((4096, 784), 1, 0, 1), values.integers((4096,), 2, 10)
    return 128, net, X, y, lambda m, X, y: F.cross_entropy(m(X), y), torch.optim.SGD(net.parameters(), lr=0.1)
