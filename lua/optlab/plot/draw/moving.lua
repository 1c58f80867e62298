--- Makes gif, webp and animated png of the PNG pictures that gnuplot draws one after the other into one file.
-- gif and png are put together in C (src/picture); webp by the program img2webp, or where that is missing by gnuplot 6
-- itself, which then draws webp.
-- @module optlab.plot.draw.moving
local core = require "optlab.core".picture
local uv = require "luv"

local M = {}

local PROGRAM = "img2webp"

local function has_program()
  for folder in (os.getenv("PATH") or ""):gmatch("[^:]+") do
    if uv.fs_access(folder .. "/" .. PROGRAM, "X") then return true end
  end
  return false
end

--- The format that gnuplot draws for a format.
-- @string format
-- @treturn string
function M.drawn(format)
  if format == "gif" or (format == "webp" and has_program()) then return "png" end
  return format
end

--- What a user is told whose gnuplot has no webp.
M.NO_WEBP = "webp needs the program img2webp (apt-get install webp) or gnuplot 6; gif and png work without them"

-- The pictures in a file that holds one after the other.
local function split(bytes)
  local out, from = {}, 1
  while true do
    local _, last = bytes:find("\0\0\0\0IEND\xAE\x42\x60\x82", from, true)
    if not last then return out end
    out[#out + 1], from = bytes:sub(from, last), last + 1
  end
end

-- How long each of n frames is shown, in hundredths of a second.
local function delays(movie, n)
  local out = {}
  for i = 1, n do out[i] = movie and movie.delay or 0 end
  out[n] = out[n] + (movie and movie.hold or 0)
  return out
end

-- --- webp ------------------------------------------------------------------------------------------------------------

local function quoted(path) return "'" .. path:gsub("'", "'\\''") .. "'" end

local function write(path, bytes)
  local file = io.open(path, "wb")
  return file and file:write(bytes) and file:close()
end

-- Writes the frames into a folder and has the program make `webp` of them. Its arguments are names and numbers of ours.
local function encode(folder, frames, waits, loops)
  local words = { "cd", quoted(folder), "&&", PROGRAM, "-loop", ("%d"):format(loops), "-lossless" }
  for i, png in ipairs(frames) do
    local name = ("%d.png"):format(i)
    if not write(folder .. "/" .. name, png) then return nil, "cannot write into " .. folder end
    words[#words + 1] = ("-d %d %s"):format(math.max(1, 10 * waits[i]), name)
  end
  words[#words + 1] = "-o webp >/dev/null 2>&1"
  if not os.execute(table.concat(words, " ")) then return nil, PROGRAM .. " failed" end
  local file = io.open(folder .. "/webp", "rb")
  local bytes = file and file:read("a")
  if file then file:close() end
  return bytes, not bytes and PROGRAM .. " wrote no picture" or nil
end

local function webp(frames, waits, loops)
  local folder, problem = uv.fs_mkdtemp((os.getenv("TMPDIR") or "/tmp") .. "/optlab-webp-XXXXXX")
  if not folder then return nil, "no folder for the frames: " .. problem end
  local bytes, message = encode(folder, frames, waits, loops)
  for i = 1, #frames do os.remove(("%s/%d.png"):format(folder, i)) end
  os.remove(folder .. "/webp")
  os.remove(folder)
  return bytes, message
end

local MAKERS = { gif = core.gif, png = core.apng, webp = webp }

--- The file of a job's format.
-- @tparam table job {format =, draws =, movie = {delay =, hold =, loops =} or nil}
-- @tparam string bytes what gnuplot drew
-- @treturn ?string nil and a message where that fails
function M.finish(job, bytes)
  if job.draws ~= "png" or (job.format == "png" and not job.movie) then return bytes end
  local frames = split(bytes)
  if #frames == 0 then return nil, "gnuplot drew no frame" end
  return MAKERS[job.format](frames, delays(job.movie, #frames), job.movie and job.movie.loops or 1)
end

return M
