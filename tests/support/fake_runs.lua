--- Directories of runs as the program keeps them (docs/howto/runs.md), made without running anything.
--
--    local fake_runs = require "tests.support.fake_runs"
--    local folder = dir .. "/runs"
--    fake_runs.make(folder, { n = 1, parameters = { lr = 0.1, optimizer = "sgd" }, seed = 1, loss = { 0.5, 0.3 } })
--    fake_runs.make(folder, { n = 2, status = "failed", error = "train.lua:3: no data" })
--    fake_runs.grid(folder, { optimizer = { "sgd", "adam" }, seed = { 1, 2 } }, function(p) return { 1, p.seed } end)
local json = require "optlab.base.json"
local order = require "optlab.base.order"
local uv = require "luv"

local M = {}

-- --- JSON -----------------------------------------------------------------------------------------------------------

local function is_list(t)
  return #t > 0 and next(t, #t) == nil
end

local function sorted_keys(t)
  local names = {}
  for name in pairs(t) do names[#names + 1] = name end
  return order.sort(names)
end

local EMPTY = {} -- a list without members

local function encode(value)
  if value ~= value then return '{"float": "nan"}' end
  if value == math.huge then return '{"float": "inf"}' end
  if value == -math.huge then return '{"float": "-inf"}' end
  if type(value) == "number" then return json.number(value) end
  if type(value) == "string" then return json.quote(value) end
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  if value == EMPTY or is_list(value) then
    for i, member in ipairs(value) do parts[i] = encode(member) end
    return "[" .. table.concat(parts, ", ") .. "]"
  end
  for _, name in ipairs(sorted_keys(value)) do
    parts[#parts + 1] = json.quote(name) .. ": " .. encode(value[name])
  end
  return "{" .. table.concat(parts, ", ") .. "}"
end

--- A Lua value as JSON text; numbers that are not finite as {"float": "nan"}.
M.encode = encode

-- --- files ----------------------------------------------------------------------------------------------------------

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

local function make_folder(path)
  local so_far = path:match("^/") and "" or "."
  for name in path:gmatch("[^/]+") do
    so_far = so_far .. "/" .. name
    uv.fs_mkdir(so_far, 493) -- 0755; it may be there
  end
end

local function cell(value)
  if value == nil then return "" end
  if value ~= value then return "nan" end
  return math.type(value) == "float" and ("%.9g"):format(value) or tostring(value)
end

-- Rows of values under the names of their columns.
local function write_csv(path, columns, rows)
  local lines = { table.concat(columns, ",") }
  for i, row in ipairs(rows) do
    local cells = {}
    for j = 1, #columns do cells[j] = cell(row[j]) end
    lines[i + 1] = table.concat(cells, ",")
  end
  write(path, table.concat(lines, "\n") .. "\n")
end

-- --- runs -----------------------------------------------------------------------------------------------------------

-- The rows of metrics.csv: `metrics` as they are, or the curves of `series` and `loss`.
local function rows_of(o)
  if o.metrics then return o.metrics end
  local series = table.move(o.series or {}, 1, #(o.series or {}), 1, {})
  if o.loss then series[#series + 1] = { y = o.loss } end
  local rows = {}
  for _, s in ipairs(series) do
    for i, y in ipairs(s.y) do
      rows[#rows + 1] = { s.run or "train", s.x and s.x[i] or i, s.quantity or "loss", y }
    end
  end
  return rows
end

-- The last value of each quantity, as a run's own end records them: "loss", and "adam.loss" where several recorded it.
local function final_of(rows)
  local final, recorded, count = {}, {}, {}
  for _, row in ipairs(rows) do
    local run, quantity = row[1], row[3]
    local full = run .. "." .. quantity
    if not recorded[full] then count[quantity] = (count[quantity] or 0) + 1 end
    final[quantity], recorded[full] = row[4], { quantity, row[4] }
  end
  for full, entry in pairs(recorded) do
    if count[entry[1]] > 1 then final[full] = entry[2] end
  end
  return final
end

local VERSIONS = {
  optlab = "0.1.0", build = "0000000000000000", compiler = "gcc 12.2.0", openblas = "0.3.21", processor = "Testproc",
  lua = "Lua 5.4", system = "Linux",
}

local CODE = { ["train.lua"] = 'local lab = require "optlab"\n' }

local function write_code(path, code)
  local hashes = {}
  for name, text in pairs(code) do
    make_folder((path .. "/code/" .. name):match("^(.*)/"))
    write(path .. "/code/" .. name, text)
    hashes[name] = M.sha256(text)
  end
  return hashes
end

--- The checksum of a text.
function M.sha256(text)
  local name = os.tmpname()
  write(name, text)
  local pipe = assert(io.popen("sha256sum " .. name))
  local digest = pipe:read("a"):match("^%x+")
  pipe:close()
  os.remove(name)
  return digest
end

local OWN = { -- what `make` reads; everything else goes into run.json as it is
  n = true, series = true, loss = true, metrics = true, history = true, tags = true, code = true, files = true,
}

--- Makes a run's directory.
-- @tparam string folder the folder of runs; it is made
-- @tparam[opt] table o any field of run.json (experiment, parameters, seed, status, error, started, seconds, versions,
--   data, final, ...), and `n`, the number (1); `loss`, a list; `series`, a list of {run =, quantity =, x =, y =}, or
--   `metrics`, the rows of metrics.csv {run, epoch, quantity, value}; `history`, the rows of history.csv {run, epoch,
--   step, quantity, value}; `tags`, a list; `code`, texts by path; `files`, more texts by path
-- @treturn string its path
function M.make(folder, o)
  o = o or {}
  local experiment = o.experiment or "train"
  local path = ("%s/%d-%s"):format(folder, o.n or 1, experiment)
  make_folder(path)
  local rows = rows_of(o)
  if o.kind ~= "sweep" then write_csv(path .. "/metrics.csv", { "run", "epoch", "quantity", "value" }, rows) end
  if o.history then write_csv(path .. "/history.csv", { "run", "epoch", "step", "quantity", "value" }, o.history) end
  local record = {
    format = 1, kind = "run", experiment = experiment, script = "train.lua", arguments = EMPTY,
    parameters = {}, seed = 0, status = "done", started = "2026-01-02T03:04:05Z", seconds = 1.5, host = "testhost",
    pid = 1, threads = 1, versions = VERSIONS, code = write_code(path, o.code or CODE), data = {},
    final = final_of(rows),
  }
  for key, value in pairs(o) do
    if not OWN[key] then record[key] = value end
  end
  write(path .. "/run.json", encode(record) .. "\n")
  if o.tags then write(path .. "/tags.txt", table.concat(o.tags, "\n") .. "\n") end
  for name, content in pairs(o.files or {}) do write(path .. "/" .. name, content) end
  return path
end

--- A run for each combination of values, numbered on; "seed" is the seed, all others are parameters. The last name in
-- the alphabet varies fastest.
-- @tparam string folder
-- @tparam table values lists by name
-- @tparam function losses losses(parameters, number) returns the run's losses; `parameters.seed` is the seed
-- @tparam[opt] table o further fields for each run; `n`, the first number
-- @treturn {string,...} their paths
function M.grid(folder, values, losses, o)
  o = o or {}
  local points = { {} }
  for _, name in ipairs(sorted_keys(values)) do
    local more = {}
    for _, point in ipairs(points) do
      for _, value in ipairs(values[name]) do
        local longer = { [name] = value }
        for key, old in pairs(point) do longer[key] = old end
        more[#more + 1] = longer
      end
    end
    points = more
  end
  local paths = {}
  for i, point in ipairs(points) do
    local fields = { n = (o.n or 1) + i - 1, loss = losses(point, i), seed = point.seed, parameters = {} }
    for key, value in pairs(o) do
      if fields[key] == nil then fields[key] = value end
    end
    for key, value in pairs(point) do
      if key ~= "seed" then fields.parameters[key] = value end
    end
    paths[i] = M.make(folder, fields)
  end
  return paths
end

return M
