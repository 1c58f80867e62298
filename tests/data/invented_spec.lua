--- Data sets that the program makes up: stand-ins, synthetic sets; texts.
local lab = require "optlab"
local core = require("optlab.core").data
local files = require "tests.support.files"
local message = require("tests.support.errors").message
local contains = require("tests.support.text").contains
local data, nn = lab.data, lab.nn

local function same(a, b) return a:ne(b):to("int64"):sum():item() == 0 end

describe("stand-ins", function()
  it("are pure functions of seed and number, with every class as often", function()
    for kind, classes in pairs { digits = 10, signs = 10, numbers = 10, objects = 40 } do
      local images, labels = core.glyphs(kind, classes, 3, 0, 200)
      assert.same({ 0, classes - 1 }, { labels:to("int64"):min():item(), labels:to("int64"):max():item() })
      for class = 0, classes - 1 do assert.equal(200 // classes, labels:eq(class):to("int64"):sum():item()) end
      local part, part_labels = core.glyphs(kind, classes, 3, 77, 30)
      assert.is_true(same(part, images:narrow(1, 78, 30)))
      assert.is_true(same(part_labels, labels:narrow(1, 78, 30)))
    end
  end)

  it("can be learned, but not by heart", function()
    lab.manual_seed(0)
    for kind, least in pairs { digits = 0.7, signs = 0.5, objects = 0.35 } do
      local images, labels = core.glyphs(kind, 10, 1, 0, 3000)
      local X, y = (images:to("float32") / 255):reshape(3000, -1), labels:to("int64") + 1
      local net = nn.Linear(X.shape[2], 10)
      local opt, loss = lab.optim.Adam(net:parameters(), { lr = 2e-3 }), nn.CrossEntropyLoss()
      for _ = 1, 6 do
        local set = { X:narrow(1, 1, 2500), y:narrow(1, 1, 2500) }
        for bx, by in data.loader(set, { batch_size = 50, shuffle = true }):batches() do
          opt:zero_grad()
          loss(net(bx), by):backward()
          opt:step()
        end
      end
      local right = lab.train.accuracy(net, { X = X:narrow(1, 2501, 500), y = y:narrow(1, 2501, 500) })
      assert.is_true(right > least and right < 0.99, ("%s: %g"):format(kind, right))
    end
  end)
end)

describe("data.text", function()
  local dir
  setup(function() dir = files.folder() end)
  teardown(function() files.remove(dir) end)

  it("numbers the characters of a file", function()
    local t = data.text(files.write(dir .. "/a.txt", "banana\n"))
    assert.same({ "\n", "a", "b", "n" }, t.vocabulary)
    assert.same({ 3, 2, 4, 2, 4, 2, 1 }, t.tokens:tolist())
    assert.equal("banana\n", t:decode(t.tokens))
    assert.same({ 4, 2 }, t:encode("na"):tolist())
    contains(message(t.encode, t, "nab?"), "Text:encode: the vocabulary has no character '?'")
    contains(message(t.decode, t, lab.tensor { 5 }), "a token must be from 1 to 4, got 5")
    local other = data.text(files.write(dir .. "/b.txt", "nab"), { vocabulary = t.vocabulary })
    assert.same({ 4, 2, 3 }, other.tokens:tolist())
    contains(message(data.text, files.write(dir .. "/c.txt", "nabu"), { vocabulary = t.vocabulary }),
      "the vocabulary has no character 'u'")
  end)

  it("takes UTF-8 by characters and other bytes as they are", function()
    local t = data.text(files.write(dir .. "/d.txt", "äöä"))
    assert.same({ 1, 2, 1 }, t.tokens:tolist())
    assert.equal("äö", t:decode(t.tokens:narrow(1, 1, 2)))
    assert.same({ 2, 1 }, data.text(files.write(dir .. "/e.txt", "\xffa"), { n = 2 }).tokens:tolist())
    assert.same({ 1 }, data.text(dir .. "/d.txt", { n = 1 }).tokens:tolist())
  end)

  it("makes one up, always the same", function()
    local t, longer = data.text { n = 5000 }, data.text { n = 9000 }
    assert.is_true(t.stand_in)
    assert.equal(longer:decode(longer.tokens):sub(1, 5000), t:decode(t.tokens))
  end)

  it("is cut into windows that go on from batch to batch", function()
    local set = data.windows(lab.arange(1, 22), 3, { batch_size = 2 })
    assert.same({ 6, 3 }, set.X.shape)
    local batches = {}
    for X, y in data.loader(set, { batch_size = 2 }):batches() do batches[#batches + 1] = { X:tolist(), y:tolist() } end
    assert.same({ { 1, 2, 3 }, { 10, 11, 12 } }, batches[1][1])
    assert.same({ { 4, 5, 6 }, { 13, 14, 15 } }, batches[2][1])
    assert.same({ { 5, 6, 7 }, { 14, 15, 16 } }, batches[2][2])
    contains(message(data.windows, lab.arange(6), 3, { batch_size = 2 }), "6 tokens are too few for 2 windows of 3")
  end)
end)

describe("synthetic sets", function()
  it("depend on their seed alone", function()
    for _, make in ipairs { data.spirals, data.moons, data.blobs, data.teacher_student,
      function(o) o.spectrum = { 1, 2 } return data.noisy_quadratic(o) end } do
      local a = make { n = 50, seed = 1 }
      lab.rand(3)
      assert.is_true(same(a.X, make { n = 50, seed = 1 }.X))
      assert.is_false(same(a.X, make { n = 50, seed = 2 }.X))
      assert.equal("float64", make { n = 50, dtype = "float64" }.X.dtype)
    end
    lab.manual_seed(4)
    local before = lab.rand(1):item()
    lab.manual_seed(4)
    data.moons()
    assert.equal(before, lab.rand(1):item())
  end)

  it("lie where they should", function()
    local s = data.spirals { n = 90, classes = 3, noise = 0 }
    assert.near(1, s.X:square():sum(2):sqrt():amax():item(), 1e-6)
    for class = 1, 3 do assert.equal(30, s.y:eq(class):to("int64"):sum():item()) end
    local m = data.moons { noise = 0, dtype = "float64" }
    local first = m.X:square():sum(2)
    local second = (m.X - lab.tensor({ 1, 0.5 }, { dtype = "float64" })):square():sum(2)
    assert.is_true((m.y:eq(1):to("float64") * (first - 1)):abs():amax():item() < 1e-12)
    assert.is_true((m.y:eq(2):to("float64") * (second - 1)):abs():amax():item() < 1e-12)
    local b = data.blobs { n = 3000, std = 0.5, features = 3 }
    local around = b.X - b.centers:index_select(1, b.y)
    assert.near(0.5, around:std():item(), 0.02)
  end)

  it("a quadratic has the spectrum that was asked for", function()
    local q = data.noisy_quadratic { spectrum = { 1, 4, 9, 0.5 }, dtype = "float64", n = 7 }
    local h = q.hessian
    assert.is_true((h - h:t()):abs():amax():item() == 0)
    local function trace(t) return (t * lab.eye(4, { dtype = "float64" })):sum():item() end
    assert.near(14.5, trace(h), 1e-12)
    assert.near(1 + 16 + 81 + 0.25, trace(h:matmul(h)), 1e-11)
    assert.near(1 + 64 + 729 + 0.125, trace(h:matmul(h):matmul(h)), 1e-10)
    assert.is_true(h[{ 1, 2 }]:item() ~= 0)
    assert.same({ { 2, 0 }, { 0, 3 } }, data.noisy_quadratic { spectrum = { 2, 3 }, rotate = false }.hessian:tolist())
    assert.equal(4, #q:subset(1, 4).hessian)
  end)

  it("a teacher answers through its weights", function()
    local t = data.teacher_student { n = 20, features = 3, hidden = { 4, 5 }, outputs = 2 }
    local y = t.X:matmul(t.teacher[1]:t()):tanh():matmul(t.teacher[2]:t()):tanh():matmul(t.teacher[3]:t())
    assert.is_true(same(y, t.y))
  end)
end)
