--- Where the real data are, for the specs tagged #data; they are pending where the files are missing.
local uv = require "luv"

local M = {}

--- $OPTLAB_DATA, or a folder beside the project's root; an absolute name.
M.folder = os.getenv "OPTLAB_DATA" or uv.cwd() .. "/../shared/data"

M.airfoil = M.folder .. "/airfoil_self_noise.dat"

--- The folder of Fashion-MNIST's files, and its packed test images and labels.
M.fashion_mnist = M.folder .. "/fashion-mnist"
M.images = M.fashion_mnist .. "/t10k-images-idx3-ubyte.gz"
M.labels = M.fashion_mnist .. "/t10k-labels-idx1-ubyte.gz"

return M
