--- Does Adagrad notice that a function was turned by 45 degrees?
-- Book section: "Adagrad", exercise 2. Asked: f(x) = 0.1 x1^2 + 2 x2^2 and the same turned by 45
-- degrees.
--
-- The book's turned function 0.1 (x1 + x2)^2 + 2 (x1 - x2)^2 is not only turned: it lacks a
-- division by 2, so its eigenvalues are twice those of f, and it is stretched by sqrt 2, too. Here
-- both are tried, and the true turn, from the point with the same value. Beside Adagrad, gradient
-- descent, to which a turn makes no difference.
-- The figure: "paths", Adagrad on f and on f turned. It needs the axes of the ellipses to be its
-- own axes.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  lr = {default = 0.4, min = 0, help = "of Adagrad"},
  lr_sgd = {default = 0.2, min = 0, help = "of gradient descent"},
  steps = {default = 40, min = 1, help = "of each descent"},
}

local function f(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end
local function book(x1, x2) return 0.1 * (x1 + x2) ^ 2 + 2 * (x1 - x2) ^ 2 end
local function turned(x1, x2) return book(x1, x2) / 2 end
local h = math.sqrt(0.5)
local start = {h * (-5 - 2), h * (-5 + 2)} -- (-5, -2) turned: f has the same value there

local hessian = lab.func.hessian(function(x) return book(x[1], x[2]) end)(lab.tensor({0, 0}, {dtype = "float64"}))
local small, large = hessian[1][1]:item() + hessian[1][2]:item(), hessian[1][1]:item() - hessian[1][2]:item()
print(("eigenvalues: f 0.2 and 4, the book's turned f %g and %g: also stretched"):format(small, large))
train.record("eigenvalues", 0, {small = small, large = large})

local figures = {}
local cases = {{"f", f, {-5, -2}}, {"f turned", turned, start}, {"book's turned", book, {-5, -2}}}
for _, case in ipairs(cases) do
  local name, g, x0 = table.unpack(case)
  local path = train.descend(g, x0, {"Adagrad", lr = p.lr}, p.steps)
  local plain = train.descend(g, x0, {"SGD", lr = p.lr_sgd}, p.steps)
  local adagrad, sgd = g(table.unpack(path[#path])), g(table.unpack(plain[#plain]))
  print(("%-14s from %.3f: Adagrad %.4f, gradient descent %.4f"):format(name, g(table.unpack(x0)), adagrad, sgd))
  train.record(name, p.steps, {adagrad = adagrad, sgd = sgd})
  if #figures < 2 then
    figures[#figures + 1] = plot.trace2d(g, path, {title = ("Adagrad on %s, η = %g"):format(name, p.lr),
      x = {-5.5, 1, 0.1}, y = {-5.5, 1, 0.1}, levels = {0.1, 0.5, 1, 2, 5, 10, 20, 40}})
  end
end
plot.grid(figures, {size = {640, 340}}):save("paths")
