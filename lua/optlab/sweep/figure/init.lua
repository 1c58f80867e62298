local M = {}
function M.draw() end
return M
