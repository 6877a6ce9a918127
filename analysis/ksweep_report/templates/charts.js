// A scatter plot of trials, with the mean and interval of each setting where x is an axis of the grid.
const SIZE = { width: 520, height: 340, left: 62, right: 14, top: 12, bottom: 46 };
const MOST_GROUPS = 7, MOST_LINES = 60;

/** A scale from values to pixels: linear, logarithmic from a positive decade on, or one place for each text.  An axis of the grid has ticks at its values. */
function scaleOf(name, values, from, to, mayBeLog = true) {
  if (isText(name)) {
    const texts = [...new Set(values)].sort(), step = (to - from) / Math.max(texts.length, 1);
    return { at: text => from + step * (texts.indexOf(text) + 0.5), ticks: texts.map(text => [text, text]), log: false };
  }
  let low = Math.min(...values.slice(0, 1)), high = low;
  for (const each of values) { low = Math.min(low, each); high = Math.max(high, each); }
  const log = mayBeLog && low > 0 && high / low > 10;
  const turn = log ? Math.log10 : x => x, pad = (turn(high) - turn(low)) * 0.05 || Math.abs(turn(high)) * 0.05 || 0.5;
  const start = turn(low) - pad, span = turn(high) + pad - start;
  const back = share => { const x = start + share * span; return log ? 10 ** x : x; };
  return { at: x => from + (turn(x) - start) / span * (to - from), ticks: isAxis(name) ? [...new Set(values)].sort((a, b) => a - b).map(tick => [tick, String(tick)]) : ticksOf(name, log, back(0), back(1)), log };
}

/** Texts of ticks, all with as many decimals as the one that needs most. */
function tickTexts(name, ticks) {
  const numbers = ticks.map(tick => Number(((isShare(name) ? 100 : 1) * tick).toPrecision(6)));
  const decimals = Math.max(0, ...numbers.map(each => (String(each).split(".")[1] || "").length));
  return numbers.map(each => String(each).includes("e") ? String(each) : each.toFixed(Math.min(decimals, 12)));
}

function ticksOf(name, log, low, high) {
  const ticks = [];
  if (log) {
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
      for (const digit of high / low > 300 ? [1] : [1, 2, 5]) ticks.push(digit * 10 ** power);
  } else {
    const rough = (high - low) / 5, power = 10 ** Math.floor(Math.log10(rough)), step = [1, 2, 5, 10].find(m => m * power >= rough) * power;
    for (let tick = Math.ceil(low / step) * step; tick <= high; tick += step) ticks.push(tick);
  }
  const inside = ticks.filter(tick => tick >= low && tick <= high);
  const texts = log ? inside.map(tick => String(Number(((isShare(name) ? 100 : 1) * tick).toPrecision(6)))) : tickTexts(name, inside);
  return inside.map((tick, i) => [tick, texts[i]]);
}

/** [mean, low, high]; the 95 % t interval over the seeds of one setting, none over several: their trials are no sample of one law. */
function meanAndInterval(metric, rows) {
  const values = rows.map(row => value(metric, row)), n = values.length, mean = values.reduce((sum, x) => sum + x, 0) / n;
  if (data.half_widths[n] === null || rows.some(row => columns.cell[row] !== columns.cell[rows[0]])) return [mean, null, null];
  const sd = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1)), half = data.half_widths[n] * sd;
  const [least, most] = data.bounds[metric] || [null, null];
  return [mean, Math.max(mean - half, least ?? -Infinity), Math.min(mean + half, most ?? Infinity)];
}

