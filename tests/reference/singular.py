#!/usr/bin/python3
"""Writes tests/reference/singular_values.lua: PyTorch's values and gradients where formulas divide by zero, saturate,
tie or meet inf and nan.

Needs PyTorch (made with Debian's python3-torch 1.13); the tests read the committed file and need no Python.

    /usr/bin/python3 tests/reference/singular.py > tests/reference/singular_values.lua
"""

import textwrap
import warnings

import torch
import torch.nn.functional as F

warnings.simplefilter("ignore")
inf, nan = float("inf"), float("nan")
F64 = torch.float64

# Lua source in a (and b, c), the same in Python, the tensors. Gradients are those of a, with `both` also those of b.
# second: PyTorch's second derivative is a model; it is not where nan stands for one that exists, or where a one-sided
# derivative was chosen. tolerance: relative; PyTorch has some constants in float32.
CASES = []


def case(lua, python, *tensors, both=False, second=True, tolerance=1e-12):
    CASES.append((lua, python, tensors, both, second, tolerance))


def t(*values):
    return torch.tensor(values if len(values) > 1 or isinstance(values[0], list) else list(values), dtype=F64)


def labels(*values):
    return torch.tensor(values)


# --- element by element ----------------------------------------------------------------------------------------------

everything = t(-inf, -1000.0, -30.0, -1.0, 0.0, 1.0, 30.0, 1000.0, inf, nan)
positive = t(0.0, 1e-300, 1.0, 1e300, inf, nan)
for name in ("exp", "expm1", "square", "abs", "sign", "tanh", "erf", "sigmoid", "relu", "reciprocal", "floor", "sinh",
             "cosh", "sin", "cos", "tan"):
    case("lab.%s(a)" % name, getattr(torch, name), everything)
for name in ("sqrt", "log", "log1p"):
    case("lab.%s(a)" % name, getattr(torch, name), positive)
case("lab.log1p(a)", torch.log1p, t(-1.0, -0.5))
case("lab.softplus(a)", lambda a: torch.logaddexp(a, torch.zeros_like(a)), everything, second=False)

for p in (-1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0):
    case("a ^ %g" % p, lambda a, p=p: a ** p, t(0.0, -0.0, 1.0, 2.0, inf, nan))
case("a ^ b", lambda a, b: a ** b, t(0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 2.0, inf), t(0.0, 0.5, 1.0, 2.0, -1.0, 0.0, 0.0,
     1.0, 2.0), both=True, second=False)
case("2 ^ a", lambda a: 2 ** a, t(-inf, -2000.0, 0.0, 3.0, 2000.0, inf))
case("0 ^ a", lambda a: 0 ** a, t(-1.0, 0.0, 1.0, 2.0), second=False)
case("a:clamp(0, 1)", lambda a: a.clamp(0, 1), t(-inf, -1.0, 0.0, 0.5, 1.0, 2.0, inf, nan))
case("a / b", torch.div, t(0.0, 1.0, inf, 1.0, inf), t(0.0, 0.0, 2.0, inf, inf), both=True)
for name in ("maximum", "minimum"):
    case("lab.%s(a, b)" % name, getattr(torch, name), t(1.0, 2.0, 3.0, inf, -inf, nan, 1.0), t(2.0, 2.0, 2.0, inf, -inf,
         1.0, nan), both=True, second=False)
case("lab.where(a:gt(0), lab.log(a), a)", lambda a: torch.where(a > 0, torch.log(a), a), t(-1.0, 2.0))

activations = {
    "F.leaky_relu(a)": F.leaky_relu, "F.elu(a)": F.elu, "F.silu(a)": F.silu, "F.gelu(a)": F.gelu,
    "F.gelu(a, 'tanh')": lambda a: F.gelu(a, approximate="tanh"), "F.softplus(a)": F.softplus,
    "F.softplus(a, 2, 5)": lambda a: F.softplus(a, 2, 5),
}
for lua, python in activations.items():
    case(lua, python, everything, second=lua != "F.elu(a)")

# --- reductions ------------------------------------------------------------------------------------------------------

for unbiased in (True, False):
    lua = "a:%%s{unbiased = %s}" % str(unbiased).lower()
    for x in (t(3.0, 3.0, 3.0), t(3.0), t(1.0, 2.0, 4.0), t(1.0, inf), t(1.0, nan)):
        if x.numel() == 1 and unbiased:
            continue  # PyTorch 1.13 fails at the derivatives
        case(lua % "std", lambda a, u=unbiased: a.std(unbiased=u), x)
        case(lua % "var", lambda a, u=unbiased: a.var(unbiased=u), x)
