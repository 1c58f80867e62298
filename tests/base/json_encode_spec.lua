--- Values as JSON text, and back.
local json = require "optlab.base.json"

describe("JSON text", function()
  it("reads back as the same value", function()
    local value = { name = "a\"b\n", list = { 1, 2.5, { x = true } }, inf = math.huge, low = -math.huge, one = 1.0 }
    local back = json.plain(assert(json.decode(json.encode(value))))
    assert.same(value, back)
    assert.equal("float", math.type(back.one))
    local nan = json.plain(json.decode(json.encode { x = 0 / 0 })).x
    assert.is_true(nan ~= nan)
  end)

  it("sorts names, and tells an empty list from an empty object", function()
    assert.equal('{"a": [], "b": {}, "c": null}', json.encode { c = json.null, b = {}, a = json.array {} })
  end)
end)
