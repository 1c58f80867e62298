"""The step of airfoil_step.lua in PyTorch; prints microseconds a step."""
import sys
import time

import torch
from torch import nn

torch.set_num_threads(1)
steps = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
X, y = torch.randn(1500, 5), torch.randn(1500, 1)
net, loss = nn.Sequential(nn.Linear(5, 1)), nn.MSELoss()
opt = getattr(torch.optim, sys.argv[2] if len(sys.argv) > 2 else "SGD")(net.parameters(), lr=0.01)


def run(steps):
    done = 0
    while done < steps:
        order = torch.randperm(1500)
        for start in range(0, 1500, 10):
            rows = order[start:start + 10]
            l = loss(net(X[rows]), y[rows])
            opt.zero_grad()
            l.backward()
            opt.step()
            done += 1
            if done == steps:
                return


run(300)
start = time.perf_counter()
run(steps)
print("%.3f" % ((time.perf_counter() - start) / steps * 1e6))
