--- Reads a file of measurements, a line "row program number" each.
-- Returns measured[row][program] = {median, smallest, largest}, and the number of measurements of the first of them.
return function(path)
  local lists, rounds = {}, nil
  for line in io.lines(path) do
    local row, program, number = line:match("^(%S+) (%S+) (%S+)$")
    lists[row] = lists[row] or {}
    lists[row][program] = lists[row][program] or {}
    rounds = rounds or lists[row][program]
    local list = lists[row][program]
    list[#list + 1] = assert(tonumber(number), line)
  end
  for _, programs in pairs(lists) do
    for program, list in pairs(programs) do
      table.sort(list)
      local n = #list
      programs[program] = { (list[(n + 1) // 2] + list[n // 2 + 1]) / 2, list[1], list[n] }
    end
  end
  return lists, #rounds
end
