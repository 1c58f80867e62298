#!/usr/bin/python3
"""Writes tests/reference/index_values.lua: digests of what PyTorch's indexing, gather and scatter give, and their
gradients.

Needs PyTorch (made with Debian's python3-torch 1.13); the tests read the committed file and need no Python.

    /usr/bin/python3 tests/reference/index.py > tests/reference/index_values.lua

A case is an expression in PyTorch and the same one in Lua. Names: x (5, 4, 3), y (2, 4, 3), m a matrix (7, 9), a
column-major view w (6, 5), empty e (0, 3), v a vector of 6; i{...} in Lua and i([...]) here are positions, from 1.
"""
import torch

import formula

SHAPES = {"x": (5, 4, 3), "y": (2, 4, 3), "m": (7, 9), "w": (5, 6), "e": (0, 3), "v": (6,)}


def i(values):
    t = torch.tensor(values)
    return torch.where(t > 0, t - 1, t)


def mask(t):
    return t > 0


CASES = (
    ("x[i{5, 1, 1}]", "x[i([5, 1, 1])]"),
    ("x[i{{5, 1}, {-1, 2}, {3, 3}}]", "x[i([[5, 1], [-1, 2], [3, 3]])]"),
    ("x[{{}, i{{4, 1}, {2, 2}}}]", "x[:, i([[4, 1], [2, 2]])]"),
    ("x[{{}, {}, i{3, 1, 1, 2}}]", "x[:, :, i([3, 1, 1, 2])]"),
    ("x[{i{5, 1}, i{4, 2}}]", "x[i([5, 1]), i([4, 2])]"),
    ("x[{i{{5}, {1}}, i{4, 2, 2}}]", "x[i([[5], [1]]), i([4, 2, 2])]"),
    ("x[{i{5, 1}, {}, i{3, 2}}]", "x[i([5, 1]), :, i([3, 2])]"),
    ("x[{i{5, 1}, 2, i{3, 2}}]", "x[i([5, 1]), 1, i([3, 2])]"),
    ("x[{2, {}, i{3, 2}}]", "x[1, :, i([3, 2])]"),
    ("x[{{2, 5}, i{3, 2}, i{1, 1}}]", "x[1:5, i([3, 2]), i([1, 1])]"),
    ("x[{i{5, 1}, i{4, 2}, i{1, 1}}]", "x[i([5, 1]), i([4, 2]), i([1, 1])]"),
    ("x[i(3)]", "x[i(3)]"),
    ("w[i{6, 1, 6}]", "w[i([6, 1, 6])]"),
    ("w[{i{6, 1}, i{5, 5}}]", "w[i([6, 1]), i([5, 5])]"),
    ("x:permute(2, 3, 1)[{i{4, 1, 4}, {}, i{5, 1, 2}}]", "x.permute(1, 2, 0)[i([4, 1, 4]), :, i([5, 1, 2])]"),
    ("x[{x:sum({2, 3}):gt(0), i{2}}]", "x[mask(x.sum((1, 2))), i([2])]"),
    ("x[i{}]", "x[i([]).long()]"),
    ("e[{{}, i{3, 1}}]", "e[:, i([3, 1])]"),
    ("v:take(i{{6, 1}, {-1, 6}})", "v.take(i([[6, 1], [-1, 6]]))"),
    ("w:take(i{30, 2, 2})", "w.take(i([30, 2, 2]))"),
    ("m:index_select(2, i{9, 1, 9})", "m.index_select(1, i([9, 1, 9]))"),
    ("x:index_add(1, i{2, 2}, y, {alpha = 0.5})", "x.index_add(0, i([2, 2]), y, alpha=0.5)"),
    ("x:index_copy(1, i{4, 2}, y)", "x.index_copy(0, i([4, 2]), y)"),
    ("x:index_fill(2, i{4, 2}, 0.25)", "x.index_fill(1, i([4, 2]), 0.25)"),
    ("m:gather(2, i{{1, 9, 9}, {2, 2, 3}})", "m.gather(1, i([[1, 9, 9], [2, 2, 3]]))"),
    ("w:gather(1, i{{1, 6, 5, 2, 2}, {2, 2, 3, 1, 1}})", "w.gather(0, i([[1, 6, 5, 2, 2], [2, 2, 3, 1, 1]]))"),
    ("m:scatter(2, i{{1, 9}, {2, 3}}, m[{{1, 2}, {1, 2}}] * 2)", "m.scatter(1, i([[1, 9], [2, 3]]), m[:2, :2] * 2)"),
    ("m:scatter(1, i{{1, 7}, {2, 3}}, 0.5)", "m.scatter(0, i([[1, 7], [2, 3]]), 0.5)"),
    ("m:scatter(1, i{{1, 1}, {1, 3}}, m[{{1, 2}, {1, 2}}], {reduce = 'add'})",
     "m.scatter_add(0, i([[1, 1], [1, 3]]), m[:2, :2])"),
    ("m:scatter_reduce(1, i{{1, 1, 7}, {1, 3, 7}, {2, 1, 7}}, m[{{3, 5}, {4, 6}}] * 2, 'sum', {include_self = true})",
     "m.scatter_reduce(0, i([[1, 1, 7], [1, 3, 7], [2, 1, 7]]), m[2:5, 3:6] * 2, 'sum', include_self=True)"),
    ("m:scatter_reduce(1, i{{1, 1, 7}, {1, 3, 7}, {2, 1, 7}}, m[{{3, 5}, {4, 6}}] * 2, 'sum', {include_self = false})",
     "m.scatter_reduce(0, i([[1, 1, 7], [1, 3, 7], [2, 1, 7]]), m[2:5, 3:6] * 2, 'sum', include_self=False)"),
    ("w:scatter_reduce(2, i{{1, 1, 5, 1}, {1, 3, 3, 3}}, w[{{5, 6}, {1, 4}}], 'sum')",
     "w.scatter_reduce(1, i([[1, 1, 5, 1], [1, 3, 3, 3]]), w[4:6, :4], 'sum')"),
    ("m:scatter_reduce(1, i{{1, 1, 7}, {1, 3, 7}, {2, 1, 7}}, m[{{3, 5}, {4, 6}}] * 2, 'prod', {include_self = true})",
     "m.scatter_reduce(0, i([[1, 1, 7], [1, 3, 7], [2, 1, 7]]), m[2:5, 3:6] * 2, 'prod', include_self=True)"),
    ("m:scatter_reduce(1, i{{1, 1, 7}, {1, 3, 7}, {2, 1, 7}}, m[{{3, 5}, {4, 6}}] * 2, 'prod', {include_self = false})",
     "m.scatter_reduce(0, i([[1, 1, 7], [1, 3, 7], [2, 1, 7]]), m[2:5, 3:6] * 2, 'prod', include_self=False)"),
    ("w:scatter_reduce(2, i{{1, 1, 5, 1}, {1, 3, 3, 3}}, w[{{5, 6}, {1, 4}}], 'prod')",
     "w.scatter_reduce(1, i([[1, 1, 5, 1], [1, 3, 3, 3]]), w[4:6, :4], 'prod')"),
    ("m:scatter_reduce(1, i{{1, 1, 7}, {1, 3, 7}, {2, 1, 7}}, m[{{3, 5}, {4, 6}}] * 2, 'mean', {include_self = true})",
     "m.scatter_reduce(0, i([[1, 1, 7], [1, 3, 7], [2, 1, 7]]), m[2:5, 3:6] * 2, 'mean', include_self=True)"),
    ("m:scatter_reduce(1, i{{1, 1, 7}, {1, 3, 7}, {2, 1, 7}}, m[{{3, 5}, {4, 6}}] * 2, 'mean', {include_self = false})",
     "m.scatter_reduce(0, i([[1, 1, 7], [1, 3, 7], [2, 1, 7]]), m[2:5, 3:6] * 2, 'mean', include_self=False)"),
    ("w:scatter_reduce(2, i{{1, 1, 5, 1}, {1, 3, 3, 3}}, w[{{5, 6}, {1, 4}}], 'mean')",
     "w.scatter_reduce(1, i([[1, 1, 5, 1], [1, 3, 3, 3]]), w[4:6, :4], 'mean')"),
    ("m:scatter_reduce(1, i{{1, 1, 7}, {1, 3, 7}, {2, 1, 7}}, m[{{3, 5}, {4, 6}}] * 2, 'amax', {include_self = true})",
     "m.scatter_reduce(0, i([[1, 1, 7], [1, 3, 7], [2, 1, 7]]), m[2:5, 3:6] * 2, 'amax', include_self=True)"),
    ("m:scatter_reduce(1, i{{1, 1, 7}, {1, 3, 7}, {2, 1, 7}}, m[{{3, 5}, {4, 6}}] * 2, 'amax', {include_self = false})",
     "m.scatter_reduce(0, i([[1, 1, 7], [1, 3, 7], [2, 1, 7]]), m[2:5, 3:6] * 2, 'amax', include_self=False)"),
    ("w:scatter_reduce(2, i{{1, 1, 5, 1}, {1, 3, 3, 3}}, w[{{5, 6}, {1, 4}}], 'amax')",
     "w.scatter_reduce(1, i([[1, 1, 5, 1], [1, 3, 3, 3]]), w[4:6, :4], 'amax')"),
    ("m:scatter_reduce(1, i{{1, 1, 7}, {1, 3, 7}, {2, 1, 7}}, m[{{3, 5}, {4, 6}}] * 2, 'amin', {include_self = true})",
     "m.scatter_reduce(0, i([[1, 1, 7], [1, 3, 7], [2, 1, 7]]), m[2:5, 3:6] * 2, 'amin', include_self=True)"),
    ("m:scatter_reduce(1, i{{1, 1, 7}, {1, 3, 7}, {2, 1, 7}}, m[{{3, 5}, {4, 6}}] * 2, 'amin', {include_self = false})",
     "m.scatter_reduce(0, i([[1, 1, 7], [1, 3, 7], [2, 1, 7]]), m[2:5, 3:6] * 2, 'amin', include_self=False)"),
    ("w:scatter_reduce(2, i{{1, 1, 5, 1}, {1, 3, 3, 3}}, w[{{5, 6}, {1, 4}}], 'amin')",
     "w.scatter_reduce(1, i([[1, 1, 5, 1], [1, 3, 3, 3]]), w[4:6, :4], 'amin')"),
    ("(m * m:gt(0)):scatter_reduce(2, i{{1, 1, 2}, {4, 4, 4}}, (m * m:gt(0))[{{1, 2}, {1, 3}}], 'prod')",
     "(m * (m > 0)).scatter_reduce(1, i([[1, 1, 2], [4, 4, 4]]), (m * (m > 0))[:2, :3], 'prod')"),
    ("w:scatter_add(2, i{{1, 1}, {1, 3}}, w[{{5, 6}, {2, 3}}])", "w.scatter_add(1, i([[1, 1], [1, 3]]), w[4:6, 1:3])"),
    ("m:take_along_dim(i{{1, 9, 9}}, 2)", "m.take_along_dim(i([[1, 9, 9]]), 1)"),
    ("m:take_along_dim(i{{1}, {7}}, 1)", "m.take_along_dim(i([[1], [7]]), 0)"),
    ("x:index_put({i{1, 5}, i{4, 1}}, y[{{}, 1}])", "x.index_put((i([1, 5]), i([4, 1])), y[:, 0])"),
    ("x:index_put({i{1, 1}}, y, {accumulate = true})", "x.index_put((i([1, 1]),), y, accumulate=True)"),
    ("m:masked_scatter(m:gt(0.2), m * 3)", "m.masked_scatter(m > 0.2, m * 3)"),
)

NAMES = {name: formula.centred(1000 * k, shape).requires_grad_() for k, (name, shape) in enumerate(sorted(SHAPES.items()))}


def case(lua, python):
    scope = dict(NAMES, w=NAMES["w"].t(), i=i, mask=mask)
    y = eval(python, scope)
    loss = (y * formula.centred(300000, tuple(y.shape))).sum()
    grads = torch.autograd.grad(loss, [NAMES[n] for n in sorted(SHAPES)], allow_unused=True)
    found = {n: formula.digest(g) for n, g in zip(sorted(SHAPES), grads) if g is not None}
    return {"lua": lua, "result": formula.digest(y), "grads": found}


print("-- Made by tests/reference/index.py with PyTorch %s; do not edit.\n-- luacheck: ignore 631" % torch.__version__)
print("return {")
for lua, python in CASES:
    print("  %s," % formula.lua(case(lua, python)))
print("}")
