// The emulator: the same sums as experiments/explorer/emulator.py makes of the same kept numbers.

const CUBE_RUNS = DATA.emulator.runs;
const LEVER = Object.fromEntries(DATA.levers.map((each) => [each.name, each]));
let lastEstimate = { key: null };

// A sentence for the first lever that stands outside of what the runs cover; null if none does.
function outside(moved) {
  for (const lever of DATA.levers) {
    const value = moved[lever.name] ?? lever.default;
    if (!(value >= lever.low && value <= lever.high)) {
      const range = `${leverText(lever, lever.low)} to ${leverText(lever, lever.high)}`;
      return `${lever.title}: the estimate knows ${range} only. Run the model for other values: see “Run it” below.`;
    }
  }
  return null;
}

function covariance(component, place) {
  return CUBE_RUNS.map((run) => {
    let far = 0, product = 0;
    for (let side = 0; side < place.length; side += 1) {
      far += ((run[side] - place[side]) / component.lengths[side]) ** 2;
      product += run[side] * place[side];
    }
    far = Math.sqrt(5 * far);
    const smooth = component.smooth * (1 + far + (far * far) / 3) * Math.exp(-far);
    return smooth + component.trend * (component.bias + product) ** 2;
  });
}

function emulated(indicator, place) {
  const path = [...indicator.mean];
  for (const component of indicator.components) {
    const with_runs = covariance(component, place);
    const score = with_runs.reduce((sum, value, run) => sum + value * component.weights[run], 0);
    component.shape.forEach((value, quarter) => { path[quarter] += value * score; });
  }
  return path;
}

// Estimated paths after the observed quarters with their bands, as shown; or why there are none.
function estimateOf(moved) {
  const key = JSON.stringify(moved);
  if (lastEstimate.key === key) return lastEstimate;
  const refusal = outside(moved);
  lastEstimate = { key, refusal, paths: refusal ? null : estimated(moved) };
  return lastEstimate;
}

function estimated(moved) {
  const place = DATA.levers.map((each) => ((moved[each.name] ?? each.default) - each.low) / (each.high - each.low));
  const paths = {};
  for (const { column, scale } of DATA.indicators) {
    const indicator = DATA.emulator.indicators[column];
    const middle = emulated(indicator, place).map((value) => Math.max(0, value) * scale);
    paths[column] = {
      middle,
      low: middle.map((value, quarter) => Math.max(0, value - indicator.band[quarter] * scale)),
      high: middle.map((value, quarter) => value + indicator.band[quarter] * scale),
    };
  }
  return paths;
}

function leverText(lever, value) {
  const number = lever.unit === "%" ? value * 100 : value;
  return `${Number(number.toFixed(2)).toLocaleString("en-US")}${lever.unit === "%" ? "%" : "×"}`;
}
