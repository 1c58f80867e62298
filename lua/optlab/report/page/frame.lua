--- The page around the sections: one file that asks the network for nothing.
--
-- A Content-Security-Policy names the one style and the one script by their checksums. Whatever markup a text from a
-- run might become, no other script would run, and nothing would be loaded.
-- @module optlab.report.page.frame
local base64 = require "optlab.report.page.base64"
local config = require "optlab.base.config"
local core = require "optlab.core"
local files = require "optlab.base.files"
local h = require "optlab.report.page.html"

local M = {}

local function bytes_of(hex)
  return (hex:match("%x+$"):gsub("%x%x", function(pair) return string.char(tonumber(pair, 16)) end))
end

local assets = {}

-- A file beside this one and its checksum as the policy writes it.
local function asset(name)
  if not assets[name] then
    local path = config.lib .. "report/page/" .. name
    local digest = assert(core.data.digest(path, "sha256"))
    assets[name] = { text = assert(files.read(path)), source = ("'sha256-%s'"):format(base64.encode(bytes_of(digest))) }
  end
  return assets[name]
end

local function policy(style, script)
  local rules = "default-src 'none'; style-src %s; script-src %s; img-src data:; base-uri 'none'; form-action 'none'"
  return rules:format(style.source, script.source)
end

--- A page.
-- @tparam table spec `title`; `header` and `sections`, markup; `links`, {id, title} of the sections; `data`, JSON for
-- the script
-- @treturn string
function M.make(spec)
  local style, script = asset "page.css", asset "page.js"
  local links = {}
  for i, link in ipairs(spec.links) do links[i] = h.li(h.a({ href = "#" .. link[1] }, link[2])) end
  local head = h.head(h.meta { charset = "utf-8" },
    h.meta { ["http-equiv"] = "Content-Security-Policy", content = policy(style, script) },
    h.meta { name = "viewport", content = "width=device-width, initial-scale=1" },
    h.meta { name = "color-scheme", content = "light dark" },
    h.meta { name = "generator", content = "optlab " .. core.version },
    h.title(spec.title), h.style(h.raw(style.text)))
  local body = h.body(
    h.a({ class = "skip", href = "#content" }, "To the content"),
    h.div({ class = "page" }, spec.header, h.nav({ ["aria-label"] = "Sections" }, h.ul(links)),
      h.main({ id = "content" }, spec.sections),
      h.footer("Made by optlab ", core.version, " from the runs' own files.")),
    h.script({ type = "application/json", id = "data" }, h.raw(spec.data)),
    h.script(h.raw(script.text)))
  return "<!DOCTYPE html>\n" .. h.html({ lang = "en" }, head, body).text .. "\n"
end

return M
