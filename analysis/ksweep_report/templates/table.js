// The table of trials: sorted by any column, filtered by an expression and by brushes, a page at a time.
const PAGE_ROWS = 50;
const table = document.getElementById("trial-table"), controls = document.getElementById("trial-controls");
const shownColumns = [...new Set(["trial_id", "status", ...data.axes.includes("kind") ? [] : ["kind"], ...data.axes, "seed", ...[data.choosing, data.metric, "validation_accuracy", "test_accuracy", "test_mse", "l0_encoding", "dead_units", "core_seconds"].filter(name => columns[name])])].filter(name => columns[name]);
const listing = { sort: null, down: false, page: 0, rows: [], passes: null };

/** The rows that the filter and the status leave; null for all. */
function filtered() {
  if (!listing.passes && !status.value) return null;
  return new Set([...Array(data.n).keys()].filter(row => (!status.value || value("status", row) === status.value) && (!listing.passes || listing.passes(row))));
}

/** What does not parse is said, and the table stays as it was. */
function applyFilter() {
  filterError.textContent = "";
  try {
    listing.passes = filter.value.trim() ? parseFilter(filter.value) : null;
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    filterError.textContent = `Character ${error.at + 1}: ${error.message}. Until this is right, the table shows what it did before.`;
  }
  filter.setAttribute("aria-invalid", filterError.textContent !== "");
  filterError.hidden = filterError.textContent === "";
  listing.page = 0;
  select("filter", filtered());
}

function compare(a, b) {
  const x = value(listing.sort, a), y = value(listing.sort, b);
  if (x === y) return a - b;
  if (x === null) return 1;
  if (y === null) return -1;
  return (x < y ? -1 : 1) * (listing.down ? -1 : 1);
}

function update() {
  listing.rows = [...Array(data.n).keys()].filter(row => !selection.rows || selection.rows.has(row));
  if (listing.sort) listing.rows.sort(compare);
  listing.page = Math.max(0, Math.min(listing.page, Math.ceil(listing.rows.length / PAGE_ROWS) - 1));
  const first = listing.page * PAGE_ROWS, shown = listing.rows.slice(first, first + PAGE_ROWS);
  table.tBodies[0].replaceChildren(...shown.map(row => make("tr", {}, ...shownColumns.map(name => cellOf(name, row)))));
  document.getElementById("trial-count").textContent = listing.rows.length ? `${first + 1}–${first + shown.length} of ${listing.rows.length} trials` + (isBrushed() ? ", brushed ones only" : "") : "no trial matches";
  document.getElementById("previous").disabled = first === 0;
  document.getElementById("next").disabled = first + PAGE_ROWS >= listing.rows.length;
  document.getElementById("clear").disabled = !isBrushed();
  for (const head of table.tHead.rows[0].cells) {
    const sorted = listing.sort === head.dataset.name;
    head.setAttribute("aria-sort", sorted ? listing.down ? "descending" : "ascending" : "none");
  }
}

const isBrushed = () => Boolean(selection.by.chart || selection.by.lanes);

function markBox(row) {
  const box = make("input", { type: "checkbox", checked: marked.has(row), "aria-label": `mark trial ${columns.trial_id[row]}: its learning curve in a chart`, "data-row": row });
  box.addEventListener("change", () => { if (!mark(row, box.checked)) box.checked = false; });
  return box;
}

function cellOf(name, row) {
  if (name === "trial_id") return make("td", {}, markBox(row), " ", make("a", { href: "#trial-" + columns.trial_id[row] }, make("code", {}, columns.trial_id[row])));
  return make("td", { className: isText(name) ? "" : "n" }, format(name, value(name, row)));
}

function headOf(name) {
  const button = make("button", { type: "button" }, titleOf(name));
  button.addEventListener("click", () => {
    listing.down = listing.sort === name ? !listing.down : isAccuracy(name);
    listing.sort = name;
    update();
    view.keep();
  });
  return make("th", { scope: "col", className: isText(name) ? "" : "n", "data-name": name }, button);
}

const turn = step => { listing.page += step; update(); view.keep(); };
const filter = make("input", { type: "search", id: "filter", placeholder: "k = 25 and test > 97, failed, node1 …", "aria-describedby": "filter-error" });
const filterError = make("p", { id: "filter-error", role: "alert", hidden: true });
filter.addEventListener("input", () => { applyFilter(); view.keep(); });
const status = make("select", { id: "status" }, ...["", "done", "failed", "missing"].map(name => make("option", { value: name }, name || "any")));
status.addEventListener("change", () => { applyFilter(); view.keep(); });

function filterHelp() {
  const code = text => make("code", {}, text);
  return ["Words that a trial has: ", code("failed node1"), "; comparisons with =, !=, <, <=, >, >=, ~ (contains), !~ and ", code("in"), ", joined by and, or, not and parentheses: ", code("k in (10, 25) and not (test < 97 or host ~ node1)"),
    `. Numbers are as the table shows them, accuracies in %. Names: ${knownNames()}.`];
}

const button = (id, text, act) => { const made = make("button", { type: "button", id }, text); made.addEventListener("click", act); return made; };
controls.append(make("label", {}, "filter ", filter), make("label", {}, "status ", status), button("clear", "clear brushes", clearBrushes),
  button("previous", "‹ previous", () => turn(-1)), button("next", "next ›", () => turn(1)), make("span", { id: "trial-count", role: "status" }), filterError,
  make("details", { id: "filter-help" }, make("summary", {}, "what a filter may say"), make("p", { className: "small" }, ...filterHelp())));
controls.hidden = false;
table.tHead.rows[0].replaceChildren(...shownColumns.map(headOf));
const leftOut = document.getElementById("trials-left-out");
if (leftOut) leftOut.hidden = true;
selection.listeners.push(() => { listing.page = 0; update(); });
view.parts.set("filter", [() => filter.value.trim(), text => { filter.value = text; applyFilter(); return false; }]);
view.parts.set("status", [() => status.value, text => { const known = setChoice(status, text); applyFilter(); return !known; }]);
view.parts.set("sort", [() => (listing.sort ? (listing.down ? "-" : "") + listing.sort : ""), text => {
  const name = text.replace(/^-/, ""), known = !text || shownColumns.includes(name);
  Object.assign(listing, { sort: text && known ? name : null, down: text.startsWith("-") });
  update();
  return !known;
}]);
update();
