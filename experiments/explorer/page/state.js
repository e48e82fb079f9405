// What is shown, kept in the fragment of the address so that a copied address restores it; undo and redo.

const BEGINNING = { a: DATA.opens.a, b: DATA.opens.b, quarter: quarterNamed(DATA.opens.quarter), by: DATA.tiles[0], moved: {} };
let state = structuredClone(BEGINNING);
let committed = "";
const done = [], undone = [];

function fragmentOf(some) {
  const pairs = new URLSearchParams({ a: some.a, b: some.b, quarter: quarterName(some.quarter), by: some.by });
  for (const { name } of DATA.levers) if (name in some.moved) pairs.set(name, String(some.moved[name]));
  return pairs.toString();
}

// The state of a fragment and sentences about what in it is not known here.
function stateOf(fragment) {
  const found = structuredClone(BEGINNING), wrong = [];
  for (const [name, value] of new URLSearchParams(fragment)) {
    if (name === "a" && value in SCENARIO) found.a = value;
    else if (name === "b" && (value === "" || value === LEVERS || value in SCENARIO)) found.b = value;
    else if (name === "quarter" && quarterNamed(value) !== null) found.quarter = quarterNamed(value);
    else if (name === "by" && value in INDICATOR) found.by = value;
    else if (name in LEVER && value !== "" && isTaken(LEVER[name], Number(value))) found.moved[name] = Number(value);
    else wrong.push(`${name}=${value}`);
  }
  if (found.b !== LEVERS && Object.keys(found.moved).length) [found.a, found.b] = [REFERENCE, LEVERS];
  return { found, wrong };
}

// Show another state; a lasting one can be undone and stands in the address.
function change(some, lasts = true) {
  state = { ...state, ...some };
  if (lasts) commit();
  render();
}

function commit() {
  const now = fragmentOf(state);
  if (now === committed) return;
  done.push(committed);
  undone.length = 0;
  settle(now);
}

function settle(fragment) {
  committed = fragment;
  history.replaceState(null, "", `#${fragment}`);
}

function step(from, to) {
  if (!from.length) return;
  to.push(committed);
  const fragment = from.pop();
  state = stateOf(fragment).found;
  settle(fragment);
  render();
}

function undo() { step(done, undone); }
function redo() { step(undone, done); }

// Read the address, as it is opened and whenever it is changed by hand.
function restore() {
  const { found, wrong } = stateOf(location.hash.slice(1));
  state = found;
  settle(fragmentOf(state));
  render();
  notify(wrong.length ? `The address asks for what this page does not have, which is left out: ${wrong.join(", ")}` : "");
}

// Levers are moved from the reference: it stands beside them.
function moveLever(name, value, lasts) {
  const moved = { ...state.moved };
  if (Math.abs(value - LEVER[name].default) < 1e-9) delete moved[name];
  else moved[name] = value;
  change({ moved, a: REFERENCE, b: LEVERS }, lasts);
}

function resetLevers() {
  change({ moved: {}, b: state.b === LEVERS ? "" : state.b });
}
