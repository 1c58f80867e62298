#!/usr/bin/python3
"""Steps of PyTorch's LBFGS on the problem of tests/support/valley.lua, as a Lua table.

    /usr/bin/python3 tests/reference/lbfgs.py        writes lbfgs_values.lua beside this file
"""
import os

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
KEPT = 8  # steps of each case, and the last; where a change of the start by its last bit makes a difference, fewer
CASES = [  # options, number of steps
    ({"lr": 0.1}, 50),
    ({"lr": 0.05, "max_iter": 5, "history_size": 3}, 50),
    ({"line_search_fn": "strong_wolfe"}, 50),
    ({"lr": 0.5, "line_search_fn": "strong_wolfe", "max_iter": 3, "history_size": 2}, 50),
    ({"lr": 20, "line_search_fn": "strong_wolfe", "max_iter": 6, "max_eval": 9}, 50),
    ({"lr": 0.02, "max_iter": 1}, 50),
    ({"line_search_fn": "strong_wolfe", "max_iter": 1}, 50),
    ({"lr": 0.3, "tolerance_grad": 1e-3, "tolerance_change": 1e-6, "line_search_fn": "strong_wolfe"}, 50),
]


def lua(v):
    return '"%s"' % v if isinstance(v, str) else repr(v)


def steps_of(options, steps, change=0.0):
    """After each step: counts, and the parameters."""
    a = torch.tensor([0.3 * (1 + change), -0.7, 1.2, 0.5], dtype=torch.float64, requires_grad=True)
    b = torch.tensor([[0.1, 0.9, -0.4], [-1.1, 0.2, 0.6]], dtype=torch.float64, requires_grad=True)
    opt = torch.optim.LBFGS([a, b], **options)

    def closure():
        opt.zero_grad()
        bend = b[:, :2] - a.reshape(2, 2) ** 2
        loss = ((1 - a) ** 2).sum() + 3 * (bend ** 2).sum() + 0.1 * (b ** 4).sum()
        loss.backward()
        return loss

    for _ in range(steps):
        opt.step(closure)
        s = opt.state[a]
        yield s["n_iter"], s["func_evals"], a.tolist() + b.reshape(-1).tolist()


def run(options, steps):
    rows = []
    both = zip(steps_of(options, steps), steps_of(options, steps, 2.0 ** -52))
    for step, (here, beside) in enumerate(both, 1):
        n_iter, func_evals, values = here
        certain = here[:2] == beside[:2] and all(abs(x - y) < 1e-11 for x, y in zip(values, beside[2]))
        if certain and (step <= KEPT or step == steps):
            values = [repr(x) for x in values]
            rows.append("      { step = %d, n_iter = %d, func_evals = %d, values = {\n        %s,\n        %s } },"
                        % (step, n_iter, func_evals, ", ".join(values[:5]), ", ".join(values[5:])))
    return "  { options = { %s }, steps = {\n%s\n    } }," % (
        ", ".join("%s = %s" % (k, lua(v)) for k, v in options.items()), "\n".join(rows))


def main():
    with open(os.path.join(HERE, "lbfgs_values.lua"), "w") as f:
        f.write("--- Parameters after the first steps and after the last of PyTorch's LBFGS.\n-- Written by tests/reference/lbfgs.py (PyTorch %s, "
                "float64); do not edit.\nreturn {\n" % torch.__version__.split("+")[0])
        f.write("\n".join(run(*case) for case in CASES) + "\n}\n")


main()
