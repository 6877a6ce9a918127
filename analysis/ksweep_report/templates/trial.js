// The page of one trial, at #trial-ID: settings, results, classes, curves, and the command that trains it again.
const trialPage = document.getElementById("trial-page");

function facts(title, names, row) {
  const known = names.filter(name => columns[name] && value(name, row) !== null && value(name, row) !== "");
  return make("div", {}, make("h4", {}, title), make("table", { className: "facts" }, make("tbody", {}, ...known.map(name =>
    make("tr", {}, make("th", { scope: "row" }, titleOf(name)), make("td", {}, format(name, value(name, row))))))));
}

function bars(row) {
  const { n, rows, names } = data.classes, classes = rows[row] || [];
  if (!classes.some(each => each[1] !== null)) return "";
  const rule = classes.length < n ? ` (the ${classes.length} lowest of ${n})` : "";
  return make("div", {}, make("h4", {}, `Test accuracy of each class %${rule}`), make("table", { className: "facts" }, make("tbody", {}, ...classes.map(([i, each]) =>
    make("tr", {}, make("th", { scope: "row" }, names[i] ?? String(i)), make("td", {}, each === null ? "–" : each.toFixed(2), make("span", { className: "bar", style: `width:${each === null ? 0 : 0.9 * each}px` })))))));
}

function curveOf(name, row) {
  const { epochs, rows } = data.curves[name], points = epochs.map((epoch, i) => [epoch, rows[row][i]]).filter(point => point[1] !== null);
  if (points.length < 2) return "";
  const ys = points.map(point => point[1]), low = Math.min(...ys), span = Math.max(...ys) - low || 1, last = points.at(-1)[0];
  const drawing = svg("svg", { viewBox: "0 0 220 90", class: "spark", role: "img", "aria-label": `${name} from ${ys[0]} to ${ys.at(-1)}` });
  drawing.append(svg("path", { class: "mean", style: "stroke:var(--line-0)", d: points.map(([x, y], i) => `${i ? "L" : "M"}${5 + x / last * 210} ${82 - (y - low) / span * 72}`).join("") }));
  return make("div", {}, make("h4", {}, titleOf(name)), drawing, make("p", { className: "small" }, `${format(name, ys[0])} after epoch ${points[0][0]}, ${format(name, ys.at(-1))} after epoch ${last}`));
}

function openTrial() {
  const found = /^trial-([0-9a-f]{16})$/.exec(fragment()[0]), row = found ? columns.trial_id.indexOf(found[1]) : -1;
  trialPage.hidden = row < 0;
  if (row < 0) return;
  const command = data.commands.length ? data.commands[columns.cell[row]].replace("train.seed=SEED", `train.seed=${columns.seed[row]}`) : "";
  const close = make("button", { type: "button", id: "close-trial" }, "close");
  close.addEventListener("click", closeTrial);
  trialPage.replaceChildren(make("h3", {}, `Trial ${found[1]}: ${nameOf(row)}, seed ${columns.seed[row]} (${value("status", row)})`), close,
    value("reason", row) ? make("p", { className: "banner" }, value("reason", row)) : "",
    make("div", { className: "beside" }, facts("Setting", [...data.all_axes, "seed"], row), facts("Results", data.metrics, row), facts("How it ran", [...data.other, "host"], row), bars(row),
      ...Object.keys(data.curves).map(name => curveOf(name, row))),
    command ? make("p", { className: "small" }, "This trial alone:") : "", command ? make("pre", {}, make("code", {}, command)) : "");
  trialPage.focus({ preventScroll: true });
  trialPage.scrollIntoView();
}
function closeTrial() {
  history.replaceState(null, "", "#trials");
  openTrial();
  view.keep();
}
addEventListener("keydown", event => { if (event.key === "Escape" && !trialPage.hidden) closeTrial(); });
addEventListener("hashchange", openTrial);
openTrial();
