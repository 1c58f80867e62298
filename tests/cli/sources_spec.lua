--- What pages say about the sources is true: files and names that they mention exist, and the blocks that guides quote
-- stand in the files.
--
-- In docs/howto/add-*.md a line that ends with a file's name and a colon, `src/core/tensor.h`:, introduces a quotation:
-- the lines of the indented block below it stand in that file, in this order, indentation apart. A line `...` stands
-- for any lines.
local files = require "tests.support.files"
local list = require("optlab.base.files").list
local pages = require "tests.support.page"

-- --- the sources ----------------------------------------------------------------------------------------------------

local FOLDERS = { "src", "lua", "tests", "scripts", "experiments", "bench", "site" }

-- The paths of all files of the repository, their names alone, and their text.
local function read_sources()
  local names, texts = {}, {}
  local which = "-type f ! -name '*_values.lua' ! -name sources_spec.lua"
  local find = assert(io.popen(("find %s %s"):format(table.concat(FOLDERS, " "), which)))
  for path in find:lines() do
    names[path:match "[^/]+$"] = true
    texts[#texts + 1] = files.read(path)
  end
  find:close()
  return names, table.concat(texts, "\n")
end

local names, text = read_sources()
local words = {}
for word in text:gmatch "[%a_][%w_]*" do words[word] = true end

-- --- pages ----------------------------------------------------------------------------------------------------------

-- What stands between backquotes in a text, fenced blocks apart.
local function code_in(page_text)
  local prose = ("\n" .. page_text):gsub("\n```.-\n```", "")
  return prose:gmatch "`([^`\n]+)`"
end

-- Whether a word is the path of a file or a folder of the repository; "*" stands for anything, words in capitals for
-- what the reader fills in.
local function is_path(word)
  local folder = word:match "^([%w]+)/"
  if not folder or word:find "%u%u%u" or word:find "[^%w_./*-]" then return false end
  for _, known in ipairs(FOLDERS) do
    if folder == known then return true end
  end
  return false
end

local function exists(path)
  if not path:find("*", 1, true) then return files.exists(path) end
  local find = assert(io.popen(("ls -d %s 2>/dev/null"):format(path)))
  local found = find:read "l"
  find:close()
  return found ~= nil
end

describe("the files that a page names exist:", function()
  for _, page in ipairs(pages.all()) do
    it(page, function()
      local missing = {}
      for code in code_in(files.read(page)) do
        for word in code:gmatch "%S+" do
          if is_path(word) and not exists(word) then missing[#missing + 1] = word end
        end
      end
      assert.equal("", table.concat(missing, " "))
    end)
  end
end)

-- Pages about the sources.
local ABOUT = {}
for _, name in ipairs { "compile", "convolution", "design", "determinism", "speed" } do
  ABOUT[#ABOUT + 1] = ("docs/explanation/%s.md"):format(name)
end
for _, name in ipairs(list("docs/howto", "^add%-")) do ABOUT[#ABOUT + 1] = "docs/howto/" .. name end

-- Names that macros make, and one of gcc's.
local NOT_WRITTEN = { OP_RECIPROCAL = true, row_RECIPROCAL = true, target_clones = true }

local ENDINGS = { c = true, h = true, lua = true, py = true }

local function is_known(code)
  local ending, word = code:match "^[%w_-]+%.(%l+)$", code:match "^[%a_][%w_]*$"
  if ENDINGS[ending] then return names[code] end
  return not word or words[word] or NOT_WRITTEN[word]
end

describe("the names that a page mentions are those of the sources:", function()
  for _, page in ipairs(ABOUT) do
    it(page, function()
      local missing = {}
      for code in code_in(files.read(page)) do
        if not is_known(code) then missing[#missing + 1] = code end
      end
      assert.equal("", table.concat(missing, " "))
    end)
  end
end)

describe("the section on layers of docs/explanation/design.md", function()
  local layers = files.read("docs/explanation/design.md"):match "\n## Layers\n(.-)\n## "
  local library, bindings, modules = layers:match "^(.-)\nThese twelve(.-)\nInside `lua/optlab`(.*)$"
  local PARTS = {
    { "src", library, { lua = true, host = true } }, { "src/lua", bindings, {} },
    { "lua/optlab", modules, { types = true } }, -- which hold no code, but types for editors
  }

  for _, part in ipairs(PARTS) do
    local folder, text_of, others = table.unpack(part)
    it("names every folder of " .. folder, function()
      local missing, find = {}, assert(io.popen("ls -d " .. folder .. "/*/"))
      for path in find:lines() do
        local name = path:match "([^/]+)/$"
        if not others[name] and not text_of:find("%f[%w]" .. name .. "%f[%W]") then missing[#missing + 1] = path end
      end
      find:close()
      assert.equal("", table.concat(missing, " "))
    end)
  end
end)

-- --- quotations -----------------------------------------------------------------------------------------------------

-- The quotations of a page: {path, lines}.
local function quotations(page_text)
  local found, path, quoting = {}, nil, nil
  for line in (page_text .. "\n"):gmatch "([^\n]*)\n" do
    local indent, rest = line:match "^( *)(.-)%s*$"
    if quoting and (rest == "" or #indent >= quoting.indent) then
      if rest ~= "" then table.insert(quoting, rest) end
    elseif path and rest ~= "" and #indent >= 4 then
      quoting = { rest, path = path, indent = #indent }
      found[#found + 1] = quoting
      path = nil
    elseif rest ~= "" then
      quoting, path = nil, line:match "`([^` ]+)`:$"
    end
  end
  return found
end

-- The first line of a quotation that does not follow in the file's text.
local function not_there(quotation, source)
  local lines, at = {}, 0
  for line in (source .. "\n"):gmatch " *([^\n]-)%s*\n" do lines[#lines + 1] = line end
  for _, wanted in ipairs(quotation) do
    if wanted ~= "..." then
      repeat at = at + 1 until at > #lines or lines[at]:find(wanted, 1, true)
      if at > #lines then return wanted end
    end
  end
end

describe("the blocks that a guide quotes stand in the file:", function()
  for _, name in ipairs(list("docs/howto", "^add%-")) do
    local page = "docs/howto/" .. name
    local quoted = quotations(files.read(page))
    it(page .. " has some", function() assert.is_true(#quoted > 3) end)
    for _, quotation in ipairs(quoted) do
      it(("%s, %s, %s"):format(page, quotation.path, quotation[1]), function()
        assert.is_nil(not_there(quotation, files.read(quotation.path)))
      end)
    end
  end

  it("a line that is not there is found", function()
    assert.equal("c", not_there({ "a", "...", "c" }, "  a\nb"))
    assert.is_nil(not_there({ "a", "...", "c" }, "  a\nb\n c "))
    assert.equal("a", not_there({ "b", "a" }, "a\nb"))
  end)
end)
