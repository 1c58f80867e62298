#!/usr/bin/python3
"""Writes tests/reference/convolutions_values.lua: digests of PyTorch's convolutions of one and two dimensions, and of
their transposes, with their gradients.

Needs PyTorch (made with Debian's python3-torch 1.13); the tests read the committed file and need no Python.

    /usr/bin/python3 tests/reference/convolutions.py > tests/reference/convolutions_values.lua
"""
from torch.nn import functional as F

import formula

# images, channels, image, output channels, window, {options}
PLAIN = (
    (1, 3, (9, 8), 5, (3, 3), {}),
    (7, 20, (6, 5), 13, (2, 3), {"stride": (2, 1), "padding": (1, 1)}),
    (16, 5, (11, 7), 14, (3, 2), {"dilation": (2, 3), "padding": (2, 0)}),
    (17, 6, (8, 9), 9, (3, 3), {"groups": 3, "stride": (1, 2), "padding": (1, 1)}),
    (33, 4, (7, 7), 8, (3, 3), {"groups": 4, "padding": (1, 1)}),
    (40, 2, (5, 6), 31, (3, 5), {"stride": (3, 2), "padding": (2, 4), "dilation": (1, 2)}),
    (63, 17, (4, 5), 16, (1, 1), {"stride": (2, 3)}),
    (130, 3, (6, 6), 2, (4, 4), {"stride": (2, 2), "padding": (1, 1)}),
    (70, 65, (3, 3), 33, (2, 2), {}),
    (34, 1, (9, 4), 3, (5, 2), {"padding": (5, 3)}),
    (3, 8, (30, 2), 40, (3, 1), {"dilation": (4, 1), "groups": 2}),
    (140, 2, (5, 4), 70, (2, 2), {"stride": (1, 3), "padding": (1, 0)}),
    (9, 3, (40,), 5, (7,), {"stride": (2,), "padding": (3,)}),
    (35, 4, (23,), 6, (3,), {"dilation": (4,), "groups": 2, "padding": (5,)}),
    (2, 1, (100,), 1, (31,), {}),
)
TRANSPOSED = (
    (1, 4, (5, 4), 3, (3, 3), {"stride": (2, 2), "padding": (1, 1), "output_padding": (1, 1)}),
    (18, 20, (3, 4), 14, (4, 4), {"stride": (2, 2), "padding": (1, 1)}),
    (64, 6, (4, 3), 9, (2, 3), {"stride": (3, 1), "groups": 3, "dilation": (2, 1)}),
    (100, 5, (4, 4), 1, (4, 4), {"stride": (2, 2), "padding": (1, 1)}),
    (33, 2, (3, 5), 4, (1, 2), {"stride": (4, 3), "output_padding": (3, 2), "groups": 2}),
    (20, 3, (11,), 4, (5,), {"stride": (3,), "padding": (2,), "output_padding": (2,)}),
    (5, 4, (9,), 2, (2,), {"dilation": (5,), "padding": (1,), "groups": 2}),
)
LAYOUTS = ("plain", "batch innermost", "channels last")


def cases():
    for transposed, table in ((False, PLAIN), (True, TRANSPOSED)):
        for i, (n, c, image, out, window, options) in enumerate(table):
            yield {"transposed": transposed, "n": n, "c": c, "image": image, "out": out, "window": window,
                   "layout": LAYOUTS[i % 3], "grad_layout": LAYOUTS[i // 3 % 3], "bias": i % 4 != 3, "options": options}


def run(c):
    groups = c["options"].get("groups", 1)
    shape = (c["c"], c["out"] // groups) if c["transposed"] else (c["out"], c["c"] // groups)
    x = formula.centred(0, (c["n"], c["c"]) + c["image"]).requires_grad_()
    weight = formula.centred(600000, shape + c["window"]).requires_grad_()
    bias = formula.centred(700000, (c["out"],)).requires_grad_() if c["bias"] else None
    name = ("conv_transpose%dd" if c["transposed"] else "conv%dd") % len(c["image"])
    out = getattr(F, name)(x, weight, bias, **c["options"])
    out.backward(formula.centred(300000, tuple(out.shape)))
    result = {"output": formula.digest(out), "input": formula.digest(x.grad), "weight": formula.digest(weight.grad)}
    if bias is not None:
        result["bias"] = formula.digest(bias.grad)
    return result


print("-- Made by tests/reference/convolutions.py with PyTorch; do not edit.")
print("-- luacheck: ignore 631")
print("return {")
for c in cases():
    print("  { case = %s," % formula.lua(c))
    print("    " + ",\n    ".join("%s = %s" % (k, formula.lua(v)) for k, v in run(c).items()) + " },")
print("}")
