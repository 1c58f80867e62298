#!/usr/bin/python3
"""Writes tests/reference/recurrent_values.lua: digests of what PyTorch's recurrent layers and cells give, and their
gradients.

Needs PyTorch (made with Debian's python3-torch 1.13); the tests read the committed file and need no Python.

    /usr/bin/python3 tests/reference/recurrent.py > tests/reference/recurrent_values.lua
"""
import torch
from torch import nn

import formula

LAYERS = (("RNN", {}), ("RNN", {"nonlinearity": "relu"}), ("LSTM", {}), ("GRU", {}))
OPTIONS = (
    {}, {"bias": False, "batch_first": True}, {"num_layers": 2, "bidirectional": True},
    {"num_layers": 3, "batch_first": True, "bidirectional": True, "bias": False})
SIZES = ((4, 3, 5, 6), (1, 1, 1, 1), (7, 2, 3, 17), (2, 5, 1, 33))
LENGTHS = ((4, 4, 2, 1), (1, 5, 3))


def fill(net):
    for i, p in enumerate(net.parameters()):
        with torch.no_grad():
            p.copy_(formula.centred(10000 * (i + 1), tuple(p.shape)))


def digests(net, outputs, wanted):
    """Of the outputs, and of the gradients by inputs and parameters."""
    loss = sum((o * formula.centred(300000 + 1000 * i, tuple(o.shape))).sum() for i, o in enumerate(outputs))
    wanted = wanted + list(net.parameters())
    grads = torch.autograd.grad(loss, wanted)
    return {"outputs": [formula.digest(o) for o in outputs], "grads": [formula.digest(g) for g in grads]}


def states(name, shape, first):
    h = formula.centred(first, shape).requires_grad_()
    c = formula.centred(first + 1000, shape).requires_grad_()
    return (h, c) if name == "LSTM" else h


def listed(state):
    return list(state) if isinstance(state, tuple) else [state]


def layer_cases():
    for k, (name, more) in enumerate(LAYERS):
        for o, options in enumerate(OPTIONS):
            steps, batch, inputs, hidden = SIZES[(k + o) % 4]
            yield {"name": name, "steps": steps, "batch": batch, "inputs": inputs, "hidden": hidden, "state": o != 1,
                   **options, **more}


def options_of(c):
    return {key: c[key] for key in ("nonlinearity", "bias", "batch_first", "num_layers", "bidirectional") if key in c}


def state_shape(c, batch):
    return (c.get("num_layers", 1) * (2 if c.get("bidirectional") else 1), batch, c["hidden"])


def layer(c):
    net = getattr(nn, c["name"])(c["inputs"], c["hidden"], **options_of(c)).double()
    fill(net)
    first = (c["batch"], c["steps"]) if c.get("batch_first") else (c["steps"], c["batch"])
    x = formula.centred(0, first + (c["inputs"],)).requires_grad_()
    state = states(c["name"], state_shape(c, c["batch"]), 500000) if c["state"] else None
    y, last = net(x, state)
    return digests(net, [y] + listed(last), [x] + (listed(state) if c["state"] else []))


def packed_cases():
    for k, (name, more) in enumerate(LAYERS):
        for lengths in LENGTHS:
            yield {"name": name, "lengths": lengths, "inputs": 3, "hidden": 4, "num_layers": 2, "bidirectional": True,
                   "batch_first": k % 2 == 0, **more}


def packed(c):
    net = getattr(nn, c["name"])(c["inputs"], c["hidden"], **options_of(c)).double()
    fill(net)
    batch, steps = len(c["lengths"]), max(c["lengths"])
    first = (batch, steps) if c["batch_first"] else (steps, batch)
    x = formula.centred(0, first + (c["inputs"],)).requires_grad_()
    state = states(c["name"], state_shape(c, batch), 500000)
    seq = nn.utils.rnn.pack_padded_sequence(x, list(c["lengths"]), batch_first=c["batch_first"], enforce_sorted=False)
    y, last = net(seq, state)
    padded, _ = nn.utils.rnn.pad_packed_sequence(y, batch_first=c["batch_first"], padding_value=0.5,
                                                 total_length=steps + 1)
    return digests(net, [y.data, padded] + listed(last), [x] + listed(state))


def cell_cases():
    for name, more in LAYERS:
        yield {"name": name + "Cell", "batch": 3, "inputs": 5, "hidden": 7, "bias": True, **more}
        yield {"name": name + "Cell", "batch": 1, "inputs": 1, "hidden": 18, "bias": False, **more}


def cell(c):
    more = {"nonlinearity": c["nonlinearity"]} if "nonlinearity" in c else {}
    net = getattr(nn, c["name"])(c["inputs"], c["hidden"], c["bias"], **more).double()
    fill(net)
    x = formula.centred(0, (c["batch"], c["inputs"])).requires_grad_()
    state = states(c["name"][:-4], (c["batch"], c["hidden"]), 500000)
    return digests(net, listed(net(x, state)), [x] + listed(state))


# --- writing Lua -----------------------------------------------------------------------------------------------------


def put(name, cases, run):
    print("M.%s = {" % name)
    for c in cases:
        print("  { case = %s," % formula.lua(c))
        print("    " + ",\n    ".join("%s = %s" % (k, formula.lua(v)) for k, v in run(c).items()) + " },")
    print("}")


print("-- Made by tests/reference/recurrent.py with PyTorch %s; do not edit." % torch.__version__)
print("-- luacheck: ignore 631")
print("local M = {}")
put("layers", layer_cases(), layer)
put("packed", packed_cases(), packed)
put("cells", cell_cases(), cell)
print("return M")
