// Parallel coordinates: a line for each finished trial over the axes of the grid and one metric, with a brush on each axis.
const LANE = { width: 118, room: 760, widest: 300, height: 300, top: 40, bottom: 18, side: 62 };
const MOST_PATHS = 5000, RAMP = 5;
const lanes = [], laneChart = { brushes: new Map(), drawing: null, faint: null, ramps: [] };

/** From one lane to the next: few of them take the room that there is. */
const gapOfLanes = () => Math.max(LANE.width, Math.min(LANE.widest, LANE.room / varying.length));

/** Positions of a lane's values from 0 at the bottom to 1: those of an axis at equal distances, a metric's as they are. */
function makeLane(name, index) {
  const values = [...new Set(done.map(row => value(name, row)).filter(each => each !== null))].sort((a, b) => a < b ? -1 : 1), n = values.length;
  const lane = { name, x: LANE.side + index * gapOfLanes() };
  if (isAxis(name) || isText(name)) {
    const places = new Map(values.map((each, i) => [each, n > 1 ? i / (n - 1) : 0.5]));
    const step = Math.ceil(n / 12);
    return Object.assign(lane, { of: row => places.get(value(name, row)) ?? null, stops: [...places.values()], ticks: values.filter((_, i) => i % step === 0 || i === n - 1).map(each => [places.get(each), String(each)]),
      textAt: share => String(values[Math.round(share * Math.max(n - 1, 0))]) });
  }
  const low = values[0], span = values[n - 1] - low || 1;
  const textAt = share => format(name, low + share * span);
  return Object.assign(lane, { of: row => value(name, row) === null ? null : (value(name, row) - low) / span, stops: Array.from({ length: 21 }, (_, i) => i / 20),
    ticks: [0, 0.25, 0.5, 0.75, 1].map(share => [share, textAt(share)]), textAt });
}

const heightOf = share => LANE.height - LANE.bottom - share * (LANE.height - LANE.top - LANE.bottom);
const shareAt = y => Math.min(1, Math.max(0, (LANE.height - LANE.bottom - y) / (LANE.height - LANE.top - LANE.bottom)));

function pathOf(row) {
  const points = lanes.map(lane => [lane.x, lane.of(row)]).filter(point => point[1] !== null);
  return points.map(([x, share], i) => `${i ? "L" : "M"}${x} ${heightOf(share).toFixed(1)}`).join("");
}

function drawLanes(metric) {
  lanes.splice(0, lanes.length, ...[...varying, metric].map(makeLane));
  const width = 2 * LANE.side + (lanes.length - 1) * gapOfLanes();
  const drawing = svg("svg", { viewBox: `0 0 ${width} ${LANE.height}`, role: "group", "aria-label": `Parallel coordinates of ${done.length} trials`, style: `min-width:${Math.round(0.8 * width)}px;max-width:${Math.round(1.3 * width)}px` });
  laneChart.faint = svg("path", { class: "faint", d: evenlyOf(done).map(pathOf).join("") });
  laneChart.ramps = Array.from({ length: RAMP }, (_, i) => svg("path", { class: "ramp", style: `stroke:color-mix(in oklab, var(--line-1) ${100 * i / (RAMP - 1)}%, var(--line-0))` }));
  drawing.append(laneChart.faint, ...laneChart.ramps);
  for (const lane of lanes) drawLane(drawing, lane);
  laneChart.drawing = drawing;
  document.getElementById("lanes").replaceChildren(drawing);
}

const evenlyOf = rows => rows.length <= MOST_PATHS ? rows : rows.filter((_, i) => i % Math.ceil(rows.length / MOST_PATHS) === 0);

function drawLane(drawing, lane) {
  drawing.append(svg("path", { class: "axis", d: `M${lane.x} ${heightOf(1)}V${heightOf(0)}` }), svg("text", { x: lane.x, y: 14, "text-anchor": "middle" }, titleOf(lane.name)));
  for (const [share, text] of lane.ticks) drawing.append(svg("text", { x: lane.x - 9, y: heightOf(share) + 4, "text-anchor": "end", class: "tick" }, text.length > 9 ? text.slice(0, 8) + "…" : text));
  lane.area = svg("rect", { class: "lane-brush", x: lane.x - 8, width: 16, y: 0, height: 0 });
  lane.grip = svg("rect", { class: "grip", x: lane.x - 18, width: 36, y: heightOf(1) - 6, height: heightOf(0) - heightOf(1) + 12, "data-lane": lane.name });
  lane.handles = ["from", "to"].map((end, i) => svg("path", { class: "handle", tabindex: 0, role: "slider", "aria-orientation": "vertical", "aria-valuemin": 0, "aria-valuemax": 100,
    "aria-label": `${titleOf(lane.name)} ${end}`, "data-lane": lane.name, "data-end": end, d: i ? "M-8 -9H8L0 0Z" : "M-8 9H8L0 0Z" }));
  drawing.append(lane.area, lane.grip, ...lane.handles);
  lane.handles.forEach((handle, i) => handle.addEventListener("keydown", event => moveByKey(lane, i, event)));
  brushByPointer(lane);
}

const brushOf = lane => laneChart.brushes.get(lane.name) || [0, 1];

/** ends: shares of the lane, [0, 1] for no brush. */
function setLane(lane, ends) {
  ends[0] <= 0 && ends[1] >= 1 ? laneChart.brushes.delete(lane.name) : laneChart.brushes.set(lane.name, ends);
  selectByLanes();
}

