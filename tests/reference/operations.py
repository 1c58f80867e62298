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

# --- along a dimension -----------------------------------------------------------------------------------------------

for d in (0, 1, 2):
    for name in ("cumsum", "cumprod"):
        f = getattr(torch, name)
        case(f"a:{name}({d + 1})", lambda a, f=f, d=d: f(a, d), centred(2, 9, 3, scale=2.0))
        case(f"lab.{name}(a, {d - 3})", lambda a, f=f, d=d: f(a, d), whole(-1, 2, 2, 3, 4))
    case(f"a:prod({d + 1})", lambda a, d=d: a.prod(d), centred(2, 7, 3))
    case(f"a:prod({d + 1}, true)", lambda a, d=d: a.prod(d, True), whole(-1, 2, 2, 7, 3))
case("a:cumsum(1)", lambda a: a.cumsum(0), centred(0, 4))
case("a:cumprod(2)", lambda a: a.cumprod(1), centred(4, 0))
case("a:cumsum(-1)", lambda a: a.cumsum(-1), whole(-9, 9, 20, 3, dtype="int64"))
case("a:cumprod(1)", lambda a: a.cumprod(0), whole(0, 3, 5, 3, dtype="uint8"))
case("a:prod()", torch.prod, centred(3, 4))
case("a:prod()", torch.prod, whole(0, 9, 3, 4, dtype="uint8"))
case("a:prod()", torch.prod, centred(0, 4))
case("a:prod(2)", lambda a: a.prod(1), centred(4, 0))
for name in ("any", "all"):
    for shape in ((3, 5), (4, 0), (0,)):
        case(f"a:gt(0):{name}()", lambda a, name=name: getattr(a > 0, name)(), centred(*shape))
    case(f"lab.{name}(a, 1, true)", lambda a, name=name: getattr(torch, name)(a, 0, True), whole(0, 1, 3, 6))
    case(f"a:{name}(2)", lambda a, name=name: getattr(torch, name)(a, 1), whole(0, 1, 6, 3, dtype="int64"))
    case(f"a:{name}(1)", lambda a, name=name: getattr(torch, name)(a, 0), whole(0, 1, 0, 3, dtype="int64"))

# --- order -----------------------------------------------------------------------------------------------------------


def positions(result):
    """Values, and positions that count from 1."""
    return result[0], result[1] + 1


for shape, d in (((5, 7), 1), ((1, 43, 2), 1), ((7, 3), 0), ((0, 3), 1), ((3, 0), 1)):
    for down in (False, True):
        call = f"({d + 1}, {'true' if down else 'false'})"
        case("a:sort" + call, lambda a, d=d, down=down: positions(a.sort(dim=d, descending=down, stable=True)),
             centred(*shape))
        case("a:argsort" + call, lambda a, d=d, down=down: a.sort(dim=d, descending=down, stable=True)[1] + 1,
             whole(-3, 3, *shape))
        case("a:argsort" + call, lambda a, d=d, down=down: a.sort(dim=d, descending=down, stable=True)[1] + 1,
             whole(-3, 3, *shape, dtype="int64"))
        case("a:argsort" + call, lambda a, d=d, down=down: a.sort(dim=d, descending=down, stable=True)[1] + 1,
             whole(0, 255, *shape, dtype="uint8"))
case("(a / b):detach():sort()", lambda a, b: positions((a / b).detach().sort(stable=True)), whole(-1, 1, 2, 43), whole(0, 1, 43))
case("(a / b):argsort(2, true)", lambda a, b: (a / b).sort(stable=True, descending=True)[1] + 1, whole(-1, 1, 2, 43),
     whole(0, 1, 43))
for k in (0, 3, 90):
    case(f"a:topk({k}, 1)", lambda a, k=k: positions(a.topk(k, 0)), centred(90, 2))
    case(f"a:topk({k}, 2, {{largest = false}})", lambda a, k=k: positions(a.topk(k, 1, False)), centred(2, 90))
for k in (1, 60):
    case(f"a:kthvalue({k})", lambda a, k=k: positions(a.kthvalue(k)), centred(2, 90))
    case(f"a:kthvalue({k}, 1, true)", lambda a, k=k: positions(a.kthvalue(k, 0, True)), centred(90, 2))
