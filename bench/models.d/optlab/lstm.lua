--- The model of characters with nn.LSTM.
return dofile "bench/models.d/characters.lua"(require("optlab").nn.LSTM, 4)
