"""gpt.lua in PyTorch; version 1.13 has no fused attention."""
import torch
from torch import nn
from torch.nn import functional as F

import values

VOCABULARY, WIDTH, HEADS, LENGTH, BATCH = 65, 64, 4, 64, 32


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down, self.gelu = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH), nn.GELU()
        self.register_buffer("later", torch.ones(LENGTH, LENGTH).triu(1).bool())

    def attention(self, x):
        n = len(x)
        q, k, v = self.qkv(x).reshape(n, LENGTH, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(2, 3) * (WIDTH // HEADS) ** -0.5
        y = scores.masked_fill(self.later, -1e9).softmax(3) @ v
        return self.out(y.transpose(1, 2).reshape(n, LENGTH, WIDTH))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.down(self.gelu(self.up(self.norm2(x))))


class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.places = nn.Embedding(VOCABULARY, WIDTH), nn.Embedding(LENGTH, WIDTH)
        self.blocks, self.norm = nn.Sequential(Block(), Block()), nn.LayerNorm(WIDTH)
        self.scores = nn.Linear(WIDTH, VOCABULARY, bias=False)

    def forward(self, x):
        y = self.norm(self.blocks(self.tokens(x) + self.places.weight))
        return self.scores(y.reshape(-1, WIDTH))


def make():
    net = values.fill(Gpt())
    X, y = (values.integers((4 * BATCH, LENGTH), seed, VOCABULARY) for seed in (1, 2))
    opt = torch.optim.Adam(net.parameters(), lr=0.001)
    return BATCH, net, X, y, lambda m, X, y: F.cross_entropy(m(X), y.reshape(-1)), opt
