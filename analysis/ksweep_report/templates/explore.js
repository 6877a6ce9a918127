// Two charts of the trials: choice of metric, axis and colour; a brush in one selects the same trials everywhere.
const explore = document.getElementById("explore");
const done = [...Array(data.n).keys()].filter(row => value("status", row) === "done");
const choices = [...new Set([...data.all_axes, "seed", ...data.metrics, ...data.other])].filter(name => columns[name]);
const varying = data.all_axes.filter(axis => new Set(done.map(row => value(axis, row))).size > 1);
const yChoices = [...data.metrics, ...data.other.filter(name => name !== "rank")];

function picker(label, names, chosen, id) {
  const box = make("select", { id }, ...names.map(name => make("option", { value: name, selected: name === chosen }, name ? titleOf(name) : "one colour")));
  return [make("label", {}, label + " ", box), box];
}

/** Sets a select; whether there is such an option. */
function setChoice(box, text) {
  const known = [...box.options].some(option => option.value === text);
  if (known) box.value = text;
  return known;
}

function makeChart(id, x, y) {
  const frame = make("div", { className: "chart", id: "chart-" + id });
  const [xLabel, xBox] = picker("axis", choices, x, `x-${id}`), [yLabel, yBox] = picker("metric", yChoices, y, `y-${id}`);
  const [cLabel, cBox] = picker("colour", ["", ...varying], data.axes.find(axis => axis !== data.x && varying.includes(axis)) || (varying.includes("kind") && data.x !== "kind" ? "kind" : ""), `colour-${id}`);
  const boxes = [xBox, yBox, cBox], first = boxes.map(box => box.value), chart = { id, frame, dots: [] };
  chart.draw = () => {
    chart.dots = drawChart(frame, xBox.value, yBox.value, cBox.value, done);
    addBrush(chart);
    showPicked(chart);
  };
  const redraw = () => { if (brush.chart === id) setBrush(null); chart.draw(); view.keep(); };
  for (const box of boxes) box.addEventListener("change", redraw);
  selection.listeners.push(() => showPicked(chart));
  explore.querySelector(".charts").append(make("div", {}, make("p", { className: "choices" }, yLabel, xLabel, cLabel), frame));
  view.parts.set(`chart-${id}`, [() => boxes.some((box, i) => box.value !== first[i]) ? boxes.map(box => box.value).join(",") : "", text => {
    const wanted = text ? text.split(",") : first, all = wanted.length === 3 && wanted.map((each, i) => setChoice(boxes[i], each)).every(Boolean);
    chart.draw();
    return !all;
  }]);
  charts[id] = chart;
  chart.draw();
}

/** The brush of one of the charts: [left, top, right, bottom] in the drawing's units. */
const brush = { chart: null, box: null }, charts = {};
function setBrush(chart, box) {
  Object.assign(brush, { chart: chart ? chart.id : null, box: chart ? box : null });
  const inside = chart ? chart.dots.filter(([x, y]) => x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3]) : [];
  if (!inside.length) Object.assign(brush, { chart: null, box: null });
  select("chart", inside.length ? new Set(inside.map(dot => dot[2])) : null);
}

/** The chart's brush, and the trials that are selected by whatever means. */
function showPicked(chart) {
  const path = chart.frame.querySelector(".picked-dots"), area = chart.frame.querySelector(".brush");
  if (!path || !area) return;
  chart.frame.classList.toggle("brushed", selection.rows !== null);
  path.setAttribute("d", selection.rows ? chart.dots.filter(dot => selection.rows.has(dot[2])).map(dot => `M${dot[0].toFixed(1)} ${dot[1].toFixed(1)}h0`).join("") : "");
  showArea(area, brush.chart === chart.id ? brush.box : [0, 0, 0, 0]);
}

function showArea(area, [left, top, right, bottom]) {
  for (const [name, number] of Object.entries({ x: left, y: top, width: right - left, height: bottom - top })) area.setAttribute(name, number);
}

const between = (from, to) => [Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.max(from[0], to[0]), Math.max(from[1], to[1])].map(Math.round);

/** Pointer position in the drawing's own units. */
function placeIn(drawing, event) {
  const box = drawing.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width * SIZE.width, (event.clientY - box.top) / box.height * SIZE.height];
}

function addBrush(chart) {
  const drawing = chart.frame.querySelector("svg"), area = svg("rect", { class: "brush", width: 0, height: 0 });
  drawing.append(area);
  let from = null;
  const nearestDot = place => chart.dots.reduce((best, dot) => {
    const distance = (dot[0] - place[0]) ** 2 + (dot[1] - place[1]) ** 2;
    return distance < best[0] ? [distance, dot] : best;
  }, [144, null])[1];
  drawing.addEventListener("pointerdown", event => { from = placeIn(drawing, event); drawing.setPointerCapture(event.pointerId); event.preventDefault(); });
  drawing.addEventListener("pointermove", event => {
    const to = placeIn(drawing, event);
    if (from) {
      showArea(area, between(from, to));
      return;
    }
    const dot = nearestDot(to);
    dot ? showTip(`${nameOf(dot[2])}\nseed ${columns.seed[dot[2]]}: ${chart.frame.parentNode.querySelector("select").value} ${format(chart.frame.parentNode.querySelector("select").value, value(chart.frame.parentNode.querySelector("select").value, dot[2]))}`, event) : hideTip();
  });
  drawing.addEventListener("pointerup", event => {
    const to = placeIn(drawing, event), start = from;
    from = null;
    if (!start) return;
    if (Math.abs(start[0] - to[0]) + Math.abs(start[1] - to[1]) < 6) {
      const dot = nearestDot(to);
      showPicked(chart);
      dot ? location.hash = "trial-" + columns.trial_id[dot[2]] : clearBrushes();
      return;
    }
    setBrush(chart, between(start, to));
    view.keep();
  });
  drawing.addEventListener("pointerleave", hideTip);
}

if (done.length && yChoices.length) {
  explore.hidden = false;
  explore.append(make("p", { className: "small" }, "Drag in a chart to select trials: they stand out in all figures, and the table below shows them alone. A click on a dot opens its trial. Lines, where the axis is one of the grid: one for each setting of the other axes, through means over seeds alone; bars: their 95 % t intervals over seeds."),
    make("div", { className: "charts" }));
  const first = data.metrics[0] || yChoices[0], second = data.metrics.includes("test_mse") ? "test_mse" : yChoices[Math.min(1, yChoices.length - 1)];
  makeChart("a", columns[data.x] ? data.x : "seed", first);
  makeChart("b", data.metrics.includes("core_seconds") ? "core_seconds" : "seed", second === first ? first : data.metrics.includes("core_seconds") ? first : second);
}

function clearBrushes() {
  setBrush(null);
  clearLanes();
  view.keep();
}

if (done.length && yChoices.length) view.parts.set("brush", [() => brush.chart ? [brush.chart, ...brush.box].join(",") : "", text => {
  const [id, ...box] = text.split(","), numbers = box.map(Number), known = Boolean(charts[id]) && numbers.length === 4 && numbers.every(Number.isFinite);
  setBrush(known ? charts[id] : null, numbers);
  return text !== "" && !brush.chart;
}]);
