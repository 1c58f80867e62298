--- Makes gif and webp of the PNG pictures that gnuplot draws one after the other into one file.
-- Programs that many systems have do it: ImageMagick and img2webp. Where img2webp is missing, gnuplot 6 draws webp
-- itself.
-- @module optlab.plot.draw.moving
local files = require "optlab.base.files"
local shell = require "optlab.base.text.shell"
local uv = require "luv"

local M = {}

local function is_there(program)
  for folder in (os.getenv("PATH") or ""):gmatch("[^:]+") do
    if uv.fs_access(folder .. "/" .. program, "X") then return true end
  end
  return false
end

-- How each format is made: programs one of which is wanted, and the words behind its name, from the files of frames,
-- how long each is shown (in hundredths of a second), and how often the animation plays (0: for ever).
local MAKERS = {
  gif = { programs = { "magick", "convert" }, words = function(names, waits, loops)
    local words = { ("-loop %d"):format(loops) }
    for i, file in ipairs(names) do words[#words + 1] = ("-delay %d %s"):format(waits[i], file) end
    words[#words + 1] = "+dither -layers OptimizeFrame gif:picture"
    return words
  end },
  webp = { programs = { "img2webp" }, words = function(names, waits, loops)
    local words = { ("-loop %d -lossless"):format(loops) }
    for i, file in ipairs(names) do words[#words + 1] = ("-d %d %s"):format(math.max(1, 10 * waits[i]), file) end
    words[#words + 1] = "-o picture"
    return words
  end },
}

local function program_of(format)
  for _, program in ipairs(MAKERS[format].programs) do
    if is_there(program) then return program end
  end
end

--- The format that gnuplot draws for a format.
-- @string format
-- @treturn string
function M.drawn(format)
  if format == "gif" or (format == "webp" and program_of "webp") then return "png" end
  return format
end

--- What a user is told whose gnuplot has no webp.
M.NO_WEBP = "webp needs the program img2webp (apt-get install webp) or gnuplot 6"

local NO_GIF = "gif needs ImageMagick (apt-get install imagemagick)"

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

-- Writes the frames into a folder and has the program make "picture" of them there. Its arguments are names and numbers
-- of ours.
local function encode(folder, job, program, frames)
  local names, movie = {}, job.movie
  for i, png in ipairs(frames) do
    names[i] = ("%d.png"):format(i)
    local ok, message = files.replace(folder .. "/" .. names[i], png)
    if not ok then return nil, message end
  end
  local words = MAKERS[job.format].words(names, delays(movie, #frames), movie and movie.loops or 1)
  local command = ("cd %s && %s %s >said 2>&1"):format(shell.word(folder), program, table.concat(words, " "))
  if not os.execute(command) then
    return nil, ("%s failed: %s"):format(program, (files.read(folder .. "/said") or ""):match "^[^\n]*")
  end
  return files.read(folder .. "/picture")
end

local function remove(folder, n)
  for i = 1, n do os.remove(("%s/%d.png"):format(folder, i)) end
  for _, name in ipairs { "/picture", "/said" } do os.remove(folder .. name) end
  os.remove(folder)
end

--- The file of a job's format.
-- @tparam table job {format =, draws =, movie = {delay =, hold =, loops =} or nil}
-- @tparam string bytes what gnuplot drew
-- @treturn ?string nil and a message where that fails
function M.finish(job, bytes)
  if job.draws == job.format then return bytes end
  local program = program_of(job.format)
  if not program then return nil, job.format == "gif" and NO_GIF or M.NO_WEBP end
  local frames = split(bytes)
  if #frames == 0 then return nil, "gnuplot drew no frame" end
  local folder, problem = files.temporary_folder "frames"
  if not folder then return nil, problem end
  local picture, message = encode(folder, job, program, frames)
  remove(folder, #frames)
  return picture, message
end

return M
