--- What scripts/run says on a system that is neither Debian nor Ubuntu.
local files = require "tests.support.files"
local program = require "tests.support.program"
local text = require "tests.support.text"
local uv = require "luv"

describe("Elsewhere", function()
  local dir

  before_each(function()
    dir = files.folder()
    for _, tool in ipairs { "sh", "cat", "awk", "uname" } do
      assert(os.execute(('ln -s "$(command -v %s)" %s'):format(tool, program.quoted(dir .. "/" .. tool))))
    end
    for _, tool in ipairs { "cc", "cmake", "ninja", "pkg-config", "gnuplot" } do
      files.write(dir .. "/" .. tool, "#!/bin/sh\nexit 1\n")
      assert(os.execute("chmod +x " .. program.quoted(dir .. "/" .. tool)))
    end
  end)
  after_each(function() files.remove(dir) end)

  -- The tool's answer instead of status 1.
  local function answers(tool, script) files.write(dir .. "/" .. tool, "#!/bin/sh\n" .. script) end

  local function install(kind, id)
    files.write(dir .. "/release", "ID=" .. id .. "\n")
    local command = "cd %s && PATH=%s OS_RELEASE=%s sh -c '. scripts/prepare.sh; install_packages %s'"
    return program.shell(dir, command:format(program.quoted(uv.cwd()), program.quoted(dir),
      program.quoted(dir .. "/release"), kind))
  end

  -- A pkg-config that knows these modules, and Lua 5.4 under a name.
  local function knows(modules, lua)
    local script = 'for word; do case $word in "%s >= 5.4" | "%s < 5.5" | --exists %s) ;; *) exit 1 ;; esac; done'
    answers("pkg-config", script:format(lua, lua, modules))
  end

  it("names what is missing, and the packages that hold it, and nothing else", function()
    local status, _, err = install("run", "fedora")
    assert.equal(1, status)
    text.contains(err, "Missing here: lua openblas zlib libzip libcurl libcrypto libedit luv argparse\n",
      "  dnf install lua lua-devel openblas-devel zlib-devel libzip-devel libcurl-devel openssl-devel libedit-devel "
      .. "lua-luv lua-argparse\n")
    text.lacks(err, "cmake", "busted")
    _, _, err = install("test", "alpine")
    text.contains(err, "apk add lua5.4 lua5.4-dev ", " lua5.4-busted clang-extra-tools\n",
      "luarocks --lua-version 5.4 install luacheck\n")
  end)

  it("takes Lua 5.4 under any of its names, and asks it for its modules", function()
    for _, name in ipairs { "lua5.4", "lua-5.4", "lua54", "lua" } do
      knows("| openblas | zlib | libzip | libcurl | libcrypto | libedit", name)
      answers("lua", "case $2 in *_VERSION*) echo Lua 5.4 ;; *luv*) ;; *) exit 1 ;; esac")
      assert(os.execute("chmod +x " .. program.quoted(dir .. "/lua")))
      local status, _, err = install("run", "arch")
      assert.equal(1, status)
      text.contains(err, "Missing here: argparse\n", "  pacman -S lua54-argparse\n")
    end
    answers("lua", "echo Lua 5.4")
    assert.same({ 0, "", "" }, { install("run", "arch") })
  end)

  it("names what is missing where it knows no package", function()
    local _, _, err = install("run", "slackware")
    text.contains(err, "Missing here: lua openblas", "please install these")
    text.lacks(err, "dnf", "luarocks")
  end)
end)
