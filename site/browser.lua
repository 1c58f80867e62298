--- Pages of the site in Chromium, narrow and wide, light and dark: what only a browser can tell.
--
-- No page is wider than the window, nothing is said on the console, nothing is requested from elsewhere, pictures
-- arrive. The first key leads to the content; every link and button can be reached and shows that it has the focus;
-- the search finds and opens a page by keys alone; the menu of the narrow page opens by a key.
-- @module site.browser
local M = {}

local WIDTHS = { 390, 1280 }
local EACH = 12 -- the keys are tried on each twelfth page

-- What is wrong with the page that is open, as lines.
local LOOK = [[ (() => {
  const wrong = [], wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 0) {
    const worst = [...document.querySelectorAll("main *")].find((node) =>
      node.getBoundingClientRect().right > innerWidth + 1 && !node.closest(".table, .math, pre"));
    wrong.push("is " + wide + " pixels wider than the window: " + (worst ? worst.outerHTML.slice(0, 80) : ""));
  }
  for (const image of document.images) {
    if (image.complete && image.naturalWidth === 0 && image.checkVisibility() && image.loading !== "lazy") {
      wrong.push("a picture is missing: " + image.src);
    }
  }
  for (const entry of performance.getEntriesByType("resource")) {
    if (!entry.name.startsWith("file:")) wrong.push("requests " + entry.name);
  }
  return wrong.join("\n");
})() ]]

-- Moves the focus through the page; the elements that show no sign of it.
local KEYS = [[ (() => {
  const wrong = [];
  for (const node of document.querySelectorAll("a[href], button, input, summary, [tabindex='0']")) {
    if (!node.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true })) continue;
    node.focus({ focusVisible: true });
    if (document.activeElement !== node) { wrong.push("cannot be reached: " + node.outerHTML.slice(0, 80)); continue; }
    const style = getComputedStyle(node);
    if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) {
      wrong.push("shows no focus: " + node.outerHTML.slice(0, 80));
    }
  }
  return wrong.slice(0, 3).join("\n");
})() ]]

local function lines(text, report, where)
  for line in (text or ""):gmatch "[^\n]+" do report(where, line) end
end

-- text: what the key types; without it Enter is no click.
local function key(page, name, code, text)
  local event = { key = name, code = name, windowsVirtualKeyCode = code, type = text and "keyDown" or "rawKeyDown",
    text = text }
  page:call("Input.dispatchKeyEvent", event)
  event.type, event.text = "keyUp", nil
  page:call("Input.dispatchKeyEvent", event)
end

local function search(chromium, folder, report)
  local page = chromium.open(folder .. "/index.html", { width = 1280 })
  page:press "/"
  if page:value "document.activeElement.id" ~= "search" then report("index.html", "/ does not lead to the search") end
  page:call("Input.insertText", { text = "optim.Adam" })
  local first = page:settled("document.querySelector('.hits [aria-selected=true] .title')?.textContent", "optim.Adam")
  if first ~= "optim.Adam" then report("index.html", "the search finds " .. tostring(first) .. " for optim.Adam") end
  key(page, "Enter", 13)
  local there = page:settled("location.pathname.split('/').pop()", "adam.html")
  if there ~= "adam.html" then report("index.html", "Enter leads to " .. tostring(there)) end
  page:close()
end

local function skip(chromium, folder, report)
  local page = chromium.open(folder .. "/index.html", { width = 1280 })
  key(page, "Tab", 9)
  if page:value "document.activeElement.className" ~= "skip" then
    report("index.html", "the first Tab does not lead to the link to the content")
  end
  page:close()
end

local function menu(chromium, folder, report)
  local page = chromium.open(folder .. "/howto/runs.html", { width = 390, mobile = true })
  page:value "document.querySelector('.menu summary').focus()"
  key(page, "Enter", 13, "\r")
  if not page:value "document.querySelector('.menu').open" then report("howto/runs.html", "the menu does not open") end
  page:close()
end

local function without_script(chromium, folder, report)
  local page = chromium.open(folder .. "/howto/runs.html", { width = 1280, no_script = true })
  if #page.console > 0 then report("howto/runs.html", "without a script: " .. page.console[1]) end
  page:close()
end

--- Checks pages.
-- @tparam string folder of the site, from the root
-- @tparam {string,...} paths of the pages to look at
-- @tparam function report called with a page and what is wrong
-- @treturn ?integer how many pages were looked at; nil without Chromium
function M.check(folder, paths, report)
  local chromium = require "tests.support.chromium"
  if not chromium.find() then return nil end
  for _, width in ipairs(WIDTHS) do
    local page = chromium.open(folder .. "/index.html", { width = width, mobile = width < 500, dark = width < 500 })
    for i, path in ipairs(paths) do
      page.events["Page.loadEventFired"], page.console = nil, {}
      page:call("Page.navigate", { url = "file://" .. folder .. "/" .. path })
      page:settled("location.pathname.endsWith(" .. ("%q"):format(path) .. ") && document.readyState", "complete")
      local where = ("%s (%d pixels)"):format(path, width)
      lines(page:value(LOOK), report, where)
      if (i - 1) % EACH == 0 then lines(page:value(KEYS), report, where) end
      for _, message in ipairs(page.console) do report(where, message) end
    end
    page:close()
  end
  for _, check in ipairs { search, skip, menu, without_script } do check(chromium, folder, report) end
  return #paths
end

return M
