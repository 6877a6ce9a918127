// While the sweep runs: loads the page again, and brings readers back to where they were, with what they had chosen.  The place is kept in the
// history's entry, which survives loading again, also of a file.
const hasTrials = typeof view !== "undefined";
const opened = () => [...document.querySelectorAll("details")];
const scrolled = () => [...document.querySelectorAll(".scroll")];
const choosers = () => [...document.querySelectorAll("#explore select")];

function placeOfReader() {
  const trials = hasTrials ? { view: { ...view, rows: [] }, marked: selection.rows && [...selection.rows].map(row => columns.trial_id[row]) } : {};
  return { at: [scrollX, scrollY], inside: scrolled().map(each => [each.scrollLeft, each.scrollTop]), open: opened().map(each => each.open),
    chosen: choosers().map(each => each.value), ...trials };
}

function bringBack(place) {
  if (!place) return;
  opened().forEach((each, i) => { each.open = place.open[i] ?? each.open; });
  choosers().forEach((each, i) => {
    if (place.chosen[i] === undefined || place.chosen[i] === each.value || ![...each.options].some(option => option.value === place.chosen[i])) return;
    each.value = place.chosen[i];
    each.dispatchEvent(new Event("change"));
  });
  if (hasTrials && place.view) {
    const marked = place.marked && place.marked.map(id => columns.trial_id.indexOf(id)).filter(row => row >= 0);
    if (marked) select(new Set(marked));
    Object.assign(view, place.view);
    filter.value = view.words;
    status.value = view.status;
    update();
  }
  scrolled().forEach((each, i) => { if (place.inside[i]) each.scrollTo(...place.inside[i]); });
  scrollTo({ left: place.at[0], top: place.at[1], behavior: "instant" });
}

/** Not while someone types, selects or drags. */
const isBusy = () => /^(INPUT|SELECT)$/.test(document.activeElement?.tagName) || !getSelection().isCollapsed || held;
let held = false;
addEventListener("pointerdown", () => { held = true; });
addEventListener("pointerup", () => { held = false; });

history.scrollRestoration = "manual";
bringBack(history.state?.ksweepPlace);
setInterval(() => {
  if (isBusy()) return;
  history.replaceState({ ksweepPlace: placeOfReader() }, "");
  location.reload();
}, 1000 * document.querySelector("main").dataset.refresh);