/** Draws the chart of `rows` into `frame`; returns the dots as [x, y, row]. */
function drawChart(frame, x, y, colour, rows) {
  frame.replaceChildren();
  const points = rows.filter(row => value(x, row) !== null && value(y, row) !== null);
  const { width, height, left, right, top, bottom } = SIZE;
  const drawing = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${titleOf(y)} over ${titleOf(x)}, ${points.length} trials` });
  frame.append(drawing);
  if (!points.length) {
    drawing.append(svg("text", { x: width / 2, y: height / 2, "text-anchor": "middle" }, "nothing measured"));
    return [];
  }
  const across = scaleOf(x, points.map(row => value(x, row)), left, width - right);
  const up = scaleOf(y, points.map(row => value(y, row)), height - bottom, top);
  drawAxes(drawing, x, y, across, up);
  const groups = groupsOf(colour, points), dots = [];
  groups.forEach(([, members], i) => {
    const path = [];
    for (const row of members) {
      const px = across.at(value(x, row)), py = up.at(value(y, row));
      dots.push([px, py, row]);
      path.push(`M${px.toFixed(1)} ${py.toFixed(1)}h0`);
    }
    drawing.append(svg("path", { d: path.join(""), class: "dots", style: `stroke:var(--line-${i % 7})` }));
  });
  const refused = drawMeans(drawing, x, y, across, up, groups);
  drawing.append(svg("path", { class: "picked-dots", d: "" }));
  if (groups.length > 1) frame.append(make("p", { className: "legend small" }, ...groups.slice(0, MOST_GROUPS).map(([name], i) =>
    make("span", {}, make("i", { style: `background:var(--line-${i % 7})` }), `${name}`)), groups.length > MOST_GROUPS ? ` and ${groups.length - MOST_GROUPS} more` : ""));
  if (refused) frame.append(make("p", { className: "small refused" }, refused));
  return dots;
}

function drawAxes(drawing, x, y, across, up) {
  const { width, height, left, right, top, bottom } = SIZE;
  for (const [tick, text] of up.ticks) {
    drawing.append(svg("path", { d: `M${left} ${up.at(tick)}H${width - right}`, class: "rule" }));
    drawing.append(svg("text", { x: left - 6, y: up.at(tick) + 4, "text-anchor": "end" }, text));
  }
  let last = -1e9;
  for (const [tick, text] of across.ticks) {
    const at = across.at(tick), half = String(text).length * 3.3;
    if (at - half < last) continue;
    last = at + half + 6;
    drawing.append(svg("text", { x: at, y: height - bottom + 17, "text-anchor": "middle" }, text));
  }
  drawing.append(svg("path", { d: `M${left} ${top}V${height - bottom}H${width - right}`, class: "axis" }));
  drawing.append(svg("text", { x: (left + width - right) / 2, y: height - 8, "text-anchor": "middle" }, titleOf(x) + (across.log ? " (logarithmic)" : "")));
  drawing.append(svg("text", { x: 14, y: (top + height - bottom) / 2, "text-anchor": "middle", transform: `rotate(-90 14 ${(top + height - bottom) / 2})` }, titleOf(y) + (up.log ? " (log)" : "")));
}

function groupsOf(colour, rows) {
  if (!colour) return [["", rows]];
  const groups = new Map();
  for (const row of rows) {
    const key = value(colour, row);
    groups.has(key) ? groups.get(key).push(row) : groups.set(key, [row]);
  }
  return [...groups].sort((a, b) => a[0] < b[0] ? -1 : 1)
    .map(([key, members]) => [key === null ? `without ${keyName(colour)}` : `${keyName(colour)} = ${key}`, members]);
}

/** Axes beside x that tell settings apart: not those that follow from the others, as in a zip. */
function axesBeside(x, rows) {
  const count = axes => new Set(rows.map(row => JSON.stringify(axes.map(axis => value(axis, row))))).size;
  return data.all_axes.filter(axis => axis !== x).reduce((kept, axis) => count([x, ...kept, axis]) > count([x, ...kept]) ? [...kept, axis] : kept, []);
}

/** The settings of all axes but x, each with its rows: trials that differ in x and the seed alone. */
function linesOf(x, others, rows) {
  const lines = new Map();
  for (const row of rows) {
    const key = JSON.stringify(others.map(axis => value(axis, row)));
    lines.has(key) ? lines.get(key).push(row) : lines.set(key, [row]);
  }
  return [...lines.values()];
}

/**
 * Where x is an axis of the grid: a line for each setting of the other axes, through means over seeds alone.
 * Settings of other axes are no replicates: where they are too many to draw, nothing is averaged over them.  Returns why no line is drawn, or "".
 */
function drawMeans(drawing, x, y, across, up, groups) {
  if (!data.all_axes.includes(x)) return "";
  const others = axesBeside(x, groups.flatMap(group => group[1]));
  const lines = groups.flatMap(([, members], i) => linesOf(x, others, members).map(rows => [i, rows]));
  if (lines.length > MOST_LINES)
    return `No means are drawn: each of the ${lines.length} settings of ${others.map(titleOf).join(", ")} would be a line, and ${MOST_LINES} can be told apart.`;
  for (const [i, rows] of lines) drawLine(drawing, x, y, across, up, rows, `stroke:var(--line-${i % 7})`, lines.length > MOST_GROUPS);
  return "";
}

function drawLine(drawing, x, y, across, up, rows, style, isCrowded) {
  const means = groupsOf(x, rows).map(([, members]) => [value(x, members[0]), ...meanAndInterval(y, members)]);
  const path = means.map(([at, mean], i) => `${i ? "L" : "M"}${across.at(at).toFixed(1)} ${up.at(mean).toFixed(1)}`).join("");
  if (!isText(x)) drawing.append(svg("path", { d: path, class: isCrowded ? "mean thin" : "mean", style }));
  for (const [at, mean, low, high] of means) {
    const px = across.at(at);
    const inside = y => Math.min(Math.max(y, SIZE.top), SIZE.height - SIZE.bottom);
    if (high > low && !isCrowded) drawing.append(svg("path", { d: `M${px} ${inside(up.at(up.log && low <= 0 ? mean : low))}V${inside(up.at(high))}`, class: "mean", style }));
    drawing.append(svg("circle", { cx: px, cy: up.at(mean), r: isCrowded ? 2.5 : 4, style: style.replace("stroke", "fill") }));
  }
}
