--- The optimizers as a table: what they keep and cost, all from their declarations.
--
-- The size of a state is a sum of these, with a factor before a letter: "2n", "r", "". Numbers by themselves are "".
--
-- * `n` as many as the parameter has; a state without a size: n for each name ("exp_avg, exp_avg_sq")
-- * `r` one a row, `c` one a column
-- * `f` factors: a square of the rows and one of the columns
-- * `k` rows or columns of a projection of that rank; `h`: n for each pair of a history
-- @module optlab.reference.catalogue
local entries = require "optlab.reference.entries"

local M = {}

M.TITLES = { "optimizer", "state", "loss", "needs", "paper" }

--- What the cells mean, in sentences.
M.LEGEND = "state: how many tensors of the parameter's size are kept (0-1: the second only with an option); r, c: "
  .. "a number for each row or column; f: a square matrix for the rows and one for the columns; k: as many "
  .. "rows or columns as the rank; h: the number of pairs in the history; single numbers are not counted; +: "
  .. "in addition to the state of the inner optimizer. loss: evaluations of loss and gradient in a step; Hz: "
  .. "a product with the Hessian; 1/k: in every k-th step. needs: what step() must get (loss, closure), or "
  .. "gradients with a graph."

local LETTERS = { "n", "r", "c", "f", "k", "h" }

-- Adds a size, "2n", to the numbers of letters.
local function add(sums, size, names)
  if not size then
    sums.n = sums.n + select(2, names:gsub("[^,]+", ""))
    return
  end
  for factor, letter in size:gmatch "(%d*)(%a)" do sums[letter] = sums[letter] + (tonumber(factor) or 1) end
end

local function state_text(entry, is_wrapper)
  local sums, optional = { n = 0, r = 0, c = 0, f = 0, k = 0, h = 0 }, 0
  for _, row in ipairs(entry.state or {}) do
    if row.optional then
      optional = optional + (row.size == "n" and 1 or 0)
    else
      add(sums, row.size, row.name)
    end
  end
  local parts = {}
  for _, letter in ipairs(LETTERS) do
    local count = sums[letter]
    if letter == "n" and optional > 0 then
      parts[1] = ("%d-%d"):format(count, count + optional)
    elseif count > 0 then
      parts[#parts + 1] = letter == "n" and tostring(count) or (count > 1 and count or "") .. letter
    end
  end
  local text = #parts > 0 and table.concat(parts, "+") or "0"
  return is_wrapper and "+" .. text or text
end

--- The first author and the year of a paper: "Kingma, Ba 2015", "Liu et al. 2023".
-- @tparam string paper 'Kingma, Ba, "Adam: a method for stochastic optimization", ICLR 2015; amsgrad: ...'
-- @treturn string
function M.short_paper(paper)
  local names, rest = paper:match '^(.-),%s*"[^"]*"(.*)$'
  if not names then return paper end
  local authors = {}
  for name in names:gmatch "[^,]+" do authors[#authors + 1] = name:match "^%s*(.-)%s*$" end
  local who = #authors > 2 and authors[1] .. " et al." or table.concat(authors, ", ")
  rest = rest:match "^[^;]*"
  local year = rest:gsub("arXiv [%d.]+", ""):match "%f[%d][12][09]%d%d%f[%D]"
  local archived = rest:match "arXiv (%d%d)%d%d%."
  year = year or archived and "20" .. archived
  return year and who .. " " .. year or who
end

local function is_wrapper(entry) return entry.args[1] ~= nil and entry.args[1].name == "optimizer" end

--- A row for each optimizer: the cells under M.TITLES.
-- @treturn {{string,...},...}
function M.rows()
  local rows = {}
  for i, entry in ipairs(entries.of "optimizer") do
    rows[i] = {
      entry.name, state_text(entry, is_wrapper(entry)), entry.evaluations or "1", entry.needs or "",
      entry.paper and M.short_paper(entry.paper) or "",
    }
  end
  return rows
end

return M
