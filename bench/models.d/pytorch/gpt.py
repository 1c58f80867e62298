"""gpt.lua in PyTorch; version 1.13 has no fused attention."""
import torch
from torch.nn import functional as F

import networks
import values

VOCABULARY, LENGTH, BATCH = 65, 64, 32


def make():
    net = values.fill(networks.Gpt(VOCABULARY))
    X, y = (values.integers((4 * BATCH, LENGTH), seed, VOCABULARY) for seed in (1, 2))
    opt = torch.optim.Adam(net.parameters(), lr=0.001)
    return BATCH, net, X, y, lambda m, X, y: F.cross_entropy(m(X), y.reshape(-1)), opt
