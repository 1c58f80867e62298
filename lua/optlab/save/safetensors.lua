--- The safetensors format: what its header says.
--
-- The header is a JSON object, name -> {dtype, shape, data_offsets = {begin, end}}, and "__metadata__" -> strings by
-- name. Offsets count bytes of the data behind the header; the tensors fill the data without gaps. Ours are ordered by
-- the size of their elements, largest first, so that each lies at a multiple of its element's size.
-- @module optlab.save.safetensors
local core = require("optlab.core").save
local errors = require "optlab.base.errors"
local json = require "optlab.base.json"
local order = require "optlab.base.order"
local tree = require "optlab.save.tree"

local M = {}

local OURS = "optlab" -- the name in __metadata__ of the text that tells how the tensors are nested
local MAX_DIM = 8
local TYPES = { float64 = "F64", float32 = "F32", int64 = "I64", uint8 = "U8" }

-- --- writing --------------------------------------------------------------------------------------------------------

local function metadata_text(metadata, nesting)
  local parts = {}
  for i, name in ipairs(order.names(metadata)) do parts[i] = json.quote(name) .. ":" .. json.quote(metadata[name]) end
  if nesting then parts[#parts + 1] = json.quote(OURS) .. ":" .. json.quote(nesting) end
  return #parts > 0 and ('"__metadata__":{%s}'):format(table.concat(parts, ","))
end

-- Names by element size, then by name.
local function in_order(tensors)
  local names = {}
  for name in pairs(tensors) do names[#names + 1] = name end
  local function size(name) return core.type_size(TYPES[tensors[name].dtype]) end
  table.sort(names, function(a, b)
    if size(a) ~= size(b) then return size(a) > size(b) end
    return order.less(a, b)
  end)
  return names
end

--- Saves any value that optlab.save.tree takes.
function M.write(path, value, metadata)
  local tensors, nesting = tree.flatten(value, "lab.save")
  local parts, list, at = { metadata_text(metadata, nesting) or nil }, {}, 0
  for i, name in ipairs(in_order(tensors)) do
    local t = tensors[name]:detach()
    local type_name = TYPES[t.dtype]
    local stop = at + t:numel() * core.type_size(type_name)
    parts[#parts + 1] = ('%s:{"dtype":"%s","shape":[%s],"data_offsets":[%d,%d]}'):format(json.quote(name), type_name,
      table.concat(t.shape, ","), at, stop)
    list[i], at = t, stop
  end
  local header = "{" .. table.concat(parts, ",") .. "}"
  local message = json.too_large(header) or (nesting and json.too_large(nesting))
  if message then errors.raise("lab.save: cannot write %s: %s; tensors hold more", path, message) end
  core.write_safetensors(path, header, list)
end

-- --- reading --------------------------------------------------------------------------------------------------------

local function fail(path, fmt, ...)
  errors.raise("lab.load: %s: %s", path, fmt:format(...))
end

-- A list of integers from 0 on, at most `most` of them.
local function is_sizes(list, most)
  if not json.is_array(list) or #list > most then return false end
  for _, n in ipairs(list) do
    if math.type(n) ~= "integer" or n < 0 then return false end
  end
  return true
end

-- Bytes of the elements, or nil if they are more than `most`.
local function bytes_of(size, shape, most)
  for _, n in ipairs(shape) do
    if n == 0 then return 0 end
  end
  for _, n in ipairs(shape) do
    if n > most // size then return nil end
    size = size * n
  end
  return size <= most and size or nil
end

-- Checks one entry by itself; returns {name, type, shape, begin, stop}.
local function check_entry(path, name, entry, data)
  local shown = name:sub(1, 80)
  if type(entry) ~= "table" or json.is_array(entry) then fail(path, "the header's '%s' is damaged", shown) end
  local size = type(entry.dtype) == "string" and core.type_size(entry.dtype)
  if not size then
    local what = type(entry.dtype) == "string" and entry.dtype:sub(1, 20) or "nothing"
    fail(path, "'%s' has the type %s, which cannot be read", shown, what)
  end
  local shape, offsets = entry.shape, entry.data_offsets
  if not is_sizes(shape, math.huge) then fail(path, "'%s' has a damaged shape", shown) end
  if #shape > MAX_DIM then fail(path, "'%s' has %d dimensions; at most %d are read", shown, #shape, MAX_DIM) end
  if not is_sizes(offsets, 2) or #offsets ~= 2 or offsets[1] > offsets[2] then
    fail(path, "'%s' has damaged data_offsets", shown)
  end
  if offsets[2] > data then
    fail(path, "'%s' ends at byte %d of the data, the file has %d", shown, offsets[2], data)
  end
  if bytes_of(size, shape, data) ~= offsets[2] - offsets[1] then
    fail(path, "'%s' of shape (%s) and type %s does not fill its %d bytes", shown, table.concat(shape, ", "),
      entry.dtype, offsets[2] - offsets[1])
  end
  return { name = name, type = entry.dtype, shape = shape, begin = offsets[1], stop = offsets[2] }
end

-- Neither gaps nor overlaps.
local function check_layout(path, entries, data)
  table.sort(entries, function(a, b)
    if a.begin ~= b.begin then return a.begin < b.begin end
    if a.stop ~= b.stop then return a.stop < b.stop end
    return order.less(a.name, b.name)
  end)
  local at = 0
  for _, e in ipairs(entries) do
    if e.begin ~= at then
      fail(path, "'%s' begins at byte %d of the data, %s", e.name:sub(1, 80), e.begin,
        e.begin < at and "inside another tensor" or ("and nothing fills what is before it from %d on"):format(at))
    end
    at = e.stop
  end
  if at ~= data then fail(path, "%d bytes of the data belong to no tensor", data - at) end
end

local function check_metadata(path, metadata)
  if metadata == nil then return {} end
  if type(metadata) ~= "table" or json.is_array(metadata) then fail(path, "__metadata__ is no object") end
  for name, value in pairs(metadata) do
    if type(value) ~= "string" then fail(path, "__metadata__ '%s' is no string", name:sub(1, 80)) end
  end
  return metadata
end

local function read_header(path, file)
  local header, message = json.decode(file:header())
  if message then fail(path, "the header is damaged: %s", message) end
  if type(header) ~= "table" or json.is_array(header) then fail(path, "the header is no object") end
  local metadata = check_metadata(path, header.__metadata__)
  header.__metadata__ = nil
  local entries = {}
  for name, entry in pairs(header) do entries[#entries + 1] = check_entry(path, name, entry, file:size()) end
  check_layout(path, entries, file:size())
  return entries, metadata
end

--- Loads a file.
-- @return the value
-- @treturn table the strings of __metadata__ that are not ours
function M.read(path)
  local file <close> = core.open_safetensors(path)
  local entries, metadata = read_header(path, file)
  local tensors = {}
  for _, e in ipairs(entries) do tensors[e.name] = file:tensor(e.type, setmetatable(e.shape, nil), e.begin) end
  local nesting = metadata[OURS]
  if not nesting then return tensors, metadata end
  metadata[OURS] = nil
  local value, message = tree.unflatten(tensors, nesting)
  if message then fail(path, "what tells how the tensors are nested is damaged: %s", message) end
  return value, metadata
end

return M
