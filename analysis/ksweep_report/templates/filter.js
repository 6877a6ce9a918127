// Filters as expressions: `k = 40 and (test > 97 or not host ~ node1)`.  Words alone are looked for in the text of a trial.
const OPERATORS = ["<=", ">=", "!=", "!~", "=", "<", ">", "~"];
const TOKEN = /\s+|<=|>=|!=|!~|[()=<>~,]|"[^"]*"|'[^']*'|[^\s()=<>~,!"']+|./g;
const SHORT_NAMES = { id: "trial_id", test: data.metric, validation: data.choosing };

class FilterError extends Error {
  constructor(at, message) { super(message); this.at = at; }
}

/** The column that a name of a filter means: `k`, `model.k`, `probe.l2`, `test` for what the metric judges by; or undefined. */
function columnNamed(name) {
  const plain = name.toLowerCase().replace(/^(model|train)\./, "").replaceAll(".", "_");
  return [plain, `${plain}_requested`, SHORT_NAMES[plain]].find(each => each && Object.hasOwn(columns, each) && each !== "cell");
}

function knownNames() {
  const short = Object.keys(SHORT_NAMES).filter(name => columns[SHORT_NAMES[name]]);
  return [...new Set([...data.all_axes.map(axis => axis.replace(/_requested$/, "")), "seed", "status", ...short, ...["host", "reason"].filter(name => columns[name]), ...data.metrics, ...data.other])].join(", ");
}

/** Tokens with their places: [{ text, at, quoted }], the last one empty. */
function tokensOf(text) {
  const tokens = [...text.matchAll(TOKEN)].filter(found => found[0].trim()).map(found => {
    const quoted = /^(".*"|'.*')$/.test(found[0]);
    return { text: quoted ? found[0].slice(1, -1) : found[0], at: found.index, quoted };
  });
  const open = tokens.find(token => !token.quoted && /^["'!]$/.test(token.text));
  if (open) throw new FilterError(open.at, open.text === "!" ? "! stands before = or ~ only; write not" : `this ${open.text} is not closed`);
  return [...tokens, { text: "", at: text.length, quoted: false, end: true }];
}

/** A function of a row.  Throws FilterError. */
function parseFilter(text) {
  const tokens = tokensOf(text);
  let next = 0;
  const is = (...words) => !tokens[next].quoted && !tokens[next].end && words.includes(tokens[next].text.toLowerCase());
  const take = () => tokens[next++];
  const fail = message => { throw new FilterError(tokens[next].at, message); };

  function either() {
    const parts = [all()];
    while (is("or")) { take(); parts.push(all()); }
    return parts.length === 1 ? parts[0] : row => parts.some(part => part(row));
  }
  function all() {
    const parts = [one()];
    while (!tokens[next].end && !is("or", ")")) {
      if (is("and")) take();
      parts.push(one());
    }
    return parts.length === 1 ? parts[0] : row => parts.every(part => part(row));
  }
  function one() {
    if (is("not")) { take(); const part = one(); return row => !part(row); }
    if (is("(")) {
      take();
      const part = either();
      if (!is(")")) fail("a ) is missing");
      take();
      return part;
    }
    if (tokens[next].end) fail("something is missing at the end");
    if (is("and", "or", ")", ",", ...OPERATORS)) fail(`${tokens[next].text} has nothing before it; words with such signs go in "quotes"`);
    const word = take();
    if (!word.quoted && is("in") && (columnNamed(word.text) || tokens[next + 1].text === "(")) { take(); return among(columnOf(word)); }
    if (!word.quoted && is(...OPERATORS)) { const operator = take().text; return comparison(columnOf(word), operator, valueToken(operator)); }
    const wanted = word.text.toLowerCase();
    return row => wordsOf(row).includes(wanted);
  }
  function columnOf(word) {
    const name = columnNamed(word.text);
    if (!name) throw new FilterError(word.at, `there is no ${word.text}. Known: ${knownNames()}`);
    return name;
  }
  function valueToken(before) {
    if (tokens[next].end || is("(", ")", ",", ...OPERATORS)) fail(`a value is missing after ${before}`);
    return take();
  }
  function among(name) {
    const closes = is("(");
    if (closes) take();
    const parts = [comparison(name, "=", valueToken("in"))];
    while (is(",")) { take(); parts.push(comparison(name, "=", valueToken(","))); }
    if (closes && !is(")")) fail("a ) is missing after the values");
    if (closes) take();
    return row => parts.some(part => part(row));
  }

  const found = either();
  if (!tokens[next].end) fail(`${tokens[next].text} is not expected here`);
  return found;
}

/** Numbers are compared as the table shows them: accuracies in %. */
function comparison(name, operator, token) {
  const wanted = token.text.toLowerCase();
  const textOf = row => String(value(name, row) ?? "").toLowerCase();
  if (operator === "~") return row => textOf(row).includes(wanted);
  if (operator === "!~") return row => !textOf(row).includes(wanted);
  if (isText(name)) {
    if (!["=", "!="].includes(operator)) throw new FilterError(token.at, `${titleOf(name)} is a text: compare it with =, !=, ~ (contains) or in`);
    return row => (textOf(row) === wanted) === (operator === "=");
  }
  const number = Number(token.text);
  if (token.text.trim() === "" || Number.isNaN(number)) throw new FilterError(token.at, `${token.text} is no number, and ${titleOf(name)} is one`);
  const scale = isShare(name) ? 100 : 1;
  const same = row => { const own = value(name, row); return own !== null && (Math.abs(scale * own - number) <= 1e-9 * Math.abs(number) || format(name, own) === token.text); };
  const tests = { "=": same, "!=": row => !same(row), "<": row => scale * value(name, row) < number && !same(row), "<=": row => scale * value(name, row) <= number || same(row),
    ">": row => scale * value(name, row) > number && !same(row), ">=": row => scale * value(name, row) >= number || same(row) };
  return operator.includes("=") && operator.length === 1 || operator === "!=" ? tests[operator] : row => value(name, row) !== null && tests[operator](row);
}

/** All that a word may be found in: id, status, settings, host, reason. */
function wordsOf(row) {
  const names = ["trial_id", "status", ...data.all_axes, "seed", "host", "reason"].filter(name => columns[name]);
  return names.map(name => isText(name) ? value(name, row) : `${name}=${value(name, row)}`).join(" ").toLowerCase();
}
