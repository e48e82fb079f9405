// Headline numbers of the quarter shown, and what differs between the two worlds.

function drawTiles() {
  byId("tiles").replaceChildren(...DATA.tiles.map(tileOf));
  const chance = `Levels: median of ${DATA.streams} random streams, with the band that holds 80% of them. Differences B − A: means over streams that both share, with 90% intervals of chance alone. The finding above is of ${DATA.finding_streams} streams and of whole years.`;
  const estimate = "Estimate: an emulator fitted to runs of the model on the expected path, with the band that held 90% and more of runs it had never seen. A is a run on the same path.";
  byId("tiles-note").textContent = state.b === LEVERS ? estimate : chance;
}

function tileOf(column) {
  const known = INDICATOR[column];
  const rows = worldsShown().map((world, place) => {
    const path = pathOf(world, column, state);
    const letter = state.b ? html("span", { class: "letter" }, "AB"[place]) : null;
    if (path === null) return html("p", { class: "level" }, letter, html("span", {}, "no estimate"));
    const value = path.middle[state.quarter], [low, high] = [path.low[state.quarter], path.high[state.quarter]];
    const hasBand = low < high && state.quarter > ORIGIN;
    const band = hasBand ? html("small", {}, `${shown(low, known.digits)} to ${shown(high, known.digits)}`) : null;
    const [, number, unit] = /^([^ /]+)(.*)$/.exec(amount(value, known.digits, known.unit));
    return html("p", { class: "level" }, letter, html("b", { "data-world": world }, number), html("span", { class: "unit" }, unit), band);
  });
  return html("section", { class: "tile", "data-column": column }, html("h3", {}, known.name), ...rows, differenceRow(column));
}

function differenceText(difference, column) {
  const { difference_unit: unit } = INDICATOR[column], digits = digitsOf(difference, column);
  const number = amount(difference.value, digits, unit, true);
  return { number, interval: `${shown(difference.low, digits, true)} to ${shown(difference.high, digits, true)}` };
}

function differenceRow(column) {
  const difference = differenceOf(state, column, state.quarter);
  if (difference === null) return null;
  if (difference.observed) return html("p", { class: "apart unclear" }, "observed: the same in both");
  const { number, interval } = differenceText(difference, column);
  const mark = !isClear(difference) ? "unclear" : difference.value > 0 ? "up" : "down";
  const sign = { unclear: "≈ ", up: "▲ ", down: "▼ " }[mark];
  const words = { unclear: "no clear change: ", up: "B is higher: ", down: "B is lower: " }[mark];
  return html("p", { class: `apart ${mark}` }, html("span", { class: "unseen" }, words),
    html("b", { "data-difference": column }, html("span", { "aria-hidden": "true" }, sign), number), html("small", {}, interval));
}
