"""growth_step.lua in PyTorch."""
import torch
from torch import nn

from per_call import per_call

torch.set_num_threads(1)


def measure(row, net, X, y):
    loss, opt = nn.MSELoss(), torch.optim.SGD(net.parameters(), lr=1e-3)

    def step():
        opt.zero_grad(set_to_none=True)
        loss(net(X), y).backward()
        opt.step()

    print("%s pytorch %.4f" % (row, per_call(step)))


for batch in (1, 10, 100, 1000, 10000):
    measure("batch-%d" % batch, nn.Linear(5, 1), torch.randn(batch, 5), torch.randn(batch, 1))
for width in (1, 4, 16, 64, 256, 1024, 4096):
    net = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))
    measure("width-%d" % width, net, torch.randn(64, width), torch.randn(64, width))
