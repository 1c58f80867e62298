#!/usr/bin/python3
"""Writes tests/reference/image_layers_values.lua: digests of what PyTorch's layers for images give, and their gradients.

Needs PyTorch (made with Debian's python3-torch 1.13); the tests read the committed file and need no Python.

    /usr/bin/python3 tests/reference/image_layers.py > tests/reference/image_layers_values.lua
"""
import torch
from torch import nn
from torch.nn import functional as F

import formula

BATCHES = (1, 5, 16, 17, 255, 256)
# How the input, and the gradient of the output, lie in memory; tests/nn/image/image_layers_spec.lua lays them out.
LAYOUTS = ("plain", "batch innermost", "channels last", "transposed", "sliced", "expanded")


def inputs(n, c, h, w, layout):
    """Multiples of 2^-23; all images of an expanded input are the same, and all elements of such a gradient."""
    if layout == "expanded":
        return formula.centred(0, (1, c, h, w)).expand(n, c, h, w).contiguous()
    return formula.centred(0, (n, c, h, w))


def cotangent(shape, layout):
    return torch.full(shape, 0.5).double() if layout == "expanded" else formula.centred(300000, tuple(shape))


def digests(out, wanted, layout):
    """Of the output and of the gradients of what `wanted` holds."""
    grads = torch.autograd.grad(out, [t for _, t in wanted], cotangent(out.shape, layout))
    result = {"output": formula.digest(out)}
    for (name, _), g in zip(wanted, grads):
        result[name] = formula.digest(g)
    return result


# --- convolution -----------------------------------------------------------------------------------------------------


