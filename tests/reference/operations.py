#!/usr/bin/python3
"""Writes tests/reference/operations_values.lua: PyTorch's results and gradients of operations of tensors.

    /usr/bin/python3 tests/reference/operations.py > tests/reference/operations_values.lua

Needs PyTorch (made with Debian's python3-torch 1.13). Positions and dimensions of the Lua code count from 1.
"""
import math
import textwrap

import formula
import torch

F64 = torch.float64
CASES = []
start = 0


class Input:
    """Numbers that both sides compute: kind is a function of formula.py, more its arguments behind the shape."""

    def __init__(self, kind, shape, more, scale=1.0, shift=0.0, dtype="float64"):
        global start
        self.kind, self.shape, self.more, self.at = kind, shape, more, start
        self.scale, self.shift, self.dtype = scale, shift, dtype
        start += max(1, math.prod(shape))

    def tensor(self):
        t = getattr(formula, self.kind)(self.at, self.shape, *self.more) * self.scale + self.shift
        return t.to(getattr(torch, self.dtype))

    def lua(self):
        return "{ " + ", ".join([f'"{self.kind}"', str(self.at), formula.lua(list(self.shape)),
                                 formula.lua(list(self.more)), number(self.scale), number(self.shift),
                                 f'"{self.dtype}"']) + " }"


def centred(*shape, scale=1.0, shift=0.0):
    return Input("centred", shape, (), scale, shift)


def uniform(*shape, scale=1.0, shift=0.0):
    return Input("uniform", shape, (), scale, shift)


def whole(low, high, *shape, dtype="float64"):
    return Input("whole", shape, (low, high), dtype=dtype)


def case(lua, f, *inputs, **options):
    """lua: the call with the inputs a, b, c; f: the same in PyTorch, one result or several; options for the spec."""
    CASES.append((lua, f, inputs, options))


def number(v):
    if math.isnan(v):
        return "0/0"
    if math.isinf(v):
        return "1/0" if v > 0 else "-1/0"
    return "%d" % v if v == int(v) and abs(v) < 1e15 else "%.17g" % v


def numbers(t):
    return "{" + ", ".join(map(number, t.detach().double().reshape(-1).tolist())) + "}"


def stored(t):
    return f"{{ {formula.lua(list(t.shape))}, {numbers(t)} }}"


def write(lua, f, inputs, options):
    tensors = [i.tensor() for i in inputs]
    for t in tensors:
        t.requires_grad_(t.is_floating_point())
    results = f(*tensors)
    results = list(results) if isinstance(results, (tuple, list)) else [results]
    parts = [f"lua = {formula.lua(lua)}", "inputs = { " + ", ".join(i.lua() for i in inputs) + " }",
             "results = { " + ", ".join(stored(r) for r in results) + " }"]
    if results[0].requires_grad:
        results[0].backward(formula.centred(5000, results[0].shape))
        grads = [numbers(t.grad) if t.grad is not None else "false" for t in tensors]
        parts.append("grads = { " + ", ".join(grads) + " }")
    parts += [f"{name} = {formula.lua(value)}" for name, value in options.items()]
    glued = ", ".join(parts).split('"')  # strings stay whole
    text = '"'.join(part.replace(" ", "\0") if i % 2 else part for i, part in enumerate(glued))
    lines = textwrap.wrap("{ " + text + " },", 116, subsequent_indent="  ", break_long_words=False,
                          break_on_hyphens=False)
    print("\n".join("  " + line.replace("\0", " ") for line in lines))


def floor_divide(a, b):
    return torch.floor_divide(a.detach(), b.detach() if isinstance(b, torch.Tensor) else b)


# --- element-wise ----------------------------------------------------------------------------------------------------

for name in "asin acos atan atanh".split():
    case(f"lab.{name}(a)", getattr(torch, name), centred(3, 5, scale=0.98))
for name in "atan asinh exp2 trunc frac erfc".split():
    case(f"lab.{name}(a)", getattr(torch, name) if name != "erfc" else torch.special.erfc, centred(3, 5, scale=4.0))
    case(f"a:{name}()", getattr(torch, name) if name != "erfc" else torch.special.erfc, centred(0, 3))
for name in "log2 log10 rsqrt".split():
    case(f"lab.{name}(a)", getattr(torch, name), uniform(2, 3, 4, scale=8.0, shift=0.125))
case("lab.acosh(a)", torch.acosh, uniform(2, 7, scale=8.0, shift=1.125))
for name in "atan2 hypot".split():
    case(f"lab.{name}(a, b)", getattr(torch, name), centred(3, 5), centred(5))
    case(f"lab.{name}(a, b)", getattr(torch, name), centred(4, 1), centred(3))
for name in "remainder fmod".split():
    case(f"lab.{name}(a, b)", getattr(torch, name), centred(3, 17, scale=9.0), centred(17))
    case(f"lab.{name}(a, b)", getattr(torch, name), whole(-9, 9, 3, 17, dtype="int64"), whole(1, 4, 17, dtype="int64"))
    case(f"lab.{name}(a, -3)", lambda a, f=getattr(torch, name): f(a, -3), whole(-9, 9, 31))
case("a % b", torch.remainder, whole(-9, 9, 3, 17), whole(-4, -1, 3, 1))
case("a // b", floor_divide, whole(-9, 9, 3, 17), whole(-4, -1, 3, 1))
case("a // b", floor_divide, centred(3, 17, scale=9.0), centred(3, 1))
case("a // -2", lambda a: floor_divide(a, -2), whole(-9, 9, 19, dtype="int64"))
for name in "isnan isinf isfinite".split():
    case(f"lab.{name}(a / b)", lambda a, b, f=getattr(torch, name): f(a / b), whole(-1, 1, 40), whole(0, 1, 40))

# --- the file --------------------------------------------------------------------------------------------------------

print(f"""--- Results and gradients of operations in PyTorch.
-- Written by tests/reference/operations.py (PyTorch {torch.__version__.split('+')[0]}); do not edit.
return {{""")
for entry in CASES:
    write(*entry)
print("}")
