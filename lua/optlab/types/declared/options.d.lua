-- Made by scripts/reference from the declarations. Change these, not this file.
---@meta _

---@class optlab.options.autograd.gradcheck
---@field eps? number The step of the central differences. Default: 1e-6.
---@field atol? number The absolute difference that is allowed. Default: 1e-5.
---@field rtol? number The relative difference that is allowed. Default: 0.001.
---@field second_order? boolean Whether second derivatives are checked as well. Default: true.
---@field raise? boolean Whether a mismatch is an error. Default: true.

---@class optlab.options.book.lenet
---@field zero_bias? boolean Whether biases start at zero instead of random values. Default: false.

---@class optlab.options.data.airfoil
---@field n? integer Number of rows, of 1503. Default: 1500.
---@field dtype? optlab.Float Dtype of the tensors; by default the default dtype.

---@class optlab.options.data.blobs
---@field n? integer Number of points, of all classes. Default: 300.
---@field classes? integer Number of centres. Default: 3.
---@field features? integer Number of coordinates. Default: 2.
---@field std? number Standard deviation about a centre. Default: 1.
---@field spread? number Centres are uniform in [-spread, spread]. Default: 10.
---@field seed? integer Seed of the points. Default: 0.
---@field dtype? optlab.Float Dtype of X; by default the default dtype.

---@class optlab.options.data.cifar10
---@field split? "train"|"test" Which part of the data set. Default: "train".
---@field n? integer The first n images; by default all.
---@field flatten? boolean Whether an image is one row of pixels. Default: false.
---@field dtype? "float32"|"float64"|"uint8" Dtype of the batches that a loader makes; by default the default dtype; "uint8" for raw bytes.

---@class optlab.options.data.cifar100
---@field split? "train"|"test" Which part of the data set. Default: "train".
---@field n? integer The first n images; by default all.
---@field labels? "fine"|"coarse" The classes, 1 to 100, or their groups, 1 to 20. Default: "fine".
---@field flatten? boolean Whether an image is one row of pixels. Default: false.
---@field dtype? "float32"|"float64"|"uint8" Dtype of the batches that a loader makes; by default the default dtype; "uint8" for raw bytes.

