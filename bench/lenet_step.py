"""The step of lenet_step.lua in PyTorch, with the images ready as floats; prints images a second.

    OMP_NUM_THREADS=1 /usr/bin/python3 bench/lenet_step.py [steps, default 64]
"""
import os
import sys
import time

import torch
from torch import nn

import lenet_model

torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
steps = int(sys.argv[1]) if len(sys.argv) > 1 else 64
n, batch_size = 8192, 256
X, y = torch.randint(256, (n, 1, 28, 28)).float() / 255, torch.randint(10, (n,))
net, loss = lenet_model.new(), nn.CrossEntropyLoss()
opt = torch.optim.SGD(net.parameters(), lr=0.1)


def run(steps):
    while steps > 0:
        for rows in torch.randperm(n).split(batch_size):
            opt.zero_grad(set_to_none=True)
            loss(net(X.index_select(0, rows)), y.index_select(0, rows)).backward()
            opt.step()
            steps -= 1
            if steps == 0:
                return


run(4)
start = time.perf_counter()
run(steps)
print("%.1f" % (steps * batch_size / (time.perf_counter() - start)))
