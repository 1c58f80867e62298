#!/usr/bin/python3
"""Writes tests/reference/nn_values.lua: PyTorch's outputs, gradients, texts and constants for layers and losses.

Needs PyTorch (made with Debian's python3-torch 1.13); the tests read the committed file and need no Python.

    /usr/bin/python3 tests/reference/nn.py > tests/reference/nn_values.lua
"""

import math
import textwrap

import torch
from torch import nn

torch.manual_seed(20240229)
F64 = torch.float64


def randn(*shape, scale=1.0):
    return scale * torch.randn(*shape, dtype=F64)


def rand(*shape):
    return torch.rand(*shape, dtype=F64)


def labels(high, *shape):
    return torch.randint(0, high, shape)


# --- cases -----------------------------------------------------------------------------------------------------------
# Lua source of the layer and of its functional form (a, b: the inputs, p: the parameters), PyTorch's layer, the inputs.

CASES = []


def case(lua, functional, module, *inputs):
    CASES.append((lua, functional, module.double(), inputs))


def trained(module, *batches):
    """Gives a batch norm unusual weights, and statistics from some batches."""
    for parameter in module.double().parameters():
        nn.init.normal_(parameter)
    for x in batches:
        module(x)
    return module


def matrix(*rows):
    return torch.tensor(rows, dtype=F64)


edge = matrix([-2.5, -0.0, 0.0, 0.5], [30.0, -30.0, 1.0, -1.0])  # zeros and far ends

case("nn.Linear(3, 2)", "F.linear(a, p.weight, p.bias)", nn.Linear(3, 2), randn(4, 3))
case("nn.Linear(3, 2, {bias=false})", "F.linear(a, p.weight)", nn.Linear(3, 2, bias=False), randn(3))
case("nn.Linear(5, 1)", "F.linear(a, p.weight, p.bias)", nn.Linear(5, 1), randn(2, 3, 5))

for x in (randn(3, 4), edge):
    case("nn.ReLU()", "F.relu(a)", nn.ReLU(), x)
    case("nn.LeakyReLU()", "F.leaky_relu(a)", nn.LeakyReLU(), x)
    case("nn.LeakyReLU{negative_slope=0.2}", "F.leaky_relu(a, 0.2)", nn.LeakyReLU(0.2), x)
    case("nn.ELU()", "F.elu(a)", nn.ELU(), x)
    case("nn.ELU(0.5)", "F.elu(a, {alpha=0.5})", nn.ELU(0.5), x)
    case("nn.SiLU()", "F.silu(a)", nn.SiLU(), x)
    case("nn.GELU()", "F.gelu(a)", nn.GELU(), x)
    case("nn.GELU('tanh')", "F.gelu(a, {approximate='tanh'})", nn.GELU("tanh"), x)
    case("nn.Softplus()", "F.softplus(a)", nn.Softplus(1.0, 20.0), x)
    case("nn.Softplus{beta=2, threshold=1}", "F.softplus(a, 2, 1)", nn.Softplus(2.0, 1.0), x)
    case("nn.Sigmoid()", "F.sigmoid(a)", nn.Sigmoid(), x)
    case("nn.Tanh()", "F.tanh(a)", nn.Tanh(), x)
    case("nn.Identity()", None, nn.Identity(), x)

case("nn.Softmax(2)", "F.softmax(a, 2)", nn.Softmax(1), randn(3, 4, scale=3))
case("nn.Softmax{dim=1}", "F.softmax(a, {dim=1})", nn.Softmax(0), randn(3, 4, scale=3))
case("nn.Softmax()", "F.softmax(a)", nn.Softmax(-1), randn(2, 3, 4))
case("nn.LogSoftmax(2)", "F.log_softmax(a, 2)", nn.LogSoftmax(1), randn(2, 3, 4, scale=30))
case("nn.LogSoftmax()", "F.log_softmax(a, -1)", nn.LogSoftmax(-1), randn(5))

case("nn.Flatten()", "F.flatten(a, 2)", nn.Flatten(), randn(2, 3, 2, 2))
case("nn.Flatten(1)", "F.flatten(a, 1)", nn.Flatten(0), randn(2, 3, 2))
case("nn.Flatten(2, 3)", "F.flatten(a, {start_dim=2, end_dim=3})", nn.Flatten(1, 2), randn(2, 3, 2, 2))
case("nn.Flatten(-2)", "F.flatten(a, -2)", nn.Flatten(-2), randn(2, 3, 4))

