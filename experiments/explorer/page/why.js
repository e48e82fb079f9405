// Why B's BEV share differs from A's: what each group of causes adds on the expected path, from A's share to B's.

const SHARE = "bev_share_new";
const AGAINST = 0.1; // of the leading cause: what is smaller is not told as going against it

// A sentence where there is nothing to explain.
function noReason() {
  if (!state.b) return "Choose a scenario at B to see what makes its BEV share another than A’s.";
  if (state.b === LEVERS) return "An estimate has no causes: run the levers (“Run it” below them); the report of the run tells what moved the BEV share.";
  if (state.quarter <= ORIGIN) return "Up to the end of observed data both are the same: choose a later year.";
  return state.a === state.b ? "A and B are the same scenario." : null;
}

function inPoints(whole) {
  return (whole / 10 ** INDICATOR[SHARE].decimals) * INDICATOR[SHARE].scale;
}

// What a group adds in a world against the reference, in points.
function partOf(world, group, year) {
  return world === REFERENCE ? 0 : inPoints(DATA.why.parts[world][group][year]);
}

// Causes in their order, each from where the one before it ends; all of the last quarter of the year shown.
function reasons() {
  const year = Math.floor((state.quarter - ORIGIN - 1) / 4), quarter = ORIGIN + 4 * (year + 1);
  const [a, b] = [state.a, state.b].map((world) => inPoints(DATA.why.shares[world][year]));
  let from = a;
  const causes = DATA.why.groups.map(({ name, holds }) => {
    const cause = { name, holds, from, value: partOf(state.b, name, year) - partOf(state.a, name, year) };
    from += cause.value;
    return cause;
  });
  return { quarter, a, b, causes };
}

function drawWhy() {
  const refusal = noReason(), found = refusal ? null : reasons();
  byId("why-said").textContent = refusal ?? whySaid(found);
  byId("why-bars").replaceChildren(...(found ? whyRows(found) : []));
  byId("why-more").hidden = !found;
  byId("why-rows").replaceChildren(...(found ? [...found.causes, { name: "all together", value: found.b - found.a, holds: "" }].map(whyTableRow) : []));
}

// Points with three digits: parts of small differences are smaller still.
function points(value, sign = true) {
  return shown(value, INDICATOR[SHARE].digits + 2, sign);
}

function whySaid({ quarter, a, b, causes }) {
  const whole = b - a, when = `In ${quarterName(quarter)}, on the expected path, the BEV share of new cars`;
  const told = (cause) => `${cause.name} (${points(cause.value)})`, bySize = causes.toSorted((one, other) => Math.abs(other.value) - Math.abs(one.value));
  if (!bySize[0].value) return `${when} is the same at A and B.`;
  if (!points(whole).match(/[1-9]/)) return `${when} is the same at A and B; the largest part in it is ${told(bySize[0])}.`;
  const lead = bySize.find((each) => each.value * whole > 0), against = bySize.find((each) => each.value * whole < 0);
  const most = lead ? `, most of it through ${told(lead)}` : "";
  const but = lead && against && Math.abs(against.value) > AGAINST * Math.abs(lead.value) ? `; ${told(against)} goes against it` : "";
  return `${when} is ${points(Math.abs(whole), false)} points ${whole > 0 ? "higher" : "lower"} at B than at A${most}${but}.`;
}

function whyRows({ a, b, causes }) {
  const ends = [a, b, ...causes.map((each) => each.from + each.value)], low = Math.min(...ends), edge = 6;
  const reach = Math.max(1e-9, Math.max(...ends) - low);
  const x = (value) => edge + ((value - low) / reach) * (TRACK.width - 2 * edge);
  const level = (world, value, letter) => whyRow([html("b", { class: "letter" }, letter), worldTitle(world)], [stroke(x(value), 0, TRACK.height, palette().ink, 3)], `${points(value, false)}%`);
  return [level(state.a, a, "A"), ...causes.map((each) => causeRow(each, x)), level(state.b, b, "B")];
}

function causeRow(cause, x) {
  const colors = palette(), middle = TRACK.height / 2, end = cause.from + cause.value;
  const marks = [
    stroke(x(cause.from), 0, middle, colors.muted, 1), stroke(x(end), middle, TRACK.height, colors.muted, 1),
    svg("rect", { x: Math.min(x(cause.from), x(end)), y: middle - 6, width: Math.abs(x(end) - x(cause.from)), height: 12, fill: colors.of(cause.value > 0 ? "#0173b2" : "#d55e00") }),
  ];
  return whyRow([cause.name[0].toUpperCase() + cause.name.slice(1)], marks, points(cause.value));
}

function stroke(place, top, bottom, color, width) {
  return svg("path", { d: `M${place} ${top}V${bottom}`, stroke: color, "stroke-width": width, "vector-effect": "non-scaling-stroke" });
}

function whyRow(name, marks, number) {
  const picture = svg("svg", { viewBox: `0 0 ${TRACK.width} ${TRACK.height}`, preserveAspectRatio: "none", "aria-hidden": "true" }, ...marks);
  return html("li", { class: "row" }, html("span", { class: "name" }, ...name), picture, html("b", { class: "number" }, number));
}

function whyTableRow({ name, value, holds }) {
  return html("tr", {}, html("th", { scope: "row" }, name), html("td", {}, points(value)), html("td", { class: "words" }, holds));
}

function saveWhy() {
  const { quarter, a, b, causes } = reasons(), quoted = (text) => `"${text.replaceAll('"', '""')}"`;
  const rows = [["share at A", a], ...causes.map((each) => [each.name, each.value]), ["share at B", b]];
  const lines = rows.map(([name, value]) => [quarterName(quarter), state.a, state.b, name].map(quoted).concat(String(Number(value.toPrecision(8)))).join(","));
  download(`detour-why-${state.a}-${state.b}-${quarterName(quarter)}.csv`, `quarter,a,b,part,points\n${lines.join("\n")}\n`, "text/csv");
}
