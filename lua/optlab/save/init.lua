--- Tensors and tables of them in files: safetensors, npy, npz.
--
-- The suffix of the file's name decides. A file is replaced as a whole or not at all.
-- @module optlab.save
local args = require "optlab.base.args"
local core = require("optlab.core").save
local errors = require "optlab.base.errors"
local output = require "optlab.base.output"
local is_tensor = require("optlab.core").tensor.is_tensor
local notice = require "optlab.base.notice"
local order = require "optlab.base.order"

local M = {}

local PATH = { "path", "path", required = true,
  doc = "The file; its suffix .safetensors, .npy or .npz determines the format." }

local SAVE = args.declare("lab.save", {
  doc = "Saves a tensor, or a table of tensors, numbers, strings and booleans.",
  positions = 2, PATH,
  { "value", "any", what = "a tensor, number, string or boolean, or a table of them", required = true,
    doc = "What to save; a .npz file holds a table of tensors by name, a .npy file one tensor." },
  { "metadata", "table", doc = "Strings by name, stored in a .safetensors file." },
  { "compress", "flag", doc = "Whether the tensors of a .npz file are compressed; false by default." },
})
local LOAD = args.declare("lab.load", {
  doc = "Reads a .safetensors, .npy or .npz file, also of other programs; returns the value and the metadata. Members "
    .. "of a .npz file that no tensor can hold (text, complex numbers, other files) are left out, and standard error "
    .. "says so.",
  positions = 1, PATH,
})

-- --- npz ------------------------------------------------------------------------------------------------------------

local function write_npz(path, value, compress)
  if type(value) ~= "table" then
    errors.raise("lab.save: a .npz file holds a table of tensors by name, got %s", errors.shown(value))
  end
  local names, tensors = {}, {}
  for name, t in pairs(value) do
    if type(name) ~= "string" or name:find("\0", 1, true) or not is_tensor(t) then
      errors.raise("lab.save: a .npz file holds tensors by name, but [%s] is %s; a .safetensors file takes nested "
        .. "tables and numbers", errors.shown(name), errors.shown(t))
    end
    names[#names + 1] = name
  end
  order.sort(names)
  for i, name in ipairs(names) do tensors[i] = value[name] end
  core.write_npz(path, names, tensors, compress)
end

local function read_npz(path)
  local arrays, reason, count = core.read_npz(path)
  if reason then
    notice("lab.load: %s: left out: %s%s", path, reason, count > 1 and (" (and %d more)"):format(count - 1) or "")
  end
  return arrays
end

-- --- formats --------------------------------------------------------------------------------------------------------

local FORMATS = {
  safetensors = {
    save = function(path, value, o) require("optlab.save.safetensors").write(path, value, o.metadata or {}) end,
    load = function(path) return require("optlab.save.safetensors").read(path) end,
  },
  npy = {
    save = function(path, value)
      if not is_tensor(value) then
        errors.raise("lab.save: a .npy file holds one tensor, got %s; .npz and .safetensors files hold tables",
          errors.shown(value))
      end
      core.write_npy(path, value)
    end,
    load = function(path) return core.read_npy(path) end,
  },
  npz = {
    save = function(path, value, o) write_npz(path, value, o.compress) end,
    load = read_npz,
  },
}

-- The format of a path, and its name.
local function format_of(path, fn)
  local suffix = path:match("%.([^./]*)$")
  local format = FORMATS[(suffix or ""):lower()]
  if not format then
    errors.raise("%s: %s must end in .safetensors, .npy or .npz", fn, errors.shown(path))
  end
  return format, suffix:lower()
end

local function check_metadata(metadata)
  for name, text in pairs(metadata) do
    if type(name) ~= "string" or type(text) ~= "string" or not utf8.len(name) or not utf8.len(text) then
      errors.raise("lab.save: metadata holds strings (UTF-8) by name, but [%s] is %s", errors.shown(name),
        errors.shown(text))
    end
    if name == "optlab" then errors.raise("lab.save: the name 'optlab' in metadata is taken") end
  end
end

-- Each option belongs to one format.
local function check_options(options, suffix)
  if options.metadata ~= nil then check_metadata(options.metadata) end
  for name, its in pairs { compress = "npz", metadata = "safetensors" } do
    if options[name] ~= nil and suffix ~= its then
      errors.raise("lab.save: the option '%s' is for .%s files, this is a .%s file", name, its, suffix)
    end
  end
end

--- Saves a value. The old file stays until the new one is complete; an error leaves it as it was.
--
-- * `.safetensors` holds any table of tensors, numbers, strings, booleans and such tables (a state dict, say), or one
--   of these alone. Python's safetensors reads the tensors under their paths, "model.0.weight"
-- * `.npz` holds a table of tensors by name, `.npy` one tensor
-- @tparam string path
-- @param value
-- @tparam[opt] table options see the declaration above
-- @usage lab.save("net.safetensors", net:state_dict())
function M.save(...)
  local o = SAVE:read(...)
  local format, suffix = format_of(o.path, "lab.save")
  check_options(o, suffix)
  local ok, message = output.claim(o.path)
  if not ok then errors.raise("lab.save: %s", message) end
  format.save(o.path, o.value, o)
end

--- Loads what lab.save or another program saved. Every number is checked before memory is taken; a damaged file is an
-- error that names it.
-- @tparam string path
-- @return the value; for a .safetensors file of another program, a table of tensors by name
-- @treturn ?table `metadata` of a .safetensors file
-- @usage net:load_state_dict(lab.load("net.safetensors"))
function M.load(...)
  local path = LOAD:read(...).path
  return format_of(path, "lab.load").load(path)
end

return M
