// Tables other than that of trials: a click on a head sorts by it.
for (const plain of document.querySelectorAll("table.sortable")) {
  const number = text => { const found = parseFloat(text.replace("−", "-").replace(/[^\d.eE+-]/g, "")); return Number.isNaN(found) ? null : found; };
  [...plain.tHead.rows[0].cells].forEach((head, at) => {
    const made = make("button", { type: "button" }, ...head.childNodes);
    head.append(made);
    made.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of plain.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = row => { const text = row.cells[at].textContent; return number(text) ?? text; };
      const rows = [...plain.tBodies[0].rows].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0) * (down ? -1 : 1));
      plain.tBodies[0].append(...rows);
    });
  });
}
