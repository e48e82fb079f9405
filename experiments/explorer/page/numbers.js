// Numbers of the kept runs: paths by quarter, medians, bands, paired differences, and how they are written.

const INDICATOR = Object.fromEntries(DATA.indicators.map((each) => [each.column, each]));
const SCENARIO = Object.fromEntries(DATA.scenarios.map((each) => [each.name, each]));
const LEVERS = "levers"; // the world of moved levers, which the emulator estimates
const COUNT = DATA.history[DATA.indicators[0].column].length + DATA.paths[REFERENCE][DATA.indicators[0].column][0].length;
const ORIGIN = DATA.history[DATA.indicators[0].column].length - 1; // the last observed quarter
const LOW = 0.1, HIGH = 0.9;

function quarterName(quarter) {
  return `${DATA.first_year + Math.floor(quarter / 4)}Q${(quarter % 4) + 1}`;
}

function quarterNamed(name) {
  const parts = /^(\d{4})Q([1-4])$/.exec(name);
  const found = parts ? (Number(parts[1]) - DATA.first_year) * 4 + Number(parts[2]) - 1 : -1;
  return found >= 0 && found < COUNT ? found : null;
}

function worldTitle(world) {
  return world === LEVERS ? "Your levers (estimate)" : SCENARIO[world].title;
}

// Whole numbers of the column's last decimal become numbers as they are shown.
function scaled(whole, column) {
  const { decimals, scale } = INDICATOR[column];
  return whole.map((value) => (value === null ? NaN : (value / 10 ** decimals) * scale));
}

// Linear interpolation between order statistics, as numpy does it.
function quantile(values, share) {
  const sorted = values.filter(Number.isFinite).sort((one, other) => one - other);
  if (!sorted.length) return NaN;
  const place = share * (sorted.length - 1), below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

const drawnCache = new Map();

// Later quarters of every random stream, and the expected path before them.
function runsOf(scenario, column) {
  const key = `${scenario} ${column}`;
  if (!drawnCache.has(key)) {
    const [expected, ...streams] = DATA.paths[scenario][column].map((path) => scaled(path, column));
    const history = scaled(DATA.history[column], column);
    const at = (share) => streams[0].map((_, quarter) => quantile(streams.map((path) => path[quarter]), share));
    drawnCache.set(key, {
      history, expected, streams,
      middle: [...history, ...at(0.5)], low: [...history, ...at(LOW)], high: [...history, ...at(HIGH)],
    });
  }
  return drawnCache.get(key);
}

// What is drawn of a world: streams' median and band; the expected path beside an estimate, which is one of it.
function pathOf(world, column, state) {
  if (world === LEVERS) {
    const estimate = estimateOf(state.moved);
    if (!estimate.paths) return null;
    const { history } = runsOf(REFERENCE, column);
    const { middle, low, high } = estimate.paths[column];
    return { middle: [...history, ...middle], low: [...history, ...low], high: [...history, ...high], isEstimate: true };
  }
  const runs = runsOf(world, column);
  if (state.b !== LEVERS) return { ...runs, isEstimate: false };
  const whole = [...runs.history, ...runs.expected];
  return { middle: whole, low: whole, high: whole, isEstimate: false };
}

// Mean paired difference, B less A, with Student's interval over streams; of an estimate its band.
function differenceOf(state, column, quarter, a = state.a, b = state.b) {
  const later = quarter - ORIGIN - 1;
  if (!b) return null;
  if (later < 0) return { value: 0, low: 0, high: 0, observed: true };
  if (b === LEVERS) {
    const estimate = estimateOf(state.moved);
    if (!estimate.paths) return null;
    const { middle, low, high } = estimate.paths[column];
    const expected = runsOf(a, column).expected[later];
    return { value: middle[later] - expected, low: low[later] - expected, high: high[later] - expected };
  }
  const [own, other] = [b, a].map((world) => runsOf(world, column).streams.map((path) => path[later]));
  const apart = own.map((value, place) => value - other[place]).filter(Number.isFinite);
  const mean = apart.reduce((sum, value) => sum + value, 0) / apart.length;
  const variance = apart.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (apart.length - 1);
  const half = DATA.student * Math.sqrt(variance / apart.length);
  return { value: mean, low: mean - half, high: mean + half };
}

function isClear(difference) {
  return difference.low > 0 || difference.high < 0;
}

const formats = []; // by decimals

function shown(value, digits, sign = false) {
  if (!Number.isFinite(value)) return "–";
  formats[digits] ??= new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const text = formats[digits].format(Math.abs(value));
  const isZero = Number(text.replaceAll(",", "")) === 0;
  if (isZero) return text;
  return value < 0 ? `−${text}` : sign ? `+${text}` : text;
}

// Decimals of a difference: two digits of what is larger, the effect or half its interval.
function digitsOf(difference, column) {
  const size = Math.max(Math.abs(difference.value), (difference.high - difference.low) / 2);
  const needed = size > 0 ? 1 - Math.floor(Math.log10(size)) : 0;
  return Math.max(INDICATOR[column].digits, Math.min(needed, INDICATOR[column].digits + 2));
}

// A number with its unit: dollars before it, percent right after it.
function amount(value, digits, unit, sign = false) {
  const text = shown(value, digits, sign);
  if (unit.startsWith("2025 $")) return `${text.replace(/^([−+]?)/, "$1$$")}${unit.slice("2025 $".length)}`;
  return unit.startsWith("%") ? `${text}%` : `${text} ${unit}`.trim();
}
