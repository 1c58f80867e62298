#!/usr/bin/python3
"""Writes tests/reference/linalg_values.lua: PyTorch's results and gradients for lab.linalg.

Needs PyTorch (made with Debian's python3-torch 1.13); the tests read the committed file and need no Python.

    /usr/bin/python3 tests/reference/linalg.py > tests/reference/linalg_values.lua

A case is Lua source of a function of a and b, the same function in PyTorch, and the inputs. The gradients are those of the
sum of all results, each element times the cosine of its number: 0, 1, 2, ... in each result.
"""

import textwrap

import torch
from torch import linalg as la

torch.manual_seed(20240301)
F64 = torch.float64
CASES = []


def case(lua, function, *inputs, gradient=True):
    CASES.append((lua, function, inputs, gradient))


def randn(*shape):
    return torch.randn(*shape, dtype=F64)


def positive(*shape):
    """Positive definite matrices."""
    x = randn(*shape)
    return x @ x.mT + torch.eye(shape[-1], dtype=F64)


def symmetric(*shape):
    x = randn(*shape)
    return x + x.mT


# --- solutions -----------------------------------------------------------------------------------------------------

SQUARES = [(3, 3), (1, 1), (2, 3, 3), (2, 1, 5, 5), (0, 3, 3), (0, 0)]

for shape in SQUARES:
    a, n = randn(*shape), shape[-1]
    case("la.inv(a)", la.inv, a)
    case("la.det(a)", la.det, a)
    case("la.slogdet(a)", la.slogdet, a)
    case("la.solve(a, b)", la.solve, a, randn(*shape[:-1], 2))
    case("la.solve(a, b, {left = false})", lambda a, b: la.solve(a, b, left=False), a, randn(*shape[:-2], 2, n))
    case("la.cholesky(a)", la.cholesky, positive(*shape))
    case("la.cholesky(a, {upper = true})", lambda a: la.cholesky(a, upper=True), positive(*shape))
    for upper in (False, True):
        word = str(upper).lower()
        case(f"la.solve_triangular(a, b, {{upper = {word}}})",
             lambda a, b, upper=upper: la.solve_triangular(a, b, upper=upper), a, randn(*shape[:-1], 2))
        case(f"la.solve_triangular(a, b, {{upper = {word}, left = false, unitriangular = true}})",
             lambda a, b, upper=upper: la.solve_triangular(a, b, upper=upper, left=False, unitriangular=True),
             a, randn(*shape[:-2], 2, n))
        case(f"la.cholesky_solve(b, a, {{upper = {word}}})",
             lambda a, b, upper=upper: torch.cholesky_solve(b, a.triu() if upper else a.tril(), upper=upper),
             la.cholesky(positive(*shape), upper=upper), randn(*shape[:-1], 2))
case("la.solve(a, b)", la.solve, randn(3, 3), randn(3))
case("la.solve(a, b)", la.solve, randn(2, 3, 3), randn(2, 3))
case("la.solve(a, b)", la.solve, randn(3, 3), randn(2, 3, 2))
case("la.solve(a, b)", la.solve, randn(2, 1, 3, 3), randn(4, 3, 0))
case("la.inv(a)", la.inv, randn(9, 9))

#MORE

# --- writing -------------------------------------------------------------------------------------------------------

def text(t):
    numbers = ", ".join(repr(x).replace("inf", "math.huge") for x in t.detach().reshape(-1).tolist())
    return f"{{ shape = {{ {', '.join(map(str, t.shape))} }}, {numbers} }}"


def listed(tensors):
    return "{ " + ", ".join(text(t) for t in tensors) + " }"


def results(function, inputs):
    out = function(*inputs)
    return [out] if isinstance(out, torch.Tensor) else list(out)


print(f"-- Made by tests/reference/linalg.py with PyTorch {torch.__version__}; do not edit.")
print("return {")
for lua, function, inputs, gradient in CASES:
    leaves = [x.clone().requires_grad_(gradient) for x in inputs]
    out = results(function, leaves)
    line = f"{{ '{lua}', {listed(inputs)}, {listed(out)}"
    if gradient:
        loss = sum((o * torch.cos(torch.arange(o.numel(), dtype=F64)).reshape(o.shape)).sum() for o in out)
        grads = torch.autograd.grad(loss, leaves, allow_unused=True)
        line += ", " + listed(torch.zeros_like(x) if g is None else g for g, x in zip(grads, leaves))
    print(textwrap.fill(line + " },", 118, initial_indent="  ", subsequent_indent="    ", break_long_words=False,
                        break_on_hyphens=False))
print("}")
