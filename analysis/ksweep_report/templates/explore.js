// Two charts of the trials: choice of metric, axis and colour; a brush in one marks the same trials everywhere.
const explore = document.getElementById("explore");
const done = [...Array(data.n).keys()].filter(row => value("status", row) === "done");
const choices = [...new Set([...data.all_axes, "seed", ...data.metrics, ...data.other])].filter(name => columns[name]);
const yChoices = [...data.metrics, ...data.other.filter(name => name !== "rank")];

function picker(label, names, chosen, id) {
  const box = make("select", { id }, ...names.map(name => make("option", { value: name, selected: name === chosen }, name ? titleOf(name) : "one colour")));
  return [make("label", {}, label + " ", box), box];
}

function makeChart(id, x, y) {
  const frame = make("div", { className: "chart", id: "chart-" + id });
  const [xLabel, xBox] = picker("axis", choices, x, `x-${id}`), [yLabel, yBox] = picker("metric", yChoices, y, `y-${id}`);
  const varying = data.all_axes.filter(axis => new Set(done.map(row => value(axis, row))).size > 1);
  const [cLabel, cBox] = picker("colour", ["", ...varying], data.axes.find(axis => axis !== data.x && varying.includes(axis)) || (varying.includes("kind") && data.x !== "kind" ? "kind" : ""), `colour-${id}`);
  const chart = { frame, dots: [] };
  chart.draw = () => {
    chart.dots = drawChart(frame, xBox.value, yBox.value, cBox.value, done);
    addBrush(chart);
    showPicked(chart);
  };
  for (const box of [xBox, yBox, cBox]) box.addEventListener("change", chart.draw);
  selection.listeners.push(() => showPicked(chart));
  explore.querySelector(".charts").append(make("div", {}, make("p", { className: "choices" }, yLabel, xLabel, cLabel), frame));
  chart.draw();
}

function showPicked(chart) {
  const path = chart.frame.querySelector(".picked-dots");
  if (!path) return;
  chart.frame.classList.toggle("brushed", selection.rows !== null);
  path.setAttribute("d", selection.rows ? chart.dots.filter(dot => selection.rows.has(dot[2])).map(dot => `M${dot[0].toFixed(1)} ${dot[1].toFixed(1)}h0`).join("") : "");
}

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
      for (const [name, number] of [["x", Math.min(from[0], to[0])], ["y", Math.min(from[1], to[1])], ["width", Math.abs(from[0] - to[0])], ["height", Math.abs(from[1] - to[1])]])
        area.setAttribute(name, number);
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
      area.setAttribute("width", 0);
      dot ? location.hash = "trial-" + columns.trial_id[dot[2]] : select(null);
      return;
    }
    const inside = chart.dots.filter(dot => dot[0] >= Math.min(start[0], to[0]) && dot[0] <= Math.max(start[0], to[0]) && dot[1] >= Math.min(start[1], to[1]) && dot[1] <= Math.max(start[1], to[1]));
    select(inside.length ? new Set(inside.map(dot => dot[2])) : null);
  });
  drawing.addEventListener("pointerleave", hideTip);
  selection.listeners.push(() => { if (!selection.rows) area.setAttribute("width", 0); });
}

if (done.length && yChoices.length) {
  explore.hidden = false;
  explore.append(make("p", { className: "small" }, "Drag in a chart to mark trials: they stand out in all figures, and the table below shows them alone. A click on a dot opens its trial. Lines: mean of the trials of one colour at one place, where the axis is one of the grid; bars: its 95 % t interval over seeds, where these trials are of one setting."),
    make("div", { className: "charts" }));
  const first = data.metrics[0] || yChoices[0], second = data.metrics.includes("test_mse") ? "test_mse" : yChoices[Math.min(1, yChoices.length - 1)];
  makeChart("a", columns[data.x] ? data.x : "seed", first);
  makeChart("b", data.metrics.includes("core_seconds") ? "core_seconds" : "seed", second === first ? first : data.metrics.includes("core_seconds") ? first : second);
}
