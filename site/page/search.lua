--- The index of the search: for each heading its page, its title, where it stands and the text below it.
-- @module site.page.search
local json = require "optlab.base.json"

local M = {}

local MOST = 900 -- bytes of text of one entry

local ENTITIES = { amp = "&", lt = "<", gt = ">", quot = '"', ["#39"] = "'", nbsp = " " }

-- The words of a piece of HTML.
local function text_of(html)
  local text = html:gsub("<annotation.-</annotation>", ""):gsub("<button.-</button>", ""):gsub("</?[%a][^>]*>",
    function(tag)
    local name = tag:match "^</?(%w+)"
    local inside = name == "code" or name == "span" or name == "em" or name == "strong" or name == "a"
      or name:match "^m"
    return inside and "" or " "
  end)
  text = text:gsub("<!%-%-.-%-%->", ""):gsub("&([#%w]+);", ENTITIES):gsub("%s+", " ")
  return text:match "^%s*(.-)%s*$"
end

local function cut(text)
  if #text <= MOST then return text end
  return (text:sub(1, utf8.offset(text, 0, MOST) - 1):gsub("%s*%S*$", ""))
end

-- The pieces of a content: {id, title, html}, the first without an id.
local function pieces(page)
  local html = page.html:gsub("<pre.-</pre>", " "):gsub("<nav.-</nav>", " "):gsub("<dl.-</dl>", " ")
  local list, at = {}, 1
  local current = { title = page.title }
  while true do
    local from, to, level, id, title = html:find('<h([1234]) id="([^"]*)">(.-)</h%d>', at)
    current.html = html:sub(at, from and from - 1 or #html)
    list[#list + 1] = current
    if not from then return list end
    current = level == "1" and { title = page.title } or { id = id, title = text_of(title) }
    at = to + 1
  end
end

--- The index as a script that sets window.optlabIndex.
-- @tparam {table,...} pages with `html`
-- @treturn string
function M.script(pages)
  local rows = {}
  for _, page in ipairs(pages) do
    if not page.unsearched then
      for _, piece in ipairs(pieces(page)) do
        local text = cut(text_of(piece.html))
        if piece.id or text ~= "" then
          local where = piece.id and page.title or page.tab and page.tab.title or ""
          local also = piece.id and "" or (page.nav or "") .. " " .. page.path:match "([^/]*)%.html$"
          rows[#rows + 1] = ("[%s,%s,%s,%s,%s]"):format(json.quote(page.path .. (piece.id and "#" .. piece.id or "")),
            json.quote(piece.title), json.quote(where), json.quote(text), json.quote(also))
        end
      end
    end
  end
  return "window.optlabIndex=[\n" .. table.concat(rows, ",\n") .. "\n];\n"
end

return M