for shape in ((3, 5), (2, 45), (45, 2), (1,)):
    case("a:median()", torch.median, centred(*shape))
    case("a:median(1)", lambda a: positions(a.median(0)), centred(*shape))
    case("lab.median(a, -1, true)", lambda a: positions(a.median(-1, True)), centred(*shape))
    case("a:quantile(0.3)", lambda a: a.quantile(0.3), centred(*shape))
    for how in "linear lower higher nearest midpoint".split():
        case(f'a:quantile({{0, 0.35, 1}}, 1, {{interpolation = \'{how}\'}})',
             lambda a, how=how: a.quantile(torch.tensor([0, 0.35, 1], dtype=a.dtype), 0, interpolation=how),
             centred(*shape), float64=True)
case("a:quantile({0.5}, 2, true)", lambda a: a.quantile(torch.tensor([0.5], dtype=F64), 1, True), centred(2, 5, 3))
case("a:quantile(0.75, 2, true)", lambda a: a.quantile(0.75, 1, True), centred(2, 5, 3))
case("a:quantile({0.5, 0.1})", lambda a: a.quantile(torch.tensor([0.5, 0.1], dtype=F64)), centred(2, 5, 3))
case("((a / b):detach():median(2))", lambda a, b: (a / b).detach().median(1)[0], whole(-1, 1, 9, 5), whole(0, 1, 5))
case("(a / b):detach():quantile(0.5, 2)", lambda a, b: (a / b).detach().quantile(0.5, 1), whole(-1, 1, 9, 5), whole(0, 5, 5))
for right in (False, True):
    option = "{right = true}" if right else "false"
    f = lambda a, b, right=right: torch.searchsorted(a.sort()[0].detach(), b.detach(), right=right) + 1
    case(f"(a:sort()):searchsorted(b, {option})", f, whole(-9, 9, 20), whole(-10, 10, 4, 30))
    case(f"lab.searchsorted(a:sort(), b, {option})", f, whole(-9, 9, 4, 20), whole(-10, 10, 4, 30))
    case(f"lab.searchsorted(a:sort(), 2, {option})",
         lambda a, right=right: torch.searchsorted(a.sort()[0].detach(), 2, right=right) + 1, whole(-9, 9, 20))
for shape in ((40,), (3, 5), (0, 2)):
    case("a:unique{return_inverse = true, return_counts = true}",
         lambda a: [r + (i == 1) for i, r in enumerate(torch.unique(a.detach(), True, True, True))], whole(-4, 4, *shape),
         eager=True)
case("a:bincount()", torch.bincount, whole(0, 9, 0, dtype="int64"), eager=True)
case("(a + 1):bincount()", torch.bincount, whole(0, 9, 50, dtype="int64"), eager=True)
case("(a + 1):bincount(b)", lambda a, b: torch.bincount(a, b.detach()), whole(0, 9, 50, dtype="int64"), centred(50),
     eager=True)
case("(a + 1):bincount{minlength = 20}", lambda a: torch.bincount(a, minlength=20), whole(0, 9, 50, dtype="int64"),
     eager=True)

# --- parts, repetitions, blends --------------------------------------------------------------------------------------

for shape in ((3, 5), (5, 3), (2, 3, 4), (0, 3), (3, 0)):
    for k in (0, 1, -2, 9, -9):
        case(f"a:tril({k})", lambda a, k=k: a.tril(k), centred(*shape))
        case(f"lab.triu(a, {k})", lambda a, k=k: torch.triu(a, k), centred(*shape))
for k in (0, 1, -2):
    case(f"a:diag({k})", lambda a, k=k: a.diag(k), centred(4, 3))
    case(f"a:diag({k})", lambda a, k=k: a.diag(k), centred(3))
    case(f"a:diagonal({k}, 3, 1)", lambda a, k=k: a.diagonal(k, 2, 0), centred(4, 2, 3))
    case(f"a:diag_embed({k}, 1, 2)", lambda a, k=k: a.diag_embed(k, 0, 1), centred(2, 3))