for reduction in ("mean", "sum", "none"):
    r = "reduction='%s'" % reduction
    x, y = randn(3, 4, scale=2), randn(3, 4)
    x[0, 0] = y[0, 0]
    x[0, 1] = y[0, 1] + 1
    case("nn.MSELoss{%s}" % r, "F.mse_loss(a, b, {%s})" % r, nn.MSELoss(reduction=reduction), x, y)
    case("nn.L1Loss{%s}" % r, "F.l1_loss(a, b, {%s})" % r, nn.L1Loss(reduction=reduction), x, y)
    case("nn.HuberLoss{%s}" % r, "F.huber_loss(a, b, {%s})" % r, nn.HuberLoss(reduction=reduction), x, y)
    case("nn.HuberLoss{delta=0.3, %s}" % r, "F.huber_loss(a, b, {delta=0.3, %s})" % r,
         nn.HuberLoss(delta=0.3, reduction=reduction), x, y)
    case("nn.SmoothL1Loss{%s}" % r, "F.smooth_l1_loss(a, b, {%s})" % r, nn.SmoothL1Loss(reduction=reduction), x, y)
    case("nn.SmoothL1Loss{beta=0.4, %s}" % r, "F.smooth_l1_loss(a, b, {beta=0.4, %s})" % r,
         nn.SmoothL1Loss(beta=0.4, reduction=reduction), x, y)
    case("nn.SmoothL1Loss{beta=0, %s}" % r, "F.smooth_l1_loss(a, b, {beta=0, %s})" % r,
         nn.SmoothL1Loss(beta=0.0, reduction=reduction), x + 0.01, y)

    p, t = rand(3, 2), rand(3, 2)
    case("nn.BCELoss{%s}" % r, "F.binary_cross_entropy(a, b, {%s})" % r, nn.BCELoss(reduction=reduction), p, t)
    logits = torch.cat([randn(3, 2, scale=3), matrix([60.0, -60.0])])
    t = torch.cat([rand(3, 2), matrix([0.0, 1.0])])
    case("nn.BCEWithLogitsLoss{%s}" % r, "F.binary_cross_entropy_with_logits(a, b, {%s})" % r,
         nn.BCEWithLogitsLoss(reduction=reduction), logits, t)
    case("nn.BCEWithLogitsLoss{pos_weight=f64{2, 0.5}, %s}" % r, None,
         nn.BCEWithLogitsLoss(pos_weight=matrix([2.0, 0.5])[0], reduction=reduction), logits, t)

    w = matrix([1.0, 0.5, 2.0, 0.25])[0]
    lua_w = "weight=f64{1, 0.5, 2, 0.25}"
    scores, y = randn(5, 4, scale=2), labels(4, 5)
    deep, deep_y = randn(2, 4, 3), labels(4, 2, 3)
    q = torch.softmax(randn(5, 4), 1)
    for x, y in ((scores, y), (deep, deep_y), (randn(4), labels(4))):
        case("nn.NLLLoss{%s}" % r, "F.nll_loss(a, b, {%s})" % r, nn.NLLLoss(reduction=reduction),
             torch.log_softmax(x, 1 if x.dim() > 1 else 0), y)
        case("nn.CrossEntropyLoss{%s}" % r, "F.cross_entropy(a, b, {%s})" % r,
             nn.CrossEntropyLoss(reduction=reduction), x, y)
    case("nn.NLLLoss{%s, %s}" % (lua_w, r), None, nn.NLLLoss(weight=w, reduction=reduction),
         torch.log_softmax(scores, 1), labels(4, 5))
    for x, y in ((scores, labels(4, 5)), (deep, deep_y), (scores, q)):
        case("nn.CrossEntropyLoss{%s, %s}" % (lua_w, r), None, nn.CrossEntropyLoss(weight=w, reduction=reduction), x, y)
        case("nn.CrossEntropyLoss{label_smoothing=0.1, %s}" % r, "F.cross_entropy(a, b, {label_smoothing=0.1, %s})" % r,
             nn.CrossEntropyLoss(label_smoothing=0.1, reduction=reduction), x, y)
        case("nn.CrossEntropyLoss{label_smoothing=0.1, %s, %s}" % (lua_w, r), None,
             nn.CrossEntropyLoss(label_smoothing=0.1, weight=w, reduction=reduction), x, y)

case("nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Sequential(nn.Linear(5, 3), nn.LogSoftmax(2)))", None,
     nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Sequential(nn.Linear(5, 3), nn.LogSoftmax(1))), randn(6, 4))

# Images: odd sizes, strides, paddings, pairs, batches that are no multiple of anything.
case("nn.Conv2d(1, 1, 1)", "F.conv2d(a, p.weight, p.bias)", nn.Conv2d(1, 1, 1), randn(1, 1, 1, 1))
case("nn.Conv2d(2, 3, 3)", "F.conv2d(a, p.weight, p.bias)", nn.Conv2d(2, 3, 3), randn(5, 2, 7, 5))
case("nn.Conv2d(1, 2, 5, {padding=2})", "F.conv2d(a, p.weight, p.bias, {padding=2})", nn.Conv2d(1, 2, 5, padding=2),
     randn(1, 1, 4, 9))
case("nn.Conv2d(3, 2, {2, 3}, {stride={3, 2}, padding={0, 4}, bias=false})",
     "F.conv2d(a, p.weight, nil, {3, 2}, {0, 4})",
     nn.Conv2d(3, 2, (2, 3), stride=(3, 2), padding=(0, 4), bias=False), randn(2, 3, 7, 6))
