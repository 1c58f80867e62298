// What a report does beyond showing itself: tables sort, curves tell their values, the key switches lines, axes and
// groupings change. Without it the page shows the same in its first state.
"use strict";
(() => {
  const WIDTH = 2000, HEIGHT = 1000, FAR = 20 * HEIGHT, COLOURS = 6, DASHES = 4, NONE = "–";
  const SVG = "http://www.w3.org/2000/svg";

  // --- small things --------------------------------------------------------------------------------------------------

  // An element; text is always set as text.
  function make(tag, attributes, ...children) {
    const svg = ["svg", "g", "path", "text"].includes(tag);
    const node = svg ? document.createElementNS(SVG, tag) : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }

  // A measured number with four significant digits (values.measured).
  function measured(x) {
    if (x === null || x === undefined) return NONE;
    if (x === 0) return "0";
    const size = Math.abs(x);
    if (Number.isInteger(x) && size < 1e6) return String(x);
    if (size >= 1e6 || size < 1e-4) return x.toExponential(3);
    return x.toFixed(Math.max(0, 3 - Math.floor(Math.log10(size))));
  }

  // --- tables --------------------------------------------------------------------------------------------------------

  const collator = new Intl.Collator("en", { numeric: true });

  function valueOf(row, column) {
    const cell = row.cells[column], given = cell.dataset.v;
    const text = given === undefined ? cell.textContent.trim() : given;
    if (text === "" || text === NONE) return null;
    const number = Number(text);
    return Number.isNaN(number) ? text : number;
  }

  // Rows without a value come last in both directions.
  function compare(a, b, sign) {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    if (typeof a === "number" && typeof b === "number") return sign * (a - b);
    if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
    return sign * collator.compare(a, b);
  }

  function sort(table, column) {
    const head = table.tHead.rows[0].cells, body = table.tBodies[0];
    const up = head[column].getAttribute("aria-sort") !== "ascending";
    for (const cell of head) cell.removeAttribute("aria-sort");
    head[column].setAttribute("aria-sort", up ? "ascending" : "descending");
    const rows = [...body.rows].map(row => [valueOf(row, column), row]);
    rows.sort((a, b) => compare(a[0], b[0], up ? 1 : -1));
    body.append(...rows.map(pair => pair[1]));
  }

  for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((cell, column) => {
      const button = make("button", { type: "button" }, ...cell.childNodes);
      button.addEventListener("click", () => sort(table, column));
      cell.append(button);
    });
  }

  // --- positions in a picture (chart/axes.lua) -----------------------------------------------------------------------

  const across = (axis, x) => Math.floor((x - axis.lo) / (axis.hi - axis.lo) * WIDTH + 0.5);

  function down(axis, y) {
    if (y === null || (axis.log && y <= 0)) return null;
    const at = axis.log ? Math.log : v => v;
    const share = (at(y) - at(axis.lo)) / (at(axis.hi) - at(axis.lo));
    return Math.floor(Math.max(-FAR, Math.min(FAR, (1 - share) * HEIGHT)) + 0.5);
  }

  function edge(axis, y) {
    const at = down(axis, y);
    return at === null ? FAR : at;
  }

  // --- paths (chart/path.lua) ----------------------------------------------------------------------------------------

  const step = (dx, dy) => dy < 0 ? `l${dx}${dy}` : `l${dx} ${dy}`;

  function pathOf(chart, axis, x, y) {
    let text = "", px = 0, py = 0, open = false, alone = false;
    for (let i = 0; i < x.length; i++) {
      const below = down(axis, y[i]);
      if (below === null) {
        if (alone) text += "h0";
        open = alone = false;
        continue;
      }
      const right = across(chart.x, x[i]);
      text += open ? step(right - px, below - py) : `M${right} ${below}`;
      alone = !open;
      open = true;
      px = right;
      py = below;
    }
    return alone ? text + "h0" : text;
  }

  function areaOf(chart, axis, x, low, high) {
    let text = "", px = 0, py = 0;
    const go = (i, values) => {
      const right = across(chart.x, x[i]), below = edge(axis, values[i]);
      text += text ? step(right - px, below - py) : `M${right} ${below}`;
      px = right;
      py = below;
    };
    for (let i = 0; i < x.length; i++) go(i, low);
    for (let i = x.length - 1; i >= 0; i--) go(i, high);
    return text + "z";
  }

  // --- a chart -------------------------------------------------------------------------------------------------------

  const classes = style => `c${style % COLOURS} d${Math.floor(style / COLOURS) % DASHES}`;

  // What the chart shows now: entries {label, more, style, x, y, band, members}.
  function entriesOf(chart, way) {
    const steps = chart.steps;
    if (!way) return chart.lines.map(line => ({ label: line.label, style: line.style, x: steps[line.x], y: line.y }));
    return chart.ways[way - 1].groups.map(group => ({
      label: group.label, more: group.members.length === 1 ? "1 run" : `${group.members.length} runs`, style: group.style,
      x: steps[group.x], y: group.median, low: group.low, high: group.high,
      members: group.members.length > 1 ? group.members.map(i => chart.lines[i]) : [],
    }));
  }

  class Chart {
    constructor(data) {
      this.data = data;
      this.figure = document.getElementById(data.id);
      this.area = this.figure.querySelector(".area");
      this.picture = this.figure.querySelector(".picture");
      this.lines = this.figure.querySelector(".lines");
      this.key = this.figure.querySelector(".key");
      this.log = data.log_first;
      this.way = data.way;
      this.hidden = new Set();
      this.entries = entriesOf(data, this.way);
      this.dressKey();
      this.addControls();
      this.listen();
    }

    get axis() { return this.log ? this.data.log : this.data.linear; }

    // --- drawing anew ---

    draw() {
      const paths = { bands: [], thin: [], lines: [] };
      this.entries.forEach((entry, i) => {
        if (this.hidden.has(i)) return;
        const add = (list, kind, d) => {
          list.push(make("path", { class: `${kind} ${classes(entry.style)}`, d, "data-i": i }));
        };
        if (entry.members && entry.members.length > 0) {
          add(paths.bands, "band", areaOf(this.data, this.axis, entry.x, entry.low, entry.high));
          for (const line of entry.members) {
            add(paths.thin, "thin", pathOf(this.data, this.axis, this.data.steps[line.x], line.y));
          }
        }
        add(paths.lines, "line", pathOf(this.data, this.axis, entry.x, entry.y));
      });
      this.lines.replaceChildren(...paths.bands, ...paths.thin, ...paths.lines);
    }

    drawAxis() {
      const marks = this.axis.marks;
      const grid = marks.map(mark => `M0 ${down(this.axis, mark[0])}h${WIDTH}`).join("");
      this.picture.querySelector(".grid").setAttribute("d", grid);
      this.figure.querySelector(".ys").replaceChildren(...marks.map(mark => make("text",
        { x: "100%", y: `${100 * down(this.axis, mark[0]) / HEIGHT}%`, dx: -8, dy: ".32em" }, mark[1])));
      this.figure.querySelector(".scale").textContent = (this.log ? "logarithmic scale" : "linear scale")
        + (this.axis.common ? `, values ${this.axis.common}` : "");
    }

    // --- the key ---

    drawKey() {
      this.key.replaceChildren(...this.entries.map(entry => {
        const swatch = make("svg", { class: "swatch", width: 28, height: 10, "aria-hidden": "true" },
          make("path", { class: `line ${classes(entry.style)}`, d: "M1 5h26" }));
        const label = make("span", { class: "label" }, entry.label);
        if (entry.more) label.append(make("span", { class: "soft" }, ` ${entry.more}`));
        return make("li", {}, swatch, label, make("span", { class: "value" }, measured(entry.y[entry.y.length - 1])));
      }));
      this.dressKey();
    }

    dressKey() {
      this.key.classList.toggle("long", this.entries.length > 16);
      [...this.key.children].forEach((item, i) => {
        const button = make("button", { type: "button", "aria-pressed": String(!this.hidden.has(i)) }, ...item.childNodes);
        button.title = "Show or hide; double click: this one alone";
        button.addEventListener("click", () => this.toggle(i));
        button.addEventListener("dblclick", () => this.only(i));
        button.addEventListener("pointerenter", () => this.stress(i));
        button.addEventListener("pointerleave", () => this.stress(-1));
        item.append(button);
      });
    }

    press() {
      this.key.querySelectorAll("button").forEach((button, i) => {
        button.setAttribute("aria-pressed", String(!this.hidden.has(i)));
      });
      this.draw();
    }

    toggle(i) {
      if (!this.hidden.delete(i)) this.hidden.add(i);
      this.press();
    }

    only(i) {
      const alone = this.hidden.size === this.entries.length - 1 && !this.hidden.has(i);
      this.hidden = new Set(alone ? [] : this.entries.keys());
      this.hidden.delete(i);
      this.press();
    }

    stress(i) {
      for (const path of this.lines.querySelectorAll(".line")) {
        path.classList.toggle("strong", path.dataset.i === String(i));
      }
    }

    // --- the controls ---

    addControls() {
      if (this.data.log) this.figure.querySelector("figcaption").append(make("div", { class: "controls" }, this.scaleControl()));
    }

    // Shows groups of a name, or single lines where the chart has no such groups.
    groupBy(name) {
      this.way = this.data.ways.findIndex(way => way.name === name) + 1;
      this.hidden.clear();
      this.entries = entriesOf(this.data, this.way);
      this.drawKey();
      this.draw();
      this.leave();
    }

    scaleControl() {
      const pair = make("span", { class: "pair", role: "group", "aria-label": "Scale" });
      for (const log of [false, true]) {
        const button = make("button", { type: "button", "aria-pressed": String(this.log === log) }, log ? "log" : "linear");
        button.addEventListener("click", () => {
          this.log = log;
          for (const one of pair.children) one.setAttribute("aria-pressed", String(one === button));
          this.drawAxis();
          this.draw();
        });
        pair.append(button);
      }
      return pair;
    }

    // --- values under the pointer ---

    listen() {
      this.tip = make("div", { class: "tip", role: "status", hidden: "" });
      this.marks = make("g", {});
      this.picture.append(this.marks);
      this.area.append(this.tip);
      this.picture.setAttribute("tabindex", "0");
      const move = event => {
        const box = this.picture.getBoundingClientRect();
        this.point((event.clientX - box.left) / box.width * WIDTH, (event.clientY - box.top) / box.height * HEIGHT);
      };
      this.picture.addEventListener("pointermove", move);
      this.picture.addEventListener("pointerdown", move);
      this.picture.addEventListener("pointerleave", () => this.leave());
      this.picture.addEventListener("blur", () => this.leave());
      this.picture.addEventListener("keydown", event => this.keyPressed(event));
    }

    // The arrow keys go from step to step and from line to line.
    keyPressed(event) {
      const visible = this.visible();
      if (visible.length === 0) return;
      if (event.key === "Escape") return this.leave();
      const last = this.last || { entry: visible[0], i: -1 };
      let { entry, i } = visible.includes(last.entry) ? last : { entry: visible[0], i: -1 };
      if (event.key === "ArrowRight") i = Math.min(i + 1, entry.x.length - 1);
      else if (event.key === "ArrowLeft") i = Math.max(i - 1, 0);
      else if (event.key === "Home") i = 0;
      else if (event.key === "End") i = entry.x.length - 1;
      else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        const k = visible.indexOf(entry) + (event.key === "ArrowDown" ? 1 : visible.length - 1);
        entry = visible[k % visible.length];
        i = Math.max(0, Math.min(i, entry.x.length - 1));
      } else return;
      event.preventDefault();
      this.show(entry, i);
    }

    visible() { return this.entries.filter((entry, i) => !this.hidden.has(i)); }

    // The points of the visible lines next to a position, and of these the one nearest to it.
    point(right, below) {
      const box = this.picture.getBoundingClientRect();
      let best = null, distance = Infinity;
      for (const entry of this.visible()) {
        const i = nearest(entry.x, this.data.x.lo + right / WIDTH * (this.data.x.hi - this.data.x.lo));
        const y = down(this.axis, entry.y[i]);
        if (y === null) continue;
        const dx = (across(this.data.x, entry.x[i]) - right) / WIDTH * box.width, dy = (y - below) / HEIGHT * box.height;
        const far = dx * dx * 4 + dy * dy;
        if (far < distance) [best, distance] = [{ entry, i }, far];
      }
      if (best) this.show(best.entry, best.i); else this.leave();
    }

    show(entry, i) {
      this.last = { entry, i };
      const x = entry.x[i], right = across(this.data.x, x);
      const rows = this.visible().map(other => ({ other, at: nearest(other.x, x) }))
        .filter(row => row.other.y[row.at] !== null && Math.abs(across(this.data.x, row.other.x[row.at]) - right) < 40);
      rows.sort((a, b) => b.other.y[b.at] - a.other.y[a.at]);
      this.fillTip(entry, x, rows);
      const spot = down(this.axis, entry.y[i]);
      this.marks.replaceChildren(make("path", { class: "pointer", d: `M${right} 0v${HEIGHT}` }));
      if (spot !== null) {
        this.marks.append(make("path", { class: `spot ${classes(entry.style)}`, d: `M${right} ${spot}h0` }));
      }
      this.stress(this.entries.indexOf(entry));
      this.placeTip(right / WIDTH);
    }

    // At most nine lines: the nearest one and those around it.
    fillTip(entry, x, rows) {
      const at = rows.findIndex(row => row.other === entry), most = 9;
      const first = Math.max(0, Math.min(at - 4, rows.length - most));
      const table = make("table", {});
      for (const row of rows.slice(first, first + most)) {
        const line = table.insertRow(), swatch = make("svg", { class: "swatch", width: 16, height: 10, "aria-hidden": "true" },
          make("path", { class: `line ${classes(row.other.style)}`, d: "M1 5h14" }));
        line.insertCell().append(swatch);
        line.insertCell().append(row.other.label);
        line.insertCell().append(measured(row.other.y[row.at]));
        line.insertCell().append(make("span", { class: "soft" }, this.bandText(row.other, row.at)));
        if (row.other === entry) line.className = "near";
      }
      const head = make("div", { class: "head" }, `${this.data.x_name} ${measured(x)}`);
      this.tip.replaceChildren(head, table);
      if (rows.length > most) this.tip.append(make("div", { class: "head" }, `${most} of ${rows.length} lines`));
      this.tip.hidden = false;
    }

    // The quartiles beside a median.
    bandText(entry, i) {
      if (!entry.members || entry.members.length === 0) return "";
      const bound = v => Math.abs(v) >= 1e300 ? (v > 0 ? "∞" : "−∞") : measured(v);
      return `${bound(entry.low[i])} to ${bound(entry.high[i])}`;
    }

    placeTip(share) {
      const room = this.area.clientWidth, width = this.tip.offsetWidth, left = share * room - width / 2;
      this.tip.style.left = `${Math.max(Math.min(0, room - width), Math.min(left, room - width))}px`;
    }

    leave() {
      this.tip.hidden = true;
      this.marks.replaceChildren();
      this.stress(-1);
    }
  }

  // The position of the member of an ascending list that is nearest to x.
  function nearest(list, x) {
    let lo = 0, hi = list.length - 1;
    while (hi - lo > 1) {
      const middle = (lo + hi) >> 1;
      if (list[middle] <= x) lo = middle; else hi = middle;
    }
    return Math.abs(list[hi] - x) < Math.abs(list[lo] - x) ? hi : lo;
  }

  // --- all charts ----------------------------------------------------------------------------------------------------

  const charts = JSON.parse(document.getElementById("data").textContent).charts.map(data => new Chart(data));

  // One choice for all of them.
  function addGroupControl(box) {
    const names = new Set(charts.flatMap(chart => chart.data.ways.map(way => way.name)));
    if (names.size === 0) return;
    const select = make("select", {}, make("option", { value: "" }, "nothing, single runs"));
    for (const name of names) select.append(make("option", { value: name }, name));
    select.value = charts.map(chart => chart.way && chart.data.ways[chart.way - 1].name).find(name => name) || "";
    select.addEventListener("change", () => charts.forEach(chart => chart.groupBy(select.value)));
    box.append(make("label", {}, "Group by", select));
  }

  const box = document.getElementById("group-by");
  if (box) addGroupControl(box);

  // --- links to what is folded ---------------------------------------------------------------------------------------

  function unfold() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
    target.scrollIntoView();
  }

  addEventListener("hashchange", unfold);
  if (location.hash) unfold();
})();
