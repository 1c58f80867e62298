#!/usr/bin/python3
"""Writes tests/reference/rows_values.lua: digests of what PyTorch's functions over rows give, and their gradients:
softmax, cross entropy, normalisation, embedding, attention, products in batches.

Needs PyTorch (made with Debian's python3-torch 1.13); the tests read the committed file and need no Python.

    /usr/bin/python3 tests/reference/rows.py > tests/reference/rows_values.lua

A case is a Lua expression of the inputs a, b, c, ... (numbers from [-scale, scale)) and the labels y (1 to high), and
the same in Python, where labels count from 0.
"""
import torch
from torch.nn import functional as F

import formula

CASES = []


def case(lua, f, *shapes, high=0, labels=(), scale=1):
    CASES.append({"lua": lua, "f": f, "shapes": shapes, "high": high, "labels": labels, "scale": scale})


def run(c):
    inputs = [(c["scale"] * formula.centred(60000 * i, tuple(s))).requires_grad_() for i, s in enumerate(c["shapes"])]
    y = [formula.whole(600000, tuple(c["labels"]), 1, c["high"]).long() - 1] if c["high"] else []
    out = c["f"](*inputs, *y)
    grads = torch.autograd.grad(out, inputs, formula.centred(700000, tuple(out.shape)), allow_unused=True)
    return {"output": formula.digest(out),
            "grads": [formula.digest(torch.zeros_like(x) if g is None else g) for g, x in zip(grads, inputs)]}


# --- softmax, log_softmax, logsumexp ---------------------------------------------------------------------------------

for shape in ((2, 33), (37, 5), (3, 4, 40), (40, 70), (5, 1), (3, 1000), (0, 4), (4, 3, 0), (7,)):
    for dim in range(1, len(shape) + 1):
        for name in ("softmax", "log_softmax"):
            case("F.%s(a, %d)" % (name, dim), lambda a, name=name, dim=dim: getattr(F, name)(a, dim - 1), shape,
                 scale=5)

# --- cross entropy, nll_loss -----------------------------------------------------------------------------------------

WEIGHT = "lab.linspace(0.5, 2, %d, {dtype='float64'})"


def loss_cases(shape, high, labels):
    weight = torch.linspace(0.5, 2, high, dtype=torch.float64)
    for i, (reduction, ignored) in enumerate((("mean", 0), ("sum", 2), ("none", 1), ("none", -99), ("mean", -99))):
        options = "reduction='%s', ignore_index=%d" % (reduction, ignored)
        smoothing = (0.0, 0.1, 0.3)[i % 3]
        for w in (None, weight):
            o = options + (", weight=" + WEIGHT % high if w is not None else "")
            case("F.cross_entropy(a, y, {label_smoothing=%g, %s})" % (smoothing, o),
                 lambda a, y, s=smoothing, r=reduction, w=w, n=ignored - 1: F.cross_entropy(
                     a, y, weight=w, label_smoothing=s, reduction=r, ignore_index=n),
                 shape, high=high, labels=labels, scale=3)
            case("F.nll_loss(a, y, {%s})" % o,
                 lambda a, y, r=reduction, w=w, n=ignored - 1: F.nll_loss(a, y, weight=w, reduction=r, ignore_index=n),
                 shape, high=high, labels=labels)


loss_cases((7, 3), 3, (7,))
loss_cases((33, 5), 5, (33,))
loss_cases((9, 50), 50, (9,))
loss_cases((4, 6, 5), 6, (4, 5))
loss_cases((2, 40, 3, 2), 40, (2, 3, 2))
case("F.cross_entropy(a, y, {reduction='sum'})", lambda a, y: F.cross_entropy(a, y, reduction="sum"), (0, 4), high=4,
     labels=(0,))


# --- normalisation ---------------------------------------------------------------------------------------------------


def rms_norm(x, n, w, eps):
    y = x / torch.sqrt((x * x).mean(tuple(range(-n, 0)), keepdim=True) + eps)
    return y if w is None else y * w


