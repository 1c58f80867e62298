"""The dtypes of results in PyTorch, and values of degenerate reductions: tests/reference/dtypes_values.lua.

    /usr/bin/python3 tests/reference/dtypes.py > tests/reference/dtypes_values.lua

Needs Debian's python3-torch (1.13). PyTorch's bool, which comparisons give there, is written as uint8.
"""
import math
import textwrap
import warnings

import torch

warnings.simplefilter("ignore")
DTYPES = {"float32": torch.float32, "float64": torch.float64, "int64": torch.int64, "uint8": torch.uint8}
NAMES = {dtype: name for name, dtype in DTYPES.items()}
NAMES[torch.bool] = "uint8"
SCALARS = {"integer": 2, "fraction": 0.5}
UNARY = """neg exp log log1p expm1 sqrt square abs sign sin cos tan sinh cosh tanh erf sigmoid relu softplus reciprocal
floor ceil round logical_not asin acos atan asinh acosh atanh log2 log10 exp2 erfc rsqrt trunc isnan isinf
isfinite""".split()
BINARY = """add sub mul div pow maximum minimum eq ne lt le gt ge logical_and logical_or logical_xor
remainder fmod floor_divide atan2""".split()
REDUCTIONS = "sum mean amax amin var std norm argmax argmin".split()
INPLACE = "add_ sub_ mul_ div_ pow_ remainder_ floor_divide_".split()
INPLACE_UNARY = "exp_ log_ sqrt_ square_ abs_ neg_ relu_ sigmoid_ tanh_ floor_ round_".split()
EXTREME = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf, "-0": -0.0, "huge": 1e300, "-huge": -1e300}


def name_of(f):
    """The dtype of f()'s result, or "error"."""
    try:
        return NAMES[f().dtype]
    except (RuntimeError, TypeError):
        return "error"


def function(name):
    return getattr(torch, name, None) or getattr(torch.nn.functional, name)


def operands():
    """key -> a function that makes one: "float32 0" has no dimensions, "float32 1" has one, "integer" is a number."""
    made = {}
    for name, dtype in DTYPES.items():
        made[name + " 0"] = lambda dtype=dtype: torch.ones((), dtype=dtype)
        made[name + " 1"] = lambda dtype=dtype: torch.ones(2, dtype=dtype)
    return made


def quoted(value):
    return f'"{value}"' if isinstance(value, str) else value


def write(name, rows):
    """A Lua table of the name: key -> value."""
    entries = [f'["{key}"] = {quoted(value)},' for key, value in rows.items()]
    glued = " ".join(entry.replace(" ", "\0") for entry in entries)  # entries stay whole
    lines = textwrap.wrap(glued, 120, initial_indent="  ", subsequent_indent="  ", break_long_words=False,
                          break_on_hyphens=False)
    print(f"{name} = {{", *(line.replace("\0", " ") for line in lines), "}", sep="\n")


def number(x):
    if math.isnan(x):
        return "nan"
    return ("inf" if x > 0 else "-inf") if math.isinf(x) else repr(x)


def promotion():
    tensors = operands()
    rows = {}
    for a, make_a in tensors.items():
        for b, make_b in tensors.items():
            rows[f"{a}, {b}"] = NAMES[torch.result_type(make_a(), make_b())]
        for b, scalar in SCALARS.items():
            rows[f"{a}, {b}"] = NAMES[torch.result_type(make_a(), scalar)]
    return rows


def of_two(names):
    """The result of each function of two for every pair of operands; a key names them in order."""
    tensors, rows = operands(), {}
    for name in names:
        for a, make_a in tensors.items():
            for b, make_b in tensors.items():
                method = getattr(torch.Tensor, name)
                rows[f"{name}: {a}, {b}"] = name_of(lambda: method(make_a(), make_b()))
            for b, scalar in SCALARS.items():
                if name in ("maximum", "minimum") or name.startswith("logical") or name == "atan2":
                    continue  # they take no numbers in PyTorch
                rows[f"{name}: {a}, {b}"] = name_of(lambda: getattr(torch.Tensor, name)(make_a(), scalar))
    return rows


