--- The look of the figures: gnuplot sources in plots/, found beside optlab's modules and written into every script.
-- @module optlab.plot.gnuplot.theme
local config = require "optlab.base.config"
local errors = require "optlab.base.errors"
local files = require "optlab.base.files"

local M = {}

--- The folder of gnuplot sources: plots/ of the source tree, of <prefix>/share/optlab, or of the rock.
-- @treturn string its path, with a slash at the end
function M.folder()
  return config.root .. "plots/"
end

local texts = {}

local function source(name)
  if not texts[name] then
    local text, message = files.read(M.folder() .. name)
    if not text then errors.raise("plot: %s", message) end
    texts[name] = text
  end
  return texts[name]
end

-- The commands of a gnuplot source: no comments, no blank lines.
local function commands(text)
  local lines = {}
  for line in (text .. "\n"):gmatch("(.-)\r?\n") do
    if not line:match("^%s*#") and not line:match("^%s*$") then lines[#lines + 1] = line end
  end
  return lines
end

--- The theme's commands.
-- @treturn {string,...}
function M.theme()
  return commands(source("theme.gp"))
end

-- The palettes of palettes.gp, where a line "# palette NAME" opens each: name, commands.
local function each_palette()
  return source("palettes.gp"):gmatch("# palette (%w+)\n(.-)\n\n")
end

--- The names of the palettes.
-- @treturn {string,...}
function M.palettes()
  local names = {}
  for name in each_palette() do names[#names + 1] = name end
  return names
end

--- The commands of one palette.
-- @string name "viridis", "magma", "coolwarm", "gray"
-- @treturn ?{string,...} nil if there is none of that name
function M.palette(name)
  for title, body in each_palette() do
    if title == name then return commands(body) end
  end
  return nil
end

return M
