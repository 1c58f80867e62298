"""2c2d.lua in PyTorch."""
import torch
from torch import nn
from torch.nn import functional as F

import values


def model():
    return nn.Sequential(
        nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(3136, 1024), nn.ReLU(), nn.Linear(1024, 10))


def make():
    net = values.fill(model())
    X, y = values.uniform((512, 1, 28, 28), 1, 0, 1), values.integers((512,), 2, 10)
    return 128, net, X, y, lambda m, X, y: F.cross_entropy(m(X), y), torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
