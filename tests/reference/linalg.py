#!/usr/bin/python3
"""Writes tests/reference/linalg_values.lua: PyTorch's results and gradients for lab.linalg.

Needs PyTorch (made with Debian's python3-torch 1.13); the tests read the committed file and need no Python.

    /usr/bin/python3 tests/reference/linalg.py > tests/reference/linalg_values.lua

A case is Lua source of a function of a and b, the same function in PyTorch, and the inputs. The gradients are those of
the sum of all results, each element times the cosine of its number: 0, 1, 2, ... in each result.
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

# --- decompositions ------------------------------------------------------------------------------------------------

MATRICES = [(3, 3), (5, 3), (3, 5), (1, 4), (4, 1), (2, 4, 3), (2, 1, 2, 4), (0, 3, 2)]


def split(w, v=None):
    """Complex results as real and imaginary parts."""
    parts = (w.real, w.imag)
    return parts if v is None else parts + (v.real, v.imag)


for shape in SQUARES:
    a = symmetric(*shape)
    case("la.eigh(a)", la.eigh, a)
    case("la.eigh(a, 'U')", lambda a: la.eigh(a, UPLO="U"), a)
    case("la.eigvalsh(a)", la.eigvalsh, a)
    case("la.eigvalsh(a)", la.eigvalsh, a, gradient=False)
    case("split(la.eigvals(a))", lambda a: split(la.eigvals(a)), randn(*shape))
    case("split(la.eig(a))", lambda a: split(*la.eig(a)), a, gradient=False)
    case("split(la.eig(a))", lambda a: split(*la.eig(a)), randn(*shape), gradient=False)
    case("lengths(la.eig(a))", lambda a: la.eig(a)[1].abs().square(), randn(*shape))
    case("la.matrix_exp(a)", la.matrix_exp, randn(*shape))
    case("la.matrix_exp(a)", la.matrix_exp, 5 * randn(*shape))
    for power in (0, 1, 2, 5, -3):
        case(f"la.matrix_power(a, {power})", lambda a, n=power: la.matrix_power(a, n), randn(*shape))
for shape in MATRICES:
    a, m, n = randn(*shape), *shape[-2:]
    case("la.qr(a)", la.qr, a)
    case("la.qr(a, 'complete')", lambda a: la.qr(a, mode="complete"), a, gradient=m <= n)
    case("select(2, la.qr(a, 'r'))", lambda a: la.qr(a, mode="r").R, a, gradient=False)
    case("la.svd(a)", la.svd, a, gradient=False)
    case("la.svd(a, {full_matrices = false})", lambda a: la.svd(a, full_matrices=False), a)
    case("la.svdvals(a)", la.svdvals, a)
    case("la.svdvals(a)", la.svdvals, a, gradient=False)
    case("la.pinv(a)", la.pinv, a)
    case("la.pinv(a, {rtol = 0.5})", lambda a: la.pinv(a, rtol=0.5), a)
    case("la.lstsq(a, b).solution", lambda a, b: la.lstsq(a, b).solution, a, randn(*shape[:-1], 2))
    case("la.matrix_rank(a):to('float64')", lambda a: la.matrix_rank(a).double(), a, gradient=False)
case("la.svd(a)", la.svd, randn(2, 3, 3))
case("la.pinv(a)", la.pinv, randn(5, 1) @ randn(1, 3), gradient=False)
case("la.lstsq(a, b).residuals",
     lambda a, b: la.lstsq(a, b, driver="gels").residuals, randn(5, 2), randn(5, 3), gradient=False)
case("la.lstsq(a, b).solution",
     lambda a, b: la.lstsq(a, b).solution, randn(5, 1) @ randn(1, 3), randn(5, 2), gradient=False)
case("la.matrix_rank(a):to('float64')",
     lambda a: la.matrix_rank(a).double(), randn(2, 5, 2) @ randn(2, 2, 4), gradient=False)
case("la.matrix_rank(a, {hermitian = true, atol = 1}):to('float64')",
     lambda a: la.matrix_rank(a, hermitian=True, atol=1).double(), symmetric(2, 4, 4), gradient=False)

# --- norms and products --------------------------------------------------------------------------------------------

ORDS = [("'fro'", "fro"), ("'nuc'", "nuc"), ("1", 1), ("-1", -1), ("2", 2), ("-2", -2),
        ("math.huge", float("inf")), ("-math.huge", -float("inf"))]



def cond(a, order):
    """torch.linalg.cond, whose backward fails in PyTorch 1.13 where it takes an inverse."""
    return la.cond(a, order) if order in (2, -2) else la.matrix_norm(a, order) * la.matrix_norm(la.inv(a), order)


for word, order in ORDS:
    case(f"la.matrix_norm(a, {word})", lambda a, o=order: la.matrix_norm(a, o), randn(2, 3, 4))
    case(f"la.matrix_norm(a, {word}, {{3, 1}}, true)",
         lambda a, o=order: la.matrix_norm(a, o, (2, 0), True), randn(2, 3, 4))
    case(f"la.norm(a, {word})", lambda a, o=order: la.norm(a, o), randn(3, 2))
    case(f"la.cond(a, {word})", lambda a, o=order: cond(a, o), randn(2, 3, 3))
for word, order in ORDS[-2:] + [("0", 0), ("1", 1), ("2", 2), ("3.5", 3.5)]:
    case(f"la.vector_norm(a, {word})", lambda a, o=order: la.vector_norm(a, o), randn(3, 2))
    case(f"la.vector_norm(a, {word}, {{1, 3}}, true)",
         lambda a, o=order: la.vector_norm(a, o, (0, 2), True), randn(3, 2, 2))
case("la.cond(a)", la.cond, randn(4, 3))
case("la.norm(a)", la.norm, randn(2, 3, 4))
case("la.norm(a, nil, 2, true)", lambda a: la.norm(a, None, 1, True), randn(2, 3, 4))
case("la.norm(a, 3)", lambda a: la.norm(a, 3), randn(4))
case("la.norm(a, 1, {2, 3})", lambda a: la.norm(a, 1, (1, 2)), randn(2, 3, 4))
case("la.kron(a, b)", torch.kron, randn(2, 3), randn(3, 2))
case("la.kron(a, b)", torch.kron, randn(2), randn(3, 2))
case("la.kron(a, b)", torch.kron, randn(2, 2, 2), randn(3, 1))
case("la.multi_dot {a, b}", lambda a, b: la.multi_dot([a, b]), randn(2, 3), randn(3, 4))
case("la.multi_dot {a, b, b, a}", lambda a, b: la.multi_dot([a, b, b, a]), randn(3), randn(3, 3))
case("la.multi_dot {a, b, a, b}", lambda a, b: la.multi_dot([a, b, a, b]), randn(2, 7), randn(7, 2))

# --- LU -----------------------------------------------------------------------------------------------------------

FACTORS = "(function(LU, p) return LU, p:to('float64') end)(la.lu_factor(a))"
for shape in [(3, 3), (1, 1), (2, 4, 3), (2, 1, 3, 5), (0, 3, 3), (0, 0), (0, 3)]:
    a = randn(*shape)
    case("la.lu(a)", la.lu, a, gradient=0 not in shape)
    case(FACTORS, lambda a: (lambda f: (f[0], f[1].double()))(la.lu_factor(a)), a, gradient=0 not in shape)
case("la.lu(a)", la.lu, torch.tensor([[1.0, 2, 3], [2, 4, 6], [1, 0, 1]], dtype=F64), gradient=False)
for left in (True, False):
    for adjoint in (False, True):
        case(f"(function(LU, p) return la.lu_solve(LU, p, b, {{left = {str(left).lower()}, adjoint = {str(adjoint).lower()}}}) end)"
             "(la.lu_factor(a))",
             lambda a, b, o=(left, adjoint): torch.linalg.lu_solve(*la.lu_factor(a), b, left=o[0], adjoint=o[1]),
             randn(2, 3, 3), randn(2, 3, 3))
case("(function(LU, p) return la.lu_solve(LU, p, b) end)(la.lu_factor(a))",
     lambda a, b: torch.linalg.lu_solve(*la.lu_factor(a), b), randn(3, 3), randn(2, 3, 2))

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
    line = f"{{ [[{lua}]], {listed(inputs)}, {listed(out)}"
    if gradient:
        loss = sum((o * torch.cos(torch.arange(o.numel(), dtype=F64)).reshape(o.shape)).sum() for o in out)
        grads = torch.autograd.grad(loss, leaves, allow_unused=True)
        line += ", " + listed(torch.zeros_like(x) if g is None else g for g, x in zip(grads, leaves))
    print(textwrap.fill(line + " },", 118, initial_indent="  ", subsequent_indent="    ", break_long_words=False,
                        break_on_hyphens=False))
print("}")
