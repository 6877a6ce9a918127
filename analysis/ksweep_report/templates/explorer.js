"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const bytes = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
const decoder = new Int8Array(bytes(data.decoder).buffer), images = bytes(data.images), codes = new Int16Array(bytes(data.codes).buffer);
const [channels, height, width] = data.shape, pixels = channels * height * width;
const nSamples = codes.length / data.hidden, byId = id => document.getElementById(id);
const state = { unit: data.order[0], sample: 0, k: data.kept };
const short = x => String(Number(x.toPrecision(3)));

function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** A canvas of levels(i) in 0 .. 255 of pixel i; three channels are colour, other numbers stand side by side. */
function picture(levels, size) {
  const colour = channels === 3, across = colour ? width : width * channels;
  const canvas = make("canvas", { width: across, height, className: "pixels" });
  canvas.style.width = size * across / width + "px";
  const context = canvas.getContext("2d"), image = context.createImageData(across, height), plane = height * width;
  for (let i = 0; i < (colour ? plane : pixels); i++) {
    const panel = colour ? 0 : Math.floor(i / plane), at = i % plane;
    const target = 4 * (Math.floor(at / width) * across + panel * width + at % width);
    for (let c = 0; c < 3; c++) image.data[target + c] = levels(colour ? c * plane + at : i);
    image.data[target + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
const sampleImage = (sample, size) => picture(i => images[sample * pixels + i], size);
const unitImage = (unit, size) => picture(i => 127.5 + decoder[unit * pixels + i] / 127 * 127.5, size);

function thumb(canvas, text, act, label) {
  const button = make("button", { type: "button", className: "thumb" }, canvas, make("span", {}, text));
  button.setAttribute("aria-label", label);
  button.addEventListener("click", act);
  return button;
}
const activation = (sample, unit) => codes[sample * data.hidden + unit] * data.code_scale;

/** Units of a sample, largest activation first, the lower unit first of equals. */
const ranked = sample => [...Array(data.hidden).keys()].sort((a, b) => codes[sample * data.hidden + b] - codes[sample * data.hidden + a] || a - b);

function output(x) {
  if (data.output === "relu") return Math.max(0, x);
  return data.output === "sigmoid" ? 1 / (1 + Math.exp(-x)) : x;
}

function reconstruction(sample, units) {
  const sum = Float64Array.from(data.bias);
  for (const unit of units) {
    const weight = activation(sample, unit) * data.scale[unit];
    if (weight) for (let i = 0; i < pixels; i++) sum[i] += weight * decoder[unit * pixels + i];
  }
  return i => Math.max(0, Math.min(255, 255 * output(sum[i])));
}

function showUnit(unit) {
  state.unit = unit;
  byId("unit-number").value = unit;
  const rank = data.order.indexOf(unit), [least, most, counts] = data.bins[unit], highest = Math.max(1, ...counts);
  byId("unit-facts").textContent = `active for ${short(100 * data.density[unit])} % of the samples; rank ${rank + 1} of ${data.hidden} by use`;
  byId("unit-previous").disabled = rank === data.hidden - 1;
  byId("unit-next").disabled = rank === 0;
  byId("unit-image").replaceChildren(unitImage(unit, 200));
  byId("unit-bins").replaceChildren(make("div", { className: "bins", title: `${counts.reduce((a, b) => a + b, 0)} activations from ${least} to ${most}` },
    ...counts.map(count => make("i", { style: `height:${Math.round(100 * count / highest)}px` }))), make("p", { className: "small" }, counts.length ? `${least} … ${most}` : "never active"));
  byId("unit-top").replaceChildren(...data.top[unit].filter((_, i) => data.top_values[unit][i] !== 0).map((sample, i) =>
    thumb(sampleImage(sample, 64), short(data.top_values[unit][i]), () => showSample(sample), `sample ${sample}`)));
}

function showSample(sample) {
  if (sample >= nSamples) return byId("sample-facts").replaceChildren(`codes are kept of samples 0 … ${nSamples - 1} only`);
  state.sample = sample;
  byId("sample-number").value = sample;
  byId("sample-previous").disabled = sample === 0;
  byId("sample-next").disabled = sample === nSamples - 1;
  byId("sample-facts").textContent = data.labels.length ? `class ${data.labels[sample]}` : "";
  byId("sample-image").replaceChildren(sampleImage(sample, 200));
  const units = ranked(sample);
  byId("sample-steps").replaceChildren(...data.ks.map((k, i) => {
    const button = thumb(picture(reconstruction(sample, units.slice(0, k)), 64), `${k}${k === data.kept ? " (training)" : ""}: ${short(data.mse[i][sample])}`,
      () => { state.k = k; showSample(sample); }, `k = ${k}`);
    button.setAttribute("aria-pressed", k === state.k);
    return button;
  }));
  const shown = units.slice(0, state.k).filter(unit => activation(sample, unit) !== 0);
  byId("code-k").textContent = shown.length;
  byId("sample-code").replaceChildren(...shown.slice(0, 200).map(unit => thumb(unitImage(unit, 44), `${unit}: ${short(activation(sample, unit))}`, () => showUnit(unit), `unit ${unit}`)));
}

function drawAtlas() {
  const size = 30, columns = Math.max(8, Math.floor(byId("all-units").clientWidth / size)), rows = Math.ceil(data.hidden / columns);
  const canvas = make("canvas", { width: columns * size, height: rows * size, id: "atlas-canvas", role: "img", ariaLabel: "Decoder images of all units" });
  const context = canvas.getContext("2d");
  data.order.forEach((unit, i) => context.drawImage(unitImage(unit, size), i % columns * size, Math.floor(i / columns) * size, size - 1, size - 1));
  canvas.addEventListener("click", event => {
    const box = canvas.getBoundingClientRect(), zoom = canvas.width / box.width;
    const at = Math.floor((event.clientY - box.top) * zoom / size) * columns + Math.floor((event.clientX - box.left) * zoom / size);
    if (data.order[at] !== undefined) { showUnit(data.order[at]); byId("unit").scrollIntoView(); }
  });
  byId("atlas").replaceChildren(canvas);
}

const chosen = (id, most) => Math.max(0, Math.min(most, Math.round(Number(byId(id).value) || 0)));
const byUse = step => showUnit(data.order[Math.max(0, Math.min(data.hidden - 1, data.order.indexOf(state.unit) + step))]);
byId("unit-number").addEventListener("change", () => showUnit(chosen("unit-number", data.hidden - 1)));
byId("unit-previous").addEventListener("click", () => byUse(1));
byId("unit-next").addEventListener("click", () => byUse(-1));
byId("sample-number").addEventListener("change", () => showSample(chosen("sample-number", nSamples - 1)));
byId("sample-previous").addEventListener("click", () => showSample(state.sample - 1));
byId("sample-next").addEventListener("click", () => showSample(state.sample + 1));
byId("static").hidden = true;
byId("explorer").hidden = false;
showUnit(state.unit);
showSample(0);
drawAtlas();
