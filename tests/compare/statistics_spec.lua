local statistics = require "optlab.compare.statistics"

describe("statistics", function()
  it("have NumPy's quantiles", function()
    local list = { 1, 2, 4, 8, 16 }
    assert.same({ 1, 2, 4, 8, 16 }, { statistics.quantile(list, 0), statistics.quantile(list, 0.25),
      statistics.quantile(list, 0.5), statistics.quantile(list, 0.75), statistics.quantile(list, 1) })
    assert.near(1.4, statistics.quantile(list, 0.1), 1e-12)
    assert.equal(3, statistics.median { 4, 1, 2, 100 })
    assert.equal(7, statistics.median { 7 })
  end)

  it("have an infinite median where half of the numbers are lost", function()
    assert.equal(2, statistics.median { 1, 2, math.huge })
    assert.equal(math.huge, statistics.median { 1, 2, math.huge, math.huge })
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
