"""lenet_accuracy.lua in PyTorch.

    /usr/bin/python3 bench/lenet_accuracy.py SEED [epochs, default 30]
"""
import gzip
import os
import sys

import torch
from torch import nn

import lenet_model

torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
torch.manual_seed(int(sys.argv[1]))
epochs = int(sys.argv[2]) if len(sys.argv) > 2 else 30


def idx(name, header, *shape):
    """The bytes behind the header of a file of MNIST's format, packed or not, in $OPTLAB_DATA or its folder."""
    base = os.environ.get("OPTLAB_DATA", "../shared/data")
    for path in (os.path.join(folder, name + end) for folder in (base, base + "/fashion-mnist") for end in (".gz", "")):
        if os.path.exists(path):
            with (gzip.open if path.endswith(".gz") else open)(path, "rb") as f:
                return torch.frombuffer(bytearray(f.read()[header:]), dtype=torch.uint8).reshape(*shape)
    sys.exit("%s is neither in %s nor in its folder fashion-mnist" % (name, base))


X = idx("t10k-images-idx3-ubyte", 16, -1, 1, 28, 28).float() / 255
y = idx("t10k-labels-idx1-ubyte", 8, -1).long()
net, loss = lenet_model.new(), nn.CrossEntropyLoss()
opt = torch.optim.SGD(net.parameters(), lr=0.3)

for _ in range(epochs):
    for rows in torch.randperm(8000).split(256):
        opt.zero_grad(set_to_none=True)
        loss(net(X[rows]), y[rows]).backward()
        opt.step()

with torch.no_grad():
    right = (net(X[8000:]).argmax(1) == y[8000:]).sum().item()
print("%.4f" % (right / 2000))
