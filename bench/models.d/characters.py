"""characters.lua in PyTorch."""
import torch
from torch import nn
from torch.nn import functional as F

import values

VOCABULARY, WIDTH, STEPS, BATCH = 83, 128, 50, 50


class Model(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, WIDTH)
        self.cells = layer(WIDTH, WIDTH, num_layers=2, batch_first=True)
        self.scores = nn.Linear(WIDTH, VOCABULARY)

    def forward(self, x):
        return self.scores(self.cells(self.embedding(x))[0].reshape(-1, WIDTH))


def make(layer):
    net = values.fill(Model(layer))
    X = values.integers((4 * BATCH, STEPS), 1, VOCABULARY)
    y = values.integers((4 * BATCH, STEPS), 2, VOCABULARY)
    opt = torch.optim.Adam(net.parameters(), lr=0.001)
    return BATCH, net, X, y, lambda m, X, y: F.cross_entropy(m(X), y.reshape(-1)), opt
