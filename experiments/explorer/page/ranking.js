// Every shipped scenario against the reference in the quarter shown: means of paired differences with intervals.

const TRACK = { width: 300, height: 22 };

function drawRanking() {
  const choice = byId("by");
  if (!choice.options.length) choice.append(...DATA.indicators.map((each) => html("option", { value: each.column }, each.name)));
  choice.value = state.by;
  byId("ranking-when").textContent = `in ${quarterName(state.quarter)}`;
  const found = DATA.scenarios.filter((each) => each.name !== REFERENCE)
    .map((each) => ({ ...each, difference: differenceOf(state, state.by, state.quarter, REFERENCE, each.name) }))
    .sort((one, other) => other.difference.value - one.difference.value);
  const reach = Math.max(1e-9, ...found.map(({ difference }) => Math.max(Math.abs(difference.low), Math.abs(difference.high))));
  byId("ranking-list").replaceChildren(...found.map((each) => rankingRow(each, reach)));
}

function rankingRow({ name, title, question, difference }, reach) {
  const colors = palette(), { number, interval } = differenceText(difference, state.by);
  const x = (value) => TRACK.width / 2 + (value / reach) * (TRACK.width / 2 - 6), middle = TRACK.height / 2;
  const color = !isClear(difference) ? colors.muted : colors.of(difference.value > 0 ? "#0173b2" : "#d55e00");
  const picture = svg("svg", { viewBox: `0 0 ${TRACK.width} ${TRACK.height}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("path", { d: `M${TRACK.width / 2} 0V${TRACK.height}`, stroke: colors.muted }),
    svg("rect", { x: Math.min(x(0), x(difference.value)), y: middle - 5, width: Math.abs(x(difference.value) - x(0)), height: 10, fill: color, "fill-opacity": 0.35 }),
    svg("path", { d: `M${x(difference.low)} ${middle}H${x(difference.high)}`, stroke: color, "stroke-width": 3 }));
  const isShown = state.b === name && state.a === REFERENCE;
  return html("li", {}, html("button", { type: "button", class: "row", title: question, "aria-pressed": isShown, onclick: () => change({ a: REFERENCE, b: name }) },
    html("span", { class: "name" }, title), picture, html("span", { class: "number" }, html("b", {}, number), " ", html("small", {}, `(${interval})`))));
}
