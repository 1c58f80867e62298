--- The pieces of the site that need neither pandoc nor a run: paths, links, pictures for the dark theme, the search.
local dark = require "site.dark"
local links = require "site.page.links"
local paths = require "site.page.paths"
local pictures = require "site.pictures"
local search = require "site.page.search"

describe("paths", function()
  it("lead from one page to another", function()
    assert.equal("../index.html", paths.relative("howto/runs.html", "index.html"))
    assert.equal("sweeps.html#x", paths.relative("howto/runs.html", "howto/sweeps.html#x"))
    assert.equal("../../experiments/gd.html", paths.relative("reference/optimizers/sgd.html", "experiments/gd.html"))
    assert.equal("a.html", paths.relative("index.html", "a.html"))
  end)

  it("are made normal", function()
    assert.equal("docs/a.md", paths.normal "docs/howto/../a.md")
    assert.is_nil(paths.normal "../a.md")
  end)
end)

describe("links", function()
  local site
  before_each(function()
    local runs = { path = "howto/runs.html", source = "docs/howto/runs.md", title = "Runs" }
    local other = { path = "reference/optimizers/adam.html", title = "optim.Adam" }
    site = { by_source = { ["docs/howto/runs.md"] = runs, ["experiments/gd.lua"] = { path = "experiments/gd.html" } },
      anchors = { ["docs/reference/optimizers.md#adam"] = other.path },
      callees = { ["optim.Adam"] = other.path }, files = {} }
  end)
  local page = { path = "tutorial/first.html", source = "docs/tutorial/first.md" }

  it("between files become links between pages, with titles in place of file names", function()
    assert.equal('<a href="../howto/runs.html">Runs</a>',
      (links.rewrite(site, page, '<a href="../howto/runs.md">runs.md</a>')))
    assert.equal('<a href="../reference/optimizers/adam.html">Adam</a>',
      (links.rewrite(site, page, '<a href="../reference/optimizers.md#adam">Adam</a>')))
  end)

  it("to files that have no page are text, and are named", function()
    local html, lost = links.rewrite(site, page, '<a href="../../src/x.c">x</a>')
    assert.equal("x", html)
    assert.same({ "../../src/x.c" }, lost)
  end)

  it("are made of papers' numbers", function()
    assert.equal('<p><a href="https://arxiv.org/abs/1412.6980">arXiv 1412.6980</a></p>',
      (links.rewrite(site, page, "<p>arXiv 1412.6980</p>")))
  end)

  it("are made of names in code, but not in headings, links and blocks of code", function()
    assert.equal('<a href="../reference/optimizers/adam.html"><code>optim.Adam</code></a>',
      (links.rewrite(site, page, "<code>optim.Adam</code>")))
    assert.equal('<a href="../experiments/gd.html"><code>experiments/gd.lua</code></a>',
      (links.rewrite(site, page, "<code>experiments/gd.lua</code>")))
    for _, html in ipairs { "<h2 id=\"a\"><code>optim.Adam</code></h2>", "<pre><code>optim.Adam</code></pre>" } do
      assert.equal(html, (links.rewrite(site, page, html)))
    end
  end)
end)

describe("a picture", function()
  it("is copied as it is: a path counts from point to point, so a rounded step would move all that follow", function()
    local files, written = require "tests.support.files", {}
    local svg = '<svg width="9" height="9"><path d=\'M1.25,2l.04,.04.04,.04\'/></svg>'
    local dir = files.folder()
    finally(function() files.remove(dir) end)
    local file = files.write(dir .. "/x.svg", svg)
    pictures.captioned({ write = function(_, path, text) written[path] = text end }, file, "figures/x.svg", "x", "x")
    assert.equal(svg, written["figures/x.svg"])
  end)
end)

describe("a picture for the dark theme", function()
  it("has white and black exchanged, and lines that are light enough", function()
    local picture = dark.picture('<g stroke="rgb(  0,   0,   0)" fill="#ffffff"/><g stroke="rgb(255, 127,  14)"/>', "")
    assert.equal('<g stroke="rgb(228,231,236)" fill="rgb(20,23,28)"/><g stroke="rgb(255,127,14)"/>', picture)
    assert.equal('<g stroke="rgb(70,124,169)"/>', dark.picture('<g stroke="rgb(  0,  73, 136)"/>', ""))
  end)

  it("is not made where white text lies on colours", function()
    assert.is_nil(dark.picture('<g fill="rgb(255,255,255)" font-size="12.00">', ""))
  end)


  it("keeps the colours of a map, on dark paper between light axes", function()
    local map = '<rect x="0" y="0" width="9" height="9" fill="#ffffff"/><g stroke="rgb( 85,  85,  85)">'
      .. '<g id="gnuplot_plot_1a" ><g stroke="rgb( 34,  34,  34)" ><polygon fill="rgb(0,0,4)"/></g></g></g>'
      .. '<g fill="rgb(255,255,255)" font-size="12.00"></g><g fill="rgb(34,34,34)" font-size="12.00"></g>'
    local expected = map:gsub("#ffffff", "rgb(20,23,28)"):gsub("rgb%( 85,  85,  85%)", "rgb(159,162,167)")
      :gsub("rgb%(34,34,34%)", "rgb(200,203,208)")
    assert.equal(expected, dark.picture(map, "set grid\nset cbrange [0:1]\n"))
    assert.equal(expected .. "<image/>", dark.picture(map .. "<image/>", ""))
  end)
end)

describe("the search's index", function()
  it("has an entry for each heading, with the text below it", function()
    local script = search.script { { path = "a.html", title = "A",
      html = '<h1 id="a">A</h1><p>One &lt; two.</p>'
      .. '<h2 id="b">The <code>B</code></h2><p>Three</p><pre>left out</pre>' } }
    local rows = '["a.html","A","","One < two."," a"],\n["a.html#b","The B","A","Three",""]'
    assert.equal("window.optlabIndex=[\n" .. rows .. "\n];\n", script)
  end)
end)

describe("the description of a figure", function()
  local files = require "tests.support.files"

  it("names its titles and axes; of an animation the last frame's title", function()
    local dir = files.folder()
    finally(function() files.remove(dir) end)
    files.write(dir .. "/x.gp",
      "\nset title 'step 1' noenhanced\nset xlabel 'x' noenhanced\nset title 'step 2' noenhanced\n")
    assert.equal("step 1; step 2. across: x", pictures.words(dir .. "/x.svg", "x"))
    assert.equal("step 2. across: x", pictures.words(dir .. "/x.webp", "x"))
  end)

  it("is short", function()
    local dir = files.folder()
    finally(function() files.remove(dir) end)
    local lines = {}
    for i = 1, 200 do lines[i] = "\nset title 'η = " .. i .. "' noenhanced" end
    files.write(dir .. "/x.gp", table.concat(lines))
    local words = pictures.words(dir .. "/x.svg", "x")
    assert.is_true(#words < 420 and utf8.len(words) ~= nil)
  end)
end)
