--- Markdown into HTML by pandoc: many pages in one call, for a call takes longer than a page.
-- @module site.page.convert
local M = {}

local FILTER = "site/page/filter.lua"
local BATCH = 40 -- pages

local function write(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

local function read(path)
  local file = assert(io.open(path))
  local text = file:read "a"
  file:close()
  return text
end

local function run(markdown)
  local input, output = os.tmpname(), os.tmpname()
  write(input, markdown)
  local command = ("pandoc --from=gfm --to=html5 --mathml --wrap=none --lua-filter=%s --output=%s %s"):format(FILTER,
    output, input)
  local done = os.execute(command)
  local html = read(output)
  os.remove(input)
  os.remove(output)
  assert(done, "pandoc failed")
  return html
end

-- --- what pandoc writes, as these pages want it ----------------------------------------------------------------------

-- Parentheses around something low do not grow; names of functions touch their parentheses.
local function tidy_math(math)
  math = math:gsub("<mo>(%a%a+)</mo>", "<mi>%1</mi>")
  math = math:gsub('<mo stretchy="true" form="prefix">%(</mo>(.-)<mo stretchy="true" form="postfix">%)</mo>',
    function(inner)
      if inner:find "<mfrac" or inner:find "<mtable" or inner:find 'form="prefix">%(' then return nil end
      return '<mo stretchy="false" form="prefix">(</mo>' .. inner .. '<mo stretchy="false" form="postfix">)</mo>'
    end)
  return (math:gsub("<annotation.-</annotation>", ""))
end

local function tidy_code(html)
  html = html:gsub('<span id="cb[%d-]+"><a href="#cb[%d-]+"[^>]*></a>', "<span>")
  html = html:gsub('<div class="sourceCode"[^>]*><pre%s+class="sourceCode (%w+)">',
    '<div class="source"><pre class="%1">')
  html = html:gsub('<pre%s+class="sourceCode (%w+)">', '<pre class="%1">')
  html = html:gsub('<code class="sourceCode %w+">', "<code>")
  html = html:gsub('<pre class="plain"><code>(.-)</code></pre>',
    '<div class="source"><pre class="plain"><code>%1</code></pre></div>')
  -- A block that scrolls sideways can be reached and moved by keys.
  return (html:gsub('<pre class="(%w+)">', '<pre class="%1" tabindex="0">'))
end

local function tidy_tables(html)
  html = html:gsub(' style="text%-align: (%a+);"', ' class="%1"'):gsub('<tr class="%a+">', "<tr>")
  html = html:gsub("<thead>(.-)</thead>", function(head)
    return "<thead>" .. head:gsub("<th%f[ >]", '<th scope="col"') .. "</thead>"
  end)
  html = html:gsub("<table>.-</table>", function(table)
    if table:find "<th" then return nil end
    return (table:gsub("<tr>%s*<td([^>]*)>(.-)</td>", '<tr><th scope="row"%1>%2</th>'))
  end)
  html = html:gsub('<table>(%s*<thead>%s*<tr>%s*<th scope="col">argument</th>)',
    '<div class="table arguments" tabindex="0" role="group" aria-label="Arguments"><table class="">%1')
  html = html:gsub("<table>", '<div class="table" tabindex="0" role="group" aria-label="Table"><table>')
  return (html:gsub('<table class="">', "<table>"):gsub("</table>", "</table></div>"))
end

local function tidy(html)
  html = html:gsub("<math.-</math>", tidy_math)
  html = html:gsub('<p>(<math display="block".-</math>)</p>',
    '<div class="math" tabindex="0" role="group" aria-label="Equation">%1</div>')
  return tidy_tables(tidy_code(html))
end

-- --- batches ---------------------------------------------------------------------------------------------------------

local function convert_batch(texts, first, last, results)
  local parts = {}
  for i = first, last do parts[#parts + 1] = ("<!--page %d-->\n\n%s\n"):format(i, texts[i]) end
  local html, at = run(table.concat(parts, "\n")), 1
  while true do
    local _, head, number = html:find("<!%-%-page (%d+)%-%->", at)
    if not head then return end
    local stop = html:find("<!--page ", head, true) or #html + 1
    results[tonumber(number)] = html:sub(head + 1, stop - 1)
    at = stop
  end
end

--- HTML of texts in GitHub's Markdown.
-- @tparam {string,...} texts
-- @treturn {string,...}
function M.all(texts)
  local results = {}
  for first = 1, #texts, BATCH do convert_batch(texts, first, math.min(first + BATCH - 1, #texts), results) end
  for i = 1, #texts do results[i] = tidy(assert(results[i], "pandoc lost page " .. i)) end
  return results
end

return M
