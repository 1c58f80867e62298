-- generate.lua ROOT FOLDER NAME FILE - writes the C of the optimizer ROOT/optlab/optim/rules/FOLDER/NAME.lua to FILE;
-- run when the library is built, by src/optim/rules/generate.c.
local root, folder, name, file = ...
package.path = ("%s/?.lua;%s/?/init.lua"):format(root, root)
package.preload["optlab.core"] = function() -- what messages ask of the library that is not yet built
  return { system = { nearest = function() return nil end, visible = function(text) return text end } }
end

local definition = require("optlab.optim.rules." .. folder .. "." .. name)
local text = require("optlab.optim.rule.definition").file(("%s/%s"):format(folder, name), name, definition)
local out = assert(io.open(file, "w"))
assert(out:write(text))
assert(out:close())
