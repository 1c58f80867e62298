local script_text = require "optlab.base.text.script_text"

describe("the opening comment of a script", function()
  it("is found behind a #! line and a BOM, and without the line ends of Windows", function()
    assert.equal("One.\nTwo.", script_text.opening_comment "#!/usr/bin/env optlab\n--- One.\n-- Two.\nlocal x")
    assert.equal("One.\nTwo.", script_text.opening_comment "\xef\xbb\xbf-- One.\r\n-- Two.\r\nlocal x\r\n")
    assert.equal("One.\nTwo.", script_text.opening_comment "--[[ One.\r\nTwo.\r\n]]\r\nlocal x")
    assert.equal("", script_text.opening_comment "local x -- One.")
  end)
end)