def conv_cases():
    kernels, channels = ((1, 1), (2, 3), (5, 5), (7, 7)), (1, 3, 6, 16, 17)
    strides, paddings = ((1, 1), (2, 1), (1, 3), (2, 2)), ((0, 0), (2, 2), (1, 0), (0, 3))
    for k, kernel in enumerate(kernels):
        for b, n in enumerate(BATCHES):
            i = 6 * k + b
            yield {"n": n, "c": channels[(b + 2 * k) % 5], "h": (8, 13, 9)[i % 3], "w": (11, 9, 7, 10)[i % 4],
                   "out": channels[(3 * b + k + 1) % 5], "kernel": kernel, "stride": strides[(b + k) % 4],
                   "padding": paddings[(b // 2 + k) % 4], "bias": i % 3 != 1, "layout": LAYOUTS[(i + k) % 6],
                   "grad_layout": LAYOUTS[(i + k + 2 + b // 3) % 6]}
    # The two convolutions of LeNet.
    for n in BATCHES:
        yield {"n": n, "c": 1, "h": 12, "w": 12, "out": 6, "kernel": (5, 5), "stride": (1, 1), "padding": (2, 2),
               "bias": True, "layout": "plain", "grad_layout": "plain"}
        yield {"n": n, "c": 6, "h": 9, "w": 9, "out": 16, "kernel": (5, 5), "stride": (1, 1), "padding": (0, 0),
               "bias": True, "layout": "batch innermost", "grad_layout": "batch innermost"}


def conv(c):
    x = inputs(c["n"], c["c"], c["h"], c["w"], c["layout"]).requires_grad_()
    weight = formula.centred(600000, (c["out"], c["c"]) + c["kernel"]).requires_grad_()
    bias = formula.centred(700000, (c["out"],)).requires_grad_() if c["bias"] else None
    out = F.conv2d(x, weight, bias, c["stride"], c["padding"])
    wanted = [("input", x), ("weight", weight)] + ([("bias", bias)] if c["bias"] else [])
    return digests(out, wanted, c["grad_layout"])


# --- pooling ---------------------------------------------------------------------------------------------------------


def pool_cases():
    shapes = ((2, 2, 0), (3, 2, 1), ((2, 3), (1, 2), (1, 0)), ((4, 2), (3, 3), (2, 1)), (2, 1, 0), (5, 5, 2))
    pair = lambda v: v if isinstance(v, tuple) else (v, v)
    for i, n in enumerate(BATCHES * 2):
        kernel, stride, padding = shapes[(i + i // 6) % 6]
        for kind in ("max", "avg"):
            yield {"kind": kind, "n": n, "c": (6, 3, 1, 17, 5, 2)[(i + i // 6 * 2) % 6], "h": (8, 9, 7)[i % 3],
                   "w": (10, 7, 8, 9)[i % 4], "kernel": pair(kernel), "stride": pair(stride), "padding": pair(padding),
                   "layout": LAYOUTS[(i + i // 6) % 6], "grad_layout": LAYOUTS[(i + 3) % 6],
                   "values": ("any", "ties", "nan")[i // 2 % 3] if kind == "max" else "any"}


def pool(c):
    x = inputs(c["n"], c["c"], c["h"], c["w"], c["layout"])
    if c["values"] == "ties":  # three values, many of them equal to their neighbours
        x = torch.floor(1.5 * x)
    if c["values"] == "nan":  # about a tenth of the places
        x = torch.where(formula.uniform(0, (1,) + x.shape[1:]) < 0.1, torch.tensor(float("nan")).double(), x)
    x.requires_grad_()
    f = F.max_pool2d if c["kind"] == "max" else F.avg_pool2d
    return digests(f(x, c["kernel"], c["stride"], c["padding"]), [("input", x)], c["grad_layout"])


# --- batch normalisation ---------------------------------------------------------------------------------------------


def norm_cases():
    """In training never a gradient of equal elements: the input's would be nothing but rounding errors."""
    for i, n in enumerate(BATCHES):
        yield {"n": n, "c": (1, 3, 6, 16, 17, 6)[i], "h": (5, 7, 6)[i % 3], "w": (6, 5, 4, 7)[i % 4],
               "layout": LAYOUTS[i], "grad_layout": LAYOUTS[(i + 1) % 5], "training": True}
        yield {"n": n, "c": (17, 6, 1, 6, 3, 16)[i], "h": (5, 7, 6)[i % 3], "w": (6, 5, 4, 7)[i % 4],
               "layout": LAYOUTS[(i + 2) % 6], "grad_layout": LAYOUTS[(i + 4) % 6], "training": False}


def norm(c):
    x = (3 * inputs(c["n"], c["c"], c["h"], c["w"], c["layout"]) + 1).requires_grad_()
    weight = (formula.centred(600000, (c["c"],)) + 2).requires_grad_()
    bias = formula.centred(700000, (c["c"],)).requires_grad_()
    mean, var = formula.centred(800000, (c["c"],)), formula.uniform(810000, (c["c"],)) + 0.5
    out = F.batch_norm(x, mean, var, weight, bias, c["training"])
    result = digests(out, [("input", x), ("weight", weight), ("bias", bias)], c["grad_layout"])
    result["mean"], result["var"] = formula.digest(mean), formula.digest(var)
    return result


# --- chains ----------------------------------------------------------------------------------------------------------

# conv, ReLU, max-pool, conv, ReLU, max-pool, flatten, linear in whole numbers, which float32 and float64 compute without
# rounding: equal elements are really equal, in every order of summation. `uses` names the intermediate results that
# are used a second time.
STAGES = ("conv1", "relu1", "pool1", "conv2", "relu2", "pool2", "flat")
USES = ((), ("conv1",), ("relu1",), ("pool1", "conv2"), ("conv1", "relu1", "pool1"), ("relu2", "pool2", "flat"),
        STAGES)
PARAMETERS = (("w1", (6, 1, 5, 5)), ("b1", (6,)), ("w2", (16, 6, 3, 3)), ("b2", (16,)), ("w3", (5, 64)), ("b3", (5,)))


def chain(n, uses, nan):
    x = formula.whole(0, (n, 1, 12, 12), -2, 2)
    if nan:
        x[n // 2, 0, 5, 6] = float("nan")
    x.requires_grad_()
    p = {name: formula.whole(600000 + 5000 * i, shape, -1, 1).requires_grad_()
         for i, (name, shape) in enumerate(PARAMETERS)}
    s = {"conv1": F.conv2d(x, p["w1"], p["b1"], padding=2)}
    s["relu1"] = F.relu(s["conv1"])
    s["pool1"] = F.max_pool2d(s["relu1"], 2)
    s["conv2"] = F.conv2d(s["pool1"], p["w2"], p["b2"])
    s["relu2"] = F.relu(s["conv2"])
    s["pool2"] = F.max_pool2d(s["relu2"], 2)
    s["flat"] = s["pool2"].flatten(1)
    out = F.linear(s["flat"], p["w3"], p["b3"])
    total = (out * formula.whole(300000, out.shape, -1, 1)).sum()
    for name in uses:
        total = total + (s[name] * formula.whole(310000, s[name].shape, -1, 1)).sum()
    result = {"output": formula.digest(out)}
    grads = torch.autograd.grad(total, [x] + list(p.values()))
    result["input"] = formula.digest(grads[0])
    result.update((name, formula.digest(g)) for name, g in zip(p, grads[1:]))
    return result


def second_order():
    """conv, tanh, avg-pool, conv, ReLU, max-pool, linear: gradients of the squared norm of the gradients."""
    x = formula.centred(0, (3, 2, 9, 8)).requires_grad_()
    shapes = ((4, 2, 3, 2), (4,), (5, 4, 2, 2), (5,), (2, 20), (2,))
    p = [formula.centred(600000 + 5000 * i, shape).requires_grad_() for i, shape in enumerate(shapes)]
    y = F.avg_pool2d(torch.tanh(F.conv2d(x, p[0], p[1], padding=(1, 0))), 2)
    y = F.max_pool2d(F.relu(F.conv2d(y, p[2], p[3])), 2, 1, (1, 0)).flatten(1)
    out = F.linear(y, p[4], p[5])
    first = torch.autograd.grad((out ** 2).sum(), [x] + p, create_graph=True)
    norm = sum((g ** 2).sum() for g in first)
    second = torch.autograd.grad(norm, [x] + p, allow_unused=True)
    return {"norm": norm.item(), "second": [formula.digest(g) for g in second]}


# --- writing Lua -----------------------------------------------------------------------------------------------------


def put(name, cases, run):
    print("M.%s = {" % name)
    for c in cases:
        print("  { case = %s," % formula.lua(c))
        print("    " + ",\n    ".join("%s = %s" % (k, formula.lua(v)) for k, v in run(c).items()) + " },")
    print("}")


print("-- Made by tests/reference/image_layers.py with PyTorch %s; do not edit." % torch.__version__)
print("-- luacheck: ignore 631")
print("local M = {}")
put("conv", conv_cases(), conv)
put("pool", pool_cases(), pool)
put("norm", norm_cases(), norm)
put("chain", [{"n": n, "uses": USES[0 if i % 2 else 6], "nan": False} for i, n in enumerate(BATCHES)]
    + [{"n": 17, "uses": uses, "nan": False} for uses in USES] + [{"n": 18, "uses": (), "nan": True}],
    lambda c: chain(**c))
print("M.second_order = %s" % formula.lua(second_order()))
print("return M")
