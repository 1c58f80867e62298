"""The models of lab.problems in PyTorch, with the same first values."""
import math

import torch
from torch import nn
from torch.nn import functional as F


def weighted(model):
    return [m for m in model.modules() if isinstance(m, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d))]


def logreg():
    model = nn.Linear(784, 10)
    nn.init.zeros_(model.weight)
    nn.init.zeros_(model.bias)
    return model


def with_truncated(model, std, bias):
    for m in weighted(model):
        nn.init.trunc_normal_(m.weight, 0, std, -2 * std, 2 * std)
        nn.init.constant_(m.bias, bias)
    return model


def mlp():
    return with_truncated(nn.Sequential(
        nn.Linear(784, 1000), nn.ReLU(), nn.Linear(1000, 500), nn.ReLU(), nn.Linear(500, 100), nn.ReLU(),
        nn.Linear(100, 10)), 0.03, 0)


def net_2c2d():
    return with_truncated(nn.Sequential(
        nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(7 * 7 * 64, 1024), nn.ReLU(), nn.Linear(1024, 10)), 0.05, 0.05)


def net_3c3d():
    def pool():
        return nn.MaxPool2d(3, 2, 1)
    model = nn.Sequential(
        nn.Conv2d(3, 64, 5), nn.ReLU(), pool(), nn.Conv2d(64, 96, 3), nn.ReLU(), pool(),
        nn.Conv2d(96, 128, 3, padding=1), nn.ReLU(), pool(), nn.Flatten(),
        nn.Linear(1152, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))
    for m in weighted(model):
        (nn.init.xavier_uniform_ if isinstance(m, nn.Linear) else nn.init.xavier_normal_)(m.weight)
        nn.init.zeros_(m.bias)
    return model


class Same(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.ConvTranspose2d(channels, channels, 4, padding=1)

    def forward(self, x):
        return self.conv(x)[:, :, :x.shape[2], :x.shape[3]]


class Vae(nn.Module):
    def __init__(self, latent=8):
        super().__init__()

        def lrelu():
            return nn.LeakyReLU(0.3)
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 64, 4, 2, 1), lrelu(), nn.Dropout(0.2), nn.Conv2d(64, 64, 4, 2, 1), lrelu(), nn.Dropout(0.2),
            nn.Conv2d(64, 64, 4, padding="same"), lrelu(), nn.Dropout(0.2), nn.Flatten())
        self.mean, self.deviation = nn.Linear(3136, latent), nn.Linear(3136, latent)
        self.lines = nn.Sequential(nn.Linear(latent, 24), lrelu(), nn.Linear(24, 49), lrelu())
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(1, 64, 4, 2, 1), nn.ReLU(), nn.Dropout(0.2), Same(64), nn.ReLU(), nn.Dropout(0.2),
            Same(64), nn.ReLU(), nn.Flatten(), nn.Linear(14 * 14 * 64, 784), nn.Sigmoid())
        for m in weighted(self):
            nn.init.xavier_uniform_(m.weight)
            nn.init.zeros_(m.bias)

    def forward(self, x):
        code = self.encoder(x)
        mean, s = self.mean(code), self.deviation(code) * 0.5
        z = mean + torch.randn_like(mean) * s.exp()
        image = self.decoder(self.lines(z).reshape(-1, 1, 7, 7))
        error = (image - x.reshape(len(x), 784)).square().sum(1)
        return error - (s * 2 + 1 - mean.square() - (s * 2).exp()).sum(1) * 0.5


class CharRnn(nn.Module):
    """In training, the state goes on from batch to batch."""

    def __init__(self, vocabulary, hidden=128, drop=0.2):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, hidden)
        self.cells = nn.ModuleList([nn.LSTM(hidden, hidden, batch_first=True) for _ in range(2)])
        self.drop, self.scores, self.state = nn.Dropout(drop), nn.Linear(hidden, vocabulary), None
        nn.init.xavier_uniform_(self.embedding.weight)
        nn.init.xavier_uniform_(self.scores.weight)
        bound = math.sqrt(3 / vocabulary)
        nn.init.uniform_(self.scores.bias, -bound, bound)
        limit = math.sqrt(6 / (2 * hidden + 4 * hidden))
        for c in self.cells:
            nn.init.uniform_(c.weight_ih_l0, -limit, limit)
            nn.init.uniform_(c.weight_hh_l0, -limit, limit)
            nn.init.zeros_(c.bias_ih_l0)
            nn.init.zeros_(c.bias_hh_l0)
            with torch.no_grad():
                c.bias_ih_l0[hidden:2 * hidden] = 1

    def reset(self):
        self.state = None

    def forward(self, x):
        y, new = self.embedding(x), []
        for i, cell in enumerate(self.cells):
            y, state = cell(self.drop(y), self.state[i] if self.training and self.state else None)
            new.append(tuple(s.detach() for s in state))
            y = self.drop(y)
        if self.training:
            self.state = new
        return self.scores(y.reshape(-1, y.shape[2]))


