"""vae.lua in PyTorch."""
import torch
from torch import nn

import values


class Same(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.ConvTranspose2d(channels, channels, 4, padding=1)

    def forward(self, x):
        return self.conv(x)[:, :, :x.shape[2], :x.shape[3]]


class Vae(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 64, 4, stride=2, padding=1), nn.LeakyReLU(0.3),
            nn.Conv2d(64, 64, 4, stride=2, padding=1), nn.LeakyReLU(0.3),
            nn.Conv2d(64, 64, 4, padding="same"), nn.LeakyReLU(0.3), nn.Flatten())
        self.mean, self.deviation = nn.Linear(3136, 8), nn.Linear(3136, 8)
        self.lines = nn.Sequential(nn.Linear(8, 24), nn.LeakyReLU(0.3), nn.Linear(24, 49), nn.LeakyReLU(0.3))
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(1, 64, 4, stride=2, padding=1), nn.ReLU(), Same(64), nn.ReLU(), Same(64), nn.ReLU(),
            nn.Flatten(), nn.Linear(12544, 784), nn.Sigmoid())

    def forward(self, x, noise):
        code = self.encoder(x)
        mean, s = self.mean(code), self.deviation(code) * 0.5
        z = mean + noise * s.exp()
        image = self.decoder(self.lines(z).reshape(-1, 1, 7, 7))
        error = (image - x.flatten(1)).square().sum(1)
        return (error - (s * 2 + 1 - mean.square() - (s * 2).exp()).sum(1) * 0.5).mean()


def make():
    net = values.fill(Vae())
    X, noise = values.uniform((256, 1, 28, 28), 1, 0, 1), values.uniform((256, 8), 2, -1.7, 1.7)
    return 64, net, X, noise, lambda m, X, noise: m(X, noise), torch.optim.Adam(net.parameters(), lr=0.001)
