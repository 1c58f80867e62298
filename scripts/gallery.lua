--- Draws the pictures that pages of the documentation show, with the scripts in these pages.
--
--     optlab scripts/gallery.lua FOLDER PAGE...
--
-- A page does what it says (tests/support/page.lua). The picture plots/gallery/descent-path.svg is the figure "path"
-- that its script descent.lua has drawn by the place at which the picture stands.
package.path = "./?.lua;" .. package.path
local files = require "tests.support.files"
local page = require "tests.support.page"

local words = require("optlab").arguments()

-- The pictures of a page that can be taken, by the line that shows them.
local function pictures_of(text)
  local pictures, number = {}, 0
  for line in text:gmatch("([^\n]*)\n") do
    number = number + 1
    local script, figure = line:match("%]%([./]*/plots/gallery/([%w-]+)%-(%w+)%.svg%)")
    if script then pictures[#pictures + 1] = { line = number, script = script, figure = figure } end
  end
  return pictures
end

local function draw(path, folder)
  local text, dir = files.read(path), files.folder()
  local pictures = pictures_of(text)
  local function take(line)
    while pictures[1] and pictures[1].line < line do
      local p = table.remove(pictures, 1)
      files.write(("%s/%s-%s.svg"):format(folder, p.script, p.figure),
        files.read(("%s/out/%s/%s.svg"):format(dir, p.script, p.figure)))
    end
  end
  local problem = page.problem(text, dir, take)
  take(math.huge)
  files.remove(dir)
  if problem then error(path .. ", " .. problem) end
end

for i = 2, #words do draw(words[i], words[1]) end
