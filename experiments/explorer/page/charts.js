// Cards of charts: one panel a world on shared axes, a key that reads a quarter out, a table, exports.

const cards = [];
const PANEL_HEIGHT = 230, NARROW = 215; // px

function worldsShown() {
  return state.b ? [state.a, state.b] : [state.a];
}

function makeCards() {
  for (const chart of DATA.charts) {
    const panels = html("div", { class: "panels" });
    const table = html("details", { class: "table" }, html("summary", {}, "Table"));
    table.addEventListener("toggle", () => fillTable(card));
    const save = (words, what) => html("button", { type: "button", onclick: () => what(card) }, words);
    const foot = html("div", { class: "foot" }, save("SVG", saveSvg), save("PNG", savePng), save("CSV", saveCsv));
    const node = html("section", { class: "card", id: `chart-${chart.key}` }, html("h3", {}, chart.title), panels, table, foot);
    const card = { chart, panels, table, node, drawn: [] };
    for (const button of foot.children) button.setAttribute("aria-label", `${button.textContent} of ${chart.title}`);
    cards.push(card);
    byId("charts").append(node);
  }
  new ResizeObserver(() => drawCards()).observe(byId("charts"));
}

let drawnWidth = 0;

// Draw all panels; after a mere change of size only if the width is another.
function drawCards(force = false) {
  const width = byId("charts").clientWidth;
  if (!force && width === drawnWidth) return;
  drawnWidth = width;
  const inside = cards[0].panels.clientWidth; // of every card, asked for once: it makes the browser lay the page out
  for (const card of cards) drawCard(card, inside);
  readOut(state.quarter);
}

function drawCard(card, inside) {
  const worlds = worldsShown();
  const side = worlds.length === 2 && (inside - 12) / 2 >= NARROW;
  const size = { width: Math.max(NARROW, side ? (inside - 12) / 2 : inside), height: PANEL_HEIGHT };
  const ticks = axisOf(card.chart, worlds), had = card.panels.contains(document.activeElement);
  const at = had ? [...card.panels.children].indexOf(document.activeElement.closest("figure")) : -1;
  card.drawn = worlds.map((world, place) => {
    const panel = panelOf(card.chart, world, place ? worlds[0] : null, ticks, size, palette());
    return { ...panel, world, key: html("div", { class: "key" }), plot: plotOf(card, panel, world) };
  });
  card.panels.replaceChildren(...card.drawn.map((each, place) => {
    const letter = worlds.length === 2 ? html("b", { class: "letter" }, "AB"[place]) : null;
    const figure = html("figure", {}, html("figcaption", {}, letter, worldTitle(each.world)), each.plot, each.key);
    figure.style.width = `${size.width}px`;
    return figure;
  }));
  if (at >= 0) card.drawn[Math.min(at, card.drawn.length - 1)].plot.focus();
  fillTable(card);
}

// A panel is a slider over quarters: it reads out under the pointer and moves by the keyboard.
function plotOf(card, panel, world) {
  const at = (event) => panel.quarterAt(event.clientX - panel.node.getBoundingClientRect().left);
  const move = { ArrowLeft: -1, ArrowRight: 1, PageDown: -4, PageUp: 4, Home: -COUNT, End: COUNT };
  return html("div", {
    class: "plot", tabindex: 0, role: "slider", "aria-label": `${card.chart.title}, ${worldTitle(world)}: quarter read out`,
    "aria-valuemin": 0, "aria-valuemax": COUNT - 1,
    onpointermove: (event) => readOut(at(event)), onpointerleave: () => readOut(state.quarter),
    onclick: (event) => showQuarter(at(event)),
    onkeydown: (event) => {
      if (!(event.key in move)) return;
      event.preventDefault();
      showQuarter(state.quarter + move[event.key]);
    },
  }, panel.node);
}

// Cursors and read-outs of all charts go to a quarter.
function readOut(quarter) {
  for (const card of cards) {
    for (const each of card.drawn) {
      each.cursor(quarter);
      const lines = each.layers ? each.layers.map((layer) => lineRead(card.chart, layer, quarter)) : [];
      const shownLines = card.chart.is_stacked ? lines.toReversed() : lines;
      each.key.replaceChildren(html("span", { class: "when" }, quarterName(quarter)), ...shownLines.map((line) => line.node));
      each.plot.setAttribute("aria-valuenow", quarter);
      each.plot.setAttribute("aria-valuetext", `${quarterName(quarter)}: ${lines.map((line) => line.text).join("; ")}`);
    }
  }
}

function lineRead(chart, layer, quarter) {
  const { digits, unit } = INDICATOR[layer.column];
  const number = amount(layer.middle[quarter], digits, unit.startsWith("%") || unit.startsWith("2025 $") ? unit : "");
  const hasBand = !chart.is_stacked && quarter > ORIGIN && layer.low[quarter] < layer.high[quarter];
  const band = hasBand ? ` (${shown(layer.low[quarter], digits)} to ${shown(layer.high[quarter], digits)})` : "";
  const kind = chart.is_stacked ? "area" : layer.isEstimate ? "estimate" : "line";
  const node = html("span", {}, swatch(palette().of(layer.color), kind), `${layer.name} `, html("b", {}, number), html("small", {}, band));
  return { node, text: `${layer.name} ${number}${band}` };
}

// The numbers behind a chart, made when they are looked at.
function fillTable(card) {
  card.table.querySelector(".wide")?.remove();
  if (!card.table.open) return;
  const layers = card.drawn.flatMap((each) => (each.layers ?? []).map((layer) => ({ ...layer, world: each.world })));
  const head = layers.map((layer) => html("th", { scope: "col" }, `${worldTitle(layer.world)}: ${layer.name}, ${INDICATOR[layer.column].unit}`));
  const rows = Array.from({ length: COUNT }, (_, quarter) => html("tr", {}, html("th", { scope: "row" }, quarterName(quarter)), ...layers.map((layer) => {
    const { digits } = INDICATOR[layer.column];
    const band = quarter > ORIGIN && layer.low[quarter] < layer.high[quarter] ? ` (${shown(layer.low[quarter], digits + 1)} to ${shown(layer.high[quarter], digits + 1)})` : "";
    return html("td", {}, `${shown(layer.middle[quarter], digits + 1)}${band}`);
  })));
  card.table.append(html("div", { class: "wide", tabindex: 0, role: "region", "aria-label": `Table of ${card.chart.title}` },
    html("table", {}, html("thead", {}, html("tr", {}, html("th", { scope: "col" }, "Quarter"), ...head)), html("tbody", {}, ...rows))));
}
