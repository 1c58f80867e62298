"""training.lua in PyTorch: a file in pytorch/ has make(), which returns batch, net, X, y, loss(net, X, y) and opt."""
import importlib
import os
import sys

import torch

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "problems.d"))  # networks.py


def training(name):
    batch, net, X, y, loss, opt = importlib.import_module("pytorch." + name).make()

    def step(X, y):
        opt.zero_grad(set_to_none=True)
        value = loss(net, X, y)
        value.backward()
        opt.step()
        return value

    def batches():
        while True:
            for rows in torch.randperm(len(X)).split(batch):
                yield X.index_select(0, rows), y.index_select(0, rows)

    first = [step(X[:batch], y[:batch]).item() for _ in range(3)]
    source = batches()
    return first, lambda: step(*next(source))
