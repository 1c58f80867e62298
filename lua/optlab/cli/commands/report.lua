--- `optlab report RUN...`: one HTML file about some runs.
-- @module optlab.cli.commands.report
local DOC = "Writes one HTML file about runs: a table of them, parameters, curves, groups with their spread, code, "
  .. "environment, what was printed. It needs neither a server nor the network."

return {
  name = "report",
  summary = "writes a page about runs that anyone can open",
  doc = DOC,
  usage = "optlab report RUN... [--where EXPR] [--y NAME] [--by NAME] [--out FILE]",
  completes = { runs = "RUN" }, reads_runs = true,
  build = function(parser)
    parser:argument("runs"):args("*"):argname("RUN")
      :description("12, 12..20, last, @tag, the path of a run; a sweep's number is all its cells")
    parser:option("--where"):argname("EXPR"):description("only runs of which this is true: 'lr < 0.1 and loss < 0.25'")
    parser:option("--y"):argname("NAME"):count("*"):description("draw this quantity; again for more (default: all)")
    parser:option("--by"):argname("NAME"):description("group by this parameter first (default: all but the seed)")
    parser:option("--minimize"):argname("NAME"):description("what to compare by, lower is better (default loss)")
    parser:option("--maximize"):argname("NAME"):description("what to compare by, higher is better")
    parser:option("--title"):argname("TEXT"):description("the page's title (default: the experiments' names)")
    parser:option("--out"):argname("FILE"):description("the file (default out/report.html)")
  end,
  run = function(values)
    local report = require "optlab.report"
    local path, message = report.write(values.runs, {
      where = values.where, y = values.y, by = values.by, minimize = values.minimize, maximize = values.maximize,
      title = values.title, out = values.out,
    })
    if not path then return nil, message end
    print(message)
    return true
  end,
}
