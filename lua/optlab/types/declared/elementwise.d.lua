-- Made by scripts/reference from the declarations. Change these, not this file.
---@meta _

---@class optlab.Tensor
---@field neg optlab.UnaryMethod
---@field exp optlab.UnaryMethod
---@field log optlab.UnaryMethod
---@field log1p optlab.UnaryMethod
---@field expm1 optlab.UnaryMethod
---@field sqrt optlab.UnaryMethod
---@field square optlab.UnaryMethod
---@field abs optlab.UnaryMethod
---@field sign optlab.UnaryMethod
---@field sin optlab.UnaryMethod
---@field cos optlab.UnaryMethod
---@field tan optlab.UnaryMethod
---@field sinh optlab.UnaryMethod
---@field cosh optlab.UnaryMethod
---@field tanh optlab.UnaryMethod
---@field asin optlab.UnaryMethod
---@field acos optlab.UnaryMethod
---@field atan optlab.UnaryMethod
---@field asinh optlab.UnaryMethod
---@field acosh optlab.UnaryMethod
---@field atanh optlab.UnaryMethod
---@field log2 optlab.UnaryMethod
---@field log10 optlab.UnaryMethod
---@field exp2 optlab.UnaryMethod
---@field rsqrt optlab.UnaryMethod
---@field trunc optlab.UnaryMethod
---@field frac optlab.UnaryMethod
---@field isnan optlab.UnaryMethod
---@field isinf optlab.UnaryMethod
---@field isfinite optlab.UnaryMethod
---@field erf optlab.UnaryMethod
---@field erfc optlab.UnaryMethod
---@field sigmoid optlab.UnaryMethod
---@field relu optlab.UnaryMethod
---@field softplus optlab.UnaryMethod
---@field reciprocal optlab.UnaryMethod
---@field floor optlab.UnaryMethod
---@field ceil optlab.UnaryMethod
---@field round optlab.UnaryMethod
---@field logical_not optlab.UnaryMethod
---@field atan2 optlab.BinaryMethod
---@field hypot optlab.BinaryMethod
---@field remainder optlab.BinaryMethod
---@field fmod optlab.BinaryMethod
---@field floor_divide optlab.BinaryMethod
---@field add optlab.BinaryMethod
---@field sub optlab.BinaryMethod
---@field mul optlab.BinaryMethod
---@field div optlab.BinaryMethod
---@field pow optlab.BinaryMethod
---@field maximum optlab.BinaryMethod
---@field minimum optlab.BinaryMethod
---@field eq optlab.BinaryMethod
---@field ne optlab.BinaryMethod
---@field lt optlab.BinaryMethod
---@field le optlab.BinaryMethod
---@field gt optlab.BinaryMethod
---@field ge optlab.BinaryMethod
---@field logical_and optlab.BinaryMethod
---@field logical_or optlab.BinaryMethod
---@field logical_xor optlab.BinaryMethod

---@class optlab
local lab = {}

---Functions of one tensor or plain number, which give the same kind.
---@generic T: optlab.Tensor|number
---@param x T
---@return T
local function unary(x) end

lab.neg = unary
lab.exp = unary
lab.log = unary
lab.log1p = unary
lab.expm1 = unary
lab.sqrt = unary
lab.square = unary
lab.abs = unary
lab.sign = unary
lab.sin = unary
lab.cos = unary
lab.tan = unary
lab.sinh = unary
lab.cosh = unary
lab.tanh = unary
lab.asin = unary
lab.acos = unary
lab.atan = unary
lab.asinh = unary
lab.acosh = unary
lab.atanh = unary
lab.log2 = unary
lab.log10 = unary
lab.exp2 = unary
lab.rsqrt = unary
lab.trunc = unary
lab.frac = unary
lab.isnan = unary
lab.isinf = unary
lab.isfinite = unary
lab.erf = unary
lab.erfc = unary
lab.sigmoid = unary
lab.relu = unary
lab.softplus = unary
lab.reciprocal = unary
lab.floor = unary
lab.ceil = unary
lab.round = unary
lab.logical_not = unary

---Functions of two tensors or numbers, which give a number for two numbers.
---@overload fun(a: number, b: number): number
---@param a optlab.Operand
---@param b optlab.Operand
---@return optlab.Tensor
local function binary(a, b) end

lab.atan2 = binary
lab.hypot = binary
lab.remainder = binary
lab.fmod = binary
lab.floor_divide = binary
lab.add = binary
lab.sub = binary
lab.mul = binary
lab.div = binary
lab.pow = binary
lab.maximum = binary
lab.minimum = binary
lab.eq = binary
lab.ne = binary
lab.lt = binary
lab.le = binary
lab.gt = binary
lab.ge = binary
lab.logical_and = binary
lab.logical_or = binary
lab.logical_xor = binary
