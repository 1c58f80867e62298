--- Shrinks a list, such as the lines of a program: drops pieces of half, a quarter, ... of it, down to one entry, as
-- long as the rest still shows what it should.
--
-- shows(list) returns nil, or what it found, and the list to go on with if that is shorter still.
return function(list, found, shows)
  local size = (#list + 1) // 2
  while size >= 1 do
    local first = 1
    while first <= #list do
      local rest = {}
      for i, entry in ipairs(list) do
        if i < first or i >= first + size then rest[#rest + 1] = entry end
      end
      local still, shorter = shows(rest)
      if still then
        list, found = shorter or rest, still
      else
        first = first + size
      end
    end
    size = size // 2
  end
  return list, found
end
