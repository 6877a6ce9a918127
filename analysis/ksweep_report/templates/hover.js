// The pointer over a figure: the nearest mark's values.  A click on a trial's mark opens its page.
const tip = document.getElementById("tip");

function showTip(text, event) {
  tip.textContent = text;
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  tip.style.left = Math.max(4, Math.min(event.clientX + 14, innerWidth - box.width - 8)) + "px";
  tip.style.top = (event.clientY + 18 + box.height > innerHeight ? event.clientY - box.height - 10 : event.clientY + 18) + "px";
}
const hideTip = () => { tip.hidden = true; };

/** The mark at most 18 pixels away; those of means before those of single trials, which lie close to them. */
function nearest(points, box, event) {
  let best = null, least = 18 * 18;
  for (const mark of points) {
    const dx = box.left + mark[0] * box.width - event.clientX, dy = box.top + mark[1] * box.height - event.clientY;
    const distance = dx * dx + dy * dy + (mark[3] === null ? 0 : 9);
    if (distance < least) [best, least] = [mark, distance];
  }
  return best;
}

for (const [name, points] of Object.entries(marks)) {
  const plot = document.querySelector(`[data-plot="${name}"]`), drawing = plot.querySelector("svg");
  const ring = make("span", { className: "ring", hidden: true });
  plot.append(ring);
  const find = event => nearest(points, drawing.getBoundingClientRect(), event);
  plot.addEventListener("pointermove", event => {
    const mark = find(event);
    ring.hidden = !mark;
    if (!mark) return hideTip();
    const box = drawing.getBoundingClientRect(), own = plot.getBoundingClientRect();
    ring.style.left = box.left - own.left + plot.scrollLeft + mark[0] * box.width + "px";
    ring.style.top = box.top - own.top + mark[1] * box.height + "px";
    showTip(mark[3] === null ? mark[2] : `${nameOf(mark[3])}\n${mark[2]}`, event);
  });
  plot.addEventListener("pointerleave", () => { hideTip(); ring.hidden = true; });
  plot.addEventListener("click", event => {
    const mark = find(event);
    if (mark && mark[3] !== null) location.hash = "trial-" + columns.trial_id[mark[3]];
  });
  // Marks of brushed trials stand out in every figure that shows single trials.
  selection.listeners.push(() => {
    for (const old of plot.querySelectorAll(".picked")) old.remove();
    if (!selection.rows) return;
    const box = drawing.getBoundingClientRect(), own = plot.getBoundingClientRect();
    for (const mark of points.filter(each => each[3] !== null && selection.rows.has(each[3]))) {
      const dot = make("span", { className: "picked" });
      dot.style.left = (box.left - own.left + mark[0] * box.width) / own.width * 100 + "%";
      dot.style.top = (box.top - own.top + mark[1] * box.height) / own.height * 100 + "%";
      plot.append(dot);
    }
  });
}
