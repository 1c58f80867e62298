"""values.lua in Python: the same numbers."""
import math

import torch

PRIME = 1000003


def unit(shape, seed):
    k = torch.arange(math.prod(shape), dtype=torch.float64) + 7919 * seed + 1
    return ((k * k) % PRIME / PRIME).reshape(shape)


def uniform(shape, seed, low, high):
    return (unit(shape, seed) * (high - low) + low).float()


def integers(shape, seed, n):
    return (unit(shape, seed) * n).floor().long()


def fill(model):
    with torch.no_grad():
        for name, p in model.named_parameters():
            seed = 0
            for byte in name.encode():
                seed = (31 * seed + byte) % 10007
            if p.dim() > 1:
                bound = (p.numel() / len(p)) ** -0.5
                p.copy_(uniform(p.shape, seed, -bound, bound))
            elif "bias" in name:
                p.zero_()
    return model
