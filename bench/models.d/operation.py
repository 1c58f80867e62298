"""operation.lua in PyTorch."""
import torch

import values


def mean(t):
    return t.double().abs().mean().item()


def forward(f):
    return [mean(f())], f


def both(inputs, f):
    for x in inputs:
        x.requires_grad_()
    y = f()
    g = values.uniform(y.shape, 9, -1, 1) if y.dim() else None

    def step():
        return torch.autograd.grad(f(), inputs, g)
    return [mean(t) for t in (y.detach(), *step())], step


def floats(seed, *shape):
    return values.uniform(shape, seed, -1, 1)
