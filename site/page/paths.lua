--- Paths of the repository and of the site, as texts.
-- @module site.page.paths
local M = {}

--- The folder of a path with its slash, "" for a file without one.
-- @tparam string path
-- @treturn string
function M.folder(path) return path:match "^(.*/)" or "" end

--- A path without "." and "..": "docs/howto/../a.md" is "docs/a.md". Nil where it leads out.
-- @tparam string path
-- @treturn ?string
function M.normal(path)
  local parts = {}
  for part in path:gmatch "[^/]+" do
    if part == ".." then
      if #parts == 0 then return nil end
      parts[#parts] = nil
    elseif part ~= "." then
      parts[#parts + 1] = part
    end
  end
  return table.concat(parts, "/")
end

--- The way from one page to another: ("howto/runs.html", "index.html") -> "../index.html".
-- @tparam string from
-- @tparam string to may end in #name
-- @treturn string
function M.relative(from, to)
  local here, there = M.folder(from), M.folder((to:gsub("#.*$", "")))
  while here ~= "" do
    local first = here:match "^[^/]*/"
    if there:sub(1, #first) ~= first then break end
    here, there, to = here:sub(#first + 1), there:sub(#first + 1), to:sub(#first + 1)
  end
  return (here:gsub("[^/]+/", "../")) .. to
end

--- GitHub's name of a heading.
-- @tparam string heading
-- @treturn string
function M.anchor(heading) return (heading:lower():gsub("[^%w_ -]", ""):gsub(" ", "-")) end

return M
