// The view in the address, behind a `?` in its fragment: #trials?filter=k+%3D+25&sort=-seed.  Who opens it sees the same.
const viewNote = document.getElementById("view-note");

view.parts.set("page", [() => (listing.page ? String(listing.page + 1) : ""), text => {
  listing.page = Math.max(0, Math.round(Number(text || 1)) - 1) || 0;
  update();
  return text !== "" && listing.page + 1 !== Number(text);
}]);

function viewText() {
  const found = new URLSearchParams();
  for (const [name, [text]] of view.parts) if (text()) found.set(name, text());
  return found.toString();
}

view.keep = () => {
  const text = viewText(), wanted = fragment()[0] + (text ? "?" + text : "");
  if (wanted !== location.hash.slice(1)) history.replaceState(history.state, "", wanted ? "#" + wanted : location.pathname + location.search);
};

/** Sets each part as the address says; what it names and is not here is said. */
function readView() {
  const found = new URLSearchParams(fragment()[1]);
  const lost = [...view.parts].map(([name, [, set]]) => set(found.get(name) || "") ? name : "").filter(Boolean);
  const unknown = [...found.keys()].filter(name => !view.parts.has(name));
  viewNote.textContent = lost.length + unknown.length ? `Not all that the address says of the view could be set: ${[...lost, ...unknown].join(", ")}.` : "";
  view.keep();
}

addEventListener("hashchange", () => fragment()[1] ? readView() : view.keep());
if (fragment()[1]) {
  readView();
  document.getElementById(fragment()[0])?.scrollIntoView();
}
