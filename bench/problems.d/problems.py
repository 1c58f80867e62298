"""What problems.lua does, in PyTorch, on the data that it wrote.

    /usr/bin/python3 bench/problems.d/problems.py DATA.npz PROBLEM SEEDS EPOCHS OPTIMIZER LR
"""
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import networks

path, name, seeds, epochs, optimizer, lr = sys.argv[1:7]
arrays = {k: torch.from_numpy(v) for k, v in np.load(path).items()}
torch.set_num_threads(1)


def floats(t):
    return t.float() / 255 if t.dtype == torch.uint8 else t


def crop_and_flip(x):
    """Each image moved by up to 4 pixels, half of them mirrored."""
    padded, n, side = F.pad(x, (4, 4, 4, 4)), len(x), torch.arange(32)
    rows = (torch.randint(9, (n, 1)) + side)[:, None, :, None]
    columns = torch.randint(9, (n, 1)) + side
    columns = torch.where(torch.rand(n, 1) < 0.5, columns, columns.flip(1))[:, None, None, :]
    return padded[torch.arange(n)[:, None, None, None], torch.arange(3)[None, :, None, None], rows, columns]


def build():
    if name in ("rosenbrock", "beale", "branin"):
        return networks.Plane(name)
    makers = {
        "quadratic_deep": lambda: networks.Quadratic(arrays["hessian"]), "logreg": networks.logreg,
        "mlp": networks.mlp, "net_2c2d": networks.net_2c2d, "net_3c3d": networks.net_3c3d, "vae": networks.Vae,
        "char_rnn": lambda: networks.CharRnn(int(arrays["vocabulary"])),
        "gpt": lambda: networks.Gpt(int(arrays["vocabulary"])), "matrix_factorization": networks.Factors,
        "two_spirals": networks.two_spirals, "pinn": networks.Pinn,
    }
    return makers[name]()


def loss_of(model, X, y):
    prediction = model(X)
    if name == "pinn":
        return prediction.square().mean()
    if name == "matrix_factorization":
        return F.mse_loss(prediction, y)
    if y is None or name == "vae":
        return prediction.mean()
    return F.cross_entropy(prediction, y.reshape(-1))


def evaluate(model):
    X, y = arrays["X_test"], arrays.get("y_test")
    model.eval()
    total = 0.0
    with torch.no_grad():
        for i in range(0, len(X), 256):
            part = floats(X[i:i + 256])
            total += loss_of(model, part, None if y is None else y[i:i + 256]).item() * len(part)
    model.train()
    return total / len(X)


def train(model):
    X, y, size = arrays["X"], arrays.get("y"), min(int(arrays["batch"]), len(arrays["X"]))
    opt = getattr(torch.optim, optimizer)(model.parameters(), lr=float(lr))
    weights = [m.weight for m in networks.weighted(model)] if name == "net_3c3d" else []
    in_order = name == "char_rnn"
    for _ in range(int(epochs)):
        if in_order:
            model.reset()
        order = torch.arange(len(X)) if in_order else torch.randperm(len(X))
        for at in order.split(size):
            if len(at) < size and not in_order:
                continue
            batch = floats(X[at])
            if name == "net_3c3d":
                batch = crop_and_flip(batch)
            loss = loss_of(model, batch, None if y is None else y[at])
            if weights:
                loss = loss + 0.001 * sum(w.square().sum() for w in weights)
            opt.zero_grad(set_to_none=True)
            loss.backward()
            opt.step()


for seed in range(1, int(seeds) + 1):
    torch.manual_seed(seed)
    model = build()
    before = evaluate(model)
    train(model)
    print("%.6g %.6g" % (before, evaluate(model)))
