--- Show that an MLP with d hidden units has at least d! solutions for every local minimum.
-- Book section: "Optimization and Deep Learning", exercise 1.
--
-- The argument: f(x) = sum_j w2_j tanh(w1_j . x + b1_j) + b2 is a sum over the hidden units, and a
-- sum does not depend on the order of its terms. Whoever exchanges units, that is the rows of W1
-- and b1 and the columns of W2, gets other parameters with the same function, so the same loss and
-- a local minimum again. d units have d! orders, all different if no two units are equal. With
-- tanh there are even 2^d d!: turning the signs of one unit's weights changes nothing either.
--
-- Here a small MLP is trained, then its units are put into every order, with every choice of signs.
-- What to notice: the losses differ by rounding only, and no two of the parameter vectors agree.
local lab = require "optlab"
local nn, train = lab.nn, lab.train

local p = lab.params {
  d = {default = 4, help = "hidden units"},
  steps = {default = 300, help = "of the training"},
}
local X = lab.rand(40, 2, {dtype = "float64"}) * 2 - 1
local y = lab.sin(3 * X[{{}, {1, 1}}]) * X[{{}, {2, 2}}]
local first, second = nn.Linear(2, p.d):to("float64"), nn.Linear(p.d, 1):to("float64")
local function output(W1, b1, W2) return lab.tanh(X:mm(W1:t()) + b1):mm(W2:t()) + second.bias end
local function loss(W1, b1, W2) return ((output(W1, b1, W2) - y) ^ 2):mean() end

local optimizer = lab.optim.Adam({first.weight, first.bias, second.weight, second.bias}, {lr = 0.05})
for _ = 1, p.steps do
  optimizer:zero_grad()
  loss(first.weight, first.bias, second.weight):backward()
  optimizer:step()
end

-- Calls visit with every order of 1 .. n.
local function orders(n, visit, list)
  list = list or lab.arange(1, n + 1):tolist()
  if n == 1 then return visit(list) end
  for i = 1, n do
    list[i], list[n] = list[n], list[i]
    orders(n - 1, visit, list)
    list[i], list[n] = list[n], list[i]
  end
end

local W1, b1, W2 = first.weight:detach(), first.bias:detach(), second.weight:detach()
local reached, change, seen, count = loss(W1, b1, W2):item(), 0, {}, 0
orders(p.d, function(order)
  local units = lab.tensor(order):to("int64")
  for choice = 0, 2 ^ p.d - 1 do
    local signs = {}
    for j = 1, p.d do signs[j] = (choice >> (j - 1)) & 1 == 1 and -1 or 1 end
    signs = lab.tensor(signs, {dtype = "float64"})
    local V1, c1, V2 = W1[units] * signs:reshape(-1, 1), b1[units] * signs, W2[{{}, units}] * signs
    change = math.max(change, math.abs(loss(V1, c1, V2):item() - reached))
    local key = tostring(lab.cat {V1:flatten(), c1, V2:flatten()})
    if not seen[key] then seen[key], count = true, count + 1 end
  end
end)
train.record("solutions", p.d, {count = count, change = change, loss = reached})
print(("d = %d hidden units, loss %.6f after the training"):format(p.d, reached))
print(("orders and signs give %d different parameter vectors of the same loss"):format(count))
print(("(d! = %d orders, 2^d = %d signs); the losses differ by at most %.1g"):format(count >> p.d, 1 << p.d, change))
