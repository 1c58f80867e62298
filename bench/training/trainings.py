"""The trainings of trainings.lua in PyTorch, with the images ready as floats: prints "NAME pytorch microseconds".

    OMP_NUM_THREADS=1 /usr/bin/python3 bench/training/trainings.py NAME [SECONDS]
"""
import os
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

import networks

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import lenet_model  # noqa: E402

torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
torch.manual_seed(1)
NAME, SECONDS = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 2.0


def images(n, channels, side, flat=False):
    X = torch.randint(256, (n, channels, side, side)).float() / 255
    return X.reshape(n, -1) if flat else X, torch.randint(10, (n,))


def windows(batch, length, classes=64):
    X = torch.randint(classes, (64 * batch, length))
    return X, X


def rnn(cell):
    return lambda: networks.CharRnn(64, 128, cell, 0.0, False)


TRAININGS = {
    "logreg": (networks.logreg, lambda: images(4096, 1, 28, True), 128),
    "mlp": (networks.mlp, lambda: images(4096, 1, 28, True), 128),
    "lenet": (lenet_model.new, lambda: images(4096, 1, 28), 256),
    "net_2c2d": (networks.net_2c2d, lambda: images(2048, 1, 28), 128),
    "net_3c3d": (networks.net_3c3d, lambda: images(2048, 3, 32), 128),
    "resnet8": (networks.resnet8, lambda: images(2048, 3, 32), 128),
    "vae": (networks.Vae, lambda: images(1024, 1, 28), 64),
    "char_lstm": (rnn(nn.LSTM), lambda: windows(50, 50), 50),
    "char_gru": (rnn(nn.GRU), lambda: windows(50, 50), 50),
    "gpt": (lambda: networks.Gpt(46), lambda: windows(32, 64, 20), 32),
}

make, data, size = TRAININGS[NAME]
model, (X, y) = make(), data()
opt = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)
done = 0


def run(ending):
    global done
    while True:
        for rows in torch.randperm(len(X)).split(size):
            opt.zero_grad(set_to_none=True)
            prediction, labels = model(X.index_select(0, rows)), y.index_select(0, rows)
            loss = prediction.mean() if NAME == "vae" else F.cross_entropy(prediction, labels.reshape(-1))
            loss.backward()
            opt.step()
            done += 1
            if ending(done):
                return


run(lambda n: n >= 3)
start, done = time.perf_counter(), 0
run(lambda n: n >= 3 and time.perf_counter() - start > SECONDS)
print("%s pytorch %.9g" % (NAME, (time.perf_counter() - start) / done * 1e6))