---@class optlab.options.data.csv
---@field delimiter? string What separates the fields; detected by default; " " means runs of blanks.
---@field header? boolean Whether the first line, or a comment above a first line of numbers, holds the columns' names. Default: false.
---@field skip? integer Number of lines to skip at the start of the file. Default: 0.
---@field columns? (integer|string)[] Positions or names of the columns to read; by default all.
---@field categories? table Columns of texts, by position or name; their texts become numbers from 1, in the order of their bytes. {name = {"a", "b"}}: only these texts, in this order, also "NA".
---@field comment? string|false The sign that begins a comment, by default "#"; false for no comments.
---@field na? number The number to use for missing values (empty, NA, nan, null, None, #N/A, ...); without it they are errors.
---@field dtype? optlab.DType Dtype of the tensor; by default the default dtype.

---@class optlab.options.data.digest
---@field unpack? boolean Whether to digest what a gzip-compressed file contains. Default: false.

---@class optlab.options.data.download
---@field digest? string The expected checksum, such as "sha1:76e5...".
---@field connect_timeout? number Seconds until the server must have answered. Default: 5.
---@field stall_timeout? number Seconds without data after which the download fails. Default: 8.
---@field timeout? number Seconds after which the download fails, even if data arrive. Default: 3600.
---@field max_bytes? integer Size at which the download fails; by default $OPTLAB_MAX_DOWNLOAD (such as 16G), or 2 GiB.
---@field progress? function progress(done, total) is called now and then with bytes; total is nil if it is not known.

---@class optlab.options.data.fashion_mnist
---@field split? "train"|"test" Which part of the data set. Default: "train".
---@field n? integer The first n images; by default all.
---@field flatten? boolean Whether X is (n, 784) instead of (n, 1, 28, 28). Default: false.
---@field dtype? "float32"|"float64"|"uint8" Dtype of the batches that a loader makes; by default the default dtype; "uint8" for raw bytes.

---@class optlab.options.data.fashion_mnist_pair
---@field n? integer The first n images to train on; by default all.
---@field n_test? integer The first n_test images to test on; by default all.
---@field flatten? boolean Whether X is (n, 784) instead of (n, 1, 28, 28). Default: false.
---@field dtype? "float32"|"float64"|"uint8" Dtype of the batches that a loader makes; by default the default dtype; "uint8" for raw bytes.

---@class optlab.options.data.kmnist
---@field split? "train"|"test" Which part of the data set. Default: "train".
---@field n? integer The first n images; by default all.
---@field flatten? boolean Whether an image is one row of pixels. Default: false.
---@field dtype? "float32"|"float64"|"uint8" Dtype of the batches that a loader makes; by default the default dtype; "uint8" for raw bytes.

---@class optlab.options.data.loader
---@field batch_size? integer Number of rows in a batch. Default: 1.
---@field shuffle? boolean Whether the rows are put in a new random order in each epoch. Default: false.
---@field replacement? boolean Whether each row is drawn from all rows, with replacement; shuffle then has no effect. Default: false.
---@field weights? optlab.Tensor A number for each row, in proportion to which rows are drawn, with replacement.
---@field samples? integer Number of rows of an epoch that is shuffled or drawn; by default as many as there are.
---@field drop_last? boolean Whether a last batch that is not full is left out. Default: false.
---@field seed? integer Seed of the order; by default it follows lab.manual_seed.
---@field transform? optlab.options.data.loader.transform How a uint8 X is converted; by default the data set's own transform; false for none.
---@field augment? optlab.options.data.loader.augment How images X (N, C, H, W) are moved and mirrored at random, before the transform.

---@class optlab.options.data.loader.augment
---@field padding? integer Zeros added on every side; then a part of the original size is cut out at a random position. Default: 0.
---@field flip? boolean Whether half of the images are mirrored, left to right. Default: false.

---@class optlab.options.data.loader.transform
---@field dtype? optlab.DType Dtype of the batches; by default the default dtype.
---@field scale? number Factor of each byte. Default: 1.
---@field mean? number|number[] Subtracted after that; a list: one for each channel. Default: 0.
---@field std? number|number[] Divisor of the difference, or a list of them. Default: 1.

---@class optlab.options.data.mnist
---@field split? "train"|"test" Which part of the data set. Default: "train".
---@field n? integer The first n images; by default all.
---@field flatten? boolean Whether an image is one row of pixels. Default: false.
---@field dtype? "float32"|"float64"|"uint8" Dtype of the batches that a loader makes; by default the default dtype; "uint8" for raw bytes.

---@class optlab.options.data.moons
---@field n? integer Number of points, of all classes. Default: 200.
---@field noise? number Standard deviation of what is added to each coordinate. Default: 0.1.
---@field seed? integer Seed of the points. Default: 0.
---@field dtype? optlab.Float Dtype of X; by default the default dtype.

---@class optlab.options.data.noisy_quadratic
---@field spectrum number[] The eigenvalues of H.
---@field n? integer Number of examples. Default: 1000.
---@field noise? number Standard deviation of each coordinate of x. Default: 1.
---@field rotate? boolean Whether the eigenvectors are random instead of the axes. Default: true.
---@field seed? integer Seed of all that is random. Default: 0.
---@field dtype? optlab.Float Dtype of the tensors; by default the default dtype.

---@class optlab.options.data.spirals
---@field n? integer Number of points, of all classes. Default: 300.
---@field classes? integer Number of spirals. Default: 2.
---@field turns? number Number of turns of a spiral. Default: 1.75.
---@field noise? number Standard deviation of what is added to each coordinate. Default: 0.02.
---@field seed? integer Seed of the points. Default: 0.
---@field dtype? optlab.Float Dtype of X; by default the default dtype.

---@class optlab.options.data.svhn
---@field split? "train"|"test"|"extra" Which part of the data set. Default: "train".
---@field n? integer The first n images; by default all.
---@field flatten? boolean Whether an image is one row of pixels. Default: false.
---@field dtype? "float32"|"float64"|"uint8" Dtype of the batches that a loader makes; by default the default dtype; "uint8" for raw bytes.

---@class optlab.options.data.teacher_student
---@field n? integer Number of examples. Default: 1000.
---@field features? integer Number of inputs, normal with deviation 1. Default: 10.
---@field hidden? integer[] Sizes of the teacher's hidden layers. Default: {16}.
---@field outputs? integer Number of outputs. Default: 1.
---@field noise? number Standard deviation of what is added to y. Default: 0.
---@field seed? integer Seed of all that is random. Default: 0.
---@field dtype? optlab.Float Dtype of the tensors; by default the default dtype.

---@class optlab.options.data.text
---@field n? integer The first n characters; by default all (of a made-up text, 200,000).
---@field vocabulary? string[] The characters, in the order of their numbers; by default those of the text, sorted.

---@class optlab.options.data.transforms.normalize
---@field scale? number Factor before that; 1 / 255 for bytes. Default: 1.

---@class optlab.options.data.transforms.random_crop
---@field padding? integer Zeros on every side before that. Default: 0.

---@class optlab.options.data.transforms.random_horizontal_flip
---@field p? number The chance that an image is mirrored, left to right. Default: 0.5.

---@class optlab.options.data.windows
---@field batch_size? integer Orders the rows so that, in batches of this size, row i continues where row i of the previous batch ended. Default: 1.

---@class optlab.options.data.write_csv
---@field names? table The columns' names, which become the first line.
---@field categories? table {[column] = {"a", "b"}}: the texts for the numbers 1, 2, ... of a column, as data.csv returns it.
---@field delimiter? string What separates the fields; by default a comma.

---@class optlab.options.Figure.annotate
---@field color? string A letter, a name, "#rrggbb", or "C1" to "C10" of the theme; by default the next of these.
---@field size? number Size of the font.
---@field align? "left"|"center"|"right" Which part of the text is at that position. Default: "left".
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.axhline
---@field label? string|number Name in the legend.
---@field style? string A line, a marker and a colour letter, such as "-", "o" or "r--".
---@field color? string A letter, a name, "#rrggbb", or "C1" to "C10" of the theme; by default the next of these.
---@field width? number Width of the line. Default: 1.2.
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.axhspan
---@field label? string|number Name in the legend.
---@field color? string A letter, a name, "#rrggbb", or "C1" to "C10" of the theme. Default: "#7f7f7f".
---@field alpha? number How opaque the area is. Default: 0.2.
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.axvline
---@field label? string|number Name in the legend.
---@field style? string A line, a marker and a colour letter, such as "-", "o" or "r--".
---@field color? string A letter, a name, "#rrggbb", or "C1" to "C10" of the theme; by default the next of these.
---@field width? number Width of the line. Default: 1.2.
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.axvspan
---@field label? string|number Name in the legend.
---@field color? string A letter, a name, "#rrggbb", or "C1" to "C10" of the theme. Default: "#7f7f7f".
---@field alpha? number How opaque the area is. Default: 0.2.
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.band
---@field label? string|number Name in the legend.
---@field color? string A letter, a name, "#rrggbb", or "C1" to "C10" of the theme; by default the next of these.
---@field alpha? number How opaque the area is. Default: 0.25.
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.bar
---@field label? string|number|(string|number)[] Name in the legend; for several groups a list of names.
---@field color? string|string[] Colour of the bars; for several groups a list. By default the next of the theme.
---@field width? number Width of a bar, or of all bars at one position. Default: 0.8.
---@field bottom? optlab.Numbers|number Where the bars start: a number, or one for each. Default: 0.
---@field stacked? boolean Whether groups are stacked instead of side by side. Default: false.
---@field err? optlab.Numbers|number Length of an error bar on both sides of each end; only for one group.
---@field alpha? number How opaque the bars are. Default: 0.85.
---@field edgecolor? string Colour of the edges of the bars; by default that of the background.
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.barh
---@field label? string|number|(string|number)[] Name in the legend; for several groups a list of names.
---@field color? string|string[] Colour of the bars; for several groups a list. By default the next of the theme.
---@field width? number Width of a bar, or of all bars at one position. Default: 0.8.
---@field bottom? optlab.Numbers|number Where the bars start: a number, or one for each. Default: 0.
---@field stacked? boolean Whether groups are stacked instead of side by side. Default: false.
---@field err? optlab.Numbers|number Length of an error bar on both sides of each end; only for one group.
---@field alpha? number How opaque the bars are. Default: 0.85.
---@field edgecolor? string Colour of the edges of the bars; by default that of the background.
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.boxplot
---@field labels? (string|number)[] A name for each, below it.
---@field positions? optlab.Numbers Position of each; by default 1, 2, ...
---@field width? number Width of the boxes. Default: 0.5.
---@field whis? number How far the whiskers reach at most, in heights of the box; they end at the last value there. Default: 1.5.
---@field showfliers? boolean Whether values beyond the whiskers are shown as points. Default: true.
---@field showmeans? boolean Whether the means are also shown, as diamonds. Default: false.
---@field color? string A letter, a name, "#rrggbb", or "C1" to "C10" of the theme; by default the next of these.
---@field alpha? number How opaque the areas are. Default: 0.35.
---@field label? string|number Name in the legend.
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.contour
---@field x? number[] {from, to, step} for a function; {from, to} for a matrix, by default 1 to its number of columns.
---@field y? number[] {from, to, step} for a function; {from, to} for a matrix, by default 1 to its number of rows.
---@field xs? optlab.Numbers The x of the values one by one, instead of x: they may have unequal distances.
---@field ys? optlab.Numbers The y of the values one by one, instead of y: they may have unequal distances.
---@field levels? integer|optlab.Numbers The largest number of contours, at round values; or the list of values. Default: 8.
---@field filled? boolean Whether to fill the bands between levels instead of drawing lines. Default: false.
---@field labels? boolean Whether the value of each level is written on its line. Default: false.
---@field label? string|number Name in the legend, or of the colour bar if there is one.
---@field color? string One colour for all levels, instead of a colour for each.
---@field style? string A line, a marker and a colour letter, such as "-", "o" or "r--".
---@field width? number Width of the line.
---@field palette? string The colour scale; with "_r" after its name it is reversed. Default: "viridis".
---@field colorbar? boolean Whether a bar explains the colours. Default: false.
---@field norm? "linear"|"log" Whether colours follow the values or their logarithms; values that are not positive then have the lowest colour. Default: "linear".
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.errorbar
---@field yerr? number|optlab.Numbers|table|optlab.Tensor How far the bars along y reach: one number, one for each point, or two lists {below, above}.
---@field xerr? number|optlab.Numbers|table|optlab.Tensor How far the bars along x reach: one number, one for each point, or two lists {below, above}.
---@field label? string|number Name in the legend.
---@field style? string A line, a marker and a colour letter, as of Figure:line. Default: "o".
---@field color? string A letter, a name, "#rrggbb", or "C1" to "C10" of the theme; by default the next of these.
---@field width? number Width of the line. Default: 1.4.
---@field size? number Size of the markers.
---@field capsize? number Half the length of the caps of the bars, in pixels. Default: 3.
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.fill_between
---@field where? optlab.Numbers|boolean[] At which points to fill; by default at all points.
---@field label? string|number Name in the legend.
---@field color? string A letter, a name, "#rrggbb", or "C1" to "C10" of the theme; by default the next of these.
---@field alpha? number How opaque the area is. Default: 0.25.
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.heatmap
---@field x? number[] {from, to, step} for a function; {from, to} for a matrix, by default 1 to its number of columns.
---@field y? number[] {from, to, step} for a function; {from, to} for a matrix, by default 1 to its number of rows.
---@field xs? optlab.Numbers The x of the centres of the cells, or of their edges, one more: cells may differ in width.
---@field ys? optlab.Numbers The y of the centres of the cells, or of their edges, one more: cells may differ in height.
---@field palette? string The colour scale; with "_r" after its name it is reversed. Default: "viridis".
---@field colorbar? boolean Whether a bar explains the colours. Default: true.
---@field range? number[] {lowest, highest} value of the colour scale; by default those of the data.
---@field norm? "linear"|"log" Whether colours follow the values or their logarithms; values that are not positive then have the lowest colour. Default: "linear".
---@field classes? (string|number)[] Names of the values 1, 2, ..., which the colour bar shows; the palette then has a colour for each.
---@field label? string|number Name of the colour bar.
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.hist
---@field bins? integer Number of bars. Default: 20.
---@field range? number[] {from, to}: the start of the first bar and the end of the last one; by default the range of the values.
---@field density? boolean Whether the area of the bars is 1; otherwise they show counts. Default: false.
---@field label? string|number Name in the legend.
---@field color? string A letter, a name, "#rrggbb", or "C1" to "C10" of the theme; by default the next of these.
---@field alpha? number How opaque the bars are. Default: 0.6.
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.hline
---@field label? string|number Name in the legend.
---@field style? string A line, a marker and a colour letter, such as "-", "o" or "r--".
---@field color? string A letter, a name, "#rrggbb", or "C1" to "C10" of the theme; by default the next of these.
---@field width? number Width of the line. Default: 1.2.
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.image
---@field x? number[] {from, to}: the outer edges of the picture along x; with them the figure has axes.
---@field y? number[] {from, to}: the outer edges of the picture along y; with them the figure has axes.
---@field label? string|number Name in the legend.
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.inset
---@field zoom? boolean Whether a rectangle and two lines show which part of this figure the small one shows. Default: false.

---@class optlab.options.Figure.line
---@field label? string|number Name in the legend.
---@field style? string A line, a marker and a colour letter, such as "-", "o" or "r--".
---@field color? string A letter, a name, "#rrggbb", or "C1" to "C10" of the theme; by default the next of these.
---@field width? number Width of the line.
---@field size? number Size of the markers.
---@field x? number[] {from, to, step}: where a function is evaluated; by default the figure's xlim.
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.points
---@field label? string|number Name in the legend.
---@field style? string A line, a marker and a colour letter, such as "-", "o" or "r--".
---@field color? string A letter, a name, "#rrggbb", or "C1" to "C10" of the theme; by default the next of these.
---@field width? number Width of the line.
---@field size? number Size of the markers.
---@field x? number[] {from, to, step}: where a function is evaluated; by default the figure's xlim.
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.quiver
---@field x? number[] {from, to, step} of x for a function.
---@field y? number[] {from, to, step} of y for a function.
---@field c? optlab.Numbers|function A value for each arrow, which its colour shows; or a function of x and y.
---@field scale? number Factor of u and v; by default the longest arrow is about as long as the distance between two points.
---@field pivot? "tail"|"mid"|"tip" Which part of the arrow is at its point. Default: "tail".
---@field head? number Length of the arrows' heads in pixels. Default: 6.5.
---@field color? string A letter, a name, "#rrggbb", or "C1" to "C10" of the theme; by default the next of these.
---@field width? number Width of the line. Default: 1.2.
---@field palette? string The colour scale; with "_r" after its name it is reversed. Default: "viridis".
---@field range? number[] {lowest, highest} value of the colour scale; by default those of the data.
---@field norm? "linear"|"log" Whether colours follow the values or their logarithms; values that are not positive then have the lowest colour. Default: "linear".
---@field colorbar? boolean Whether a bar explains the colours. Default: true.
---@field label? string|number Name of the colour bar if there is one, else in the legend.
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.raw
---@field plot? string An item of the plot command, such as "sin(x) with lines".

---@class optlab.options.Figure.scatter
---@field c? optlab.Numbers A value for each point, which its colour shows.
---@field size? number|optlab.Numbers Size of the markers, or of each. Default: 1.
---@field marker? "o"|"."|"s"|"^"|"v"|"D"|"d"|"p"|"*"|"+"|"x" The marker, a letter as in a style. Default: "o".
---@field color? string A letter, a name, "#rrggbb", or "C1" to "C10" of the theme; by default the next of these.
---@field alpha? number How opaque the points are. Default: 1.
---@field edgecolor? string Colour of an edge around each marker.
---@field width? number Width of the edges, and of markers made of lines. Default: 1.
---@field palette? string The colour scale; with "_r" after its name it is reversed. Default: "viridis".
---@field range? number[] {lowest, highest} value of the colour scale; by default those of the data.
---@field norm? "linear"|"log" Whether colours follow the values or their logarithms; values that are not positive then have the lowest colour. Default: "linear".
---@field colorbar? boolean Whether a bar explains the colours. Default: true.
---@field label? string|number Name of the colour bar if there is one, else in the legend.
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.step
---@field where? "pre"|"post"|"mid" Where y changes: at the point before ("pre"), at the point ("post"), or between them ("mid"). Default: "pre".
---@field label? string|number Name in the legend.
---@field style? string A line, a marker and a colour letter, such as "-", "o" or "r--".
---@field color? string A letter, a name, "#rrggbb", or "C1" to "C10" of the theme; by default the next of these.
---@field width? number Width of the line.
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.surface
---@field x? number[] {from, to, step} for a function; {from, to} for a matrix, by default 1 to its number of columns.
---@field y? number[] {from, to, step} for a function; {from, to} for a matrix, by default 1 to its number of rows.
---@field xs? optlab.Numbers The x of the values one by one, instead of x: they may have unequal distances.
---@field ys? optlab.Numbers The y of the values one by one, instead of y: they may have unequal distances.
---@field palette? string The colour scale; with "_r" after its name it is reversed. Default: "viridis".
---@field range? number[] {lowest, highest} value of the colour scale; by default those of the data.
---@field norm? "linear"|"log" Whether colours follow the values or their logarithms; values that are not positive then have the lowest colour. Default: "linear".
---@field colorbar? boolean Whether a bar explains the colours. Default: false.
---@field label? string|number Name of the colour bar.
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.table
---@field header? (string|number)[] The names of the columns, above a line.
---@field align? string[] Alignment of each column; by default numbers to the right, text to the left.
---@field size? number Size of the font; it is reduced if the table is too wide. Default: 12.
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.text
---@field color? string A letter, a name, "#rrggbb", or "C1" to "C10" of the theme; by default the next of these.
---@field size? number Size of the font.
---@field align? "left"|"center"|"right" Which part of the text is at that position. Default: "left".
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.twinx
---@field ylabel? string|number Label of the axis on the right.
---@field ylim? number[] {from, to}; by default the range of the data with a margin of 5 %.
---@field logy? boolean Whether the axis is logarithmic. Default: false.
---@field yticks? optlab.Numbers|(number|table)[] Positions of the ticks: numbers, or {number, text}.
---@field yinteger? boolean Whether all ticks are whole numbers, as for epochs; by default if all data along the axis are.
---@field color? string Colour of the label and the ticks of the axis, such as that of its curves.
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.violinplot
---@field labels? (string|number)[] A name for each, below it.
---@field positions? optlab.Numbers Position of each; by default 1, 2, ...
---@field width? number Greatest width of the violins. Default: 0.7.
---@field bandwidth? number A factor for the width of the kernels, which follows Scott's rule. Default: 1.
---@field showbox? boolean Whether quartiles and median are shown inside. Default: true.
---@field color? string A letter, a name, "#rrggbb", or "C1" to "C10" of the theme; by default the next of these.
---@field alpha? number How opaque the areas are. Default: 0.35.
---@field label? string|number Name in the legend.
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.vline
---@field label? string|number Name in the legend.
---@field style? string A line, a marker and a colour letter, such as "-", "o" or "r--".
---@field color? string A letter, a name, "#rrggbb", or "C1" to "C10" of the theme; by default the next of these.
---@field width? number Width of the line. Default: 1.2.
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.

---@class optlab.options.Figure.wireframe
---@field x? number[] {from, to, step} for a function; {from, to} for a matrix, by default 1 to its number of columns.
---@field y? number[] {from, to, step} for a function; {from, to} for a matrix, by default 1 to its number of rows.
---@field xs? optlab.Numbers The x of the values one by one, instead of x: they may have unequal distances.
---@field ys? optlab.Numbers The y of the values one by one, instead of y: they may have unequal distances.
---@field color? string A letter, a name, "#rrggbb", or "C1" to "C10" of the theme; by default the next of these.
---@field width? number Width of the line. Default: 1.
---@field label? string|number Name in the legend.
---@field enhanced? boolean Whether _ ^ { } @ & in texts are gnuplot's markup, such as x^2; by default as the figure's option says.
---@field transparent? boolean Whether the lines behind the surface show through it. Default: false.

---@class optlab.options.lab.compile
---@field fallback? boolean Whether a step that cannot be recorded runs as plain Lua; step.reason then says why. Default: false.
---@field numbers? boolean Whether results with one element, such as the loss, are returned as numbers instead of tensors, which is faster. Default: false.
---@field check? boolean Whether the second recording is compared with the first. Default: true.

---@class optlab.options.lab.minimize
---@field method? "bfgs"|"bisection"|"bobyqa"|"brent"|"cma_es"|"cobyla"|"conjugate_gradient"|"coordinate_descent"|"differential_evolution"|"direct"|"gauss_newton"|"golden"|"gradient_descent"|"lbfgs"|"levenberg_marquardt"|"nelder_mead"|"newton"|"proximal_gradient"|"slsqp"|"trust_region" The method. Default: "bfgs".
---@field grad? function|table A function that is called like f and returns the gradient; by default automatic differentiation.
---@field gtol? number Stops when no element of the gradient is larger than this. Default: 1e-6.
---@field ftol? number Stops when a step lowers the value by at most this share of it (or of 1); 0: never. Default: 0.
---@field xtol? number Stops when a step changes no variable by more than this share of the largest (or of 1); 0: never. Default: 0.
---@field target? number Stops when the value is at most this.
---@field max_steps? integer The largest number of steps; by default 10000, and no limit for NLopt's methods, where each evaluation is a step.
---@field max_evaluations? integer No step begins after this many evaluations of f; by default 1000000, direct: 2000 for each variable.
---@field line_search? "strong_wolfe"|"backtracking" How the methods with gradients choose the length of a step. Default: "strong_wolfe".
---@field c1? number The least decrease of a step, as a share of the decrease that the slope predicts (Armijo). Default: 0.0001.
---@field c2? number The largest slope after a step, as a share of the first (Wolfe); by default 0.9, and 0.1 for conjugate_gradient.
---@field memory? integer lbfgs: the number of steps that it remembers. Default: 10.
---@field radius? number The first radius: of trust_region, by default 1, and of levenberg_marquardt, where the variables are scaled by the columns of the first Jacobian, by default 100 times the length of x0.
---@field initial_step? number The first step: nelder_mead's side (by default 5 % of a variable), proximal_gradient's rate, the reach of coordinate_descent and of methods for one number (by default 1), bobyqa's and cobyla's.
---@field simplex_ftol? number Methods without gradients stop where the values of their points differ by no more than this, and their points by no more than simplex_xtol. Default: 1e-10.
---@field simplex_xtol? number See simplex_ftol; methods for one number stop where the bracket is this narrow, those of NLopt where steps are this short, as a share of x or at all. Default: 1e-8.
---@field sigma? number cma_es: the first standard deviation. Default: 0.5.
---@field population? integer cma_es, differential_evolution: the number of points; by default 4 + 3 log n, and 15 n.
---@field weight? number differential_evolution: the weight of the difference (F). Default: 0.7.
---@field crossover? number differential_evolution: the share of variables that change (CR). Default: 0.7.
---@field bounds? table A box, {low, high}: two numbers, lists or tensors; for bobyqa, cobyla, differential_evolution, direct, proximal_gradient and slsqp.
---@field inequality? function|table|(function|table)[] cobyla, slsqp: a function called like f, or a list of them, whose values must be at most 0.
---@field equality? function|table|(function|table)[] cobyla, slsqp: a function called like f, or a list of them, whose values must be 0.
---@field bracket? number[] golden, bisection, brent: {low, high} with a minimum between them.
---@field l1? number proximal_gradient: the factor of the sum of |x| that is added to f. Default: 0.
---@field prox? function|table proximal_gradient: prox(x, t) returns the proximal map of t h at x.
---@field penalty? function|table proximal_gradient: the value of h at x, beside prox.
---@field accelerate? boolean proximal_gradient: whether it has FISTA's momentum. Default: true.
---@field growth? number proximal_gradient: the factor of the rate after each step. Default: 1.
---@field path? boolean Whether the result holds all points, `path`.
---@field callback? function|table Called after each step with {x =, f =, step =, evaluations =, ...}; if it returns "stop", the search ends.

---@class optlab.options.lab.params.a_parameter
---@field default? any The value without an option on the command line; its type is the parameter's.
---@field help? string A line for --help.
---@field choices? any[] The values that are allowed.
---@field min? number The least number that is allowed.
---@field max? number The greatest number that is allowed.
---@field type? "integer"|"number"|"boolean"|"string"|"list" The type, if there is no default or if it differs from the default's.

---@class optlab.options.lab.progress
---@field unit? string What the shown rate counts, such as "examples"; by default steps.
---@field per_step? number How many of these units a step has. Default: 1.
---@field done? integer Number of steps already done. Default: 0.
---@field text? string|number|function|table Shown after the bar; a function is called each time the bar is drawn.
---@field loss? number|function|table The last loss, shown with the bar; a function that returns it, or nil, is called each time.

---@class optlab.options.lab.save
---@field metadata? table Strings by name, stored in a .safetensors file.
---@field compress? boolean Whether the tensors of a .npz file are compressed; false by default.

---@class optlab.options.lab.vmap
---@field in_dims? any The dimension over which f is mapped, by default 1; or a list, with false for an argument that is passed whole.
---@field out_dims? integer Where the results get that dimension. Default: 1.

---@class optlab.options.linalg.cholesky
---@field upper? boolean Whether to compute the upper factor U of A = U^T U, from A's upper triangle. Default: false.

---@class optlab.options.linalg.cholesky_solve
---@field upper? boolean Whether the factor is the upper one. Default: false.

---@class optlab.options.linalg.lu_solve
---@field left? boolean Whether A is on the left; if not, X A = B. Default: true.
---@field adjoint? boolean Whether to solve with A^T instead of A. Default: false.

---@class optlab.options.linalg.matrix_rank
---@field atol? number The absolute limit; 0 unless given.
---@field rtol? number The relative one; max(m, n) times the dtype's epsilon, 0 if atol is given.
---@field hermitian? boolean Whether A is symmetric; then its eigenvalues are used. Default: false.

---@class optlab.options.linalg.pinv
---@field atol? number The absolute limit; 0 unless given.
---@field rtol? number The relative one; max(m, n) times the dtype's epsilon, 0 if atol is given.

---@class optlab.options.linalg.solve
---@field left? boolean Whether A is on the left; if not, X A = B, and B must be (..., k, n). Default: true.

---@class optlab.options.linalg.solve_triangular
---@field left? boolean Whether A is on the left; if not, X A = B. Default: true.
---@field unitriangular? boolean Whether the diagonal counts as ones and is not read. Default: false.

---@class optlab.options.Module.load_state_dict
---@field strict? boolean Whether names that are missing on either side are an error. Default: true.

---@class optlab.options.MultiheadAttention.forward
---@field need_weights? boolean Whether the weights are returned, too. Default: true.
---@field attn_mask? optlab.Tensor (L, S) or (batch * heads, L, S), or broadcasts to (batch, heads, L, S): floats that are added to the scores, or uint8, 1 where a key is not seen.
---@field average_attn_weights? boolean Whether the weights are (batch, L, S), means over the heads, not (batch, heads, L, S). Default: true.
---@field is_causal? boolean Whether query i sees only the keys 1 to i. Default: false.

---@class optlab.options.nn.GRU
---@field bias? boolean Whether to add two learned biases. Default: true.
---@field batch_first? boolean Sequences are (batch, steps, ...) instead of (steps, batch, ...); the shape of states is the same. Default: false.
---@field dropout? number Dropout between the layers, in training. Default: 0.
---@field bidirectional? boolean Whether a second set of weights reads backwards; the outputs of both are concatenated. Default: false.
---@field dtype? optlab.Float Dtype of the parameters; by default the default dtype.

---@class optlab.options.nn.GRUCell
---@field dtype? optlab.Float Dtype of the parameters; by default the default dtype.

---@class optlab.options.nn.LSTM
---@field bias? boolean Whether to add two learned biases. Default: true.
---@field batch_first? boolean Sequences are (batch, steps, ...) instead of (steps, batch, ...); the shape of states is the same. Default: false.
---@field dropout? number Dropout between the layers, in training. Default: 0.
---@field bidirectional? boolean Whether a second set of weights reads backwards; the outputs of both are concatenated. Default: false.
---@field dtype? optlab.Float Dtype of the parameters; by default the default dtype.

---@class optlab.options.nn.LSTMCell
---@field dtype? optlab.Float Dtype of the parameters; by default the default dtype.

---@class optlab.options.nn.MultiheadAttention
---@field dropout? number In training, probability that a weight becomes 0. Default: 0.
---@field bias? boolean Whether the projections add learned biases. Default: true.
---@field batch_first? boolean Sequences are (batch, length, embed_dim), not (length, batch, .). Default: false.
---@field dtype? optlab.Float Dtype of the parameters; by default the default dtype.

---@class optlab.options.nn.RNN
---@field bias? boolean Whether to add two learned biases. Default: true.
---@field batch_first? boolean Sequences are (batch, steps, ...) instead of (steps, batch, ...); the shape of states is the same. Default: false.
---@field dropout? number Dropout between the layers, in training. Default: 0.
---@field bidirectional? boolean Whether a second set of weights reads backwards; the outputs of both are concatenated. Default: false.
---@field dtype? optlab.Float Dtype of the parameters; by default the default dtype.

---@class optlab.options.nn.RNNCell
---@field dtype? optlab.Float Dtype of the parameters; by default the default dtype.

---@class optlab.options.nn.TransformerEncoderLayer
---@field dim_feedforward? integer Size of the vector between the two linear maps. Default: 2048.
---@field dropout? number In training, probability that an element becomes 0. Default: 0.1.
---@field activation? "relu"|"gelu" Between the linear maps. Default: "relu".
---@field layer_norm_eps? number Added to the variances. Default: 1e-5.
---@field batch_first? boolean Sequences are (batch, length, d_model), not (length, batch, ..). Default: false.
---@field norm_first? boolean Whether the norms come before attention and linear maps. Default: false.
---@field dtype? optlab.Float Dtype of the parameters; by default the default dtype.

---@class optlab.options.nn.utils.rnn.pack_padded_sequence
---@field batch_first? boolean Whether the batch is the first dimension. Default: false.
---@field enforce_sorted? boolean Whether lengths that are not in descending order are an error. Default: true.

---@class optlab.options.nn.utils.rnn.pack_sequence
---@field enforce_sorted? boolean Whether lengths that are not in descending order are an error. Default: true.

---@class optlab.options.nn.utils.rnn.pad_packed_sequence
---@field batch_first? boolean Whether the batch becomes the first dimension. Default: false.
---@field padding_value? number The value after the end of a sequence. Default: 0.
---@field total_length? integer Steps of the result; by default those of the longest sequence.

---@class optlab.options.nn.utils.rnn.pad_sequence
---@field batch_first? boolean Whether the batch becomes the first dimension. Default: false.
---@field padding_value? number The value after the end of a sequence. Default: 0.

---@class optlab.options.optim.clip_grad_norm_
---@field norm_type? number p of the p-norm; math.huge for the largest element. Default: 2.
---@field error_if_nonfinite? boolean Whether a norm that is nan or infinite is an error instead of being used. Default: false.

---@class optlab.options.optim.define
---@field name string Name of the optimizer, used in printing and in messages.
---@field rule? string The update as text: assignments, one per line.
---@field step? function Instead of a rule: step(p, g, state, h, t) updates one parameter.
---@field update? function Instead of both: update(opt, states, closure) updates all parameters, and returns what step() returns.
---@field defaults table Hyperparameters, lr among them: numbers, booleans or lists of numbers.
---@field state? optlab.options.optim.define.state Names of state tensors that start at zero; with step also a function(p, h) that returns the first state.

---@class optlab.options.optim.define.state
---@field name string Its name in the rule and in state_dict.
---@field number? boolean Whether it is a single number for each parameter. Default: false.
---@field start? number|string Its first value: a number, the name of a hyperparameter, or "p" for a copy of the parameter. Default: 0.
---@field per? string One element for each row or column of the last two dimensions; a parameter of fewer dimensions is one row.
---@field when? string Name of a hyperparameter: the state exists only if it is not 0; by default it always exists.

---@class optlab.options.optim.list
---@field wrappers? boolean Whether optimizers that are made around another one are listed, too. Default: false.

---@class optlab.options.plot.animate
---@field frames? integer Number of frames, if figures is a function.
---@field fps? number Frames per second. Default: 10.
---@field hold? number How many seconds longer the last frame is shown. Default: 1.
---@field loop? boolean|integer Whether the animation repeats, or how often it plays. Default: true.

---@class optlab.options.plot.figure
---@field title? string|number Title above the figure.
---@field xlabel? string|number Label of the x axis.
---@field ylabel? string|number Label of the y axis.
---@field zlabel? string|number Label of the z axis of a surface.
---@field xlim? number[] {from, to}; by default the range of the data with a margin of 5 %.
---@field ylim? number[] {from, to}; by default the range of the data with a margin of 5 %.
---@field zlim? number[] {from, to}; by default the range of the data with a margin of 5 %.
---@field logx? boolean Whether the axis is logarithmic. Default: false.
---@field logy? boolean Whether the axis is logarithmic. Default: false.
---@field size? (number|string)[] {width, height} in pixels of 1/96 inch, or with a unit: {8.5, 6, "cm"}; by default the theme's.
---@field legend? boolean|"top right"|"top left"|"bottom right"|"bottom left"|"right"|"left"|"top"|"bottom"|"outside"|"below"|"auto"|"none" Position of the legend: true chooses the position with the fewest points, false shows none. Default: true.
---@field legendtitle? string|number Title above the legend's entries.
---@field legendcols? integer Number of the legend's columns.
---@field enhanced? boolean Whether _ ^ { } @ & in all text are gnuplot's markup, such as x^2 for a superscript. Default: false.
---@field aspect? "equal" "equal": a unit has the same length on both axes.
---@field view? number[] The two angles from which a surface is seen; by default {60, 30}.
---@field xticks? optlab.Numbers|(number|table)[] Positions of the ticks: numbers, or {number, text}.
---@field yticks? optlab.Numbers|(number|table)[] Positions of the ticks: numbers, or {number, text}.
---@field zticks? optlab.Numbers|(number|table)[] Positions of the ticks: numbers, or {number, text}.
---@field xinteger? boolean Whether all ticks are whole numbers, as for epochs; by default if all data along the axis are.
---@field yinteger? boolean Whether all ticks are whole numbers, as for epochs; by default if all data along the axis are.
---@field xticklabels? boolean Whether the ticks have labels; xticks = {} shows no ticks. Default: true.
---@field yticklabels? boolean Whether the ticks have labels; xticks = {} shows no ticks. Default: true.
---@field theme? "default"|"paper"|"slides"|"dark" Sizes and colours; by default the theme of plot.set_theme, or "default".
---@field font? string The font of all text, such as "serif"; tex takes the document's.
---@field font_size? number Size of the text in points; lines and markers scale with it. By default the theme's.
---@field dpi? number Pixels per inch of png, gif and webp; by default the theme's, 96 or 300.
---@field colors? string|string[] The colours that lines take in turn: a list, or "okabe_ito", "bright", "muted".

---@class optlab.options.plot.grid
---@field rows? integer Number of rows; by default as many as needed.
---@field cols? integer Number of columns; by default at most 3.
---@field title? string|number Title above the figure.
---@field xlabel? string|number Label of the x axis.
---@field ylabel? string|number Label of the y axis.
---@field sharex? boolean|"all"|"row"|"col" Which figures have the same limits of x: true or "all", those of a "row", those of a "col"; only the outer axes have labels.
---@field sharey? boolean|"all"|"row"|"col" Which figures have the same limits of y: true or "all", those of a "row", those of a "col"; only the outer axes have labels.
---@field sharecolor? boolean Whether all figures have one colour scale and one bar on the right. Default: false.
---@field legend? "below"|"right"|false "below" or "right": one legend for all figures; by default each has its own.
---@field size? (number|string)[] {width, height} in pixels of 1/96 inch, or with a unit: {8.5, 6, "cm"}; by default the theme's.
---@field enhanced? boolean Whether _ ^ { } @ & in all text are gnuplot's markup, such as x^2 for a superscript. Default: false.
---@field theme? "default"|"paper"|"slides"|"dark" Sizes and colours; by default the theme of plot.set_theme, or "default".
---@field font? string The font of all text, such as "serif"; tex takes the document's.
---@field font_size? number Size of the text in points; lines and markers scale with it. By default the theme's.
---@field dpi? number Pixels per inch of png, gif and webp; by default the theme's, 96 or 300.

---@class optlab.options.plot.images
---@field labels? table|optlab.Tensor A text above each image.
---@field colors? string[] The colour of each label.
---@field cols? integer Number of images in a row; by default at most 10.
---@field stretch? boolean Whether each image is scaled from its own darkest to its own brightest value, which is useful for filters. Default: false.
---@field title? string|number Title above the figure.
---@field size? (number|string)[] {width, height} in pixels of 1/96 inch, or with a unit: {8.5, 6, "cm"}; by default the theme's.

---@class optlab.options.plot.set_theme
---@field font? string The font of all text, such as "serif"; tex takes the document's.
---@field font_size? number Size of the text in points; lines and markers scale with it. By default the theme's.
---@field dpi? number Pixels per inch of png, gif and webp; by default the theme's, 96 or 300.
---@field colors? string|string[] The colours that lines take in turn: a list, or "okabe_ito", "bright", "muted".

---@class optlab.options.plot.trace
---@field n? number f is drawn from -n to n; by default the largest |x| of the path.
---@field label? string|number Name in the legend.
---@field color? string A letter, a name, "#rrggbb", or "C1" to "C10" of the theme; by default the next of these.
---@field title? string|number Title above the figure.
---@field xlabel? string|number Label of the x axis.
---@field ylabel? string|number Label of the y axis.
---@field xlim? number[] {from, to}; by default the range of the data with a margin of 5 %.
---@field ylim? number[] {from, to}; by default the range of the data with a margin of 5 %.
---@field size? (number|string)[] {width, height} in pixels of 1/96 inch, or with a unit: {8.5, 6, "cm"}; by default the theme's.
---@field legend? boolean|"top right"|"top left"|"bottom right"|"bottom left"|"right"|"left"|"top"|"bottom"|"outside"|"below"|"auto"|"none" Position of the legend: true chooses the position with the fewest points, false shows none. Default: true.
---@field enhanced? boolean Whether _ ^ { } @ & in all text are gnuplot's markup, such as x^2 for a superscript. Default: false.

---@class optlab.options.plot.trace2d
---@field x? number[] {from, to, step} of the contours; by default {-5.5, 1, 0.1}, or more if the path leaves it.
---@field y? number[] {from, to, step} of the contours; by default {-3, 1, 0.1}, or more if the path leaves it.
---@field levels? integer|optlab.Numbers The largest number of contours, or the list of their values.
---@field label? string|number Name in the legend.
---@field color? string A letter, a name, "#rrggbb", or "C1" to "C10" of the theme; by default the next of these.
---@field title? string|number Title above the figure.
---@field xlabel? string|number Label of the x axis.
---@field ylabel? string|number Label of the y axis.
---@field xlim? number[] {from, to}; by default the range of the data with a margin of 5 %.
---@field ylim? number[] {from, to}; by default the range of the data with a margin of 5 %.
---@field size? (number|string)[] {width, height} in pixels of 1/96 inch, or with a unit: {8.5, 6, "cm"}; by default the theme's.
---@field legend? boolean|"top right"|"top left"|"bottom right"|"bottom left"|"right"|"left"|"top"|"bottom"|"outside"|"below"|"auto"|"none" Position of the legend: true chooses the position with the fewest points, false shows none. Default: true.
---@field enhanced? boolean Whether _ ^ { } @ & in all text are gnuplot's markup, such as x^2 for a superscript. Default: false.

---@class optlab.options.problems.beale
---@field noise? number Standard deviation of the noise's x and y. Default: 1.
---@field n? integer Number of examples. Default: 1000.
---@field batch_size? integer Number of examples in a batch; by default the published one. Default: 128.
---@field epochs? integer Number of passes over the data that the problem is meant for. Default: 100.

---@class optlab.options.problems.branin
---@field noise? number Standard deviation of the noise's x and y. Default: 1.
---@field n? integer Number of examples. Default: 1000.
---@field batch_size? integer Number of examples in a batch; by default the published one. Default: 128.
---@field epochs? integer Number of passes over the data that the problem is meant for. Default: 100.

---@class optlab.options.problems.char_rnn
---@field path? string A text file; by default a generated text.
---@field n? integer The first n characters; by default all.
---@field length? integer Number of characters in a window. Default: 50.
---@field hidden? integer Number of units in a layer. Default: 128.
---@field batch_size? integer Number of examples in a batch; by default the published one. Default: 50.
---@field epochs? integer Number of passes over the data that the problem is meant for. Default: 200.

---@class optlab.options.problems.gpt
---@field path? string A text file; by default a generated text.
---@field n? integer The first n characters; by default all.
---@field length? integer Number of characters in a window. Default: 64.
---@field width? integer Size of the vector for each character. Default: 64.
---@field heads? integer Number of heads of the attention, a divisor of width. Default: 4.
---@field layers? integer Number of layers. Default: 2.
---@field dropout? number The probability of dropout. Default: 0.
---@field batch_size? integer Number of examples in a batch; by default the published one. Default: 32.
---@field epochs? integer Number of passes over the data that the problem is meant for. Default: 10.

---@class optlab.options.problems.logreg
---@field data? "mnist"|"fashion_mnist"|"kmnist" The data set. Default: "mnist".
---@field n? integer Number of examples to train on; by default all.
---@field n_test? integer Number of examples to test on; by default all.
---@field batch_size? integer Number of examples in a batch; by default the published one. Default: 128.
---@field epochs? integer Number of passes over the data that the problem is meant for. Default: 50.

---@class optlab.options.problems.matrix_factorization
---@field rows? integer Number of rows of the matrix. Default: 100.
---@field columns? integer Number of columns of the matrix. Default: 80.
---@field rank? integer Rank of the matrix and of the factors. Default: 5.
---@field condition? number Ratio of the largest to the smallest scale of its singular values. Default: 10.
---@field seen? number The share of entries to train on; the others are test data. Default: 0.5.
---@field scale? number Standard deviation of the initial factors. Default: 0.1.
---@field batch_size? integer Number of examples in a batch; by default the published one. Default: 100.
---@field epochs? integer Number of passes over the data that the problem is meant for. Default: 50.

---@class optlab.options.problems.mlp
---@field data? "mnist"|"fashion_mnist"|"kmnist" The data set. Default: "mnist".
---@field n? integer Number of examples to train on; by default all.
---@field n_test? integer Number of examples to test on; by default all.
---@field batch_size? integer Number of examples in a batch; by default the published one. Default: 128.
---@field epochs? integer Number of passes over the data that the problem is meant for. Default: 100.

---@class optlab.options.problems.net_2c2d
---@field data? "mnist"|"fashion_mnist"|"kmnist" The data set. Default: "fashion_mnist".
---@field n? integer Number of examples to train on; by default all.
---@field n_test? integer Number of examples to test on; by default all.
---@field batch_size? integer Number of examples in a batch; by default the published one. Default: 128.
---@field epochs? integer Number of passes over the data that the problem is meant for. Default: 100.

---@class optlab.options.problems.net_3c3d
---@field data? "cifar10"|"cifar100"|"svhn" The data set. Default: "cifar10".
---@field n? integer Number of examples to train on; by default all.
---@field n_test? integer Number of examples to test on; by default all.
---@field l2? number The factor of the penalty. Default: 0.002.
---@field augment? boolean Whether images are randomly moved by up to 4 pixels and mirrored. Default: true.
---@field batch_size? integer Number of examples in a batch; by default the published one. Default: 128.
---@field epochs? integer Number of passes over the data that the problem is meant for. Default: 100.

---@class optlab.options.problems.pinn
---@field n? integer Number of points, evenly spaced. Default: 256.
---@field hidden? integer Number of units in a hidden layer. Default: 32.
---@field waves? integer The exact solution is sin(pi x) + sin(k pi x) / k with this k. Default: 4.
---@field batch_size? integer Number of examples in a batch; by default the published one. Default: 64.
---@field epochs? integer Number of passes over the data that the problem is meant for. Default: 200.

---@class optlab.options.problems.quadratic_deep
---@field dim? integer Number of parameters. Default: 100.
---@field n? integer Number of examples x, normal with deviation 1. Default: 1000.
---@field batch_size? integer Number of examples in a batch; by default the published one. Default: 128.
---@field epochs? integer Number of passes over the data that the problem is meant for. Default: 100.

---@class optlab.options.problems.rosenbrock
---@field noise? number Standard deviation of the noise's x and y. Default: 1.
---@field n? integer Number of examples. Default: 1000.
---@field batch_size? integer Number of examples in a batch; by default the published one. Default: 128.
---@field epochs? integer Number of passes over the data that the problem is meant for. Default: 100.

---@class optlab.options.problems.two_spirals
---@field n? integer Number of points to train on; there are as many to test on. Default: 400.
---@field hidden? integer Number of units in a hidden layer. Default: 32.
---@field turns? number Number of turns of a spiral. Default: 1.75.
---@field noise? number Standard deviation of the noise in the points' coordinates. Default: 0.02.
---@field batch_size? integer Number of examples in a batch; by default the published one. Default: 50.
---@field epochs? integer Number of passes over the data that the problem is meant for. Default: 200.

---@class optlab.options.problems.vae
---@field data? "mnist"|"fashion_mnist"|"kmnist" The data set. Default: "mnist".
---@field latent? integer Size of an image's code. Default: 8.
---@field n? integer Number of examples to train on; by default all.
---@field n_test? integer Number of examples to test on; by default all.
---@field batch_size? integer Number of examples in a batch; by default the published one. Default: 64.
---@field epochs? integer Number of passes over the data that the problem is meant for. Default: 50.

---@class optlab.options.runs.find
---@field experiment? string Only runs of this experiment, such as "momentum".
---@field sweep? string Only cells of this sweep: its directory's name.
---@field status? "running"|"done"|"failed"|"diverged"|"interrupted"|"damaged" Only runs with this status.
---@field tag? string Only runs with this tag.
---@field kind? "run"|"sweep" Only runs of this kind; by default both.
---@field where? string A Lua expression over parameters, final quantities, number, seed, ...: "lr < 0.1 and loss < 0.25".
---@field sort? string The name of a value to sort by, such as "loss"; "-loss" for the largest first.
---@field limit? integer The largest number of runs.

---@class optlab.options.SweepResults.table
---@field by? string|string[] The parameters that make the groups; by default all but the seed.
---@field quantity? string A number of each result, or a list, of which the last entry counts: "loss", "train_loss", "test_acc". Default: "loss".
---@field format? "text"|"csv"|"markdown"|"latex" The form of the table. Default: "text".

---@class optlab.options.Task.fit
---@field optimizer table|function The optimizer: its name and options, or a function(parameters) that makes it.
---@field epochs? integer Number of passes over the data; by default the problem's.
---@field scheduler? any As train.fit's.
---@field scheduler_unit? "epoch"|"step"|"percent" As train.fit's. Default: "epoch".
---@field eval_every? integer As train.fit's.
---@field log? function|table As train.fit's.
---@field compile? boolean As train.fit's; the metric is then not measured in training.
---@field progress? string|false As train.fit's. Default: false.

---@class optlab.options.train.accuracy
---@field metric? "accuracy"|"binary_accuracy" "accuracy": predictions are (N, C), labels (N) from 1 to C; "binary_accuracy": predictions are (N) or (N, 1), labels 0 and 1, the answer is 1 for a score above 0. Default: "accuracy".

---@class optlab.options.train.airfoil
---@field batch_size? integer Number of rows in a batch. Default: 10.
---@field epochs? integer Number of passes over the data; by default 2 for an update rule and 4 for a table.
---@field concise? boolean true for a model of nn layers, false for one written with tensors; by default it depends on `how`.
---@field figure? string A name; the run is printed, recorded in metrics.csv and drawn under it.
---@field title? string The title of that figure, by default its name.
---@field data? optlab.Dataset|table Another data set {X = (n, 5), y = (n)}.

---@class optlab.options.train.descend
---@field grad? function|table A function that is called like f and returns the gradient; by default automatic differentiation.
---@field points? boolean Whether x0 is a tensor (..., d) of many starting points, for each of which f is minimized by itself: f gets d tensors and returns a value for each point. Default: false.
---@field every? integer With points: the result also has all points after each so many steps.
---@field target? number With points: the result says after how many steps f is at most this.
---@field minima? optlab.Tensor|number[][] With points: the result says which of these points is the nearest at the end.
---@field on_divergence? "stop"|"ignore"|"error" What happens if a loss or a parameter becomes infinite or nan: "stop" ends the run, whose result has what was reached and the field `diverged`, and says so; "ignore" does the same without a word; "error" raises an error. Default: "stop".

---@class optlab.options.train.fit
---@field model function|table|table The model: called with a batch X, it returns predictions. With `step` also a table of modules by name.
---@field loss? function|table A loss; a function loss(prediction, y) of your own returns the mean over the rows of the batch, a tensor with one element. Required unless `step` is given.
---@field optimizer any|table The optimizer of the model's parameters, or a table of your own with the methods step() and zero_grad(). With `step` also a table of optimizers by name.
---@field data any The loader of the batches to train on.
---@field epochs integer Number of passes over the data.
---@field step? function step(model, batch, optimizer) makes an update by itself, in place of the usual one: batch is {X, y}; it returns the loss, and a table of other numbers by name, which are recorded too.
---@field clip_grad_norm? number The largest norm of the gradient of all parameters together; a longer one is scaled down before the update.
---@field accumulate? integer Number of batches whose gradients make one update, as one batch of all their rows would. Default: 1.
---@field metric? "accuracy"|"binary_accuracy" "accuracy" counts right answers too: predictions are (N, C), labels (N) from 1 to C. "binary_accuracy": predictions are (N) or (N, 1), labels 0 and 1.
---@field metrics? table Several metrics: {"accuracy", "top5", mae = function(prediction, y) ... end}; a function returns the mean over the rows of its batch.
---@field scheduler? function|table|any|table A schedule of t = 0, 1, ..., or a table of them such as {lr = s1, momentum = s2}, which is attached; or an object with step() such as sched.attach returns.
---@field scheduler_unit? "epoch"|"step"|"percent" What the t of the scheduler counts: epochs, steps, or the share of all steps that is over, in percent. Default: "epoch".
---@field eval_every? integer Number of examples between two points of the history; by default an epoch.
---@field eval_data? any|table Data over which the recorded loss is the mean, in evaluation mode; by default the training data. Several by name: {valid = data set, test = data set}; the recorded loss is that of `valid`, else of `test`, else of the first in the alphabet.
---@field evaluate? function|table evaluate(model) returns the number to record instead of a loss.
---@field watch? string[] Gauges that are measured at each point of the history, on the first batch of the data: cos_gm, the cosine between the gradient and the optimizer's momentum; effective_lr, the length of an update over that of the gradient; noise_scale, the gradient noise scale; param_norm, the length of all parameters as one vector; sharpness, the Hessian's eigenvalue of largest absolute value; trace, the trace of the Hessian (Hutchinson's estimate); update_ratio, the length of an update over that of the parameters. The training is not changed.
---@field early_stopping? optlab.options.train.fit.early_stopping When the training stops before its last epoch: see train.fit: early_stopping.
---@field checkpoint? optlab.options.train.fit.checkpoint When and where the complete state of the training is saved: see train.fit: checkpoint.
---@field compile? boolean Whether updates are recorded once and replayed in C; by default if all parts are built-in.
---@field on_step? function|table Called after each step with {step =, epoch =, loss =, train_loss =, train_acc =, model =}; train_loss and train_acc are means over the epoch so far. If it returns "stop", the training ends.
---@field on_epoch? function|table Called after each epoch with {epoch =, step =, loss =, train_loss =, history =, model =, ...}; "stop" as its result ends the training.
---@field log? function|table A function such as print, called with a line of text after each epoch.
---@field distributed? optlab.options.train.fit.distributed Whether the ranks that mpirun has started share each batch, which is then the global one: see train.fit: distributed.
---@field name? string Name of the training in history.csv of a kept run, by default "fit-1", "fit-2", ...
---@field progress? string|false Label of the progress bar, by default "training"; false for no bar.
---@field on_divergence? "stop"|"ignore"|"error" What happens if a loss or a parameter becomes infinite or nan: "stop" ends the run, whose result has what was reached and the field `diverged`, and says so; "ignore" does the same without a word; "error" raises an error. Default: "stop".

---@class optlab.options.train.fit.checkpoint
---@field path string The .safetensors file.
---@field every? integer Number of epochs between two checkpoints. Default: 1.
---@field every_steps? integer Number of steps between two checkpoints within an epoch; by default there are none.
---@field resume? boolean Whether to continue from the file if it exists. Default: false.

---@class optlab.options.train.fit.distributed
---@field parts? integer The number of parts into which each batch is cut; by default one for each rank. The same number gives the same bits on any number of ranks, if each has 1, 2, 4, 8, ... parts or a single one has all.
---@field bucket? integer Gradients are sent in pieces of so many bytes, each as soon as it is complete. Default: 65536.

---@class optlab.options.train.fit.early_stopping
---@field patience integer Number of epochs without an improvement.
---@field monitor? string The list of the history that is checked: loss, valid_loss, test_acc, train_loss, ... Default: "loss".
---@field mode? "min"|"max" Whether lower or higher is better; by default higher for accuracies, lower for all else.
---@field min_delta? number The smallest difference from the best value that counts as an improvement. Default: 0.
---@field restore_best? boolean Whether the model ends with the weights of its best epoch. Default: true.

---@class optlab.options.train.gauges
---@field model function|table The model: called with a batch X, it returns predictions.
---@field loss function|table A loss: loss(prediction, y) returns one number.
---@field optimizer any The optimizer of the model's parameters.
---@field data any The loader whose first batches are used.
---@field watch string[] Names of gauges: cos_gm, the cosine between the gradient and the optimizer's momentum; effective_lr, the length of an update over that of the gradient; noise_scale, the gradient noise scale; param_norm, the length of all parameters as one vector; sharpness, the Hessian's eigenvalue of largest absolute value; trace, the trace of the Hessian (Hutchinson's estimate); update_ratio, the length of an update over that of the parameters.

---@class optlab.options.train.lr_range_test
---@field model function|table The model: called with a batch X, it returns predictions.
---@field loss function|table A loss: loss(prediction, y) returns one number.
---@field optimizer any The optimizer whose lr is changed; the rates of its groups keep their ratios.
---@field data any The loader of the batches; after its last batch it starts again.
---@field min_lr? number The first rate. Default: 1e-7.
---@field max_lr? number The last rate. Default: 10.
---@field steps? integer Number of updates. Default: 100.
---@field smoothing? number The decay rate of the running mean of the losses. Default: 0.95.
---@field stop? number The test ends once the smoothed loss is this many times its lowest value, or not finite. Default: 4.

---@class optlab.options.train.sweep
---@field model function|table model(run) returns a new model.
---@field optimizer function|table optimizer(params, run) returns the model's optimizer.
---@field data optlab.Dataset|table The data set to train on.
---@field epochs integer Number of passes over the data.
---@field loss? function|table A loss; a function loss(prediction, y) of your own returns the mean over the batch. Required unless `step` is given.
---@field batch_size? integer Number of rows in a batch. Default: 1.
---@field shuffle? boolean Whether the rows are put in a new random order in each epoch. Default: true.
---@field replacement? boolean Whether each row is drawn from all rows, with replacement, as by data.loader. Default: false.
---@field drop_last? boolean Whether a last batch that is not full is left out. Default: false.
---@field runs? table[] A table for each run; `seed` is its seed, and the functions above read the rest.
---@field grid? table Alternative to runs: lists by name; a run is made of each combination.
---@field scheduler? function|table scheduler(run) returns a schedule of the update count.
---@field step? function|table step(net, opt, run) returns a function step(X, y) that replaces the usual step.
---@field eval_data? any|table Data on which each model is evaluated after each epoch: a data set, a loader, or several by name. The loss of a result is then that of `valid`, else of `test`, else of the first in the alphabet.
---@field metrics? table What is also measured on eval_data: {"accuracy", "top5", mae = function(prediction, y) ... end}.
---@field evaluate? function|table|false evaluate(model, run) returns a result's loss; by default the mean loss over the data; false for none.
---@field on_divergence? "stop"|"ignore"|"error" What happens if a loss or a parameter becomes infinite or nan: "stop" ends the run, whose result has what was reached and the field `diverged`, and says so; "ignore" does the same without a word; "error" raises an error. Default: "stop".

---@class optlab.options.TransformerEncoder.forward
---@field is_causal? boolean Whether query i sees only the keys 1 to i. Default: false.

---@class optlab.options.TransformerEncoderLayer.forward
---@field is_causal? boolean Whether query i sees only the keys 1 to i. Default: false.
