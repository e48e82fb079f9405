// Why B's BEV share differs from A's: what each group of causes adds, from A's share to B's.

const SHARE = "bev_share_new", COLUMN_UNIT = 10 ** INDICATOR[SHARE].decimals / INDICATOR[SHARE].scale;
const AGAINST = 0.1; // of the leading cause: what is smaller is not told as going against it

// A sentence where there is nothing to explain.
function noReason() {
  if (!state.b) return "Choose a scenario at B to see what makes its BEV share another than A’s.";
  if (state.b === LEVERS) return "An estimate has no causes. Run the levers (below them): figure “explanation” of its report tells what moved the BEV share.";
  if (state.quarter <= ORIGIN) return "Up to the end of observed data both are the same: choose a later quarter.";
  return state.a === state.b ? "A and B are the same scenario." : null;
}

function meanOf(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

// What a group adds in a world against the reference, in points by stream.
function partsOf(world, group, later) {
  return world === REFERENCE ? Array(DATA.streams).fill(0) : DATA.why.parts[world][group].map((path) => path[later] / COLUMN_UNIT);
}

function reasons() {
  const later = state.quarter - ORIGIN - 1;
  const level = (world) => meanOf(runsOf(world, SHARE).streams.map((path) => path[later]));
  let from = level(state.a);
  const causes = DATA.why.groups.map(({ name, holds }) => {
    const [own, other] = [state.b, state.a].map((world) => partsOf(world, name, later));
    const cause = { name, holds, from, ...studentOf(own.map((value, place) => value - other[place])) };
    from += cause.value;
    return cause;
  });
  return { a: level(state.a), b: level(state.b), causes, whole: differenceOf(state, SHARE, state.quarter) };
}

function drawWhy() {
  const refusal = noReason(), found = refusal ? null : reasons();
  byId("why-said").textContent = refusal ?? whySaid(found);
  byId("why-bars").replaceChildren(...(found ? whyRows(found) : []));
  byId("why-more").hidden = !found;
  byId("why-rows").replaceChildren(...(found ? found.causes.map(whyTableRow) : []));
}

function whySaid({ causes, whole }) {
  const { number, interval } = differenceText(whole, SHARE), told = (cause) => `${cause.name} (${differenceText(cause, SHARE).number})`;
  const bySize = causes.toSorted((one, other) => Math.abs(other.value) - Math.abs(one.value));
  const lead = bySize.find((each) => each.value * whole.value > 0), against = bySize.find((each) => each.value * whole.value < 0);
  const verdict = isClear(whole) ? `${number.replace(/^[−+]/, "")} ${whole.value > 0 ? "higher" : "lower"} at B than at A` : `not clearly different at B and A: ${number}`;
  const said = `In ${quarterName(state.quarter)} the BEV share of new cars is ${verdict} (90% interval ${interval})`;
  const most = lead ? `, most of it through ${told(lead)}` : "";
  return `${said}${most}${lead && against && Math.abs(against.value) > AGAINST * Math.abs(lead.value) ? `; ${told(against)} goes against it` : ""}.`;
}

function whyRows(found) {
  const ends = [found.a, found.b, ...found.causes.flatMap((each) => [each.from, each.from + each.low, each.from + each.high])];
  const low = Math.min(...ends), reach = Math.max(1e-9, Math.max(...ends) - low), edge = 6;
  const x = (value) => edge + ((value - low) / reach) * (TRACK.width - 2 * edge);
  const level = (world, value, letter) => whyRow([html("b", { class: "letter" }, letter), worldTitle(world)], [stroke(x(value), 0, TRACK.height, palette().ink, 3)],
    html("b", {}, amount(value, INDICATOR[SHARE].digits + 1, INDICATOR[SHARE].unit)));
  return [level(state.a, found.a, "A"), ...found.causes.map((each) => causeRow(each, x)), level(state.b, found.b, "B")];
}

function causeRow(cause, x) {
  const colors = palette(), middle = TRACK.height / 2, end = cause.from + cause.value, { number, interval } = differenceText(cause, SHARE);
  const color = !isClear(cause) ? colors.muted : colors.of(cause.value > 0 ? "#0173b2" : "#d55e00");
  const marks = [
    stroke(x(cause.from), 0, middle, colors.muted, 1), stroke(x(end), middle, TRACK.height, colors.muted, 1),
    svg("rect", { x: Math.min(x(cause.from), x(end)), y: middle - 6, width: Math.abs(x(end) - x(cause.from)), height: 12, fill: color, "fill-opacity": 0.45 }),
    svg("path", { d: `M${x(cause.from + cause.low)} ${middle}H${x(cause.from + cause.high)}`, stroke: color, "stroke-width": 3 }),
  ];
  return whyRow([cause.name[0].toUpperCase() + cause.name.slice(1)], marks, html("b", {}, number), html("small", {}, `(${interval})`));
}

function stroke(place, top, bottom, color, width) {
  return svg("path", { d: `M${place} ${top}V${bottom}`, stroke: color, "stroke-width": width, "vector-effect": "non-scaling-stroke" });
}

function whyRow(name, marks, ...numbers) {
  const picture = svg("svg", { viewBox: `0 0 ${TRACK.width} ${TRACK.height}`, preserveAspectRatio: "none", "aria-hidden": "true" }, ...marks);
  return html("li", { class: "row" }, html("span", { class: "name" }, ...name), picture, html("span", { class: "number" }, ...numbers.flatMap((each) => [each, " "])));
}

function whyTableRow(cause) {
  const { number, interval } = differenceText(cause, SHARE);
  return html("tr", {}, html("th", { scope: "row" }, cause.name), html("td", {}, number), html("td", {}, interval), html("td", { class: "words" }, cause.holds));
}

function saveWhy() {
  const quoted = (text) => `"${text.replaceAll('"', '""')}"`, { a, b, causes } = reasons();
  const lines = ["quarter,a,b,cause,points,low,high", ...causes.map((each) => [each.name, each.value, each.low, each.high]), ["share at A", a, a, a], ["share at B", b, b, b]];
  const rows = lines.slice(1).map(([cause, ...values]) => [quarterName(state.quarter), state.a, state.b].map(quoted).concat(quoted(cause), values.map((value) => String(Number(value.toPrecision(8))))).join(","));
  download(`detour-why-${state.a}-${state.b}-${quarterName(state.quarter)}.csv`, `${[lines[0], ...rows].join("\n")}\n`, "text/csv");
}
