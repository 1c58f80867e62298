--- What the library writes to standard error while a function runs.
--- @return string text, then what f returned
return function(f, ...)
  local said, stderr = {}, io.stderr
  io.stderr = { write = function(_, ...) said[#said + 1] = table.concat { ... } end } -- luacheck: ignore 122
  local results = table.pack(pcall(f, ...))
  io.stderr = stderr -- luacheck: ignore 122
  if not results[1] then error(results[2], 0) end
  return table.concat(said), table.unpack(results, 2, results.n)
end
