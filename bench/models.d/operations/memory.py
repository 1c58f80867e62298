"""memory.lua in PyTorch."""
import torch

from operation import both, floats, forward

ROWS = {}


def transpose(n):
    def make():
        x = floats(1, n, n)
        return forward(lambda: x.t().contiguous())
    ROWS["transpose %dx%d" % (n, n)] = make


def total():
    x = floats(1, 512, 512)
    return forward(lambda: x.sum(1))


def cat():
    x, y = floats(1, 512, 512), floats(2, 512, 512)
    return forward(lambda: torch.cat([x, y], 1))


def cumsum():
    x = floats(1, 512, 512)
    return forward(lambda: x.cumsum(1))


def slices():
    x = floats(1, 50, 50, 128)

    def f():
        total = x[0]
        for i in range(1, 50):
            total = total + x[i]
        return total
    return both([x], f)


def largest():
    x = floats(1, 512, 512)
    return both([x], lambda: x.max(1)[0])


def few():
    x = floats(1, 100000)
    return forward(lambda: x.topk(10)[0])


def few_of_rows():
    x = floats(1, 512, 512)
    return forward(lambda: x.topk(5)[0])


def median():
    x = floats(1, 100000)
    return forward(lambda: x.median())


def views():
    x = floats(1, 50, 64)

    def f():
        for i in range(50):
            x.narrow(0, i, 1)
            last = x.select(0, i)
        return last
    return forward(f)


transpose(512)
transpose(2048)
ROWS["sum(2) 512x512"] = total
ROWS["cat 2 of 512x512 dim 2"] = cat
ROWS["cumsum(2) 512x512"] = cumsum
ROWS["sum of 50 slices f+b"] = slices
ROWS["max(2) 512x512 f+b"] = largest
ROWS["topk 10 of 1e5"] = few
ROWS["topk 5 of rows of 512"] = few_of_rows
ROWS["median 1e5"] = median
ROWS["narrow and select 50 each"] = views
