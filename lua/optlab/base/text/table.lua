--- Tables as text: for a terminal, CSV, Markdown, LaTeX.
--
--    table_text.render({
--      { title = "run", align = "right" }, { title = "experiment" }, { title = "loss", align = "right" },
--    }, { { "12", "momentum", "0.243" }, ... }, { format = "text", width = 80 })
--
-- Cells are strings that are ready to be shown; nil is an empty cell. In CSV a cell is quoted where it must be, in
-- Markdown and LaTeX characters with a meaning are escaped.
-- @module optlab.base.text.table
local line = require "optlab.base.text.line"

local M = {}

--- The formats that `render` knows.
M.FORMATS = { "text", "csv", "markdown", "latex" }

local function cell(row, i) return row[i] == nil and "" or tostring(row[i]) end

local function padded(text, width, align)
  local blanks = (" "):rep(width - line.columns(text))
  return align == "right" and blanks .. text or text .. blanks
end

-- --- a terminal -----------------------------------------------------------------------------------------------------

local function widths_of(columns, titles, rows)
  local widths = {}
  for i = 1, #columns do
    widths[i] = line.columns(titles[i])
    for _, row in ipairs(rows) do widths[i] = math.max(widths[i], line.columns(cell(row, i))) end
  end
  return widths
end

-- Makes the widest columns that may be cut (cut = true) narrower until the line fits.
local function fit(columns, widths, limit)
  local total = 2 * (#widths - 1)
  for _, width in ipairs(widths) do total = total + width end
  while total > limit do
    local widest
    for i, column in ipairs(columns) do
      if column.cut and widths[i] > 8 and (not widest or widths[i] > widths[widest]) then widest = i end
    end
    if not widest then return end
    widths[widest] = widths[widest] - 1
    total = total - 1
  end
end

local function text_line(columns, widths, row)
  local parts = {}
  for i, column in ipairs(columns) do
    parts[i] = padded(line.cut(cell(row, i), widths[i], "…"), widths[i], column.align)
  end
  return (table.concat(parts, "  "):gsub(" +$", ""))
end

local function titles_of(columns)
  local titles = {}
  for i, column in ipairs(columns) do titles[i] = line.plain(column.title) end
  return titles
end

local RENDER = {}

function RENDER.text(columns, rows, width)
  local shown = {}
  for i, row in ipairs(rows) do
    shown[i] = {}
    for j = 1, #columns do shown[i][j] = line.plain(cell(row, j)) end
  end
  local titles = titles_of(columns)
  local widths = widths_of(columns, titles, shown)
  if width then fit(columns, widths, width) end
  local lines = { text_line(columns, widths, titles) }
  for i, row in ipairs(shown) do lines[i + 1] = text_line(columns, widths, row) end
  return lines
end

-- --- files ----------------------------------------------------------------------------------------------------------

--- A cell of a CSV file, in quotes where it must be.
-- @tparam string text
-- @treturn string
function M.csv_cell(text)
  if text:find('[,"\r\n]') then return '"' .. text:gsub('"', '""') .. '"' end
  return text
end

local function lines_of(columns, rows, escape, separator, head, tail)
  local lines = {}
  for i = 0, #rows do
    local cells = {}
    for j, column in ipairs(columns) do cells[j] = escape(i == 0 and column.title or cell(rows[i], j)) end
    lines[i + 1] = head .. table.concat(cells, separator) .. tail
  end
  return lines
end

function RENDER.csv(columns, rows) return lines_of(columns, rows, M.csv_cell, ",", "", "") end

function RENDER.markdown(columns, rows)
  local function escape(text) return (text:gsub("[|\\]", "\\%0"):gsub("\n", " ")) end
  local lines = lines_of(columns, rows, escape, " | ", "| ", " |")
  local rule = {}
  for i, column in ipairs(columns) do rule[i] = column.align == "right" and "---:" or "---" end
  table.insert(lines, 2, "| " .. table.concat(rule, " | ") .. " |")
  return lines
end

local LATEX = {
  ["\\"] = "\\textbackslash{}", ["~"] = "\\textasciitilde{}", ["^"] = "\\textasciicircum{}", ["\n"] = " ",
}

function RENDER.latex(columns, rows)
  local function escape(text)
    return (text:gsub("[\\~^\n#%%&$_{}]", function(c) return LATEX[c] or "\\" .. c end):gsub("±", "$\\pm$"))
  end
  local body, align = lines_of(columns, rows, escape, " & ", "  ", " \\\\"), {}
  for i, column in ipairs(columns) do align[i] = column.align == "right" and "r" or "l" end
  local lines = { ("\\begin{tabular}{%s}"):format(table.concat(align)), "  \\hline", body[1], "  \\hline" }
  table.move(body, 2, #body, #lines + 1, lines)
  lines[#lines + 1] = "  \\hline"
  lines[#lines + 1] = "\\end{tabular}"
  return lines
end

--- Writes a table.
-- @tparam {table,...} columns each {title =, align = "left" | "right", cut = whether a terminal may cut its cells}
-- @tparam {{string,...},...} rows
-- @tparam[opt] table options `format`, one of M.FORMATS ("text"); `width`, columns of the terminal (any)
-- @treturn string lines, each with its "\n"
function M.render(columns, rows, options)
  local format = options and options.format or "text"
  return table.concat(RENDER[format](columns, rows, options and options.width), "\n") .. "\n"
end

return M
