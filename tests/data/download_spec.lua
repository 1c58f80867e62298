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

  -- What a server may do that is no error of HTTP's.
  describe("download from a server that misbehaves", function()
    local url, stop

    setup(function() url, stop = server.start(write("served", ("0123456789abcde\n"):rep(1000))) end)
    teardown(function() stop(folder .. "/quit") end)

    local function fails(path, options, ...)
      local target = folder .. "/bad/file"
      local began = lab.clock()
      local ok, err = data.download(url(path), target, options)
      assert.is_nil(ok, path)
      contains(err, url(path) .. ": ", ...)
      assert.is_true(lab.clock() - began < 5)
      assert.same({}, files.names(folder .. "/bad"))
    end

    it("stops at a size", function()
      fails("endless/x", { max_bytes = 1000000 }, "the file has more than 1000000 bytes; max_bytes and "
        .. "OPTLAB_MAX_DOWNLOAD set the limit")
      fails("huge/x", nil, "the file has more than 2147483648 bytes")
      fails("good/x", { max_bytes = 15999 }, "the file has more than 15999 bytes")
      assert.is_true(data.download(url "good/x", folder .. "/ok", { max_bytes = 16000 }))
      assert.equal(16000, #files.read(folder .. "/ok"))
    end)

    it("stops after a time, though bytes come", function()
      fails("drip/x", { timeout = 1 }, "the download takes longer than 1 s")
      fails("silent/x", { timeout = 1 }, "the download takes longer than 1 s")
    end)

    it("takes nothing but an answer with the whole file", function()
      fails("part/x", nil, "the server answered 206")
      fails("empty/x", nil, "the server answered 204")
      fails("nowhere302/x", nil, "the server answered 302")
      fails("cut/x", nil, "the connection broke off after 8000 bytes")
      fails("loop/x", nil, "redirects")
      fails("local/x", nil, "file")
    end)

    it("takes its limit from the environment", function()
      local code = ("print(lab.data.download(%q, 'x'))\n"):format(url "good/x")
      contains(run({ OPTLAB_MAX_DOWNLOAD = "15K" }, code), "the file has more than 15360 bytes")
      contains(run({ OPTLAB_MAX_DOWNLOAD = "16K" }, code), "true")
      contains(run({ OPTLAB_MAX_DOWNLOAD = "much" }, code),
        "OPTLAB_MAX_DOWNLOAD must be a number of bytes such as 500M or 16G, got 'much'")
    end)

    it("refuses limits that are none", function()
      for name, what in pairs { timeout = "a number above 0", stall_timeout = "a number above 0",
        connect_timeout = "a number above 0", max_bytes = "an integer of at least 1" } do
        contains(message(data.download, url "good/x", folder .. "/no", { [name] = 0 }), name .. " must be " .. what)
      end
      assert.is_true(data.download(url "good/x", folder .. "/far", { timeout = 1e300, stall_timeout = 1e300 }))
    end)
  end)

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