for shape, n in (((5, 7), 1), ((3, 4, 33), 1), ((2, 3, 5, 4), 2), ((6, 1000), 1), ((70, 16), 1), ((8,), 1),
                 ((0, 5), 1)):
    last, lua = shape[-n:], "{" + ", ".join(map(str, shape[-n:])) + "}"
    case("F.layer_norm(a, %s)" % lua, lambda a, last=last: F.layer_norm(a, last), shape)
    case("F.layer_norm(a, %s, b)" % lua, lambda a, b, last=last: F.layer_norm(a, last, b), shape, last)
    case("F.layer_norm(a, %s, b, c, 0.1)" % lua, lambda a, b, c, last=last: F.layer_norm(a, last, b, c, 0.1), shape,
         last, last, scale=2)
    case("F.rms_norm(a, %s, b, 1e-5)" % lua, lambda a, b, n=n: rms_norm(a, n, b, 1e-5), shape, last)
    case("F.rms_norm(a, %s, {eps=0.3})" % lua, lambda a, n=n: rms_norm(a, n, None, 0.3), shape)

# --- embedding -------------------------------------------------------------------------------------------------------

for rows, width, shape in ((5, 3, (4,)), (7, 1, (2, 5)), (300, 130, (40, 11)), (3, 2, (0,)), (4, 8, ())):
    case("F.embedding(y, a)", lambda a, y: F.embedding(y, a), (rows, width), high=rows, labels=shape)
    case("F.embedding(y, a, 2)", lambda a, y: F.embedding(y, a, padding_idx=1), (rows, width), high=rows, labels=shape)

# --- attention -------------------------------------------------------------------------------------------------------


def attend(q, k, v, mask=None, causal=False, scale=None):
    s = q @ k.transpose(-1, -2) * (scale or q.shape[-1] ** -0.5)
    if causal:
        s = s.masked_fill(torch.ones(s.shape[-2:]).triu(1).bool(), -float("inf"))
    return torch.softmax(s if mask is None else s + mask, -1) @ v


SDPA = "F.scaled_dot_product_attention(a, b, c%s)"
for batch, l, s, e, d in (((2,), 3, 5, 4, 4), ((2, 3), 65, 65, 8, 8), ((1, 2), 130, 257, 3, 5), ((), 4, 2, 2, 7),
                          ((2, 1, 2), 7, 7, 16, 16), ((2,), 0, 3, 2, 2), ((0,), 3, 3, 2, 2), ((1, 1), 70, 200, 17, 33)):
    shapes = (batch + (l, e), batch + (s, e), batch + (s, d))
    case(SDPA % "", attend, *shapes, scale=2)
    case(SDPA % ", {scale=0.3, is_causal=true}", lambda q, k, v: attend(q, k, v, None, True, 0.3), *shapes, scale=2)
    if l:
        case(SDPA % ", d", attend, *shapes, (l, s), scale=2)
        case(SDPA % ", d:detach()", lambda q, k, v, m: attend(q, k, v, m.detach()), *shapes, (l, s), scale=2)



def filled(module):
    module = module.double().eval()
    for i, p in enumerate(module.parameters()):
        p.data = 0.5 * formula.centred(20000 * i, tuple(p.shape))
    return module


def encode(x, causal, **options):
    layer = filled(torch.nn.TransformerEncoderLayer(x.shape[-1], 2, 12, **options))
    length = x.shape[0] if x.dim() == 2 or not options.get("batch_first") else x.shape[1]
    mask = torch.ones(length, length).triu(1).bool() if causal else None
    return layer(x, mask)


for shape, lua, options in (((3, 5, 8), "", {}), ((4, 7, 8), ", norm_first=true, batch_first=true, activation='gelu'",
                                                 {"norm_first": True, "batch_first": True, "activation": "gelu"}),
                            ((6, 4), ", layer_norm_eps=0.1", {"layer_norm_eps": 0.1})):
    for causal in (False, True):
        case("filled([[nn.TransformerEncoderLayer(%d, 2, {dim_feedforward=12%s})]])(a, {is_causal=%s})" % (
            shape[-1], lua, str(causal).lower()), lambda x, c=causal, o=options: encode(x, c, **o), shape)
case("filled([[nn.MultiheadAttention(6, 3)]])(a, b, c)",
     lambda q, k, v: filled(torch.nn.MultiheadAttention(6, 3))(q, k, v)[0], (4, 2, 6), (5, 2, 6), (5, 2, 6))


