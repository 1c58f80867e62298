--- cross_entropy against log_softmax and nll_loss; extreme scores; the same bits everywhere.
local lab = require "optlab"
local close = require "tests.support.close"
local tensors = require "tests.support.tensors"
local F = lab.nn.functional

describe("cross_entropy", function()
  local function with_gradient(f, x)
    local loss = f(x)
    return loss, lab.autograd.grad((loss * lab.cos(lab.arange(loss:numel())):reshape(loss.shape)):sum(), x)
  end

  -- The same by way of the logarithms of all probabilities.
  local function slow(y, options)
    return function(x) return F.nll_loss(F.log_softmax(x, 2), y, options) end
  end

  it("agrees with log_softmax and nll_loss for any number of rows and classes, in any memory order", function()
    lab.manual_seed(5)
    for _, rows in ipairs { 1, 15, 16, 17, 300 } do
      for _, classes in ipairs { 1, 2, 10, 33 } do
        local y = lab.randint(1, classes + 1, { rows })
        for dtype, tol in pairs { float32 = 2e-6, float64 = 1e-14 } do
          local x = (lab.randn({ rows, classes }, { dtype = dtype }) * 5):requires_grad_()
          local turned = x:detach():t():contiguous():t():requires_grad_()
          for _, options in ipairs { {}, { reduction = "none" } } do
            local loss, grad = with_gradient(slow(y, options), x)
            for _, scores in ipairs { x, turned } do
              local got, got_grad = with_gradient(function(a) return F.cross_entropy(a, y, options) end, scores)
              close.tensor(loss, got, tol, "loss")
              close.tensor(grad, got_grad, tol, "gradient")
            end
          end
        end
      end
    end
  end)

  it("overflows nowhere, and keeps NaN to its row", function()
    local x = lab.tensor({ { 1e4, -1e4, 0 }, { 0, 0, -math.huge }, { 1, 0 / 0, 2 } }, { requires_grad = true })
    local loss = F.cross_entropy(x, tensors.int64 { 2, 1, 1 }, { reduction = "none" })
    assert.equal(2e4, loss[1]:item())
    assert.near(math.log(2), loss[2]:item(), 1e-6)
    assert.is_true(loss[3]:item() ~= loss[3]:item())
    loss[{ { 1, 2 } }]:sum():backward()
    assert.same({ { 1, -1, 0 }, { -0.5, 0.5, 0 } }, x.grad[{ { 1, 2 } }]:tolist())
    assert.equal(0, F.cross_entropy(lab.zeros(0, 3), tensors.int64 {}, { reduction = "sum" }):item())
  end)

  it("gives a row the same bits wherever it stands, for any number of threads", function()
    local x, y = lab.randn(5000, 37), lab.randint(1, 38, { 5000 })
    local before = lab.get_num_threads()
    finally(function() lab.set_num_threads(before) end)
    local function bits(scores, labels)
      scores = scores:clone():requires_grad_()
      local each = F.cross_entropy(scores, labels, { reduction = "none", label_smoothing = 0.1 })
      local mean = F.cross_entropy(scores, labels, { label_smoothing = 0.1 })
      return { each:tolist(), mean:item(), lab.autograd.grad(each:sum(), scores):tolist() }
    end
    lab.set_num_threads(1)
    local one = bits(x, y)
    lab.set_num_threads(2)
    assert.same(one, bits(x, y))
    local part = bits(x[{ { 1235, 1260 } }], y[{ { 1235, 1260 } }])
    assert.same({ table.unpack(one[1], 1235, 1260) }, part[1])
    assert.same({ table.unpack(one[3], 1235, 1260) }, part[3])
  end)
end)