case("a:trace()", torch.trace, centred(4, 3))
case("a:trace()", torch.trace, centred(0, 3))
case("lab.outer(a, b)", torch.outer, centred(4), centred(3))
case("lab.outer(a, b)", torch.outer, centred(0), centred(3))
case("a:tile(2, 1, 3)", lambda a: a.repeat(2, 1, 3), centred(2, 3))
case("a:tile({2})", lambda a: a.tile(2), centred(2, 3))
case("a:tile(2, 0)", lambda a: a.tile(2, 0), centred(2, 3))
case("a:tile(3)", lambda a: a.repeat(3), centred())
case("a:repeat_interleave(3, 2)", lambda a: a.repeat_interleave(3, 1), centred(2, 3))
case("a:repeat_interleave(2)", lambda a: a.repeat_interleave(2), centred(2, 3))
case("a:flip(1)", lambda a: a.flip(0), centred(3, 4, 2))
case("a:flip({1, -1})", lambda a: a.flip(0, -1), centred(3, 4, 2))
case("a:flip(2)", lambda a: a.flip(1), centred(3, 0))
case("a:flip(1)", lambda a: a.flip(0), whole(0, 9, 7, dtype="uint8"))
case("a:roll(2)", lambda a: a.roll(2), centred(3, 4))
case("a:roll(-5, 2)", lambda a: a.roll(-5, 1), centred(3, 4))
case("a:roll({1, 2}, {1, 2})", lambda a: a.roll((1, 2), (0, 1)), centred(3, 4))
case("a:roll(3)", lambda a: a.roll(3), centred(3))
for w in (0.1, 0.75, 2):
    case(f"a:lerp(b, {w})", lambda a, b, w=w: a.lerp(b, w), centred(3, 4), centred(4))
case("lab.lerp(a, b, c)", torch.lerp, centred(3, 4), centred(4), uniform(3, 1))
for name in ("addcmul", "addcdiv"):
    f = getattr(torch, name)
    case(f"a:{name}(b, c)", f, centred(3, 4), centred(4), uniform(3, 1, shift=0.5))
    case(f"a:{name}(b, c, -0.5)", lambda a, b, c, f=f: f(a, b, c, value=-0.5), centred(3, 4), centred(4),
         uniform(3, 1, shift=0.5))
for option, how in (("", "ij"), (", {indexing = 'xy'}", "xy")):
    case(f"table.unpack(lab.meshgrid({{a, b, c}}{option}))",
         lambda a, b, c, how=how: torch.meshgrid(a, b, c, indexing=how), centred(2), centred(3), centred(4))
case("lab.logspace(-3, 2, 7, {dtype = 'float64'}) + 0 * a", lambda a: torch.logspace(-3, 2, 7, dtype=F64) + 0 * a,
     centred(7), float64=True)
case("lab.logspace(0, 5, 6, 2, {dtype = 'float64'}) + 0 * a",
     lambda a: torch.logspace(0, 5, 6, 2, dtype=F64) + 0 * a, centred(6), float64=True)
for equation, *shapes in (
        ("ij,jk->ik", (3, 4), (4, 5)), ("ij,jk", (3, 4), (4, 5)), ("bij,bjk->bik", (2, 3, 4), (2, 4, 5)),
        ("ii", (3, 3)), ("ii->i", (3, 3)), ("ij->ji", (3, 4)), ("ba", (3, 4)), ("i,j->ij", (3,), (4,)),
        ("ij,ij->", (3, 4), (3, 4)), ("ij,ij->ij", (3, 4), (3, 4)), ("ij,j", (3, 4), (4,)), ("ij->", (3, 4)),
        ("bn,anm,bm->ba", (2, 5), (3, 5, 4), (2, 4)), ("...ij,...jk->...ik", (2, 1, 3, 4), (5, 4, 2)),
        ("...i->...", (2, 3, 4)), ("i...,i...", (3, 4), (3, 4)), ("bhqd,bhkd->bhqk", (2, 2, 3, 4), (2, 2, 5, 4)),
        ("iji,j->ij", (3, 4, 3), (4,)), ("ij,jk->ik", (0, 4), (4, 5)), ("ij,jk->ik", (3, 0), (0, 5)),
        ("i,i,i->", (5,), (5,), (5,)), ("ij,kl->", (2, 3), (4, 5)), ("ab,cd,ef->fdb", (2, 3), (2, 4), (2, 5))):
    names = ", ".join("abc"[:len(shapes)])
    case(f"lab.einsum('{equation}', {names})", lambda *x, equation=equation: torch.einsum(equation, *x),
         *(centred(*shape) for shape in shapes))