def heads(q, k, v, *mask, weights=True, average=True, padding=None, hidden=None):
    layer = filled(torch.nn.MultiheadAttention(q.shape[-1], 3, batch_first=True))
    y, w = layer(q, k, v, padding, weights, hidden if hidden is not None else mask[0] if mask else None, average)
    return torch.cat([y.reshape(-1), w.reshape(-1)]) if weights else y


MHA = "filled([[nn.MultiheadAttention(6, 3, {batch_first=true})]])(a, b, c, {%s})"
BOTH = "flat(" + MHA + ")"
PADDED = torch.tensor([[False, False, True, True, False], [False, True, False, False, False]])
HIDDEN = torch.ones(4, 5).triu(2).bool()
PADDED_LUA = "key_padding_mask=u8{{0,0,1,1,0},{0,1,0,0,0}}"
HIDDEN_LUA = "attn_mask=u8{{0,0,1,1,1},{0,0,0,1,1},{0,0,0,0,1},{0,0,0,0,0}}"
QKV = ((2, 4, 6), (2, 5, 6), (2, 5, 6))
case(BOTH % "", heads, *QKV)
case(BOTH % "average_attn_weights=false", lambda *x: heads(*x, average=False), *QKV)
case(BOTH % "attn_mask=d", heads, *QKV, (4, 5))
case(MHA % "attn_mask=d, need_weights=false", lambda *x: heads(*x, weights=False), *QKV, (6, 4, 5))
case(BOTH % PADDED_LUA, lambda *x: heads(*x, padding=PADDED), *QKV)
case(MHA % (PADDED_LUA + ", need_weights=false"), lambda *x: heads(*x, padding=PADDED, weights=False), *QKV)
case(BOTH % (PADDED_LUA + ", " + HIDDEN_LUA), lambda *x: heads(*x, padding=PADDED, hidden=HIDDEN), *QKV)
case(MHA % (HIDDEN_LUA + ", need_weights=false"), lambda *x: heads(*x, hidden=HIDDEN, weights=False), *QKV)
case("flat(filled([[nn.MultiheadAttention(6, 3)]])(a, b, c, {key_padding_mask=u8{0,0,1,1,0}}))",
     lambda q, k, v: heads(q, k, v, padding=PADDED[0]), (4, 6), (5, 6), (5, 6))


def stack(x, padding=None, mask=None, norm=True):
    layer = torch.nn.TransformerEncoderLayer(6, 2, 5, batch_first=True)
    # without the fast path, which leaves out padded places
    layers = torch.nn.TransformerEncoder(layer, 2, torch.nn.LayerNorm(6) if norm else None, False)
    return filled(layers)(x, mask, padding)


STACK = "filled([[nn.TransformerEncoder(nn.TransformerEncoderLayer(6, 2, {dim_feedforward=5, batch_first=true}), 2%s)]])"
PADDING = torch.tensor([[False, False, True], [False, False, False]])
case(STACK % ", nn.LayerNorm(6)" + "(a)", stack, (2, 3, 6))
case(STACK % "" + "(a, {is_causal=true})", lambda x: stack(x, None, torch.ones(3, 3).triu(1).bool(), False), (2, 3, 6))
case(STACK % "" + "(a, u8{{0,0,1},{0,0,0},{0,0,0}}, u8{{0,0,1},{0,0,0}})",
     lambda x: stack(x, PADDING, torch.tensor([[0, 0, 1], [0, 0, 0], [0, 0, 0]]).bool(), False), (2, 3, 6))

# --- writing Lua -----------------------------------------------------------------------------------------------------

print("-- Made by tests/reference/rows.py with PyTorch %s; do not edit." % torch.__version__)
print("-- luacheck: ignore 631")
print("return {")
for c in CASES:
    print("  { lua = \"%s\"," % c["lua"])
    print("    shapes = %s, high = %d, labels = %s, scale = %s," % (
        formula.lua(c["shapes"]), c["high"], formula.lua(c["labels"]), formula.lua(c["scale"])))
    print("    " + ",\n    ".join("%s = %s" % (k, formula.lua(v)) for k, v in run(c).items()) + " },")
print("}")
