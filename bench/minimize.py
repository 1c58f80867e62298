"""lab.minimize beside SciPy and NLopt on the problems of Moré, Garbow and Hillstrom; run by bench/minimize.

optlab answers for all of them (bench/minimize.lua): the functions, their derivatives and the counts are the same.
"""
import subprocess
import sys

import numpy as np
from scipy import optimize

try:
    import nlopt
except ImportError:
    nlopt = None


class Problems:
    def __init__(self, program):
        self.process = subprocess.Popen([program, "--no-keep", "--quiet", "bench/minimize.lua"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def ask(self, question, x=None):
        words = question if x is None else question + " " + " ".join("%.17g" % v for v in x)
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if answer.startswith("error") or (not answer and self.process.poll() is not None):
            raise RuntimeError("%s: %s" % (question, answer))
        return answer

    def numbers(self, question, x):
        return np.array([float(v) for v in self.ask(question, x).split()])

    def value(self, x):
        return self.numbers("value", x)[0]

    def gradient(self, x):
        both = self.numbers("gradient", x)
        return both[0], both[1:]

    def residuals(self, x):
        return self.numbers("residuals", x)

    def jacobian(self, x):
        return self.numbers("jacobian", x).reshape(-1, len(x))


def scipy(method, **options):
    with_gradient = method in ("BFGS", "L-BFGS-B", "CG", "SLSQP")

    def run(p, x):
        f = p.gradient if with_gradient else p.value
        optimize.minimize(f, x, jac=with_gradient, method=method, options=options)
    return run


def least_squares(p, x):
    optimize.least_squares(p.residuals, x, jac=p.jacobian, method="lm", gtol=1e-6, ftol=1e-15, xtol=1e-15,
                           max_nfev=20000)


def nlopt_run(name):
    def run(p, x):
        opt = nlopt.opt(getattr(nlopt, name), len(x))

        def f(y, grad):
            if not grad.size:
                return p.value(y)
            value, grad[:] = p.gradient(y)
            return value
        opt.set_min_objective(f)
        opt.set_xtol_rel(1e-8)
        opt.set_xtol_abs(1e-8)
        opt.set_maxeval(20000)
        try:
            opt.optimize(x)
        except (nlopt.RoundoffLimited, RuntimeError):
            pass
    return run


def ours(method):
    return lambda p, x: p.ask("solve " + method)


MANY = 20  # variables up to which methods by values alone are run
PAIRS = [  # (what kind, [(name, how)], up to how many variables)
    ("quasi-Newton", [("bfgs", ours("bfgs")), ("SciPy BFGS", scipy("BFGS", gtol=1e-6, maxiter=3000))], None),
    ("limited memory", [("lbfgs", ours("lbfgs")), ("SciPy L-BFGS-B", scipy("L-BFGS-B", gtol=1e-6, ftol=0, maxfun=20000,
                                                                         maxiter=3000)),
                        ("NLopt LD_LBFGS", nlopt_run("LD_LBFGS"))], None),
    ("conjugate", [("conjugate_gradient", ours("conjugate_gradient")), ("SciPy CG", scipy("CG", gtol=1e-6,
                                                                                      maxiter=3000))], None),
    ("least squares", [("levenberg_marquardt", ours("levenberg_marquardt")), ("SciPy lm (MINPACK)", least_squares)],
     None),
    ("simplex", [("nelder_mead", ours("nelder_mead")),
                 ("SciPy Nelder-Mead", scipy("Nelder-Mead", xatol=1e-8, fatol=1e-10, adaptive=True, maxfev=20000,
                                             maxiter=20000)),
                 ("NLopt LN_NELDERMEAD", nlopt_run("LN_NELDERMEAD"))], MANY),
    ("NLopt's own", [("bobyqa", ours("bobyqa")), ("NLopt LN_BOBYQA", nlopt_run("LN_BOBYQA"))], MANY),
    ("SQP", [("slsqp", ours("slsqp")), ("SciPy SLSQP", scipy("SLSQP", ftol=1e-14, maxiter=3000))], None),
]


def main():
    p = Problems(sys.argv[1])
    total = int(p.ask("list"))
    print("Evaluations of f until it is at a minimum (1e-5 of it, 1e-6 of 0) / in all; * never, with the least value found.")
    for kind, ways, most in PAIRS:
        ways = [(name, run) for name, run in ways if nlopt or not (name.startswith("NLopt") or kind == "NLopt's own")]
        print("\n%s\n%-26s %3s" % (kind, "problem", "n") + "".join(" %24s" % name for name, _ in ways))
        solved, evaluations, together = [0] * len(ways), [0] * len(ways), [[] for _ in ways]
        for i in range(1, total + 1):
            name, _, start = p.ask("problem %d" % i).split("|")
            x0 = np.array([float(v) for v in start.split()])
            if most and len(x0) > most:
                continue
            cells, counts = [], []
            for _, run in ways:
                p.ask("restart")
                try:
                    run(p, x0.copy())
                except (RuntimeError, ValueError, np.linalg.LinAlgError) as e:
                    print("  %s: %s" % (name, e), file=sys.stderr)
                in_all, _, reached, best, _ = p.ask("report").split()
                counts.append(int(reached))
                cells.append("%s / %s" % (reached, in_all) if int(reached) else "* %.4g / %s" % (float(best), in_all))
            for k, reached in enumerate(counts):
                solved[k] += reached > 0
                if all(counts):
                    together[k].append(reached / counts[0])
            print("%-26s %3d" % (name[:26], len(x0)) + "".join(" %24s" % c for c in cells))
        medians = ["1" if k == 0 else "%.2f" % np.median(r) if r else "-" for k, r in enumerate(together)]
        print("%-30s" % "solved" + "".join(" %24d" % s for s in solved))
        print("%-30s" % "evaluations over ours, median" + "".join(" %24s" % m for m in medians))


main()