# --- padding, sums of exponentials ------------------------------------------------------------------------------------

def listed(pad):
    return "{" + ", ".join(map(str, pad)) + "}"


for shape, pad in (((3, 5), (1, 2)), ((2, 3, 4), (2, 0, 1, 1)), ((1, 2, 1, 3, 2), (1, 0, 2, 1, 0, 1)),
                   ((2, 2, 3, 4), (-1, 2, 3, -2)), ((3, 4), (-1, -2))):
    case(f"lab.nn.functional.pad(a, {listed(pad)}, 'constant', -1.5)",
         lambda a, pad=pad: torch.nn.functional.pad(a, pad, value=-1.5), centred(*shape))
for shape, pad in (((3, 5), (1, 2)), ((2, 1, 4), (3, 3)), ((1, 2, 4), (-1, 1)), ((2, 1, 2, 3), (1, 2, 0, 1)),
                   ((1, 2, 3, 3), (2, 1, 2, 2)), ((1, 4, 5), (-1, 2, 3, -2)), ((1, 1, 3, 2, 2), (1, 0, 1, 1, 0, 1)),
                   ((0, 3, 4, 5), (1, 2, 0, 3))):
    for mode in "reflect replicate circular".split():
        if mode != "circular" or len(pad) + 4 == 2 * len(shape):
            case(f"lab.nn.functional.pad(a, {listed(pad)}, {{mode = '{mode}'}})",
                 lambda a, pad=pad, mode=mode: torch.nn.functional.pad(a, pad, mode=mode), centred(*shape))
case("lab.nn.functional.pad(a, {2, 0, 0, 1}, {value = 7})", lambda a: torch.nn.functional.pad(a, (2, 0, 0, 1), value=7),
     whole(0, 9, 3, 4, dtype="uint8"))
case("lab.nn.functional.pad(a, {1, 1})", lambda a: torch.nn.functional.pad(a, (1, 1)), centred(0, 3))
for shape in ((3, 5), (40, 3), (2, 1, 33), (0, 3)):
    for d in range(len(shape)):
        if shape[d] > 0:
            case(f"a:logsumexp({d + 1})", lambda a, d=d: a.logsumexp(d), centred(*shape, scale=30.0))
    case("lab.logsumexp(a, -1, true)", lambda a: torch.logsumexp(a, -1, True), centred(*shape))
case("a:logsumexp({1, 3})", lambda a: a.logsumexp((0, 2)), centred(3, 4, 5))
case("a:logsumexp({1, 2}, true)", lambda a: a.logsumexp((0, 1), True), centred(3, 13, 2))
case("a:logsumexp()", lambda a: a.logsumexp((0, 1)), centred(3, 4, shift=800.0))
case("a:logsumexp(1):detach()", lambda a: a.logsumexp(0).detach(), centred(0, 4))
case("(a / b):detach():logsumexp(1)", lambda a, b: (a / b).detach().logsumexp(0), whole(-1, 1, 9, 5), whole(0, 5, 9, 5))
case("(-(a / b):abs()):detach():logsumexp(2)", lambda a, b: (-(a / b).abs()).detach().logsumexp(1), whole(1, 2, 9, 2),
     whole(0, 1, 9, 2))

# --- the file --------------------------------------------------------------------------------------------------------

print(f"""--- Results and gradients of operations in PyTorch.
-- Written by tests/reference/operations.py (PyTorch {torch.__version__.split('+')[0]}); do not edit.
return {{""")
for entry in CASES:
    write(*entry)
print("}")
