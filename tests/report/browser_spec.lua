-- The page in a browser: what its script does, that nothing from a run becomes part of it, how it fits.
local chromium = require "tests.support.chromium"
local fake_runs = require "tests.support.fake_runs"
local files = require "tests.support.files"
local program = require "tests.support.program"
local report = require "optlab.report"
local runs = require "optlab.runs"
local uv = require "luv"

local missing = program.is_sanitized() and "a page is not C" or not chromium.find() and "no Chromium here"

local function in_browser(name, body)
  if missing then pending(("%s (%s)"):format(name, missing)) else it(name, body) end
end

describe("a report in Chromium", function()
  local dir, page

  before_each(function() dir = files.folder() end)
  after_each(function()
    if page then page:close() end
    page = nil
    files.remove(dir)
  end)

  local function open(paths, options, view)
    local list = {}
    for i, path in ipairs(paths) do list[i] = assert(runs.read(path)) end
    files.write(dir .. "/page.html", assert(report.page(list, options)))
    page = chromium.open(dir .. "/page.html", view)
    return page
  end

  local function grid(n)
    local seeds = {}
    for i = 1, n or 3 do seeds[i] = i end
    local values = { optimizer = { "adam", "sgd" }, lr = { 0.1, 0.02 }, seed = seeds }
    return fake_runs.grid(dir .. "/runs", values, function(p)
      local losses = {}
      for i = 1, 30 do
        losses[i] = (p.optimizer == "adam" and 1 or 200) / i * (1 + p.seed / 10) + (p.lr + i * p.seed % 7 / 50)
      end
      if p.optimizer == "sgd" and p.seed == 3 then losses[25] = 0 / 0 end
      return losses
    end)
  end

  local function texts(selector)
    return page:value(("[...document.querySelectorAll(%q)].map(node => node.textContent).join('|')"):format(selector))
  end

  in_browser("says nothing on the console", function()
    open(grid())
    assert.same({}, page.console)
  end)

  in_browser("sorts its table by a click on a title, and back", function()
    open(grid())
    local function column(n) return texts("#runs tbody tr > :nth-child(" .. n .. ")") end
    assert.equal("1|2|3|4|5|6|7|8|9|10|11|12", column(1))
    page:click("#runs thead button", 4)
    assert.equal("1|1|1|1|2|2|2|2|3|3|3|3", column(4))
    assert.equal("ascending", page:value "document.querySelectorAll('#runs th')[3].getAttribute('aria-sort')")
    page:click("#runs thead button", 1)
    page:click("#runs thead button", 1)
    assert.equal("12|11|10|9|8|7|6|5|4|3|2|1", column(1))
    page:click("#runs thead button", 2)
    assert.equal("0.02|0.02|0.02|0.02|0.02|0.02|0.1|0.1|0.1|0.1|0.1|0.1", column(2))
  end)

  in_browser("draws what is in the page already, to the same bits", function()
    open(grid())
    local PATHS = [[
      [...document.querySelectorAll(".lines path")].map(p => p.getAttribute("class") + p.getAttribute("d")).join()]]
    local KEY = [[ [...document.querySelectorAll(".key li")].map(li => li.textContent).join() ]]
    local AXIS = [[
      [...document.querySelectorAll(".ys text, .grid")].map(t => t.textContent + t.getAttribute("d")).join()]]
    local function all() return { page:value(PATHS), page:value(KEY), page:value(AXIS) } end
    local before = all()
    assert.is_true(#before[1] > 500)
    page:click(".pair button", 1)
    assert.is_true(all()[1] ~= before[1])
    page:click(".pair button", 2)
    assert.same(before, all())
    local function group(name)
      page:value(([[(() => { const select = document.querySelector("select"); select.value = %q;
        select.dispatchEvent(new Event("change")) })()]]):format(name))
    end
    group ""
    assert.equal(12, page:value "document.querySelectorAll('.lines path').length")
    group "everything but the seed"
    assert.same(before, all())
    assert.same({}, page.console)
  end)

  in_browser("groups by a parameter that --by names, as the script would", function()
    open(grid(), { by = "lr" })
    assert.equal("lr", page:value "document.querySelector('select').value")
    assert.equal(2, page:value "document.querySelectorAll('.lines .line').length")
    assert.equal(12, page:value "document.querySelectorAll('.lines .thin').length")
  end)

  in_browser("tells the values under the pointer, and on the keyboard", function()
    local list = fake_runs.grid(dir .. "/runs", { lr = { 1, 2 } }, function(p) return { p.lr, p.lr / 2, p.lr / 8 } end)
    open(list)
    local TIP = [[document.querySelector(".tip").hidden ? "hidden"
      : document.querySelector(".tip").innerText.replace(/\s+/g, " ").trim()]]
    assert.equal("hidden", page:value(TIP))
    page:hover(".picture", 1, 0.5, 0.5)
    local text = "epoch 2 2 · lr 2 1 1 · lr 1 0.5000"
    assert.equal(text, page:settled(TIP, text))
    page:hover("h1")
    assert.equal("hidden", page:settled(TIP, "hidden"))
    page:value "document.querySelector('.picture').focus()"
    page:press "End"
    text = "epoch 3 2 · lr 2 0.2500 1 · lr 1 0.1250"
    assert.equal(text, page:settled(TIP, text))
    page:press "Escape"
    assert.equal("hidden", page:settled(TIP, "hidden"))
  end)

  in_browser("switches lines by the key", function()
    open(fake_runs.grid(dir .. "/runs", { lr = { 1, 2, 3 } }, function(p) return { p.lr, p.lr / 2 } end))
    local function shown()
      return page:value "[...document.querySelectorAll('.lines path')].map(p => p.dataset.i).join()"
    end
    assert.equal("0,1,2", shown())
    page:click(".key button", 2)
    assert.equal("0,2", shown())
    assert.equal("true|false|true",
      page:value "[...document.querySelectorAll('.key button')].map(b => b.getAttribute('aria-pressed')).join('|')")
    page:click(".key button", 2)
    assert.equal("0,1,2", shown())
  end)

  in_browser("unfolds the run that a link leads to", function()
    open(grid())
    page:click("#runs tbody a", 7)
    local OPEN = "[...document.querySelectorAll('details[open].run summary')].map(s => s.firstChild.textContent).join()"
    assert.equal("7-train", page:settled(OPEN, "7-train"))
  end)

  local EVIL = "</script></pre></td>\"'><img src=x onerror=hacked=1><script>hacked=1</script>&amp;"

  in_browser("runs nothing that stands in a run", function()
    local svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="hacked=1"><script>parent.hacked=1</script></svg>'
    local paths = {}
    for n = 1, 4 do
      paths[n] = fake_runs.make(dir .. "/runs", {
        n = n, experiment = "x", script = EVIL, code = { ["train.lua"] = EVIL .. n, [EVIL:gsub("/", "")] = EVIL },
        parameters = { [EVIL] = EVIL .. n % 2, list = { EVIL } }, arguments = { EVIL }, error = EVIL, tags = { EVIL },
        status = n == 4 and EVIL or "done", host = EVIL, versions = { [EVIL] = EVIL, optlab = EVIL .. n },
        data = { [EVIL] = EVIL }, seed = n, final = { [EVIL] = n }, started = EVIL,
        history = { { EVIL, 1, 1, EVIL, 1 }, { EVIL, 2, 2, EVIL, 2 } },
        files = { ["output.txt"] = EVIL, ["a.svg"] = svg, ["b'\"><script>hacked=1<script>.svg"] = svg },
      })
    end
    open(paths, { title = EVIL })
    page:hover(".picture", 1, 0.5, 0.5)
    page:click(".key button", 1)
    page:click("#runs thead button", 1)
    page:value "document.querySelectorAll('details').forEach(d => d.open = true)"
    assert.is_nil(page:value "typeof hacked === 'undefined' ? null : hacked")
    assert.equal(2, page:value "document.scripts.length")
    assert.equal(EVIL, page:value "document.querySelector('h1').textContent")
    assert.equal(0, page:value "document.querySelectorAll('img:not([src^=\"data:\"])').length")
    assert.same({}, page.console)
  end)

  in_browser("stops what gets into a page all the same", function()
    open(grid())
    page:value [[document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='hacked=1'>")]]
    page:value [[document.body.append(Object.assign(document.createElement("script"), { textContent: "hacked=1" }))]]
    assert.is_nil(page:value "typeof hacked === 'undefined' ? null : hacked")
    assert.is_truthy(table.concat(page.console, "\n"):find("Content Security Policy", 1, true))
  end)

  in_browser("shows the same without JavaScript", function()
    open(grid(), nil, { no_script = true })
    page:call("Emulation.setScriptExecutionDisabled", { value = false })
    assert.equal(4, page:value "document.querySelectorAll('.lines .line').length")
    assert.equal(12, page:value "document.querySelectorAll('#runs tbody tr').length")
    assert.equal(0, page:value "document.querySelectorAll('button').length")
    assert.is_true(page:value "document.querySelector('.lines .line').getBoundingClientRect().width > 300")
  end)

  in_browser("fits a phone: wide tables scroll in boxes of their own", function()
    open(grid(), nil, { width = 390, height = 800, mobile = true })
    assert.equal(390, page:value "document.documentElement.scrollWidth")
    assert.equal(390, page:value "innerWidth")
    assert.equal("16px", page:value "getComputedStyle(document.body).fontSize")
  end)

  -- The lowest contrast of texts against what is behind them, as WCAG defines it.
  local CONTRAST = [[(() => {
    const rgb = text => text.match(/[\d.]+/g).map(Number);
    const linear = v => v / 255 <= .03928 ? v / 255 / 12.92 : ((v / 255 + .055) / 1.055) ** 2.4;
    const light = c => .2126 * linear(c[0]) + .7152 * linear(c[1]) + .0722 * linear(c[2]);
    const behind = node => {
      for (; node; node = node.parentElement) {
        const c = rgb(getComputedStyle(node).backgroundColor);
        if (c.length === 3 || c[3] > 0) return c;
      }
      return [255, 255, 255];
    };
    let worst = 99;
    for (const node of document.querySelectorAll("body *")) {
      if (![...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim())) continue;
      if (["SCRIPT", "STYLE", "OPTION"].includes(node.tagName)) continue;
      const style = getComputedStyle(node);
      const ink = light(rgb(node.tagName === "text" ? style.fill : style.color)), paper = light(behind(node));
      worst = Math.min(worst, (Math.max(ink, paper) + .05) / (Math.min(ink, paper) + .05));
    }
    return worst;
  })()]]

  for _, dark in ipairs { false, true } do
    in_browser(("has contrast AA in %s"):format(dark and "dark" or "light"), function()
      local list = grid()
      list[#list + 1] = fake_runs.make(dir .. "/runs", { n = 20, status = "failed", error = "no", tags = { "a" } })
      list[#list + 1] = fake_runs.make(dir .. "/runs", { n = 21, status = "interrupted" })
      open(list, nil, { dark = dark })
      assert.equal(dark and "rgb(20, 23, 28)" or "rgb(255, 255, 255)",
        page:value "getComputedStyle(document.body).backgroundColor")
      assert.is_true(page:value(CONTRAST) >= 4.5)
    end)
  end

  in_browser("names what it shows for those who do not see it", function()
    open(grid())
    assert.equal(0, page:value [[[...document.querySelectorAll("table")].filter(t =>
      !t.caption || [...t.querySelectorAll("th")].some(th => !th.scope)).length]])
    assert.equal(0, page:value [[[...document.querySelectorAll("svg")].filter(s =>
      s.getAttribute("aria-hidden") !== "true" && !s.getAttribute("aria-label")).length]])
    assert.equal(0, page:value [[[...document.querySelectorAll("[id]")].filter((node, i, all) =>
      all.some(other => other !== node && other.id === node.id)).length]])
    assert.equal("en", page:value "document.documentElement.lang")
  end)

  in_browser("prints on few pages, without what only a screen can do", function()
    open(grid())
    page:call("Emulation.setEmulatedMedia", { media = "print" })
    assert.equal(0, page:value "document.querySelector('nav').getBoundingClientRect().height")
    assert.equal(0, page:value "document.querySelector('.controls').getBoundingClientRect().height")
    local pdf = page:call("Page.printToPDF", {}).data
    assert.equal("JVBER", pdf:sub(1, 5)) -- %PDF
  end)
end)

describe("the browser of the specs", function()
  local dir
  local path, temporary, silence, spawn = os.getenv "PATH", os.getenv "TMPDIR", chromium.SILENCE, uv.spawn

  before_each(function()
    dir = files.folder()
    uv.fs_mkdir(dir .. "/tmp", 448)
    uv.os_setenv("TMPDIR", dir .. "/tmp")
  end)
  after_each(function()
    uv.os_setenv("PATH", path)
    if temporary then uv.os_setenv("TMPDIR", temporary) else uv.os_unsetenv "TMPDIR" end
    chromium.SILENCE, uv.spawn = silence, spawn
    files.remove(dir)
  end)

  -- A program in front of the browser; it counts its starts.
  local function put_in_front(text)
    files.write(dir .. "/chromium", ("#!/bin/sh\necho started >>%s/starts\n%s\n"):format(dir, text))
    uv.fs_chmod(dir .. "/chromium", 448)
    uv.os_setenv("PATH", dir .. ":" .. path)
  end

  it("is started three times while it is silent, and leaves nothing", function()
    put_in_front "exec sleep 100"
    local starts = 0
    uv.spawn = function(...)
      starts = starts + 1
      return spawn(...)
    end
    chromium.SILENCE = 100
    assert.has_error(function() chromium.open(dir .. "/page.html") end,
      "chromium: no answer to Target.createTarget (started 3 times)")
    assert.equal(3, starts)
    assert.same({}, files.names(dir .. "/tmp"))
  end)

  in_browser("is the second one where the first does not answer", function()
    put_in_front(("[ $(wc -l <%s/starts) -gt 1 ] && exec %s \"$@\""):format(dir, chromium.find()))
    files.write(dir .. "/page.html", "<title>here</title>")
    local page = chromium.open(dir .. "/page.html")
    local title = page:value "document.title"
    page:close()
    assert.equal("here", title)
    assert.equal("started\nstarted\n", files.read(dir .. "/starts"))
    assert.same({}, files.names(dir .. "/tmp"))
  end)
end)
