rockspec_format = "3.0"
package = "optlab"
version = "scm-1"

-- For `luarocks make` in a checkout: the source is the folder that this file stands in.
source = { url = "file://." }

description = {
  summary = "Tensors, automatic differentiation and the optimization algorithms of deep learning",
  detailed = [[
    optlab runs the chapter "Optimization Algorithms" of Dive into Deep Learning: tensors with automatic differentiation of any order, layers, optimizers
    with PyTorch's names and numbers, learning-rate schedules, and figures drawn by gnuplot. The rock installs the module for a stock
    Lua 5.4; the program `optlab` comes with it.
  ]],
  license = "MIT",
  labels = { "optimization", "deep-learning", "autograd", "tensor", "plotting" },
}

dependencies = { "lua >= 5.4, < 5.5", "luv >= 1.41", "argparse >= 0.7" }

-- The C libraries (OpenBLAS, zlib, libzip, libcurl, OpenSSL, libedit) are CMake's to find.
build = {
  type = "cmake",
  variables = {
    CMAKE_BUILD_TYPE = "Release",
    CMAKE_INSTALL_PREFIX = "$(PREFIX)",
    OPTLAB_INSTALL_LUADIR = "$(LUADIR)",
    OPTLAB_INSTALL_CMODDIR = "$(LIBDIR)",
    OPTLAB_INSTALL_DATADIR = "$(LUADIR)/optlab",
  },
}

test = { type = "command", command = "sh scripts/test --fast" }
