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
    if not text then errors.raise("plot: cannot read %s", message) end
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

--- The commands of one palette of palettes.gp, where a line "# palette NAME" opens each.
-- @string name "viridis", "magma", "coolwarm", "gray"
-- @tparam string where how an error calls the function
-- @treturn {string,...}
function M.palette(name, where)
  local known, found = {}, nil
  for title, body in source("palettes.gp"):gmatch("# palette (%w+)\n(.-)\n\n") do
    known[#known + 1] = title
    if title == name then found = commands(body) end
  end
  if found then return found end
  errors.raise("%s: no palette %s; there are %s", where, tostring(name), table.concat(known, ", "))
end

return M
