// While the sweep runs: loads the page again, and brings readers back to where they were.  The address keeps the view of the trials (state.js),
// the history's entry what else is kept here; both survive loading again, also of a file.
const PATIENCE_MS = 30000;   // with someone who types or chooses

/** [name, element]: numbered within its section, as sections come and go. */
function named(selector) {
  const counts = {};
  return [...document.querySelectorAll(selector)].map(each => {
    const section = each.closest("section")?.id ?? "";
    counts[section] = (counts[section] ?? 0) + 1;
    return [`${section} ${counts[section]}`, each];
  });
}

const topOf = element => element.getBoundingClientRect().top;
/** The last section or figure that begins above the window: what stands above it may grow. */
const landmark = () => [...document.querySelectorAll("section[id], figure[id]")].filter(each => topOf(each) <= 0).at(-1);

function placeOfReader() {
  const mark = landmark();
  return { at: [scrollX, scrollY], mark: mark && [mark.id, topOf(mark)],
    open: Object.fromEntries(named("details").map(([name, each]) => [name, each.open])),
    inside: Object.fromEntries(named(".scroll, .plot").map(([name, each]) => [name, [each.scrollLeft, each.scrollTop]])) };
}

function bringBack(place) {
  if (!place) return;
  for (const [name, each] of named("details")) each.open = place.open[name] ?? each.open;
  for (const [name, each] of named(".scroll, .plot")) if (place.inside[name]) each.scrollTo(...place.inside[name]);
  const mark = place.mark && document.getElementById(place.mark[0]);
  scrollTo({ left: place.at[0], top: mark ? scrollY + topOf(mark) - place.mark[1] : place.at[1], behavior: "instant" });
}

/** Not while someone types, chooses, selects or drags; a box that merely has the focus does not hold the page back for long. */
const isBusy = () => (/^(INPUT|SELECT)$/.test(document.activeElement?.tagName) && Date.now() - touched < PATIENCE_MS) || !getSelection().isCollapsed || held;
let held = false, touched = 0;
addEventListener("pointerdown", () => { held = true; });
for (const each of ["pointerup", "pointercancel"]) addEventListener(each, () => { held = false; });
for (const each of ["focusin", "input"]) addEventListener(each, () => { touched = Date.now(); });

history.scrollRestoration = "manual";
const place = history.state?.ksweepPlace;
bringBack(place);
addEventListener("load", () => bringBack(place));   // a browser goes to the address's anchor only now
setInterval(() => {
  if (isBusy()) return;
  history.replaceState({ ksweepPlace: placeOfReader() }, "");
  location.reload();
}, 1000 * document.querySelector("main").dataset.refresh);
