local lab = require "optlab"

describe("lab.progress", function()
  it("tells percent, rate, time left and the last loss as values, without a terminal", function()
    local loss
    local bar = lab.progress(8, "work", { unit = "examples", per_step = 10, loss = function() return loss end })
    assert.same({ 0, 8, 0.0, "work", "examples" }, (function(s)
      assert.is_nil(s.rate or s.left or s.loss)
      return { s.count, s.total, s.percent, s.label, s.unit }
    end)(bar:state()))
    loss = 0.25
    for _ = 1, 2 do
      require("luv").sleep(20)
      bar:step()
    end
    local s = bar:state()
    assert.same({ 2, 25.0, 0.25 }, { s.count, s.percent, s.loss })
    assert.is_true(s.elapsed >= 0.04)
    assert.near(20 / s.elapsed, s.rate, 1e-6)
    assert.near(3 * s.elapsed, s.left, 1e-6)
    bar:set(8)
    bar:done()
    s = bar:state()
    assert.same({ 100.0, 0.0 }, { s.percent, s.left })
    assert.equal(s.elapsed, bar:state().elapsed) -- the clock stands
  end)

  it("gives the state of the innermost loop that goes on", function()
    collectgarbage() -- bars that other specs left unended
    assert.is_nil(lab.progress_state())
    for i in lab.progress(2, "outer") do
      for j in lab.progress(3, "inner") do
        assert.same({ "inner", j - 1 }, { lab.progress_state().label, lab.progress_state().count })
        if j == 2 then break end
      end
      assert.same({ "outer", 50.0 * (i - 1) }, { lab.progress_state().label, lab.progress_state().percent })
    end
    assert.is_nil(lab.progress_state())
  end)

  it("counts a loop that begins in the middle from there", function()
    local bar = lab.progress(10, { done = 5 })
    assert.same({ 50.0 }, { bar:state().percent })
    assert.is_nil(bar:state().rate)
    bar:done()
    local none <close> = lab.progress(0)
    assert.equal(100.0, none:state().percent)
  end)

  it("takes the loss of a tensor, and refuses what is no number", function()
    local bar <close> = lab.progress(2, { loss = function() return lab.tensor { 0.5 } end })
    assert.equal(0.5, bar:state().loss)
    local wrong <close> = lab.progress(2, { loss = function() return "small" end })
    assert.error_matches(function() wrong:state() end, "loss must be a number, .* got 'small'")
    assert.error_matches(function() bar:set(1.5) end, "Bar:set: count must be an integer, got 1.5")
  end)

  it("is read in a training", function()
    local nn, seen = lab.nn, {}
    local net = nn.Linear(2, 1)
    lab.train.fit {
      model = net, loss = nn.MSELoss(), optimizer = lab.optim.SGD(net:parameters(), {lr = 0.1}), epochs = 2,
      data = lab.data.loader({X = lab.ones(8, 2), y = lab.zeros(8, 1)}, {batch_size = 4}),
      on_epoch = function() seen[#seen + 1] = lab.progress_state().percent end,
    }
    assert.same({ 50.0, 100.0 }, seen)
  end)
end)
