--- Linear algebra: `lab.linalg`.
-- @module optlab.linalg
local M = {}

for _, part in ipairs { "solve", "decompose", "norms", "products" } do
  for name, f in pairs(require("optlab.linalg." .. part)) do M[name] = f end
end

return M