case("nn.Conv2d(1, 2, 3, 4, 1)", "F.conv2d(a, p.weight, p.bias, 4, 1)", nn.Conv2d(1, 2, 3, 4, 1), randn(17, 1, 4, 3))
case("nn.Conv2d(1, 1, {1, 2}, {stride={1, 5}, padding={6, 7}})",
     "F.conv2d(a, p.weight, {bias=p.bias, stride={1, 5}, padding={6, 7}})",
     nn.Conv2d(1, 1, (1, 2), (1, 5), (6, 7)), randn(1, 1, 2, 2))

ties = labels(4, 2, 1, 5, 4).double()
for x in (randn(1, 1, 2, 2), randn(5, 1, 5, 3), ties, -1 - rand(17, 1, 3, 2)):
    case("nn.MaxPool2d(2)", "F.max_pool2d(a, 2)", nn.MaxPool2d(2), x)
    case("nn.MaxPool2d(2, {stride=1, padding=1})", "F.max_pool2d(a, 2, 1, 1)", nn.MaxPool2d(2, 1, 1), x)
    case("nn.AvgPool2d(2)", "F.avg_pool2d(a, 2)", nn.AvgPool2d(2), x)
    case("nn.AvgPool2d{kernel_size=2, stride={1, 3}, padding={0, 1}}", "F.avg_pool2d(a, 2, {1, 3}, {0, 1})",
         nn.AvgPool2d(2, (1, 3), (0, 1)), x)
case("nn.MaxPool2d({2, 3}, {stride={3, 1}, padding={1, 0}})", "F.max_pool2d(a, {2, 3}, {3, 1}, {1, 0})",
     nn.MaxPool2d((2, 3), (3, 1), (1, 0)), randn(2, 3, 5, 6))
case("nn.AvgPool2d({2, 3}, {padding=1})", "F.avg_pool2d(a, {2, 3}, {padding=1})", nn.AvgPool2d((2, 3), padding=1),
     randn(2, 3, 5, 6))

case("nn.BatchNorm1d(3)", None, trained(nn.BatchNorm1d(3)), randn(5, 3))
case("nn.BatchNorm1d(2)", None, trained(nn.BatchNorm1d(2), randn(4, 2, 3)), randn(1, 2, 3))
case("nn.BatchNorm1d(3, {affine=false})", None, trained(nn.BatchNorm1d(3, affine=False), randn(6, 3)), randn(2, 3))
case("nn.BatchNorm2d(2, {eps=0.1, momentum=0.3})", None,
     trained(nn.BatchNorm2d(2, eps=0.1, momentum=0.3), randn(3, 2, 2, 2), randn(2, 2, 3, 1)), randn(17, 2, 3, 1))
case("nn.BatchNorm2d(2, {track_running_stats=false})",
     "F.batch_norm(a, nil, nil, p.weight, p.bias, {training=true})",
     trained(nn.BatchNorm2d(2, track_running_stats=False)), randn(3, 2, 2, 3))
case("nn.BatchNorm2d(2, {track_running_stats=false}):eval()", None,
     trained(nn.BatchNorm2d(2, track_running_stats=False)).eval(), randn(3, 2, 2, 3))
case("nn.BatchNorm1d(3):eval()", "F.batch_norm(a, p.running_mean, p.running_var, p.weight, p.bias)",
     trained(nn.BatchNorm1d(3), 2 + 3 * randn(6, 3)).eval(), randn(5, 3))
case("nn.BatchNorm2d(3):eval()",
     "F.batch_norm(a, p.running_mean, p.running_var, {weight=p.weight, bias=p.bias})",
     trained(nn.BatchNorm2d(3), 1 - 2 * randn(6, 3, 2, 1)).eval(), randn(1, 3, 1, 1))
