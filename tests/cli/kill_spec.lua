--- Runs that are killed: whole files, no lost rows, and the same end after they go on. sh scripts/kill tries many more.
local kill = require "tests.support.kill"

describe("a run that is ended at any moment", function()
  for _, signal in ipairs { "KILL", "TERM", "HUP", "INT" } do
    it("by SIG" .. signal .. " leaves whole files, and goes on to the same end", function()
      assert.same({}, (kill.try(signal, 3)))
    end)
  end
end)
