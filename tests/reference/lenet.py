#!/usr/bin/python3
"""Writes tests/reference/lenet_values.lua: the losses of 50 steps of the book's LeNet in PyTorch, and all its gradients.

Needs PyTorch (made with Debian's python3-torch 1.13); the tests read the committed file and need no Python. Weights and
made-up images come from formula.py; the real images are those of Fashion-MNIST's test file.

    /usr/bin/python3 tests/reference/lenet.py [folder of the real images] > tests/reference/lenet_values.lua
"""
import gzip
import math
import sys

import torch
from torch import nn

import formula

FOLDER = sys.argv[1] if len(sys.argv) > 1 else "../shared/data/fashion-mnist"
STEPS = 50
# Rounding errors grow from step to step, the faster the higher the rate, because a largest element of a window may change
# places with the next: at the book's rates two float32 programs drift apart by 0.1 and more in 50 steps, and two float64
# ones by 1e-11. So the book's rates are compared in float64, and float32 with a low rate.
RUNS = [("made up", 0.1, 64, torch.float64), ("real", 0.3, 64, torch.float64),
        ("made up", 0.02, 256, torch.float32), ("real", 0.02, 256, torch.float32)]
SHAPES = [(6, 1, 5, 5), (6,), (16, 6, 5, 5), (16,), (120, 400), (120,), (84, 120), (84,), (10, 84), (10,)]


def lenet(dtype):
    """Weights uniform within Xavier's bound, biases within 0.05."""
    net = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)).to(dtype)
    start = 900000
    with torch.no_grad():
        for p, shape in zip(net.parameters(), SHAPES):
            assert tuple(p.shape) == shape
            taps = math.prod(shape[2:])
            bound = math.sqrt(6 / (taps * (shape[0] + shape[1]))) if len(shape) > 1 else 0.05
            p.copy_(bound * formula.centred(start, shape))
            start += p.numel()
    return net


def made_up():
    """1024 images: a pattern of 7 x 7 squares for each class, and noise; multiples of 1/256."""
    pattern = formula.uniform(0, (10, 7, 1, 7, 1)).expand(10, 7, 4, 7, 4).reshape(10, 28, 28)
    y = formula.whole(1000, (1024,), 0, 9).long()
    noise = formula.uniform(2048, (1024, 28, 28))
    return (torch.floor(100 * pattern[y] + 155 * noise) / 256).unsqueeze(1), y


def real():
    def read(name, header):
        with gzip.open("%s/t10k-%s-ubyte.gz" % (FOLDER, name)) as f:
            return torch.frombuffer(bytearray(f.read()[header:]), dtype=torch.uint8)
    X = read("images-idx3", 16).reshape(-1, 1, 28, 28).double() / 255
    return X, read("labels-idx1", 8).long()


def losses(X, y, lr, batch, dtype):
    net, loss = lenet(dtype), nn.CrossEntropyLoss()
    opt = torch.optim.SGD(net.parameters(), lr=lr)
    history = []
    for t in range(STEPS):
        first = t % (len(X) // batch) * batch
        opt.zero_grad()
        l = loss(net(X[first:first + batch].to(dtype)), y[first:first + batch])
        l.backward()
        opt.step()
        history.append(l.item())
    return history


def gradients(X, y):
    """Of one step in float64: all values of small parameters, digests and 200 values of large ones."""
    net = lenet(torch.float64)
    out = net(X[:256].double())
    nn.CrossEntropyLoss()(out, y[:256]).backward()
    entries = []
    for name, p in net.named_parameters():
        flat, n = p.grad.reshape(-1), p.numel()
        entries.append({"name": name, "digest": formula.digest(p.grad),
                        "values": flat if n <= 200 else flat[[k * (n - 1) // 199 for k in range(200)]]})
    return {"output": formula.digest(out), "parameters": entries}


def put(name, value):
    print("M.%s = %s" % (name, formula.lua(value).replace(", { ", ",\n  { ")))


def put(name, value):
    print("M.%s = %s" % (name, formula.lua(value).replace(", { ", ",\n  { ")))


print("-- Made by tests/reference/lenet.py with PyTorch %s; do not edit." % torch.__version__)
print("-- luacheck: ignore 631")
print("local M = {}")
X, y = made_up()
put("gradients", gradients(X, y))
print("M.runs = {")
for images, lr, batch, dtype in RUNS:
    X, y = made_up() if images == "made up" else real()
    run = {"images": images, "lr": lr, "batch": batch, "dtype": str(dtype)[6:], "losses": losses(X, y, lr, batch, dtype)}
    print("  %s," % formula.lua(run))
print("}")
print("return M")
