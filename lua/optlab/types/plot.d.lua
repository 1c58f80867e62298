---@meta _
--- Figures.

---@alias optlab.Field table|optlab.Tensor|fun(x: number, y: number): optlab.Operand
---@alias optlab.Points optlab.Numbers|function

---@class optlab.Figure
---@field line fun(self: optlab.Figure, x: optlab.Points, ...: optlab.Points|optlab.options.Figure.line): optlab.Figure
---@field points fun(self: optlab.Figure, x: optlab.Points, ...: optlab.Points|optlab.options.Figure.points): optlab.Figure
---@field band fun(self: optlab.Figure, x: any, lo: any, hi: any, options?: optlab.options.Figure.band): optlab.Figure
---@field hist fun(self: optlab.Figure, values: optlab.Numbers, options?: optlab.options.Figure.hist): optlab.Figure
---@field hline fun(self: optlab.Figure, y: number, options?: optlab.options.Figure.hline): optlab.Figure
---@field vline fun(self: optlab.Figure, x: number, options?: optlab.options.Figure.vline): optlab.Figure
---@field annotate fun(self: optlab.Figure, text: string, point: number[], at: number[], options?: optlab.options.Figure.annotate): optlab.Figure
---@field text fun(self: optlab.Figure, text: string, at: number[], options?: optlab.options.Figure.text): optlab.Figure
---@field contour fun(self: optlab.Figure, source: optlab.Field, options?: optlab.options.Figure.contour): optlab.Figure
---@field wireframe fun(self: optlab.Figure, source: optlab.Field, options?: optlab.options.Figure.wireframe): optlab.Figure
---@field surface fun(self: optlab.Figure, source: optlab.Field, options?: optlab.options.Figure.surface): optlab.Figure
---@field heatmap fun(self: optlab.Figure, source: optlab.Field, options?: optlab.options.Figure.heatmap): optlab.Figure
---@field image fun(self: optlab.Figure, source: table|optlab.Tensor, options?: optlab.options.Figure.image): optlab.Figure
---Writes `<out>/name.gp` and starts drawing `<out>/name.svg`.
---@field save fun(self: optlab.Figure, name: string): string

---@class optlab.Grid
---@field save fun(self: optlab.Grid, name: string): string

---@class optlab.Animation
---@field save fun(self: optlab.Animation, name: string): string

---@class optlab.plot
---@field figure fun(options?: optlab.options.plot.figure): optlab.Figure
---@field grid fun(figures: optlab.Figure[]|table, options?: optlab.options.plot.grid): optlab.Grid
---Figures one after the other: a list of them, or a function of the frame's number.
---@field animate fun(figures: table|function, options?: optlab.options.plot.animate): optlab.Animation
---A one-dimensional path on the graph of f.
---@field trace fun(f: function, path: optlab.Numbers, options?: optlab.options.plot.trace): optlab.Figure
---A two-dimensional path among the contours of f.
---@field trace2d fun(f: function, path: number[][]|optlab.Tensor, options?: optlab.options.plot.trace2d): optlab.Figure
---Many grey images (N, 1, H, W) in one figure.
---@field images fun(images: optlab.Tensor|table, options?: optlab.options.plot.images): optlab.Figure
---@field set_format fun(formats: string|string[])
---@field set_out fun(dir: string)
---Chooses the look of figures that are made from now on.
---@field set_theme fun(theme: string, options?: optlab.options.plot.set_theme)
---@field out fun(): string
---@field wait fun(): boolean?, string? Waits until all figures are drawn.
---@field written fun(): string[]
