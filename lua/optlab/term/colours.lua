--- The colours of curves: in text the terminal's own, which suit its background; in pictures tones that can be told
-- from black and from white.
-- @module optlab.term.colours
local M = {}

local CODES = { 36, 33, 35, 32, 34, 31, 96, 93 }
local TONES = { 0x2a9fd6, 0xe08a1e, 0xb45fd0, 0x3fa34d, 0x5b7fe0, 0xd9534f, 0x20b2aa, 0xb8a020 }

M.RESET = "\27[39m"
M.GREY = 0x808080

--- The number of colours.
M.COUNT = #CODES

--- The bytes that switch to a colour.
-- @tparam integer i from 1
function M.text(i) return ("\27[%dm"):format(CODES[(i - 1) % #CODES + 1]) end

--- The colour in a picture, 0xRRGGBB.
-- @tparam integer i from 1
function M.tone(i) return TONES[(i - 1) % #TONES + 1] end

return M
