"""The rows of bench/models in PyTorch; run.lua describes the commands.

    /usr/bin/python3 bench/models.d/peer.py THREADS
"""
import sys

import torch

from operations import OPERATIONS, operation
from timer import timer
from training import training

threads = int(sys.argv[1])
torch.set_num_threads(threads)
step = None
for line in sys.stdin:
    command, _, name = line.strip().partition(" ")
    if command == "open":
        step = None
        torch.manual_seed(1)
        first, step = operation(name) if name in OPERATIONS else training(name)
        print(*("%.9g" % x for x in first), flush=True)
    else:
        print("%.3f" % timer(step, threads), flush=True)