case("a:std(1)", lambda a: a.std(0), t([1.0, 5.0], [2.0, 5.0], [4.0, 5.0]))
case("a:std(2, true)", lambda a: a.std(1, keepdim=True), t([1.0, 5.0], [2.0, 2.0]))
for p in (0, 0.5, 1, 1.5, 2, 3, inf, -inf, -1):
    for x in (t(0.0, 0.0), t(0.0, 1.0), t(-3.0, 4.0), t(2.0, 2.0), t(inf, 1.0), t(nan, 1.0)):
        lua = "math.huge" if p == inf else "-math.huge" if p == -inf else "%g" % p
        case("a:norm(%s)" % lua, lambda a, p=p: torch.linalg.vector_norm(a, p), x,
             second=p != 2 or bool(x.any()))
case("a:norm(3, 2)", lambda a: torch.linalg.vector_norm(a, 3, 1), t([0.0, 0.0], [1.0, -2.0]))
for name in ("amax", "amin"):
    for x in (t(1.0, 1.0, 0.0, 0.0), t(inf, inf), t(-inf, -inf), t(1.0, nan, 2.0), t(nan, nan)):
        case("a:%s()" % name, lambda a, f=name: getattr(a, f)(), x)
        case("a:%s()" % name[1:], lambda a, f=name[1:]: getattr(a, f)(), x)
for x in (t(1.0, 3.0, 3.0), t(1.0, nan, 2.0)):
    case("(a:max(1))", lambda a: a.max(0).values, x)
    case("(a:min(1))", lambda a: a.min(0).values, -x)
for name in ("softmax", "log_softmax"):
    for x in (t(0.0, -inf, 1.0), t(-inf, -inf), t(inf, 0.0), t(1000.0, -1000.0), t(nan, 0.0)):
        case("a:%s(1)" % name, lambda a, f=name: getattr(a, f)(0), x)
case("a:mean()", lambda a: a.mean(), t(inf, 1.0))

# --- losses ----------------------------------------------------------------------------------------------------------

residuals, zeros = t(-inf, -2.0, -1.0, 0.0, 1.0, 2.0, inf, nan), t(*[0.0] * 8)
none = "{reduction = 'none'}"
case("F.mse_loss(a, b, %s)" % none, lambda a, b: F.mse_loss(a, b, reduction="none"), residuals, zeros, both=True)
case("F.l1_loss(a, b, %s)" % none, lambda a, b: F.l1_loss(a, b, reduction="none"), residuals, zeros, both=True)
for delta in (0.5, 1.0, 2.0):
    case("F.huber_loss(a, b, {delta = %g, reduction = 'none'})" % delta,
         lambda a, b, d=delta: F.huber_loss(a, b, delta=d, reduction="none"), residuals, zeros, both=True)
for beta in (0.5, 2.0):
    case("F.smooth_l1_loss(a, b, {beta = %g, reduction = 'none'})" % beta,
         lambda a, b, d=beta: F.smooth_l1_loss(a, b, beta=d, reduction="none"), residuals, zeros, both=True)
case("F.l1_loss(a, b, %s)" % none, lambda a, b: F.l1_loss(a, b, reduction="none"), t(inf, inf, 1.0), t(inf, 1.0, inf),
     both=True)
case("F.huber_loss(a, b, %s)" % none, lambda a, b: F.huber_loss(a, b, reduction="none"), t(inf, inf, 1.0),
     t(inf, 1.0, inf), both=True)
p = t(0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1e-20, 1e-50, 1e-13, 1 - 1e-13, 0.5)
y = t(0.0, 0.5, 1.0, 0.0, 0.5, 1.0, 1.0, 1.0, 0.5, 0.5, 1.0)
case("F.binary_cross_entropy(a, b, %s)" % none, lambda a, b: F.binary_cross_entropy(a, b, reduction="none"), p, y,
     second=False, tolerance=1e-8)
scores = t(-inf, -inf, -1000.0, -1000.0, 0.0, 1000.0, 1000.0, inf, inf, nan)
case("F.binary_cross_entropy_with_logits(a, b, %s)" % none,
     lambda a, b: F.binary_cross_entropy_with_logits(a, b, reduction="none"), scores,
     t(0.0, 1.0, 0.0, 1.0, 0.5, 0.0, 1.0, 0.0, 1.0, 1.0))
rows = t([0.0, -inf, 1.0], [1000.0, -1000.0, 0.0], [-inf, 2.0, -inf], [-inf, 1.0, 1.0])
for smoothing in (0.0, 0.1):
    for y in ((3, 1, 2, 2), (2, 2, 2, 1)):
        case("F.cross_entropy(a, b, {label_smoothing = %g, reduction = 'none'})" % smoothing,
             lambda a, b, s=smoothing: F.cross_entropy(a, b - 1, label_smoothing=s, reduction="none"), rows, labels(*y),
             second=False)
    weight = t(1.0, 0.0, 2.0)
    case("F.cross_entropy(a, b, {weight = c, label_smoothing = %g})" % smoothing,
         lambda a, b, c, s=smoothing: F.cross_entropy(a, b - 1, c, label_smoothing=s), rows[1:2], labels(1), weight)
