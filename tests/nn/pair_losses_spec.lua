--- Losses of pairs and distributions: second derivatives, compiled steps, what they refuse.
local lab = require "optlab"
local nn, F = lab.nn, lab.nn.functional

local F64 = { dtype = "float64", requires_grad = true }
local function x(...) return lab.randn({ ... }, F64) end
local signs = lab.tensor({ 1, -1, 1 }, { dtype = "float64" })

describe("losses of pairs and distributions", function()
  local CASES = {
    KLDivLoss = { function(a, b) return F.kl_div(a, lab.softmax(b, 2)) end, x(3, 4), x(3, 4) },
    PoissonNLLLoss = { F.poisson_nll_loss, x(3, 4), x(3, 4) },
    GaussianNLLLoss = { function(a, b, c) return F.gaussian_nll_loss(a, b, lab.exp(c)) end, x(3, 4), x(3, 4), x(3, 1) },
    HingeEmbeddingLoss = { function(a) return F.hinge_embedding_loss(a, signs) end, x(3) },
    MarginRankingLoss = { function(a, b) return F.margin_ranking_loss(a, b, signs) end, x(3), x(3) },
    CosineEmbeddingLoss = { function(a, b) return F.cosine_embedding_loss(a, b, signs) end, x(3, 4), x(3, 4) },
    TripletMarginLoss = { function(a, b, c) return F.triplet_margin_loss(a, b, c, 5) end, x(3, 4), x(3, 4), x(3, 4) },
    CosineSimilarity = { F.cosine_similarity, x(3, 4), x(3, 4) },
    PairwiseDistance = { F.pairwise_distance, x(3, 4), x(4) },
    normalize = { F.normalize, x(3, 4) },
  }
  for name, case in pairs(CASES) do
    it("have gradients of second order: " .. name, function()
      assert.is_true(lab.autograd.gradcheck(case[1], { table.unpack(case, 2) }))
    end)

    it("give the bits of the step itself when compiled: " .. name, function()
      local leaves = { table.unpack(case, 2) }
      local function step(scale)
        local scaled = {}
        for i, leaf in ipairs(leaves) do
          leaf.grad = nil
          scaled[i] = leaf * scale
        end
        case[1](table.unpack(scaled)):sum():backward()
        return leaves[1].grad:clone()
      end
      local compiled = lab.compile(step)
      for i = 1, 4 do
        local scale = lab.tensor(1 + i / 8, { dtype = "float64" })
        assert.same(step(scale):tolist(), compiled(scale):tolist())
      end
    end)
  end

  it("refuse what cannot be", function()
    assert.error_matches(function() F.gaussian_nll_loss(lab.ones(2), lab.ones(2), lab.tensor { 1, -1 }) end,
      "element 2 of the variance is %-1, must be at least 0")
    assert.error_matches(function() F.gaussian_nll_loss(lab.ones(2, 3), lab.ones(2, 3), lab.ones(3)) end,
      "var is %(3%), cannot be the variance for an input of %(2, 3%)")
    assert.error_matches(function() F.cosine_embedding_loss(lab.ones(2, 3), lab.ones(2, 3), lab.ones(3)) end,
      "must be %(N, D%) and %(N%)")
    assert.error_matches(function() F.cosine_similarity(lab.ones(2, 3), lab.ones(2, 3), 3) end, "dim is 3")
    assert.error_matches(function() F.pairwise_distance(lab.ones(2, 3), lab.ones(2, 2)) end, "they must broadcast")
    assert.error_matches(function() nn.TripletMarginLoss()(lab.ones(2), lab.ones(2, 2), lab.ones(2)) end,
      "as many dimensions")
  end)
end)