case("nn.Sequential(nn.Conv2d(1, 2, 3, 1, 1), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten())", None,
     nn.Sequential(nn.Conv2d(1, 2, 3, 1, 1), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
     randn(5, 1, 5, 4))

# Dilation, groups, "same" and "valid", signals, transposed convolutions.
for lua, functional, module, x in (
    ("Conv2d(2, 3, 3, {dilation=2})", "conv2d(a, p.weight, p.bias, {dilation=2})", nn.Conv2d(2, 3, 3, dilation=2),
     randn(1, 2, 6, 5)),
    ("Conv2d(4, 6, {2, 3}, {2, 1}, {1, 2}, {1, 2}, 2, false)", "conv2d(a, p.weight, nil, {2, 1}, {1, 2}, {1, 2}, 2)",
     nn.Conv2d(4, 6, (2, 3), (2, 1), (1, 2), (1, 2), 2, False), randn(1, 4, 5, 4)),
    ("Conv2d(3, 6, 3, {groups=3, padding='same'})", "conv2d(a, p.weight, p.bias, {groups=3, padding='same'})",
     nn.Conv2d(3, 6, 3, groups=3, padding="same"), randn(2, 3, 3, 4)),
    ("Conv2d(1, 2, {2, 4}, {padding='same', dilation={3, 1}})",
     "conv2d(a, p.weight, p.bias, {padding='same', dilation={3, 1}})",
     nn.Conv2d(1, 2, (2, 4), padding="same", dilation=(3, 1)), randn(2, 1, 5, 6)),
    ("Conv2d(2, 1, 2, {padding='valid', stride=2})", "conv2d(a, p.weight, p.bias, {padding='valid', stride=2})",
     nn.Conv2d(2, 1, 2, padding="valid", stride=2), randn(1, 2, 5, 4)),
    ("Conv2d(3, 4, 1, {stride=2})", "conv2d(a, p.weight, p.bias, 2)", nn.Conv2d(3, 4, 1, stride=2),
     randn(2, 3, 3, 4)),
    ("Conv1d(2, 3, 3)", "conv1d(a, p.weight, p.bias)", nn.Conv1d(2, 3, 3), randn(4, 2, 8)),
    ("Conv1d(4, 2, 4, {stride=3, padding=5, dilation=2, groups=2, bias=false})",
     "conv1d(a, p.weight, {stride=3, padding=5, dilation=2, groups=2})",
     nn.Conv1d(4, 2, 4, stride=3, padding=5, dilation=2, groups=2, bias=False), randn(3, 4, 9)),
    ("Conv1d(1, 1, 4, {padding='same'})", "conv1d(a, p.weight, p.bias, 1, 'same')", nn.Conv1d(1, 1, 4, padding="same"),
     randn(2, 1, 5)),
    ("ConvTranspose2d(2, 3, 3)", "conv_transpose2d(a, p.weight, p.bias)", nn.ConvTranspose2d(2, 3, 3),
     randn(2, 2, 3, 4)),
    ("ConvTranspose2d(4, 6, {3, 2}, {2, 3}, {1, 0}, {1, 2}, 2, true, {1, 2})",
     "conv_transpose2d(a, p.weight, p.bias, {2, 3}, {1, 0}, {1, 2}, 2, {1, 2})",
     nn.ConvTranspose2d(4, 6, (3, 2), (2, 3), (1, 0), (1, 2), 2, True, (1, 2)), randn(1, 4, 2, 3)),
    ("ConvTranspose2d(3, 1, 4, {stride=2, padding=1, bias=false})",
     "conv_transpose2d(a, p.weight, {stride=2, padding=1})",
     nn.ConvTranspose2d(3, 1, 4, stride=2, padding=1, bias=False), randn(2, 3, 3, 2)),
    ("ConvTranspose1d(2, 3, 4, {stride=2, padding=1, output_padding=1})",
     "conv_transpose1d(a, p.weight, p.bias, 2, 1, 1)",
     nn.ConvTranspose1d(2, 3, 4, stride=2, padding=1, output_padding=1), randn(3, 2, 5)),
    ("ConvTranspose1d(4, 2, 2, {groups=2, dilation=3, bias=false})",
     "conv_transpose1d(a, p.weight, {groups=2, dilation=3})",
     nn.ConvTranspose1d(4, 2, 2, groups=2, dilation=3, bias=False), randn(1, 4, 3)),
):
    case("nn." + lua, "F." + functional, module, x)


# --- divergences, likelihoods, margins: inputs away from the corners --------------------------------------------------

x1, x2, x3 = randn(5, 4), randn(5, 4), randn(5, 4)
signs = torch.tensor([1, -1, -1, 1, -1], dtype=F64)
signs4 = torch.where(randn(5, 4) > 0, 1.0, -1.0).double()
log_p, p = torch.log_softmax(randn(3, 4), 1), torch.softmax(randn(3, 4), 1)
p[0, 1] = 0
counts = matrix([0, 1, 2], [7, 3, 1])
for reduction in ("none", "mean", "sum"):
    r = 'reduction=\'%s\'' % reduction
    case("nn.KLDivLoss{%s}" % r, "F.kl_div(a, b, {%s})" % r, nn.KLDivLoss(reduction=reduction), log_p, p)
    case("nn.KLDivLoss{%s, log_target=true}" % r, None, nn.KLDivLoss(reduction=reduction, log_target=True), log_p,
         torch.log_softmax(randn(3, 4), 1))
    for log_input in (True, False):
        o = "log_input=%s, full=true, %s" % (str(log_input).lower(), r)
        case("nn.PoissonNLLLoss{%s}" % o, "F.poisson_nll_loss(a, b, {%s})" % o,
             nn.PoissonNLLLoss(log_input=log_input, full=True, reduction=reduction), rand(2, 3) + 0.5, counts)
    case("nn.GaussianNLLLoss{%s}" % r, "F.gaussian_nll_loss(a, b, c, {%s})" % r,
         nn.GaussianNLLLoss(reduction=reduction), x1, x2, rand(5, 4) + 0.1)
    case("nn.GaussianNLLLoss{full=true, eps=0.5, %s}" % r, None,
         nn.GaussianNLLLoss(full=True, eps=0.5, reduction=reduction), x1, x2, rand(5, 1))
    case("nn.HingeEmbeddingLoss{margin=0.5, %s}" % r, "F.hinge_embedding_loss(a, b, {margin=0.5, %s})" % r,
         nn.HingeEmbeddingLoss(margin=0.5, reduction=reduction), x1, signs4)
    case("nn.MarginRankingLoss{margin=0.3, %s}" % r, "F.margin_ranking_loss(a, b, c, {margin=0.3, %s})" % r,
         nn.MarginRankingLoss(margin=0.3, reduction=reduction), x1, x2, signs4)
    case("nn.CosineEmbeddingLoss{margin=0.1, %s}" % r, "F.cosine_embedding_loss(a, b, c, {margin=0.1, %s})" % r,
         nn.CosineEmbeddingLoss(margin=0.1, reduction=reduction), x1, x2, signs)
    case("nn.TripletMarginLoss{%s}" % r, "F.triplet_margin_loss(a, b, c, {%s})" % r,
         nn.TripletMarginLoss(reduction=reduction), x1, x2, x3)
    case("nn.TripletMarginLoss{margin=2, p=3, swap=true, %s}" % r, None,
         nn.TripletMarginLoss(margin=2, p=3, swap=True, reduction=reduction), x1, x2, x3)
case("nn.KLDivLoss{reduction='batchmean'}", None, nn.KLDivLoss(reduction="batchmean"), log_p, p)
case("nn.GaussianNLLLoss()", None, nn.GaussianNLLLoss(), x1, x2, rand(5) + 0.1)
case("nn.CosineSimilarity()", "F.cosine_similarity(a, b)", nn.CosineSimilarity(), x1, x2)
case("nn.CosineSimilarity(1, {eps=3})", "F.cosine_similarity(a, b, 1, {eps=3})", nn.CosineSimilarity(0, 3), x1, randn(4))
case("nn.PairwiseDistance()", "F.pairwise_distance(a, b)", nn.PairwiseDistance(), x1, x2)
case("nn.PairwiseDistance(1, {keepdim=true})", "F.pairwise_distance(a, b, 1, {keepdim=true})",
     nn.PairwiseDistance(1, keepdim=True), x1, randn(4))

# Pools of every kind, and images in another size.
for lua, functional, module, x in (
    ("MaxPool2d(3, {stride=2, padding=1, dilation=2, ceil_mode=true})",
     "max_pool2d(a, 3, {stride=2, padding=1, dilation=2, ceil_mode=true})",
     nn.MaxPool2d(3, 2, 1, 2, ceil_mode=True), randn(2, 3, 9, 6)),
    ("MaxPool2d(17, {padding=8, stride=3})", "max_pool2d(a, 17, {padding=8, stride=3})", nn.MaxPool2d(17, 3, 8),
     randn(1, 3, 18, 19)),
    ("MaxPool2d({2, 3}, {ceil_mode=true})", "max_pool2d(a, {2, 3}, {ceil_mode=true})",
     nn.MaxPool2d((2, 3), ceil_mode=True), randn(17, 2, 5, 7)),
    ("MaxPool1d(3, 2, 1)", "max_pool1d(a, 3, 2, 1)", nn.MaxPool1d(3, 2, 1), randn(3, 2, 8)),
    ("MaxPool1d(2, {dilation=3, ceil_mode=true})", "max_pool1d(a, 2, {dilation=3, ceil_mode=true})",
     nn.MaxPool1d(2, dilation=3, ceil_mode=True), randn(1, 2, 8)),
    ("AvgPool2d(3, {stride=2, padding=1, ceil_mode=true})", "avg_pool2d(a, 3, 2, 1, true)",
     nn.AvgPool2d(3, 2, 1, ceil_mode=True), randn(2, 3, 6, 8)),
    ("AvgPool2d({3, 2}, {stride=2, padding=1, ceil_mode=true, count_include_pad=false})",
     "avg_pool2d(a, {3, 2}, 2, 1, true, false)",
     nn.AvgPool2d((3, 2), 2, 1, True, False), randn(2, 1, 6, 7)),
    ("AvgPool2d(2, {divisor_override=3, padding=1})", "avg_pool2d(a, 2, {divisor_override=3, padding=1})",
     nn.AvgPool2d(2, padding=1, divisor_override=3), randn(2, 1, 5, 4)),
    ("AvgPool1d(4, 3, 2)", "avg_pool1d(a, 4, 3, 2)", nn.AvgPool1d(4, 3, 2), randn(2, 3, 9)),
    ("AvgPool1d(3, {stride=2, padding=1, ceil_mode=true, count_include_pad=false})",
     "avg_pool1d(a, 3, 2, 1, true, false)", nn.AvgPool1d(3, 2, 1, True, False), randn(2, 3, 8)),
    ("AdaptiveAvgPool2d({3, 4})", "adaptive_avg_pool2d(a, {3, 4})", nn.AdaptiveAvgPool2d((3, 4)), randn(2, 3, 7, 9)),
    ("AdaptiveAvgPool2d(1)", "adaptive_avg_pool2d(a, 1)", nn.AdaptiveAvgPool2d(1), randn(18, 2, 3, 5)),
    ("AdaptiveAvgPool2d(5)", "adaptive_avg_pool2d(a, 5)", nn.AdaptiveAvgPool2d(5), randn(1, 2, 3, 2)),
    ("AdaptiveAvgPool1d(3)", "adaptive_avg_pool1d(a, 3)", nn.AdaptiveAvgPool1d(3), randn(2, 3, 8)),
    ("AdaptiveMaxPool2d({3, 5})", "adaptive_max_pool2d(a, {3, 5})", nn.AdaptiveMaxPool2d((3, 5)), randn(2, 3, 7, 4)),
    ("AdaptiveMaxPool1d(3)", "adaptive_max_pool1d(a, 3)", nn.AdaptiveMaxPool1d(3), randn(2, 3, 7)),
    ("Upsample{scale_factor=2}", "interpolate(a, {scale_factor=2})", nn.Upsample(scale_factor=2), randn(2, 3, 3, 4)),
    ("Upsample{scale_factor=1.7}", "interpolate(a, {scale_factor=1.7})", nn.Upsample(scale_factor=1.7), randn(2, 3, 7)),
    ("Upsample({7, 2})", "interpolate(a, {7, 2})", nn.Upsample((7, 2)), randn(2, 3, 3, 5)),
    ("Upsample({7, 2}, {mode='nearest-exact'})", "interpolate(a, {7, 2}, {mode='nearest-exact'})",
     nn.Upsample((7, 2), mode="nearest-exact"), randn(2, 3, 3, 5)),
    ("Upsample{scale_factor=2, mode='bilinear'}", "interpolate(a, {scale_factor=2, mode='bilinear'})",
     nn.Upsample(scale_factor=2, mode="bilinear"), randn(17, 2, 3, 4)),
    ("Upsample{scale_factor=1.3, mode='bilinear'}", "interpolate(a, {scale_factor=1.3, mode='bilinear'})",
     nn.Upsample(scale_factor=1.3, mode="bilinear"), randn(1, 2, 5, 4)),
    ("Upsample({5, 9}, {mode='bilinear', align_corners=true})",
     "interpolate(a, {5, 9}, {mode='bilinear', align_corners=true})",
     nn.Upsample((5, 9), mode="bilinear", align_corners=True), randn(2, 3, 4, 7)),
    ("Upsample({2, 1}, {mode='bilinear'})", "interpolate(a, {2, 1}, {mode='bilinear'})",
     nn.Upsample((2, 1), mode="bilinear"), randn(2, 3, 5, 7)),
    ("Upsample({1, 6}, {mode='bilinear', align_corners=true})",
     "interpolate(a, {1, 6}, {mode='bilinear', align_corners=true})",
     nn.Upsample((1, 6), mode="bilinear", align_corners=True), randn(2, 1, 3, 1)),
    ("Upsample{size=7, mode='linear'}", "interpolate(a, {size=7, mode='linear'})", nn.Upsample(7, mode="linear"),
     randn(2, 3, 4)),
    ("Upsample({7, 5}, {mode='bicubic'})", "interpolate(a, {7, 5}, {mode='bicubic'})",
     nn.Upsample((7, 5), mode="bicubic"), randn(2, 3, 4, 6)),
    ("Upsample{scale_factor=1.6, mode='bicubic', align_corners=true}",
     "interpolate(a, {scale_factor=1.6, mode='bicubic', align_corners=true})",
     nn.Upsample(scale_factor=1.6, mode="bicubic", align_corners=True), randn(1, 2, 4, 5)),
):
    case("nn." + lua, "F." + functional, module, x)
case("nn.Sequential(nn.Upsample({3, 2}, {mode='area'}))", "F.interpolate(a, {3, 2}, {mode='area'})",
     nn.Sequential(nn.Upsample((3, 2), mode="area")), randn(2, 1, 7, 5))


# --- normalisation by groups and samples -------------------------------------------------------------------------------

for lua, functional, module, x in (
    ("BatchNorm1d(3, {momentum=false})", None,
     trained(nn.BatchNorm1d(3, momentum=None), randn(4, 3), 3 * randn(7, 3, 2)), randn(5, 3)),
    ("GroupNorm(2, 6)", "group_norm(a, 2, p.weight, p.bias)", trained(nn.GroupNorm(2, 6)), randn(2, 6, 3, 5)),
    ("GroupNorm(3, 3, {eps=0.1})", "group_norm(a, 3, {weight=p.weight, bias=p.bias, eps=0.1})",
     trained(nn.GroupNorm(3, 3, eps=0.1)), randn(4, 3, 7)),
    ("GroupNorm(1, 4, {affine=false})", "group_norm(a, 1)", nn.GroupNorm(1, 4, affine=False), randn(5, 4)),
    ("GroupNorm(4, 8)", "group_norm(a, 4, p.weight, p.bias, 1e-5)", trained(nn.GroupNorm(4, 8)), randn(1, 8, 2, 3, 2)),
    ("InstanceNorm1d(3)", "instance_norm(a)", nn.InstanceNorm1d(3), randn(4, 3, 5)),
    ("InstanceNorm1d(2, {affine=true})", None, trained(nn.InstanceNorm1d(2, affine=True)), randn(2, 17)),
    ("InstanceNorm2d(3, {affine=true, eps=0.2})", "instance_norm(a, nil, nil, p.weight, p.bias, {eps=0.2})",
     trained(nn.InstanceNorm2d(3, eps=0.2, affine=True)), randn(3, 3, 4, 3)),
    ("InstanceNorm2d(2, {track_running_stats=true, momentum=0.3})", None,
     trained(nn.InstanceNorm2d(2, momentum=0.3, track_running_stats=True), randn(3, 2, 2, 2)), randn(2, 2, 3, 4)),
    ("InstanceNorm2d(2, {affine=true, track_running_stats=true}):eval()",
     "instance_norm(a, p.running_mean, p.running_var, p.weight, p.bias, {use_input_stats=false})",
     trained(nn.InstanceNorm2d(2, affine=True, track_running_stats=True), randn(3, 2, 2, 2)).eval(), randn(2, 2, 3, 4)),
    ("InstanceNorm2d(4)", None, nn.InstanceNorm2d(4), randn(4, 3, 3)),
):
    case("nn." + lua, functional and "F." + functional, module, x)

# --- writing Lua ----------------------------------------------------------------------------------------------------


def put(line):
    """Prints a line, broken at spaces where it is long."""
    indent = " " * (len(line) - len(line.lstrip()))
    print(textwrap.fill(line, 118, initial_indent="", subsequent_indent=indent + "  ", drop_whitespace=True,
                        break_long_words=False, break_on_hyphens=False))


def number(v):
    if v == math.floor(v) and abs(v) < 1e15:
        return "%d" % v
    return "%.17g" % v


def tensor(t):
    """A flat list and its shape."""
    values = ", ".join(number(v) for v in t.detach().reshape(-1).tolist())
    return "{shape={%s}, values={%s}}" % (", ".join(str(n) for n in t.shape), values)


def target(t):
    """Labels count from 1 in optlab."""
    return tensor(t if t.is_floating_point() else t + 1)


def run(lua, functional, module, inputs):
    first = inputs[0].clone().requires_grad_()
    before = [(name, tensor(b)) for name, b in module.named_buffers()]
    out = module(first, *inputs[1:])
    cotangent = torch.cos(torch.arange(out.numel(), dtype=F64)).reshape(out.shape)
    params = list(module.named_parameters())
    grads = torch.autograd.grad(out, [first] + [p for _, p in params], cotangent)
    put("  {")
    print('    lua = "%s",' % lua)
    if functional:
        print('    functional = "%s",' % functional)
    put("    params = {%s}," % ", ".join('{"%s", %s}' % (name, tensor(p)) for name, p in params))
    if "BatchNorm" in lua or "InstanceNorm" in lua:
        put("    buffers = {%s}," % ", ".join('{"%s", %s}' % entry for entry in before))
        put("    buffers_after = {%s}," % ", ".join('{"%s", %s}' % (name, tensor(b))
                                                   for name, b in module.named_buffers()))
    put("    inputs = {%s}," % ", ".join(target(t) for t in inputs))
    put("    cotangent = %s," % tensor(cotangent))
    put("    output = %s," % tensor(out))
    put("    grads = {%s}," % ", ".join(tensor(g) for g in grads))
    put("  },")


TEXTS = [
    ("nn.Linear(5, 1)", nn.Linear(5, 1)),
    ("nn.Linear(5, 1, {bias=false})", nn.Linear(5, 1, bias=False)),
    ("nn.ReLU()", nn.ReLU()),
    ("nn.Sigmoid()", nn.Sigmoid()),
    ("nn.LeakyReLU()", nn.LeakyReLU()),
    ("nn.ELU()", nn.ELU()),
    ("nn.GELU()", nn.GELU()),
    ("nn.GELU{approximate='tanh'}", nn.GELU("tanh")),
    ("nn.Softplus()", nn.Softplus(1.0, 20.0)),
    ("nn.Dropout()", nn.Dropout()),
    ("nn.Dropout(0.2)", nn.Dropout(0.2)),
    ("nn.Softmax(-1)", nn.Softmax(-1)),
    ("nn.Identity()", nn.Identity()),
    ("nn.MSELoss()", nn.MSELoss()),
    ("nn.HuberLoss{delta=2}", nn.HuberLoss(delta=2)),
    ("nn.CrossEntropyLoss()", nn.CrossEntropyLoss()),
    ("nn.Conv2d(1, 6, 5, {padding=2})", nn.Conv2d(1, 6, 5, padding=2)),
    ("nn.Conv2d(3, 8, {3, 5}, {stride={2, 1}, bias=false})", nn.Conv2d(3, 8, (3, 5), stride=(2, 1), bias=False)),
    ("nn.Conv2d(4, 8, 3, {padding='same', dilation=2, groups=4})",
     nn.Conv2d(4, 8, 3, padding="same", dilation=2, groups=4)),
    ("nn.Conv1d(2, 4, 3, {padding=1, dilation=2, groups=2})", nn.Conv1d(2, 4, 3, padding=1, dilation=2, groups=2)),
    ("nn.ConvTranspose1d(2, 4, 3, {bias=false})", nn.ConvTranspose1d(2, 4, 3, bias=False)),
    ("nn.ConvTranspose2d(2, 4, 3, {stride=2, padding=1, output_padding=1})",
     nn.ConvTranspose2d(2, 4, 3, stride=2, padding=1, output_padding=1)),
    ("nn.MaxPool2d(2)", nn.MaxPool2d(2)),
    ("nn.MaxPool2d({3, 2}, {stride=2, padding={1, 0}})", nn.MaxPool2d((3, 2), stride=2, padding=(1, 0))),
    ("nn.AvgPool2d(2, {stride={2, 1}})", nn.AvgPool2d(2, stride=(2, 1))),
    ("nn.BatchNorm1d(5)", nn.BatchNorm1d(5)),
    ("nn.BatchNorm2d(6, {eps=0.001, momentum=0.5, affine=false, track_running_stats=false})",
     nn.BatchNorm2d(6, eps=0.001, momentum=0.5, affine=False, track_running_stats=False)),
    ("nn.BatchNorm1d(5, {momentum=false})", nn.BatchNorm1d(5, momentum=None)),
    ("nn.GroupNorm(2, 6)", nn.GroupNorm(2, 6)),
    ("nn.GroupNorm(3, 6, {eps=0.01, affine=false})", nn.GroupNorm(3, 6, eps=0.01, affine=False)),
    ("nn.InstanceNorm1d(5)", nn.InstanceNorm1d(5)),
    ("nn.InstanceNorm2d(5, {affine=true, track_running_stats=true})",
     nn.InstanceNorm2d(5, affine=True, track_running_stats=True)),
    ("nn.Dropout1d(0.1)", nn.Dropout1d(0.1)),
    ("nn.Dropout2d()", nn.Dropout2d()),
    ("nn.Sequential()", nn.Sequential()),
    ("nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.ReLU(), nn.Linear(3, 1)), nn.Tanh())",
     nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.ReLU(), nn.Linear(3, 1)), nn.Tanh())),
]

