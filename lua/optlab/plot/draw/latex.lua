--- Figures for LaTeX: gnuplot writes the texts as commands and everything else as a PDF, which the commands include.
-- Both are drawn in a folder of their own, from which <name>.tex and <name>-tex.pdf come.
-- @module optlab.plot.draw.latex
local files = require "optlab.base.files"
local pdf = require "optlab.plot.draw.pdf"

local M = {}

local Drawing = {}
Drawing.__index = Drawing

--- Where gnuplot draws: `path` for the commands, the graphic beside it.
-- @treturn ?table {path =, read, graphic, close, fd}; nil and a message
function M.drawing()
  local folder, problem = files.temporary_folder "tex"
  if not folder then return nil, problem end
  return setmetatable({ folder = folder, path = folder .. "/figure.tex" }, Drawing)
end

function Drawing.fd() return nil end
function Drawing:read() return files.read(self.path) end
function Drawing:graphic() return files.read(self.folder .. "/figure.pdf") end

function Drawing:close()
  os.remove(self.path)
  os.remove(self.folder .. "/figure.pdf")
  os.remove(self.folder)
end

local HEAD = [[
%% Made by optlab. In the preamble: \usepackage{graphicx,color}, and \graphicspath{{FOLDER/}} unless the document's
%% folder holds the files; amssymb for \mathbb. The figure: \input{FOLDER/%s}, which includes %s-tex.pdf.
]]

--- Takes what gnuplot wrote: the graphic goes beside the commands, texts get the figure's size.
-- @tparam table job {dir =, name =, drawing =, font_size = in points}
-- @string tex
-- @treturn ?string the commands; nil and a message
function M.finish(job, tex)
  local graphic, problem = job.drawing:graphic()
  if not graphic then return nil, problem end
  local ok, message = files.replace(("%s/%s-tex.pdf"):format(job.dir, job.name), pdf.timeless(graphic), true)
  if not ok then return nil, message end
  local found
  tex, found = tex:gsub("(\\includegraphics%[[^%]\n]*%]){[^}\n]*}", function(command)
    return command .. "{" .. job.name .. "-tex}"
  end)
  if found == 0 then return nil, "gnuplot's commands include no graphic" end
  -- All texts stand above the graphic: opaque areas, such as that of an inset, would hide those below.
  tex = tex:gsub("( *\\gplbacktext\n)( *\\put%(0,0%){\\includegraphics[^\n]*\n)", "%2%1")
  local size = ("\\fontsize{%g}{%g}\\selectfont"):format(job.font_size, 1.2 * job.font_size)
  tex = tex:gsub("^[^\n]*\n", "", 1):gsub("\\begingroup\n", function(line) return line .. "  " .. size .. "%\n" end, 1)
  return HEAD:format(job.name, job.name) .. tex
end

return M
