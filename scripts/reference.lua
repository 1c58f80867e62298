--- Writes the pages of docs/reference and the stubs of lua/optlab/types/declared from the declarations.
--
-- With --check it writes nothing and fails where a file is not what it would write. Run by scripts/reference.
local lab = require "optlab"
local files = require "optlab.base.files"
local pages = require "optlab.reference.pages"

local p = lab.params { check = { default = false, help = "write nothing; fail where a file would change" } }

local stale = 0
for _, page in ipairs(pages.all()) do
  local path, text = table.unpack(page)
  if files.read(path) ~= text then
    print((p.check and "differs: " or "written: ") .. path)
    stale = stale + 1
    if not p.check then
      assert(files.make_folder(path:match("^(.*)/")))
      assert(files.replace(path, text))
    end
  end
end
if p.check and stale > 0 then os.exit(1) end