GAINS = [("linear", None), ("conv2d", None), ("sigmoid", None), ("tanh", None), ("relu", None), ("leaky_relu", None),
         ("leaky_relu", 0.2), ("selu", None)]


def std_of(shape, kind, a=0.0, mode="fan_in", nonlinearity="leaky_relu", gain=1.0):
    """The standard deviation of an initializer, from the bounds and widths PyTorch draws with."""
    fan_in, fan_out = nn.init._calculate_fan_in_and_fan_out(torch.empty(*shape))
    if kind == "xavier":
        return gain * math.sqrt(2.0 / (fan_in + fan_out))
    return nn.init.calculate_gain(nonlinearity, a) / math.sqrt(fan_in if mode == "fan_in" else fan_out)


STDS = [
    ("xavier", "xavier_%s_(t)", (60, 40), {}),
    ("xavier", "xavier_%s_(t, 2)", (60, 40), {"gain": 2.0}),
    ("xavier", "xavier_%s_(t, {gain=0.5})", (20, 10, 3, 5), {"gain": 0.5}),
    ("kaiming", "kaiming_%s_(t)", (60, 40), {}),
    ("kaiming", "kaiming_%s_(t, {nonlinearity='relu'})", (60, 40), {"nonlinearity": "relu"}),
    ("kaiming", "kaiming_%s_(t, {mode='fan_out', nonlinearity='tanh'})", (60, 40),
     {"mode": "fan_out", "nonlinearity": "tanh"}),
    ("kaiming", "kaiming_%s_(t, math.sqrt(5))", (20, 10, 3, 5), {"a": math.sqrt(5)}),
]

print("-- Made by tests/reference/nn.py with PyTorch %s; do not edit." % torch.__version__)
print("local M = {}")
print()
print("M.cases = {")
for c in CASES:
    run(*c)
print("}")
print()
print("M.texts = {")
for lua, module in TEXTS:
    print("  { lua = %s, text = [[\n%s]] }," % ('"%s"' % lua, module))
print("}")
print()
print("M.gains = {")
for name, param in GAINS:
    print('  { name = "%s", param = %s, gain = %.17g },'
          % (name, "nil" if param is None else param, nn.init.calculate_gain(name, param)))
print("}")
print()
print("M.stds = {")
for kind, lua, shape, options in STDS:
    print('  { lua = "%s", shape = {%s}, std = %.17g },'
          % (lua, ", ".join(map(str, shape)), std_of(shape, kind, **options)))
print("}")
print()
print("return M")
