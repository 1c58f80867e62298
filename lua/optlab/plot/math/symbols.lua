--- The commands of LaTeX's mathematics that texts in figures may hold, as characters.
-- @module optlab.plot.math.symbols
local M = {}

-- "name character" pairs. Letters stand in italics where LaTeX sets them so.
local LETTERS = [[alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ
lambda λ mu μ nu ν xi ξ pi π rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ
omega ω ell ℓ]]

local ORDINARY = [[Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω nabla ∇ partial ∂
infty ∞ forall ∀ exists ∃ emptyset ∅ hbar ℏ Re ℜ Im ℑ aleph ℵ top ⊤ bot ⊥ prime ′ dagger † ddagger ‡ ldots … dots …
cdots ⋯ circ ∘ degree ° angle ∠ neg ¬ sharp ♯ star ⋆ bullet • sum ∑ prod ∏ int ∫ oint ∮ bigcup ⋃ bigcap ⋂ vdots ⋮]]

local BINARY = [[times × cdot · pm ± mp ∓ div ÷ ast ∗ otimes ⊗ oplus ⊕ ominus ⊖ odot ⊙ cup ∪ cap ∩ setminus ∖ wedge ∧
vee ∨]]

local RELATIONS = [[leq ≤ le ≤ geq ≥ ge ≥ neq ≠ ne ≠ approx ≈ equiv ≡ sim ∼ simeq ≃ cong ≅ propto ∝ ll ≪ gg ≫ in ∈
notin ∉ ni ∋ subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇ to → rightarrow → leftarrow ← gets ← mapsto ↦ Rightarrow ⇒
Leftarrow ⇐ leftrightarrow ↔ iff ⇔ mid ∣ parallel ∥ perp ⊥ uparrow ↑ downarrow ↓ prec ≺ succ ≻]]

local OPENING = [[langle ⟨ lVert ‖ lvert | lfloor ⌊ lceil ⌈]]
local CLOSING = [[rangle ⟩ rVert ‖ rvert | rfloor ⌋ rceil ⌉]]
local FENCES = [[Vert ‖ vert |]]

local NAMES = [[log ln lg exp sin cos tan cot sinh cosh tanh arcsin arccos arctan sec csc min max inf sup lim arg det
dim
ker gcd deg Pr tr diag sign sgn rank argmin argmax Var Cov KL]]

-- LaTeX has no command of its own for these.
local OPERATORS = {}
for name in ("tr diag sign sgn rank argmin argmax Var Cov KL"):gmatch "%S+" do OPERATORS[name] = true end

-- Marks above a letter.
local ACCENTS = [[hat 0302 widehat 0302 bar 0304 overline 0305 tilde 0303 widetilde 0303 dot 0307 ddot 0308 vec 20D7
check 030C acute 0301 grave 0300 mathring 030A]]

local function fill(list, class)
  for name, char in list:gmatch("(%a+)%s+(%S+)") do M.symbols[name] = { char = char, class = class } end
end

--- name -> {char =, class = "letter", "ordinary", "binary", "relation", "open", "close" or "fence"}
M.symbols = {}
fill(LETTERS, "letter")
fill(ORDINARY, "ordinary")
fill(BINARY, "binary")
fill(RELATIONS, "relation")
fill(OPENING, "open")
fill(CLOSING, "close")
fill(FENCES, "fence")

-- What plain LaTeX has under another name only.
M.symbols.lVert.latex, M.symbols.rVert.latex = "\\|", "\\|"
M.symbols.lvert.latex, M.symbols.rvert.latex = "|", "|"
M.symbols.degree.latex = "{}^{\\circ}"

--- Names that stand upright: name -> what LaTeX calls it.
M.names = {}
for name in NAMES:gmatch "%S+" do
  M.names[name] = OPERATORS[name] and "\\mathop{\\mathrm{" .. name .. "}}\\nolimits" or "\\" .. name
end

--- Marks above a letter: name -> character that combines with the letter before it.
M.accents = {}
for name, code in ACCENTS:gmatch("(%a+)%s+(%x+)") do M.accents[name] = utf8.char(tonumber(code, 16)) end

--- Space: command -> characters.
M.spaces = {
  [","] = " ", [":"] = " ", [";"] = " ", [" "] = " ", ["!"] = "", quad = "  ", qquad = "    ",
}

--- Signs that are commands.
M.signs = { ["{"] = "{", ["}"] = "}", ["%"] = "%", ["#"] = "#", ["&"] = "&", ["_"] = "_", ["$"] = "$", ["|"] = "‖" }

--- What sets its argument in a face: name -> "bold", "upright", "italic", "script", "double".
M.faces = {
  mathbf = "bold", boldsymbol = "bold", bm = "bold", mathrm = "upright", mathit = "italic",
  mathcal = "script", mathscr = "script", mathbb = "double",
}

local SCRIPT = { B = "ℬ", E = "ℰ", F = "ℱ", H = "ℋ", I = "ℐ", L = "ℒ", M = "ℳ", R = "ℛ", e = "ℯ", g = "ℊ", o = "ℴ" }
local DOUBLE = { C = "ℂ", H = "ℍ", N = "ℕ", P = "ℙ", Q = "ℚ", R = "ℝ", Z = "ℤ" }

--- A letter in a face that has characters of its own, or nil.
-- @string face "script" or "double"
-- @string letter
function M.letter(face, letter)
  local upper, own = letter:match "^[A-Z]$", face == "script" and SCRIPT or DOUBLE
  if own[letter] then return own[letter] end
  if not upper then return nil end
  return utf8.char((face == "script" and 0x1D49C or 0x1D538) + letter:byte() - 65)
end

local SUPERS = "⁰0¹1²2³3⁴4⁵5⁶6⁷7⁸8⁹9⁺+⁻-⁽(⁾)ⁿn"
local SUBS = "₀0₁1₂2₃3₄4₅5₆6₇7₈8₉9₊+₋-"

local function pairs_of(text)
  local out, char = {}, nil
  for _, code in utf8.codes(text) do
    if char then
      out[char], char = utf8.char(code), nil
    else
      char = utf8.char(code)
    end
  end
  return out
end

--- Raised and lowered characters and what they are: "²" -> "2".
M.raised, M.lowered = pairs_of(SUPERS), pairs_of(SUBS)

--- Characters as LaTeX's mathematics writes them: "η" -> "\eta".
M.commands = { ["−"] = "-", ["μ"] = "\\mu", ["µ"] = "\\mu", ["√"] = "\\surd", ["°"] = "^{\\circ}" }
for name, symbol in pairs(M.symbols) do
  local known = M.commands[symbol.char]
  if not symbol.char:find "^[%z\1-\127]$" and (not known or "\\" .. name < known) and name ~= "degree" then
    M.commands[symbol.char] = "\\" .. name
  end
end
for letter, char in pairs(DOUBLE) do M.commands[char] = "\\mathbb{" .. letter .. "}" end
M.commands["ϕ"], M.commands["…"], M.commands["⊥"] = "\\phi", "\\dots", "\\perp"

return M