function selectByLanes() {
  const inside = row => lanes.every(lane => {
    const share = lane.of(row), ends = laneChart.brushes.get(lane.name);
    return !ends || (share !== null && share >= ends[0] - 1e-9 && share <= ends[1] + 1e-9);
  });
  select("lanes", laneChart.brushes.size ? new Set(done.filter(inside)) : null);
}

function clearLanes() {
  laneChart.brushes.clear();
  if (lanes.length) selectByLanes();
}

/** Arrows go from value to value, Home and End to the ends; Escape and Delete take the brush of the lane away. */
function moveByKey(lane, which, event) {
  const ends = [...brushOf(lane)], up = lane.stops.filter(stop => stop > ends[which] + 1e-9), down = lane.stops.filter(stop => stop < ends[which] - 1e-9);
  const wanted = { ArrowUp: up[0], ArrowRight: up[0], ArrowDown: down.at(-1), ArrowLeft: down.at(-1), PageUp: up[4] ?? up.at(-1), PageDown: down.at(-5) ?? down[0], Home: 0, End: 1 }[event.key];
  if (["Escape", "Delete", "Backspace"].includes(event.key)) setLane(lane, [0, 1]);
  else if (event.key in { ArrowUp: 1, ArrowRight: 1, ArrowDown: 1, ArrowLeft: 1, PageUp: 1, PageDown: 1, Home: 1, End: 1 }) {
    ends[which] = wanted ?? ends[which];
    if (ends[0] <= ends[1]) setLane(lane, ends);
  } else return;
  event.preventDefault();
  view.keep();
}

function brushByPointer(lane) {
  let from = null;
  const place = event => { const box = laneChart.drawing.getBoundingClientRect(); return shareAt((event.clientY - box.top) / box.height * LANE.height); };
  const ends = event => { const to = place(event); return [Math.min(from, to), Math.max(from, to)].map(share => share < 0.02 ? 0 : share > 0.98 ? 1 : Math.round(1000 * share) / 1000); };
  lane.grip.addEventListener("pointerdown", event => { from = place(event); lane.grip.setPointerCapture(event.pointerId); event.preventDefault(); });
  lane.grip.addEventListener("pointermove", event => { if (from !== null) showLane(lane, ends(event)); });
  lane.grip.addEventListener("pointerup", event => {
    if (from === null) return;
    const found = ends(event);
    from = null;
    setLane(lane, found[1] - found[0] < 0.02 ? [0, 1] : found);
    view.keep();
  });
}

function showLane(lane, ends) {
  const isBrushed = ends[0] > 0 || ends[1] < 1;
  lane.area.setAttribute("y", heightOf(ends[1]) - 3);
  lane.area.setAttribute("height", isBrushed ? heightOf(ends[0]) - heightOf(ends[1]) + 6 : 0);
  lane.handles.forEach((handle, i) => {
    handle.setAttribute("transform", `translate(${lane.x} ${heightOf(ends[i]) + (i ? -3 : 3)})`);
    handle.setAttribute("aria-valuenow", Math.round(100 * ends[i]));
    handle.setAttribute("aria-valuetext", lane.textAt(ends[i]));
  });
}

/** Selected trials in colours by the metric, all others faint. */
function showLanes() {
  const metric = lanes.at(-1), rows = evenlyOf(done.filter(row => !selection.rows || selection.rows.has(row))), paths = laneChart.ramps.map(() => []);
  for (const row of rows) {
    const share = metric.of(row);
    if (share !== null) paths[Math.min(RAMP - 1, Math.floor(share * RAMP))].push(pathOf(row));
  }
  paths.forEach((each, i) => laneChart.ramps[i].setAttribute("d", each.join("")));
  for (const lane of lanes) showLane(lane, brushOf(lane));
  document.getElementById("lanes-count").textContent = `${rows.length} of ${done.length} finished trials` + (done.length > MOST_PATHS ? " drawn" : "");
}

if (done.length && yChoices.length && varying.length) {
  const [label, box] = picker("metric", yChoices, yChoices[0], "lanes-metric"), first = box.value;
  explore.append(make("div", { id: "parallel" }, make("p", { className: "choices" }, label, make("span", { id: "lanes-count", role: "status" })), make("div", { className: "scroll", id: "lanes" }),
    make("p", { className: "small" }, "A line for each finished trial, the more orange, the larger the metric. Drag along an axis to select by it, or move the triangles at its ends with the arrow keys; a click on the axis or Escape takes that away.")));
  const redraw = () => { laneChart.brushes.delete(lanes.at(-1)?.name); drawLanes(box.value); selectByLanes(); };
  box.addEventListener("change", () => { redraw(); view.keep(); });
  selection.listeners.push(showLanes);
  view.parts.set("lanes-metric", [() => box.value === first ? "" : box.value, text => { const known = setChoice(box, text || first); redraw(); return !known; }]);
  view.parts.set("lanes", [() => [...laneChart.brushes].map(([name, ends]) => `${name}:${ends.join(":")}`).join(","), text => {
    const brushes = text.split(",").filter(Boolean).map(each => { const parts = each.split(":"); return [parts[0], parts.slice(1).map(Number)]; });
    const known = brushes.filter(([name, ends]) => lanes.some(lane => lane.name === name) && ends.length === 2 && ends.every(Number.isFinite) && ends[0] <= ends[1]);
    laneChart.brushes = new Map(known);
    selectByLanes();
    return known.length < brushes.length;
  }]);
  drawLanes(first);
  showLanes();
}
