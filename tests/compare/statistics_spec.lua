local statistics = require "optlab.compare.statistics"

describe("statistics", function()
  it("have NumPy's quantiles", function()
    local list = { 1, 2, 4, 8, 16 }
    assert.same({ 1, 2, 4, 8, 16 }, { statistics.quantile(list, 0), statistics.quantile(list, 0.25),
      statistics.quantile(list, 0.5), statistics.quantile(list, 0.75), statistics.quantile(list, 1) })
    assert.near(1.4, statistics.quantile(list, 0.1), 1e-12)
    assert.equal(3, statistics.median { 4, 1, 2, 100 })
    assert.equal(0, statistics.median { -1.5e308, 1.5e308 }) -- their difference is infinite
    assert.equal(7, statistics.median { 7 })
  end)

  it("have an infinite median where half of the numbers are lost", function()
    assert.equal(2, statistics.median { 1, 2, math.huge })
    assert.equal(math.huge, statistics.median { 1, 2, math.huge, math.huge })
    assert.equal(-math.huge, statistics.median { 1, 2, -math.huge, -math.huge }) -- of accuracies -inf is the worst
    assert.equal(2, statistics.quantile({ -math.huge, 1, 2 }, 1))
    assert.equal(-math.huge, statistics.quantile({ -math.huge, 1, 2 }, 0.25))
  end)

  it("have mean and standard deviation with n - 1", function()
    local mean, deviation = statistics.moments { 2, 4, 4, 4, 5, 5, 7, 9 }
    assert.equal(5, mean)
    assert.near(2.13808993529939, deviation, 1e-12)
    assert.same({ 3.0 }, { statistics.moments { 3 } })
  end)

  it("have an interval that holds the mean, is the same each time, and shrinks with more numbers", function()
    local few, many = { 1, 2, 3, 4 }, {}
    for i = 1, 100 do many[i] = few[i % 4 + 1] end
    local low, high = statistics.interval(few)
    assert.is_true(low > 1 and low < 2.5 and high > 2.5 and high < 4)
    assert.same({ low, high }, { statistics.interval(few) })
    local low_many, high_many = statistics.interval(many)
    assert.is_true(high_many - low_many < (high - low) / 3)
    assert.same({ 5, 5 }, { statistics.interval { 5, 5, 5 } })
    assert.is_nil((statistics.interval { 1 }))
  end)

  -- NumPy 1.24: np.quantile, a.std(ddof = 1).
  it("are NumPy's and SciPy's", function()
    local a = { 0.2431, 0.2389, 0.2517, 0.2402, 0.2466, 0.2399, 0.2448, 0.2555, 0.2410, 0.2423 }
    local b = { 0.2512, 0.2401, 0.2603, 0.2498, 0.2519, 0.2444, 0.2450, 0.2649, 0.2480, 0.2420 }
    local sorted = statistics.sorted(a)
    for q, value in pairs { [0.025] = 0.239125, [0.1] = 0.2398, [0.25] = 0.2404, [0.5] = 0.2427, [0.75] = 0.24615,
      [0.9] = 0.25208, [0.975] = 0.254645 } do
      assert.near(value, statistics.quantile(sorted, q), 1e-15)
    end
    local mean, deviation = statistics.moments(a)
    assert.near(0.2444, mean, 1e-15)
    assert.near(0.005449770637375485, deviation, 1e-15)
    local differences = {}
    for i = 1, #a do differences[i] = a[i] - b[i] end
    -- scipy.stats.bootstrap((d,), np.mean, n_resamples = 400000, method = "percentile"): 95 %, 50 %
    local found = statistics.paired(differences)
    assert.near(-0.00536, found.mean, 1e-15)
    assert.near(-0.00753, found.low, 2e-4)
    assert.near(-0.00305, found.high, 2e-4)
    local low, high = statistics.interval(differences, 0.5)
    assert.near(-0.00616, low, 1e-4)
    assert.near(-0.00459, high, 1e-4)
    -- all 5^5 resamples of the first five
    low, high = statistics.interval({ table.unpack(differences, 1, 5) })
    assert.near(-0.0089, low, 3e-4)
    assert.near(-0.00366, high, 3e-4)
  end)

  it("cover the true mean about as often as they say", function()
    local state, covered = 1, 0
    local function uniform()
      state = (state * 6364136223846793005 + 1442695040888963407) & 0x7FFFFFFFFFFFFFFF
      return (state >> 20) / (1 << 43)
    end
    for _ = 1, 200 do
      local list = {}
      for i = 1, 20 do list[i] = uniform() + uniform() + uniform() end
      local low, high = statistics.interval(list)
      if low <= 1.5 and 1.5 <= high then covered = covered + 1 end
    end
    assert.is_true(covered >= 176 and covered <= 199) -- 95 % less what a bootstrap of 20 numbers loses
  end)

  it("count pairs in which a run was lost, apart from the means", function()
    local found = statistics.paired { -1, -3, math.huge, 0, 0 / 0 }
    assert.same({ 5, 3, 2, 1 }, { found.pairs, found.finite, found.lower, found.higher })
    assert.near(-4 / 3, found.mean, 1e-12)
    assert.is_true(found.low < found.mean and found.mean < found.high)
    assert.same({ pairs = 0, finite = 0, lower = 0, higher = 0 }, statistics.paired {})
  end)
end)
