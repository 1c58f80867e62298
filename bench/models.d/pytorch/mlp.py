"""mlp.lua in PyTorch."""
import torch
from torch import nn
from torch.nn import functional as F

import values


def model():
    return nn.Sequential(nn.Linear(784, 1000), nn.ReLU(), nn.Linear(1000, 500), nn.ReLU(),
                         nn.Linear(500, 100), nn.ReLU(), nn.Linear(100, 10))


def make():
    net = values.fill(model())
    X, y = values.uniform((1024, 784), 1, 0, 1), values.integers((1024,), 2, 10)
    return 128, net, X, y, lambda m, X, y: F.cross_entropy(m(X), y), torch.optim.SGD(net.parameters(), lr=0.1)
