"use strict";
// Everything below reads the two JSON elements and adds to the page; without it the page is complete but still.
const read = id => JSON.parse(document.getElementById(id).textContent);
const data = read("data"), marks = read("marks");
const columns = data.columns;

/** A new element with properties, and children that are elements or texts: texts never become markup. */
function make(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {}))
    name in element && name !== "list" ? element[name] = value : element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function svg(tag, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** A trial's value of a column: number, text or null. */
function value(name, row) {
  const column = columns[name];
  if (!column) return null;
  return Array.isArray(column) ? column[row] : column.texts[column.codes[row]];
}

const isText = name => name === "trial_id" || (columns[name] !== undefined && !Array.isArray(columns[name]));
const isAxis = name => data.all_axes.includes(name) || name === "seed";
const isAccuracy = name => /accuracy(_curve)?$/.test(name);
const isShare = name => isAccuracy(name) || /_fvu(_by_[a-z]+)?(_curve)?$/.test(name);
/** What a key is called: in legends, and in full; other columns as they are, with blanks. */
const keyName = name => data.key_names?.[name]?.[0] ?? name;
const titleOf = name => data.key_names?.[name]?.[1] ?? (data.titles?.[name] ?? name.replace(/_unix_s$/, "").replace(/_s$/, " in s").replaceAll("_", " ").replace(/\bl0\b/, "L0").replace(/\bmse\b/, "MSE").replace(/\bnmi\b/, "NMI")) + (isShare(name) ? " %" : "");

function format(name, number) {
  if (number === null || number === undefined) return "–";
  if (typeof number === "string") return number;
  if (/_unix_s$/.test(name)) return new Date(1000 * number).toISOString().slice(0, 19).replace("T", " ") + " UTC";
  if (isAccuracy(name)) return (100 * number).toFixed(2);
  if (isShare(name)) return (100 * number).toPrecision(4);
  return Number.isInteger(number) ? String(number) : String(Number(number.toPrecision(4)));
}

const nameOf = row => data.names.length ? data.names[columns.cell[row]] : data.axes.map(axis => `${axis} = ${value(axis, row)}`).join(", ");

/**
 * What narrows the trials down: by: name -> a set of rows, or null; rows: those in all of these sets, null where nothing narrows.
 * Listeners are told of each change.
 */
const selection = { by: {}, rows: null, listeners: [] };
function select(name, rows) {
  selection.by[name] = rows;
  const sets = Object.values(selection.by).filter(Boolean);
  selection.rows = sets.length ? new Set([...sets[0]].filter(row => sets.every(set => set.has(row)))) : null;
  for (const listener of selection.listeners) listener();
}

/** [anchor, view] of the address: what stands before and behind a `?` in its fragment. */
function fragment() {
  const [anchor, ...rest] = location.hash.slice(1).split("?");
  return [anchor, rest.join("?")];
}

/**
 * What the address keeps of the view (state.js).  parts: name -> [its text, "" as at first; what sets it; returns whether that failed].
 * keep: to be called after each change.
 */
const view = { parts: new Map(), keep: () => {} };
