---@meta _
--- Training, and the models of the book.

---@alias optlab.Rule fun(x: optlab.Operand, grad: optlab.Operand, state: table, t: integer): optlab.Operand
---@alias optlab.How optlab.Rule|table|optlab.Optimizer

---@class optlab.History
---@field steps integer[]
---@field epochs number[]
---@field loss number[]
---@field seconds number[]
---@field train_loss number[] one per epoch
---@field train_acc number[]? one per epoch, with a metric
---@field test_loss number[]? one a point, with eval_data
---@field test_acc number[]? one a point, with eval_data and a metric
---@field lr number[]? one a point: the learning rate
---@field grad_norm number[]? one a point: the length of the gradient of the last update, before it was clipped
---@field [string] number[] of other evaluation sets and metrics: valid_loss, valid_acc, train_mae, ...
---@field stopped optlab.Stopped? where a callback or early stopping ended the training
---@field sec_per_epoch number
---@field examples_per_sec number
---@field best number? the highest accuracy, else the lowest loss, among the finite ones
---@field best_epoch number?
---@field diverged optlab.Diverged? where the training diverged

---@class optlab.Stopped
---@field reason "early_stopping"|"on_epoch"|"on_step"
---@field epoch integer
---@field step integer

---@class optlab.Diverged
---@field step integer
---@field epoch integer? of a training
---@field loss number? of a training, unless it was noticed after the last update
---@field reason string? of a training
---@field point any of a descent

---@class optlab.SweepResult
---@field run table
---@field model any
---@field loss any
---@field train_loss number[] one per epoch
---@field diverged boolean whether a loss or a parameter is infinite or nan
---@field [string] number[] one per epoch, with eval_data: test_loss, test_acc, ...

---@class optlab.SweepResults
---@field [integer] optlab.SweepResult
---@field run table? of a group: the parameters that its runs have in common
---The results in groups with the same value of a parameter.
---@field group fun(self: optlab.SweepResults, by: string|string[]): optlab.SweepResults[]
---The mean over the runs; nan if one of them diverged.
---@field mean fun(self: optlab.SweepResults, quantity?: string): number
---The standard deviation over the runs, with n - 1; nan if one of them diverged.
---@field std fun(self: optlab.SweepResults, quantity?: string): number
---The median over the runs, in which one that diverged counts as the worst.
---@field median fun(self: optlab.SweepResults, quantity?: string): number
---A table as text with a row for each group.
---@field table fun(self: optlab.SweepResults, options?: table): string

---@class optlab.LRRangeTest
---@field lr number[]
---@field loss number[]
---@field smoothed number[] Means of losses that forget.
---@field steepest? number The rate where the smoothed loss falls fastest.
---@field minimum number The rate where it is lowest.
---@field diverged boolean Whether the test ended before its last update.

---@class optlab.train
---Many trainings side by side, each to the bit as by itself.
---@field sweep fun(o: optlab.options.train.sweep): optlab.SweepResults
---@field fit fun(options: optlab.options.train.fit): optlab.History
---The path of a descent: steps + 1 points; fewer if it diverged, and then its field `diverged` says where.
---@field descend fun(f: function, x0: number|optlab.Numbers, how: optlab.How, steps: integer, options?: optlab.options.train.descend): table
---The regression of the book's chapter.
---@field airfoil fun(how: optlab.How, options?: optlab.options.train.airfoil): optlab.History
---The share of right answers, in evaluation mode.
---@field accuracy fun(model: any, data: optlab.Dataset|optlab.Loader, options?: optlab.options.train.accuracy): number
---The losses of a short training in which the learning rate grows; all is restored afterwards.
---@field lr_range_test fun(options: optlab.options.train.lr_range_test): optlab.LRRangeTest
---@field mean_loss fun(model: any, loss: any, data: optlab.Dataset|optlab.Loader): number
---@field optimizer fun(params: optlab.Tensor[], how: optlab.How): any
---@field summary fun(result: optlab.History|table): string
---Prints the summary and writes metrics.csv.
---@field report fun(run: string, result: optlab.History|table, note?: string)
---@field record fun(run: string, epoch: number, values: table<string, number>)
---@field distance fun(a: table, b: table): number The largest difference of two paths.

---@class optlab.book
---The network of the book: images (N, 1, 28, 28) give scores of ten classes, (N, 10).
---@field lenet fun(options?: optlab.options.book.lenet): optlab.Module
