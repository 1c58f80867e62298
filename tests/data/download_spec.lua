--- data.download against a server on this machine, and the cache.
local lab = require "optlab"
local message = require("tests.support.errors").message
local files = require "tests.support.files"
local program = require "tests.support.program"
local real_data = require "tests.support.real_data"
local server = require "tests.support.server"
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

-- Runs a piece of Lua in a fresh process; returns everything it wrote and its status.
local function run(env, code) return program.without_data(folder, env, code) end

local SHOW = "local ds = lab.data.airfoil{n=3}; print(ds.stand_in, ds.note, ds.path, #ds)"

describe("data", function()
  setup(function() folder = files.folder() end)
  teardown(function() files.remove(folder) end)

  describe("download #data", function()
    local url, stop

    setup(function()
      if files.exists(real_data.airfoil) then url, stop = server.start(real_data.airfoil) end
    end)
    teardown(function()
      if stop then stop(folder .. "/quit") end
    end)

    local function fetch(path, options)
      real_file()
      local target = folder .. "/dl/file"
      return target, data.download(url(path), target, options)
    end

    it("gives the file under its name, through redirects, with progress", function()
      local last
      local function progress(done, total) last = { done, total } end
      local target, ok = fetch("moved/x", { digest = SHA1, progress = progress })
      assert.is_true(ok)
      assert.same({ 59984, 59984 }, last)
      assert.equal(files.read(real_data.airfoil), files.read(target))
      os.remove(target)
    end)

    it("leaves nothing behind when it fails", function()
      local cases = {
        { "damaged/x", "not the expected file: sha1:" }, { "cut/x", "the connection broke off after 29992 bytes" },
        { "nowhere/x", "the server answered 404" },
      }
      for _, case in ipairs(cases) do
        local _, ok, err = fetch(case[1], { digest = SHA1 })
        assert.is_nil(ok)
        contains(err, case[2])
        assert.same({}, files.names(folder .. "/dl"))
      end
      local ok, err = data.download("http://127.0.0.1:1/x", folder .. "/dl/file")
      assert.is_nil(ok)
      contains(err, "127.0.0.1")
      assert.same({}, files.names(folder .. "/dl"))
    end)

    it("keeps the old file until the new one is complete", function()
      local target, ok = fetch("good/x", { digest = SHA1 })
      assert.is_true(ok)
      fetch("damaged/x", { digest = SHA1 })
      assert.equal(SHA1, data.digest(target, "sha1"))
      assert.same({ "file" }, files.names(folder .. "/dl"))
      os.remove(target)
    end)

    it("passes on an error of the progress function, and leaves nothing", function()
      real_file()
      contains(message(data.download, url "good/x", folder .. "/dl/file", { progress = function() error "stop!" end }),
        "stop!")
      assert.same({}, files.names(folder .. "/dl"))
    end)

    it("gives up on a server that stays silent", function()
      local _, ok, err = fetch("silent/x", { stall_timeout = 1 })
      assert.is_nil(ok)
      contains(err, "Operation too slow")
    end)

    it("replaces nothing but regular files", function()
      real_file()
      local target = folder .. "/a-link"
      uv.fs_symlink(real_data.airfoil, target)
      local ok, err = data.download(url "good/x", target)
      assert.is_nil(ok)
      contains(err, "no regular file; it is left alone")
      assert.equal("link", uv.fs_lstat(target).type)
    end)

    it("fills the cache once, from OPTLAB_MIRROR; after that the network is not needed", function()
      real_file()
      local cached = folder .. "/cache/optlab/airfoil_self_noise.dat"
      local text = run({ OPTLAB_MIRROR = url "good/" }, SHOW)
      assert.equal(("false\tnil\t%s\t3\n"):format(cached), text)
      assert.equal(text, (run({ OPTLAB_MIRROR = url "nowhere" }, SHOW)))
      assert.equal(text, (run({ OPTLAB_OFFLINE = 1 }, SHOW)))
      -- a damaged copy is fetched again
      write("cache/optlab/airfoil_self_noise.dat", "1 2 3\n")
      local again = run({ OPTLAB_MIRROR = url "good" }, SHOW)
      contains(again, "is damaged")
      contains(again, text)
      -- the user's folder comes first; without the file in it the search goes on, aloud
      contains(run({ OPTLAB_DATA = real_data.folder, OPTLAB_OFFLINE = 1 }, SHOW), real_data.airfoil)
      local empty = run({ OPTLAB_DATA = folder .. "/nofile", OPTLAB_OFFLINE = 1 }, SHOW)
      contains(empty, "no airfoil_self_noise.dat in " .. folder .. "/nofile; looking in the cache and online")
      contains(empty, text)
      os.remove(cached)
    end)

    it("falls back to the stand-in when the download fails, trying once a run", function()
      real_file()
      local text = run({ OPTLAB_MIRROR = url "nowhere" }, SHOW .. SHOW)
      contains(text, "the server answered 404); using a stand-in")
      assert.equal(1, select(2, text:gsub("using a stand%-in", "")))
      local path = "nowhere/airfoil_self_noise.dat"
      assert.is_true(data.download(url("count/" .. path), folder .. "/count"))
      assert.equal("1", files.read(folder .. "/count")) -- the data set is asked for twice, the server once
    end)
  end)
end)