class GptBlock(nn.Module):
    def __init__(self, length, width, heads):
        super().__init__()
        self.heads = heads
        self.register_buffer("later", torch.ones(length, length, dtype=torch.bool).triu(1))
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.gelu = nn.GELU(approximate="tanh")

    def attention(self, x):
        b, t, width = x.shape
        q, k, v = self.qkv(x).reshape(b, t, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        scores = (q @ k.transpose(2, 3)) / math.sqrt(q.shape[3])
        y = scores.masked_fill(self.later[:t, :t], -math.inf).softmax(3) @ v
        return self.out(y.permute(0, 2, 1, 3).reshape(b, t, width))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.down(self.gelu(self.up(self.norm2(x))))


class Gpt(nn.Module):
    def __init__(self, vocabulary, length=64, width=64, heads=4, layers=2):
        super().__init__()
        self.tokens, self.places = nn.Embedding(vocabulary, width), nn.Embedding(length, width)
        self.blocks = nn.Sequential(*[GptBlock(length, width, heads) for _ in range(layers)])
        self.norm, self.scores = nn.LayerNorm(width), nn.Linear(width, vocabulary, bias=False)
        for name, p in self.named_parameters():
            if name.endswith("bias"):
                nn.init.zeros_(p)
            elif "norm" not in name:
                into_sum = name.endswith(("out.weight", "down.weight"))
                nn.init.normal_(p, std=0.02 / math.sqrt(2 * layers) if into_sum else 0.02)

    def forward(self, x):
        y = self.norm(self.blocks(self.tokens(x) + self.places.weight[:x.shape[1]]))
        return self.scores(y.reshape(-1, y.shape[2]))


class Plane(nn.Module):
    def __init__(self, name):
        super().__init__()
        u, v = {"rosenbrock": (-0.5, 1.5), "beale": (-4.5, 4.5), "branin": (2.5, 12.5)}[name]
        self.name = name
        self.u, self.v = nn.Parameter(torch.tensor(float(u))), nn.Parameter(torch.tensor(float(v)))

    def value(self, u, v):
        if self.name == "rosenbrock":
            return (1 - u) ** 2 + 100 * (v - u ** 2) ** 2
        if self.name == "beale":
            return (1.5 - u + u * v) ** 2 + (2.25 - u + u * v ** 2) ** 2 + (2.625 - u + u * v ** 3) ** 2
        b, c, t = 5.1 / (4 * math.pi ** 2), 5 / math.pi, 1 / (8 * math.pi)
        return (v - b * u ** 2 + c * u - 6) ** 2 + 10 * (1 - t) * torch.cos(u) + 10

    def forward(self, noise):
        return self.value(self.u, self.v) + noise[:, 0] * self.u + noise[:, 1] * self.v


class Quadratic(nn.Module):
    def __init__(self, hessian):
        super().__init__()
        self.hessian, self.w = hessian, nn.Parameter(torch.ones(len(hessian)))

    def forward(self, x):
        d = self.w - x
        return ((d @ self.hessian) * d).sum(1) * 0.5


class Factors(nn.Module):
    def __init__(self, rows=100, columns=80, rank=5, scale=0.1):
        super().__init__()
        self.U = nn.Parameter(torch.randn(rows, rank) * scale)
        self.V = nn.Parameter(torch.randn(columns, rank) * scale)

    def forward(self, places):
        return (self.U[places[:, 0]] * self.V[places[:, 1]]).sum(1)


def two_spirals(hidden=32):
    return nn.Sequential(nn.Linear(2, hidden), nn.Tanh(), nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, 2))


class Pinn(nn.Module):
    def __init__(self, hidden=32, waves=4):
        super().__init__()
        self.net, self.waves = nn.Sequential(
            nn.Linear(1, hidden), nn.Tanh(), nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, 1)), waves
        for m in weighted(self):
            nn.init.xavier_normal_(m.weight)
            nn.init.zeros_(m.bias)

    def forward(self, x):
        with torch.enable_grad():
            x = x.detach().clone().requires_grad_()
            u = (1 - x ** 2) * self.net(x)
            first, = torch.autograd.grad(u.sum(), x, create_graph=True)
            second, = torch.autograd.grad(first.sum(), x, create_graph=True)
            k = self.waves
            return second + math.pi ** 2 * (torch.sin(math.pi * x) + k * torch.sin(k * math.pi * x))
