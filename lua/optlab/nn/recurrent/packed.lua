--- Sequences of different lengths as one batch, without padding: nn.utils.rnn.
--
--    local p = nn.utils.rnn.pack_padded_sequence(x, {5, 3, 2}, {batch_first = true})
--    local y, h = gru(p)                                 -- y is packed, too
--    local padded, lengths = nn.utils.rnn.pad_packed_sequence(y, {batch_first = true})
--
-- A packed sequence is a table: `data` (rows, ...), the first step of all sequences, the longest first, then the second
-- step of those that have one, ...; `batch_sizes`, how many sequences have a step; `sorted_indices` and
-- `unsorted_indices`, positions from 1, where the sequences were not in that order.
-- @module optlab.nn.recurrent.packed
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"

local Tensor = core.tensor

local M = {}

local Packed = { __name = "optlab.PackedSequence" }
Packed.__index = Packed

function Packed:__tostring()
  return ("PackedSequence(data=(%s), sequences=%d, steps=%d)"):format(table.concat(self.data.shape, ", "),
    #self.lengths, self.batch_sizes:numel())
end

--- Whether a value is a packed sequence.
function M.is_packed(value) return getmetatable(value) == Packed end

--- The same sequences with other numbers at each step.
function M.like(sequence, data)
  return setmetatable({ data = data, batch_sizes = sequence.batch_sizes, sorted_indices = sequence.sorted_indices,
    unsorted_indices = sequence.unsorted_indices, lengths = sequence.lengths }, Packed)
end

local function positions(list) return Tensor.tensor(list, { dtype = "int64" }) end

-- The numbers of the sequences, the longest first; those of one length keep their order.
local function order_of(lengths)
  local order = {}
  for i = 1, #lengths do order[i] = i end
  table.sort(order, function(a, b)
    if lengths[a] ~= lengths[b] then return lengths[a] > lengths[b] end
    return a < b
  end)
  return order
end

local function inverse(order)
  local back = {}
  for i, at in ipairs(order) do back[at] = i end
  return back
end

local function is_sorted(lengths)
  for i = 2, #lengths do
    if lengths[i] > lengths[i - 1] then return false end
  end
  return true
end

-- Calls row(sequence, step) in the order of packed rows; returns how many sequences have each step.
local function each_row(lengths, order, row)
  local sizes = {}
  for step = 1, lengths[order[1]] do
    local n = 0
    while n < #order and lengths[order[n + 1]] >= step do
      n = n + 1
      row(order[n], step)
    end
    sizes[step] = n
  end
  return sizes
end

-- Packs rows of flat (rows, ...), in which row(sequence, step) tells the place of a step.
local function pack(flat, lengths, place)
  local order, rows = order_of(lengths), {}
  local sizes = each_row(lengths, order, function(sequence, step) rows[#rows + 1] = place(sequence, step) end)
  local sorted = is_sorted(lengths)
  return setmetatable({
    data = flat:index_select(1, positions(rows)), batch_sizes = positions(sizes), lengths = lengths,
    sorted_indices = not sorted and positions(order) or nil,
    unsorted_indices = not sorted and positions(inverse(order)) or nil,
  }, Packed)
end

-- --- packing --------------------------------------------------------------------------------------------------------

local PACK_PADDED = args.declare("nn.utils.rnn.pack_padded_sequence", {
  doc = "Packs a batch of padded sequences: rows after the end of a sequence are left out.",
  positions = 2,
  { "input", "tensor", required = true, doc = "The batch (steps, batch, ...), with batch_first (batch, steps, ...)." },
  { "lengths", "tensor|list", of = { "integer" }, required = true,
    doc = "How many steps each sequence has: a list or an int64 tensor." },
  { "batch_first", "flag", default = false, doc = "Whether the batch is the first dimension." },
  { "enforce_sorted", "flag", default = true, doc = "Whether lengths that are not in descending order are an error." },
})

local function check_lengths(callee, given, batch, steps)
  local lengths = type(given) == "table" and given or given:tolist()
  if batch == 0 then errors.raise("%s: input must hold at least one sequence", callee) end
  if #lengths ~= batch then errors.raise("%s: %d lengths for %d sequences", callee, #lengths, batch) end
  for i, n in ipairs(lengths) do
    args.check(callee, ("lengths[%d]"):format(i), n, "integer", { min = 1, max = steps })
  end
  return lengths
end

--- A packed sequence from a padded batch.
function M.pack_padded_sequence(...)
  local o = PACK_PADDED:read(...)
  local callee, shape = PACK_PADDED.callee, o.input.shape
  if #shape < 2 then errors.raise("%s: input must have at least two dimensions", callee) end
  local steps, batch = shape[o.batch_first and 2 or 1], shape[o.batch_first and 1 or 2]
  local lengths = check_lengths(callee, o.lengths, batch, steps)
  if o.enforce_sorted and not is_sorted(lengths) then
    errors.raise("%s: lengths must not grow from one sequence to the next; {enforce_sorted = false} sorts them", callee)
  end
  local flat = o.input:flatten(1, 2)
  return pack(flat, lengths, function(sequence, step)
    return o.batch_first and (sequence - 1) * steps + step or (step - 1) * batch + sequence
  end)
end

local PACK = args.declare("nn.utils.rnn.pack_sequence", {
  doc = "Packs a list of sequences.",
  positions = 1,
  { "sequences", "list", of = { "tensor" }, least = 1, required = true,
    doc = "Tensors (steps, ...), which may differ in the number of steps." },
  { "enforce_sorted", "flag", default = true, doc = "Whether lengths that are not in descending order are an error." },
})

-- The lengths of a list of sequences, whose steps must have one shape.
local function lengths_of(callee, sequences)
  local lengths = {}
  local function step_of(s) return table.concat(s.shape, ", ", 2) end
  for i, s in ipairs(sequences) do
    if s:dim() == 0 or step_of(s) ~= step_of(sequences[1]) then
      errors.raise("%s: sequence %d has shape (%s), it must be (steps, ...) with steps as the first one has", callee, i,
        table.concat(s.shape, ", "))
    end
    lengths[i] = s:size(1)
  end
  return lengths
end

--- A packed sequence from a list of sequences.
function M.pack_sequence(...)
  local o = PACK:read(...)
  local lengths = lengths_of(PACK.callee, o.sequences)
  if o.enforce_sorted and not is_sorted(lengths) then
    errors.raise("%s: lengths must not grow from one sequence to the next; {enforce_sorted = false} sorts them",
      PACK.callee)
  end
  local first, before = {}, 0
  for i, n in ipairs(lengths) do
    args.check(PACK.callee, ("the length of sequence %d"):format(i), n, "integer", { min = 1 })
    first[i], before = before, before + n
  end
  return pack(Tensor.cat(o.sequences, 1), lengths, function(sequence, step) return first[sequence] + step end)
end

-- --- padding --------------------------------------------------------------------------------------------------------

-- Rows of flat as (batch, steps, ...) or (steps, batch, ...); place(sequence, step) tells the row, nil: the padding.
local function pad(flat, batch, steps, place, batch_first, value)
  local shape, rows = flat.shape, {}
  local nothing = shape[1] + 1
  local outer, inner = batch_first and batch or steps, batch_first and steps or batch
  for a = 1, outer do
    for b = 1, inner do
      rows[#rows + 1] = place(batch_first and a or b, batch_first and b or a) or nothing
    end
  end
  shape[1] = 1
  local padding = Tensor.full(shape, value, { dtype = flat.dtype })
  local all = Tensor.cat({ flat, padding }, 1):index_select(1, positions(rows))
  return all:reshape { outer, inner, table.unpack(shape, 2) }
end

local PAD_PACKED = args.declare("nn.utils.rnn.pad_packed_sequence", {
  doc = "The padded batch of a packed sequence, and the lengths as an int64 tensor.",
  positions = 1,
  { "sequence", "object", has = { "batch_sizes" }, required = true, what = "a packed sequence", test = M.is_packed,
    doc = "A packed sequence." },
  { "batch_first", "flag", default = false, doc = "Whether the batch becomes the first dimension." },
  { "padding_value", "number", default = 0, doc = "The value after the end of a sequence." },
  { "total_length", "integer", min = 1, doc = "Steps of the result; by default those of the longest sequence." },
})

--- A padded batch and the lengths.
-- @treturn Tensor
-- @treturn Tensor
function M.pad_packed_sequence(...)
  local o = PAD_PACKED:read(...)
  local s = o.sequence
  local longest, batch = s.batch_sizes:numel(), #s.lengths
  local steps = o.total_length or longest
  if steps < longest then
    errors.raise("%s: total_length is %d, the longest sequence has %d steps", PAD_PACKED.callee, steps, longest)
  end
  local place, n = {}, 0
  for i = 1, batch do place[i] = {} end
  each_row(s.lengths, order_of(s.lengths), function(sequence, step)
    n = n + 1
    place[sequence][step] = n
  end)
  local out = pad(s.data, batch, steps, function(sequence, step) return place[sequence][step] end, o.batch_first,
    o.padding_value)
  return out, positions(s.lengths)
end

local PAD = args.declare("nn.utils.rnn.pad_sequence", {
  doc = "A padded batch of a list of sequences.",
  positions = 1,
  { "sequences", "list", of = { "tensor" }, least = 1, required = true,
    doc = "Tensors (steps, ...), which may differ in the number of steps." },
  { "batch_first", "flag", default = false, doc = "Whether the batch becomes the first dimension." },
  { "padding_value", "number", default = 0, doc = "The value after the end of a sequence." },
})

--- A padded batch from a list of sequences.
function M.pad_sequence(...)
  local o = PAD:read(...)
  local lengths, first, before = lengths_of(PAD.callee, o.sequences), {}, 0
  local steps = math.max(table.unpack(lengths))
  for i, n in ipairs(lengths) do first[i], before = before, before + n end
  return pad(Tensor.cat(o.sequences, 1), #lengths, steps, function(sequence, step)
    return step <= lengths[sequence] and first[sequence] + step or nil
  end, o.batch_first, o.padding_value)
end

return M
