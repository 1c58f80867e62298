-- The loop of scripts/kill: optlab scripts/kill.lua [N] [SEED]
local words = require("optlab").arguments()
local count, seed = tonumber(words[1] or 100), tonumber(words[2] or os.time())
local kill = require "tests.support.kill"

math.randomseed(seed)
print("seed " .. seed)
local failed = false
for _, signal in ipairs { "KILL", "TERM", "HUP", "INT" } do
  local wrong, under_way = kill.try(signal, count)
  for _, text in ipairs(wrong) do print(text) end
  print(("SIG%s: %d runs, %d of them under way when they were killed; %d complaints"):format(signal, count, under_way,
    #wrong))
  failed = failed or #wrong > 0
end
os.exit(not failed)
