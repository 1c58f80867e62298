"""What the scripts of optimizers and schedules share: their problem, the updates kept of a trajectory, Lua tables.

The problem: A (3, 2) under a quadratic, b (4) under Rosenbrock's chain, gradients written out below in plain float
arithmetic so that the specs can repeat them operation by operation.
"""
import math
import os

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
STEPS, KEPT = 50, (1, 2, 5, 50)

A0, B0 = [1.0, -2.0, 0.5, 3.0, -1.5, 0.25], [-1.2, 1.0, 0.5, -0.3]
CURVE, CENTRE = [0.1, 2.0, 1.0, 0.5, 4.0, 0.02], [0.3, -0.1, 2.0, 0.7, -0.4, 5.0]


def grad_a(a):
    return [CURVE[i] * (a[i] - CENTRE[i]) for i in range(6)]


def grad_b(b):
    g = [0.0] * 4
    for i in range(3):
        r = b[i + 1] - b[i] * b[i]
        g[i] = g[i] - 20.0 * b[i] * r - 2.0 * (1.0 - b[i])
        g[i + 1] = g[i + 1] + 10.0 * r
    return g


def lua(v):
    if v is None:
        return "nil"
    if isinstance(v, bool):
        return "true" if v else "false"
    if isinstance(v, int):
        return str(v)
    if isinstance(v, float):
        return repr(v)  # the fewest digits that give the same double
    if isinstance(v, str):
        return '"%s"' % v
    if isinstance(v, (list, tuple)):
        return "{ " + ", ".join(lua(x) for x in v) + " }" if v else "{}"
    return "{ " + ", ".join("%s = %s" % (k, lua(x)) for k, x in v.items()) + " }" if v else "{}"


def wrap(text, indent):
    """Breaks a line of comma-separated numbers at 120 columns."""
    lines, line = [], " " * indent
    for word in text.split(" "):
        if len(line) + len(word) + 1 > 118:
            lines.append(line.rstrip())
            line = " " * indent
        line += word + " "
    return "\n".join(lines + [line.rstrip()])


def trajectory(cls, options, b_options=None, missing=()):
    a = torch.tensor(A0, dtype=torch.float64).reshape(3, 2).requires_grad_()
    b = torch.tensor(B0, dtype=torch.float64).requires_grad_()
    groups = [a, b] if b_options is None else [{"params": [a]}, dict(b_options, params=[b])]
    opt = cls(groups, **options)
    kept, checksum = [], 0.0
    for t in range(1, STEPS + 1):
        a.grad = torch.tensor(grad_a(a.flatten().tolist()), dtype=torch.float64).reshape(3, 2)
        b.grad = None if t in missing else torch.tensor(grad_b(b.tolist()), dtype=torch.float64)
        opt.step()
        values = a.flatten().tolist() + b.tolist()
        for v in values:
            checksum += abs(v)
        if t in KEPT:
            kept.append(values)
    assert all(map(math.isfinite, values)), (cls, options)
    return kept, checksum


def entry(cls, options, b_options=None, missing=()):
    kept, checksum = trajectory(cls, options, b_options, missing)
    out = ["  {", '    name = "%s",' % cls.__name__, wrap("options = %s," % lua(options), 4)]
    if b_options is not None:
        out.append("    b_options = %s, missing = %s," % (lua(b_options), lua(missing)))
    out.append("    checksum = %s," % lua(checksum))
    out.append("    kept = {")
    for values in kept:
        out.append(wrap("{ " + ", ".join(lua(v) for v in values) + " },", 6))
    return "\n".join(out + ["    },", "  },"])


def entries(cases):
    """The values of all cases, (class, options) or (class, options, options of b's group, updates without b's gradient)."""
    return "return {\n" + "\n".join(entry(*case) for case in cases) + "\n}\n"


def write(name, title, text, script):
    """A file of values beside this one."""
    head = "--- %s\n-- Written by tests/reference/%s (PyTorch %s, float64); do not edit.\n"
    with open(os.path.join(HERE, name), "w") as f:
        f.write(head % (title, script, torch.__version__.split("+")[0]) + text)