def of_one():
    rows = {}
    for dtype_name, dtype in DTYPES.items():
        x = lambda: torch.ones(2, dtype=dtype)
        for name in UNARY:
            rows[f"{name}: {dtype_name}"] = name_of(lambda: function(name)(x()))
        for name in REDUCTIONS:
            rows[f"{name}: {dtype_name}"] = name_of(lambda: getattr(x(), name)())
        for name in INPLACE_UNARY:
            plain = name[:-1]
            f = getattr(torch.Tensor, name, None) or getattr(torch, name)
            rows[f"{name}: {dtype_name}"] = name_of(lambda: f(x()))
        rows[f"clamp(0, 1): {dtype_name}"] = name_of(lambda: x().clamp(0, 1))
        rows[f"clamp(0, 0.5): {dtype_name}"] = name_of(lambda: x().clamp(0, 0.5))
        rows[f"softmax: {dtype_name}"] = name_of(lambda: x().softmax(0))
        rows[f"log_softmax: {dtype_name}"] = name_of(lambda: x().log_softmax(0))
        rows[f"dot: {dtype_name}"] = name_of(lambda: x().dot(x()))
        rows[f"mm: {dtype_name}"] = name_of(lambda: x().reshape(1, 2).mm(x().reshape(2, 1)))
        rows[f"matmul: {dtype_name}"] = name_of(lambda: x().reshape(1, 1, 2).matmul(x().reshape(1, 2, 1)))
        rows[f"cat: {dtype_name}"] = name_of(lambda: torch.cat([x(), x()]))
        rows[f"masked_select: {dtype_name}"] = name_of(lambda: x().masked_select(x() > 0))
    return rows


def of_extremes():
    """Functions of one number at numbers where they have no ordinary value."""
    rows = {}
    for name in UNARY:
        for key, x in EXTREME.items():
            y = function(name)(torch.tensor(x, dtype=torch.float64))
            rows[f"{name}: {key}"] = number(float(y))
    for name in ("maximum", "minimum", "pow", "add", "mul", "div", "sub", "remainder", "fmod", "floor_divide", "atan2",
                 "hypot"):
        for key_a, a in EXTREME.items():
            for key_b, b in EXTREME.items():
                y = function(name)(torch.tensor(a, dtype=torch.float64), torch.tensor(b, dtype=torch.float64))
                rows[f"{name}: {key_a}, {key_b}"] = number(float(y))
    return rows


def degenerate():
    """Reductions of nothing, of one element, of nan and inf. A key is "function of the numbers"."""
    inputs = {"{}": [], "{5}": [5.0], "{0, 0}": [0.0, 0.0], "{3, 0, -4}": [3.0, 0.0, -4.0],
              "{1, nan}": [1.0, math.nan], "{1, -inf}": [1.0, -math.inf]}
    functions = {name: getattr(torch.Tensor, name) for name in REDUCTIONS if name not in ("argmax", "argmin")}
    functions["var by n"] = lambda x: x.var(unbiased=False)
    functions["std by n"] = lambda x: x.std(unbiased=False)
    for p in (0, 0.5, 1, 2, 3, -1, math.inf, -math.inf):
        functions[f"norm {p}"] = lambda x, p=p: torch.linalg.vector_norm(x, p)  # x.norm(inf) of nothing is 0
    rows = {}
    for name, f in functions.items():
        for key, values in inputs.items():
            try:
                rows[f"{name} of {key}"] = number(float(f(torch.tensor(values, dtype=torch.float64))))
            except (RuntimeError, IndexError):
                rows[f"{name} of {key}"] = "error"
    return rows


def main():
    print("--- Dtypes of results and values of degenerate reductions in PyTorch.")
    print(f"-- Written by tests/reference/dtypes.py (PyTorch {torch.__version__.split('+')[0]}); do not edit.")
    print("local M = {}")
    write("M.result_type", promotion())
    write("M.of_two", of_two(BINARY))
    write("M.in_place", of_two(INPLACE))
    write("M.of_one", of_one())
    write("M.extremes", of_extremes())
    write("M.degenerate", degenerate())
    print("return M")


main()