case("F.cross_entropy(a, b, %s)" % none, lambda a, b: F.cross_entropy(a, b, reduction="none"), rows,
     t([0.5, 0.0, 0.5], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.5, 0.5]), second=False)
case("F.cross_entropy(a, b, {weight = c})", lambda a, b, c: F.cross_entropy(a, b - 1, c), t([1.0, 2.0]), labels(1),
     t(0.0, 1.0), second=False)
case("F.nll_loss(a, b, %s)" % none, lambda a, b: F.nll_loss(a, b - 1, reduction="none"), t([-inf, 0.0], [nan, -1.0],
     [nan, -1.0]), labels(1, 1, 2))
case("F.nll_loss(a, b, {weight = c})", lambda a, b, c: F.nll_loss(a, b - 1, c), t([-inf, 0.0], [-1.0, -1.0]),
     labels(1, 2), t(0.0, 1.0))

# --- layers ----------------------------------------------------------------------------------------------------------

flat = t([1.0, 2.0], [1.0, 3.0], [1.0, 5.0])
case("F.batch_norm(a, nil, nil, {training = true})", lambda a: F.batch_norm(a, None, None, training=True), flat,
     second=False)
case("F.batch_norm(a, nil, nil, {training = true, eps = 0})",
     lambda a: F.batch_norm(a, None, None, training=True, eps=0.0), flat, second=False)
image = t([1.0, 1.0, nan, 2.0], [1.0, 1.0, 0.0, 2.0], [-inf, -inf, inf, 0.0], [-inf, -inf, inf, inf])
case("F.max_pool2d(a:reshape(1, 1, 4, 4), 2)", lambda a: F.max_pool2d(a.reshape(1, 1, 4, 4), 2), image)
case("F.avg_pool2d(a:reshape(1, 1, 4, 4), 2)", lambda a: F.avg_pool2d(a.reshape(1, 1, 4, 4), 2), image)


# --- output ----------------------------------------------------------------------------------------------------------


def number(v):
    v = float(v)
    if v != v:
        return "nan"
    if v in (inf, -inf):
        return "inf" if v > 0 else "-inf"
    return "%d" % v if v == int(v) and abs(v) < 1e15 else "%.17g" % v


def stored(x):
    values = ", ".join(number(v) for v in (x + 0).reshape(-1).tolist())
    return "{ dtype = %s, shape = { %s }, values = { %s } }" % (
        '"float64"' if x.dtype == F64 else '"int64"', ", ".join(map(str, x.shape)), values)


def gradients(y, wanted, create_graph=False):
    found = torch.autograd.grad(y.sum(), wanted, create_graph=create_graph, allow_unused=True)
    return [torch.zeros_like(w) if g is None else g for g, w in zip(found, wanted)]


def direction(x):
    """Weights of the first gradient's elements, before it is differentiated again: 1, 2, ..."""
    return torch.arange(1, x.numel() + 1, dtype=F64).reshape(x.shape)


def write(lua, python, tensors, both, second, tolerance):
    inputs = [x.clone() for x in tensors]
    wanted = inputs[:2] if both else inputs[:1]
    for x in wanted:
        x.requires_grad_()
    y = python(*inputs)
    grads = gradients(y, wanted, create_graph=True)
    fields = ["lua = \"%s\"" % lua]
    if tolerance != 1e-12:
        fields.append("tolerance = %g" % tolerance)
    fields.append("inputs = { %s }" % ", ".join(stored(x.detach()) for x in tensors))
    fields.append("output = " + stored(y.detach()))
    fields.append("grads = { %s }" % ", ".join(stored(g.detach()) for g in grads))
    if second and not both:
        g = grads[0]
        zero = torch.zeros_like(wanted[0])
        fields.append("second = " + stored(gradients(g * direction(g), wanted)[0] if g.requires_grad else zero))
    for k, field in enumerate(fields):
        indent = "    " if k else "  { "
        end = "," if k + 1 < len(fields) else " },"
        print("\n".join(textwrap.wrap(indent + field + end, 120, subsequent_indent="      ", drop_whitespace=True,
                                      break_long_words=False)))


print("-- Made by tests/reference/singular.py with PyTorch %s; do not edit." % torch.__version__)
print("local inf, nan = math.huge, 0 / 0")
print("return {")
for one in CASES:
    write(*one)
print("}")
