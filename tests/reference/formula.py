"""Inputs that both sides compute, and digests of results: so that large tensors need no large files.

tests/support/formula.lua is the same in Lua. Everything here is exact: whole numbers of up to 64 bits, and floats made
from them that float32 holds without rounding.
"""
import numpy as np
import torch

LENGTH = 1 << 20  # numbers in the stream


def stream():
    """Whole numbers from 0 to 2^32 - 1: the finalizer of MurmurHash3 of 1, 2, ..., LENGTH."""
    mask = np.uint64(0xFFFFFFFF)
    h = np.arange(1, LENGTH + 1, dtype=np.uint64) * np.uint64(0x9E3779B1) & mask
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        h = (h ^ (h >> np.uint64(shift))) * np.uint64(factor) & mask
    return (h ^ (h >> np.uint64(16))).astype(np.int64)


HASHES = torch.from_numpy(stream())
UNIFORM = torch.floor(HASHES.double() / 256) / 2**24  # [0, 1), 24 bits
WEIGHTS = [torch.floor(HASHES.double() / 2**k) % 1024 / 1024 - 0.5 for k in (0, 10, 20)]  # of projections


def uniform(start, shape):
    """Numbers from [0, 1), the stream's from `start` on (0: its beginning)."""
    n = int(np.prod(shape))
    assert start + n <= LENGTH
    return UNIFORM[start:start + n].reshape(shape).clone()


def centred(start, shape):
    """Numbers from [-1, 1)."""
    return 2 * uniform(start, shape) - 1


def whole(start, shape, low, high):
    """Whole numbers low .. high: sums and products of few of them are exact in float32, and many are equal."""
    return torch.floor(uniform(start, shape) * (high - low + 1)) + low


def digest(t):
    """What identifies a tensor: shape, norm, three weighted sums, and 8 elements spread over it (all if it has 8 or
    fewer). NaN counts as 0 and adds its number. Each position has weights of its own, so moved elements are noticed."""
    flat = t.detach().double().reshape(-1)
    n = flat.numel()
    nans = int(flat.isnan().sum())
    flat = torch.where(flat.isnan(), torch.zeros_like(flat), flat)
    sums = [float((flat * w[:n]).sum()) for w in WEIGHTS]
    at = [k * (n - 1) // 7 for k in range(8)] if n > 8 else range(n)
    return {"shape": list(t.shape), "norm": float(flat.norm()), "nans": nans, "sums": sums,
            "elements": [float(flat[i]) for i in at]}


# --- Lua source ------------------------------------------------------------------------------------------------------


def number(v):
    return "%d" % v if v == int(v) and abs(v) < 1e15 else "%.15g" % v


def lua(v):
    """A value as Lua source."""
    if isinstance(v, dict):
        return "{ " + ", ".join("%s = %s" % (k, lua(x)) for k, x in v.items() if x is not None) + " }"
    if isinstance(v, (list, tuple)):
        return "{" + ", ".join(map(lua, v)) + "}"
    if isinstance(v, torch.Tensor):
        return lua(v.detach().reshape(-1).tolist())
    if isinstance(v, bool):
        return "true" if v else "false"
    return '"%s"' % v if isinstance(v, str) else number(v)
