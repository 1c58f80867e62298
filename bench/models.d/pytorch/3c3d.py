"""3c3d.lua in PyTorch."""
import torch
from torch import nn
from torch.nn import functional as F

import values


def model():
    return nn.Sequential(
        nn.Conv2d(3, 64, 5), nn.ReLU(), nn.MaxPool2d(3, stride=2, padding=1),
        nn.Conv2d(64, 96, 3), nn.ReLU(), nn.MaxPool2d(3, stride=2, padding=1),
        nn.Conv2d(96, 128, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, stride=2, padding=1), nn.Flatten(),
        nn.Linear(1152, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))


def make():
    net = values.fill(model())
    X, y = values.uniform((512, 3, 32, 32), 1, 0, 1), values.integers((512,), 2, 10)
    return 128, net, X, y, lambda m, X, y: F.cross_entropy(m(X), y), torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
