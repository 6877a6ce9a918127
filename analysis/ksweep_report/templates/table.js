// The table of trials: sorted by any column, filtered by words and by the brush, a page at a time.
const PAGE_ROWS = 50;
const table = document.getElementById("trial-table"), controls = document.getElementById("trial-controls");
const shownColumns = [...new Set(["trial_id", "status", ...data.axes.includes("kind") ? [] : ["kind"], ...data.axes, "seed", ...[data.choosing, data.metric, "validation_accuracy", "test_accuracy", "test_mse", "l0_encoding", "dead_units", "core_seconds"].filter(name => columns[name])])].filter(name => columns[name]);
const view = { sort: null, down: false, words: "", status: "", page: 0, rows: [] };

const words = row => shownColumns.map(name => isText(name) ? value(name, row) : `${name}=${value(name, row)}`).join(" ").toLowerCase() + " " + (value("reason", row) || "").toLowerCase();

/** `k=25`: equal to it; anything else: contained in the row. */
function matches(row) {
  if (selection.rows && !selection.rows.has(row)) return false;
  if (view.status && value("status", row) !== view.status) return false;
  return view.words.toLowerCase().split(/\s+/).filter(Boolean).every(word => {
    const [name, wanted] = word.split("=");
    if (wanted !== undefined && columns[name]) return wanted === "" || String(value(name, row)).toLowerCase() === wanted;
    return words(row).includes(word);
  });
}

function compare(a, b) {
  const x = value(view.sort, a), y = value(view.sort, b);
  if (x === y) return a - b;
  if (x === null) return 1;
  if (y === null) return -1;
  return (x < y ? -1 : 1) * (view.down ? -1 : 1);
}

function update() {
  view.rows = [...Array(data.n).keys()].filter(matches);
  if (view.sort) view.rows.sort(compare);
  view.page = Math.max(0, Math.min(view.page, Math.ceil(view.rows.length / PAGE_ROWS) - 1));
  const first = view.page * PAGE_ROWS, shown = view.rows.slice(first, first + PAGE_ROWS);
  table.tBodies[0].replaceChildren(...shown.map(row => make("tr", {}, ...shownColumns.map(name => cellOf(name, row)))));
  document.getElementById("trial-count").textContent = view.rows.length ? `${first + 1}–${first + shown.length} of ${view.rows.length} trials` + (selection.rows ? ", marked ones only" : "") : "no trial matches";
  document.getElementById("previous").disabled = first === 0;
  document.getElementById("next").disabled = first + PAGE_ROWS >= view.rows.length;
  document.getElementById("clear").disabled = selection.rows === null;
  for (const head of table.tHead.rows[0].cells) {
    const sorted = view.sort === head.dataset.name;
    head.setAttribute("aria-sort", sorted ? view.down ? "descending" : "ascending" : "none");
  }
}

function cellOf(name, row) {
  if (name === "trial_id") return make("td", {}, make("a", { href: "#trial-" + columns.trial_id[row] }, make("code", {}, columns.trial_id[row])));
  return make("td", { className: isText(name) ? "" : "n" }, format(name, value(name, row)));
}

function headOf(name) {
  const button = make("button", { type: "button" }, titleOf(name));
  button.addEventListener("click", () => {
    view.down = view.sort === name ? !view.down : isAccuracy(name);
    view.sort = name;
    update();
  });
  return make("th", { scope: "col", className: isText(name) ? "" : "n", "data-name": name }, button);
}

const turn = step => { view.page += step; update(); };
const filter = make("input", { type: "search", id: "filter", placeholder: "k=25 failed node1 …" });
filter.addEventListener("input", () => { view.words = filter.value; view.page = 0; update(); });
const status = make("select", { id: "status" }, ...["", "done", "failed", "missing"].map(name => make("option", { value: name }, name || "any")));
status.addEventListener("change", () => { view.status = status.value; view.page = 0; update(); });
const button = (id, text, act) => { const made = make("button", { type: "button", id }, text); made.addEventListener("click", act); return made; };
controls.append(make("label", {}, "filter ", filter), make("label", {}, "status ", status), button("clear", "clear marks", () => select(null)),
  button("previous", "‹ previous", () => turn(-1)), button("next", "next ›", () => turn(1)), make("span", { id: "trial-count", role: "status" }));
controls.hidden = false;
table.tHead.rows[0].replaceChildren(...shownColumns.map(headOf));
const leftOut = document.getElementById("trials-left-out");
if (leftOut) leftOut.hidden = true;
selection.listeners.push(() => { view.page = 0; update(); });
update();
