--- The model of characters with nn.GRU.
return dofile "bench/models.d/characters.lua"(require("optlab").nn.GRU, 3)
