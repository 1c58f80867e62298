"""resnet8.lua in PyTorch."""
import torch
from torch import nn
from torch.nn import functional as F

import values


class Block(nn.Module):
    def __init__(self, n, to, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(n, to, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(to)
        self.conv2 = nn.Conv2d(to, to, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(to)
        self.short = nn.Identity() if stride == 1 else nn.Sequential(
            nn.Conv2d(n, to, 1, stride=stride, bias=False), nn.BatchNorm2d(to))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + self.short(x))


def model():
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(),
        Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2), nn.AvgPool2d(8), nn.Flatten(), nn.Linear(64, 10))


def make():
    net = values.fill(model())
    X, y = values.uniform((512, 3, 32, 32), 1, 0, 1), values.integers((512,), 2, 10)
    opt = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    return 128, net, X, y, lambda m, X, y: F.cross_entropy(m(X), y), opt
