--- data.airfoil: the real table, its stand-in, and files that are not the real one.
local lab = require "optlab"
local message = require("tests.support.errors").message
local files = require "tests.support.files"
local program = require "tests.support.program"
local real_data = require "tests.support.real_data"
local uv = require "luv"
local contains = require("tests.support.text").contains
local data = lab.data

local folder -- a fresh one for the whole file

local function write(name, text) return files.write(folder .. "/" .. name, text) end

local SHA1 = "sha1:76e5be1548fd8222e5074cf0faae75edff8cf93f"

local function real_file()
  if not files.exists(real_data.airfoil) then pending("the real airfoil file is missing: " .. real_data.airfoil) end
  return files.read(real_data.airfoil)
end

-- Half the mean squared error of the least-squares fit, and its weights, by the normal equations.
local function least_squares(ds)
  local n, d = #ds, 6
  local Xb = lab.cat({ ds.X, lab.ones(n, 1, { dtype = ds.X.dtype }) }, 2)
  local A, b = Xb:t():matmul(Xb):tolist(), Xb:t():mv(ds.y):tolist()
  for k = 1, d do
    for i = k + 1, d do
      local f = A[i][k] / A[k][k]
      for j = k, d do A[i][j] = A[i][j] - f * A[k][j] end
      b[i] = b[i] - f * b[k]
    end
  end
  local w = {}
  for k = d, 1, -1 do
    local s = b[k]
    for j = k + 1, d do s = s - A[k][j] * w[j] end
    w[k] = s / A[k][k]
  end
  local r = Xb:mv(lab.tensor(w, { dtype = "float64" })) - ds.y
  return (r * r):mean():item() / 2, w
end

local WEIGHTS = { -0.585947658, -0.361944023, -0.483903144, 0.225407003, -0.280784569, 0 }
local OPTIMUM = 0.24214512895356358

-- Runs a piece of Lua in a fresh process; returns everything it wrote and its status.
local function run(env, code) return program.without_data(folder, env, code) end

local SHOW = "local ds = lab.data.airfoil{n=3}; print(ds.stand_in, ds.note, ds.path, #ds)"

describe("data", function()
  setup(function() folder = files.folder() end)
  teardown(function() files.remove(folder) end)

  describe("airfoil", function()
    it("standardises all rows, then takes the first n, as the book does #data", function()
      real_file()
      local text = run({ OPTLAB_DATA = real_data.folder },
        "local ds = lab.data.airfoil{dtype='float64'} print(#ds, ds.X.shape[2], ds.X.dtype, ds.stand_in) " ..
        "print(('%.12f %.12f %.12f'):format(ds.X[{1, 1}]:item(), ds.X[{1500, 5}]:item(), ds.y[1]:item()))")
      -- NumPy's numbers: (x - mean) / std of the whole table in double
      assert.equal("1500\t5\tfloat64\tfalse\n-0.662022703398 3.172772505745 0.197938762772\n", text)
    end)

    it("has a stand-in with the real table's least-squares optimum", function()
      local text = run({ OPTLAB_OFFLINE = 1 }, SHOW)
      contains(text, "optlab: airfoil: no real data (OPTLAB_OFFLINE forbids a download); using a stand-in")
      contains(text, "true\tstand-in data\tnil\t3\n")
      uv.os_setenv("OPTLAB_OFFLINE", "1")
      local saved = os.getenv "OPTLAB_DATA"
      local cache = os.getenv "XDG_CACHE_HOME"
      uv.os_unsetenv("OPTLAB_DATA")
      uv.os_setenv("XDG_CACHE_HOME", folder .. "/empty")
      local ds = data.airfoil { n = 1503, dtype = "float64" }
      local half = data.airfoil { dtype = "float64" }
      uv.os_unsetenv("OPTLAB_OFFLINE")
      if saved then uv.os_setenv("OPTLAB_DATA", saved) end
      if cache then uv.os_setenv("XDG_CACHE_HOME", cache) else uv.os_unsetenv("XDG_CACHE_HOME") end
      assert.is_true(ds.stand_in)
      local loss, w = least_squares(ds)
      assert.near(OPTIMUM, loss, 1e-12)
      for i = 1, 6 do assert.near(WEIGHTS[i], w[i], 1e-8) end
      assert.near(OPTIMUM, (least_squares(half)), 2e-3)
    end)

    it("checks its options", function()
      contains(message(data.airfoil, { n = 1504 }), "n must be an integer from 1 to 1503, got 1504")
      contains(message(data.airfoil, { rows = 3 }), "unknown option 'rows'")
      contains(message(data.airfoil, { dtype = "int64" }), "dtype must be one of 'float32', 'float64'")
    end)

    it("makes a stand-in an error on --require-real-data", function()
      local text, status = run({ OPTLAB_OFFLINE = 1 }, "lab.config.require_real_data = true\n" .. SHOW)
      assert.equal(1, status)
      contains(text, "script.lua:3: data.airfoil: real data are required, but there is no airfoil_self_noise.dat")
      contains(text, "pass --data FOLDER")
    end)

    it("names the line of a bad row in the user's file #data", function()
      local given = folder .. "/bad"
      uv.fs_mkdir(given, 448)
      write("bad/airfoil_self_noise.dat", (real_file():gsub("\n(%d+)\t", "\n", 16):gsub("\n", "\n", 1)))
      local text, status = run({ OPTLAB_DATA = given }, SHOW)
      assert.equal(1, status)
      contains(text, "airfoil_self_noise.dat:2: 5 fields, expected 6")
    end)

    it("names both digests when the user's file is another one", function()
      local given = folder .. "/other"
      uv.fs_mkdir(given, 448)
      write("other/airfoil_self_noise.dat", "1\t2\t3\t4\t5\t6\n")
      local text, status = run({ OPTLAB_DATA = given }, SHOW)
      assert.equal(1, status)
      contains(text, "is not the expected file: sha1:")
      contains(text, "expected " .. SHA1)
    end)
  end)
end)
