// Trials that are marked in the table: their learning curves in one chart.
const MOST_MARKED = 14;
const marked = new Set(), markedPart = document.getElementById("marked");
const markedNote = make("p", { className: "small", id: "marked-note", role: "status" }), curveFrame = make("div", { className: "chart", id: "marked-chart" });

function mark(row, on) {
  const full = on && !marked.has(row) && marked.size >= MOST_MARKED;
  if (!full) on ? marked.add(row) : marked.delete(row);
  showMarked();
  if (full) markedNote.textContent = `No more than ${MOST_MARKED} trials can be told apart in one chart: take a mark away first.`;
  view.keep();
  return !full;
}

function unmarkAll() {
  marked.clear();
  showMarked();
  update();
  view.keep();
}

function showMarked() {
  markedPart.hidden = marked.size === 0;
  const name = curveBox.value, rows = [...marked], measured = rows.filter(row => data.curves[name]?.rows[row].some(each => each !== null));
  const why = Object.keys(data.curves).length ? `${titleOf(name || "")} was not measured of` : "This page holds no learning curves of";
  markedNote.textContent = `${rows.length} marked.` + (measured.length < rows.length ? ` ${why} ${rows.filter(row => !measured.includes(row)).map(row => columns.trial_id[row]).join(", ")}.` : "");
  curveFrame.replaceChildren();
  if (measured.length) drawCurves(name, measured);
}

function drawCurves(name, rows) {
  const { width, height, left, right, top, bottom } = SIZE, { epochs, rows: curves } = data.curves[name];
  const points = rows.map(row => epochs.map((epoch, i) => [epoch, curves[row][i]]).filter(point => point[1] !== null));
  const drawing = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${titleOf(name)} of ${rows.length} trials over epochs` });
  const across = scaleOf("epoch", points.flat().map(point => point[0]), left, width - right, false), up = scaleOf(name, points.flat().map(point => point[1]), height - bottom, top);
  drawAxes(drawing, "epoch", name, across, up);
  points.forEach((each, i) => drawing.append(svg("path", { class: "mean curve", style: styleOf(i), "data-trial": columns.trial_id[rows[i]],
    d: each.map(([x, y], at) => `${at ? "L" : "M"}${across.at(x).toFixed(1)} ${up.at(y).toFixed(1)}`).join("") + (each.length === 1 ? "h0.1" : "") })));
  curveFrame.append(drawing, make("p", { className: "legend small" }, ...rows.map((row, i) => make("span", {}, make("i", { style: `background:var(--line-${i % 7})`, className: i < 7 ? "" : "dashed" }), `${nameOf(row)}, seed ${columns.seed[row]}`))));
}

const styleOf = index => `stroke:var(--line-${index % 7})` + (index < 7 ? "" : ";stroke-dasharray:5 3");

const [curveLabel, curveBox] = picker("curve", Object.keys(data.curves), Object.keys(data.curves)[0], "marked-curve");
curveBox.addEventListener("change", () => { showMarked(); view.keep(); });
const unmark = make("button", { type: "button", id: "unmark" }, "take all marks away");
unmark.addEventListener("click", unmarkAll);
markedPart.append(make("h3", {}, "Learning curves of marked trials"), make("p", { className: "choices" }, curveLabel, unmark), markedNote, curveFrame);
view.parts.set("marked", [() => [...marked].map(row => columns.trial_id[row]).join(","), text => {
  const ids = text.split(",").filter(Boolean), rows = ids.map(id => columns.trial_id.indexOf(id)).filter(row => row >= 0).slice(0, MOST_MARKED);
  marked.clear();
  for (const row of rows) marked.add(row);
  showMarked();
  update();
  return rows.length < ids.length;
}]);
view.parts.set("curve", [() => curveBox.selectedIndex > 0 ? curveBox.value : "", text => { const known = !text || setChoice(curveBox, text); if (!text) curveBox.selectedIndex = 0; showMarked(); return !known; }]);
