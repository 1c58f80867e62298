--- Makes directories as kept runs have them, to measure `optlab runs` (bench/runs): 100 runs of a sweep of two
-- parameters over ten seeds, again and again.
--
--   optlab --no-keep bench/make_runs.lua --folder DIR --count N
local lab = require "optlab"
local files = require "optlab.base.files"
local record = require "optlab.runs.record"
local uv = require "luv"

local p = lab.params {
  folder = { type = "string", help = "where to make them" },
  count = { default = 10000, min = 1, help = "how many" },
}

local METHODS = { "sgd", "adam", "adagrad", "rmsprop" }

local function write(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

assert(files.make_folder(p.folder))
for n = 1, p.count do
  local path = ("%s/%d-momentum"):format(p.folder, n)
  assert(uv.fs_mkdir(path, 511))
  local lr, method, seed = 0.1 / (1 + n % 7), METHODS[1 + n // 7 % 4], n % 10
  local rows, loss = { "run,epoch,quantity,value" }, 1 + lr
  for epoch = 1, 30 do
    loss = loss * (0.9 + 0.002 * seed)
    rows[epoch + 1] = ("%s,%d,loss,%.9g"):format(method, epoch, loss)
  end
  write(path .. "/metrics.csv", table.concat(rows, "\n") .. "\n")
  assert(record.write(path, {
    kind = "run", experiment = "momentum", script = "experiments/momentum.lua", arguments = { "--lr", tostring(lr) },
    parameters = {
      lr = lr, method = method, momentum = 0.9, steps = 20, gd_lr = 0.4, airfoil_lr = 0.005, airfoil_momentum = 0.9,
      batch_size = 10, epochs = 2, epochs_concise = 4, nesterov = n % 2 == 0,
    },
    given = { "lr", "method" }, seed = seed, status = n % 50 == 0 and "failed" or "done",
    error = n % 50 == 0 and "momentum.lua:30: no luck" or nil, started = "2025-01-01T00:00:00Z", seconds = 0.5 + n % 9,
    final = { loss = loss, x1 = n * 1e-6, x2 = -n * 1e-3 }, versions = { optlab = "0.1.0", build = ("ab"):rep(20) },
    code = { ["experiments/momentum.lua"] = ("0f"):rep(32) }, data = { ["data/airfoil.dat"] = ("1e"):rep(32) },
    cell = ("%064x"):format(n), host = "bench", pid = n, threads = 2,
  }))
end
