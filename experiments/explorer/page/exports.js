// What can be taken away: pictures, numbers, the scenario as a file that the model runs, the address.

const MADE_BY = `Detour ${DATA.version}, results version ${DATA.results_version}, code ${DATA.code}`;
const PNG_SCALE = 2;

function download(name, content, type) {
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  html("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function fileName(card, ending) {
  return `detour-${card.chart.key}-${worldsShown().join("-")}.${ending}`;
}

// A picture of a card that stands by itself, on white paper.
function pictureOf(card) {
  const worlds = worldsShown(), width = 520, head = 54, foot = 22 + 17 * card.chart.lines.length;
  const size = { width, height: 300 }, ticks = axisOf(card.chart, worlds), full = width * worlds.length;
  const whole = svg("svg", { xmlns: SVG, width: full, height: head + size.height + foot, viewBox: `0 0 ${full} ${head + size.height + foot}`, "font-family": "system-ui, sans-serif", "font-size": 12 });
  const text = (words, attributes) => svg("text", { fill: LIGHT.ink, ...attributes }, words);
  whole.append(svg("rect", { width: "100%", height: "100%", fill: LIGHT.card }), text(card.chart.title, { x: 6, y: 20, "font-size": 16, "font-weight": 600 }));
  worlds.forEach((world, place) => {
    const panel = panelOf(card.chart, world, place ? worlds[0] : null, ticks, size, LIGHT);
    panel.cursor(state.quarter);
    panel.node.setAttribute("x", place * width);
    panel.node.setAttribute("y", head);
    whole.append(panel.node, text(worldTitle(world), { x: place * width + 6, y: 44, "font-weight": 600 }));
    (panel.layers ?? []).forEach((layer, line) => {
      const y = head + size.height + 14 + 17 * line;
      whole.append(svg("rect", { x: place * width + 44, y: y - 9, width: 16, height: 9, fill: layer.color }), text(lineRead(card.chart, layer, state.quarter).text, { x: place * width + 66, y }));
    });
  });
  whole.append(text(`${quarterName(state.quarter)}; ${bandWords()}; ${MADE_BY}`, { x: 6, y: head + size.height + foot - 4, fill: LIGHT.muted, "font-size": 10 }));
  return whole;
}

function bandWords() {
  return state.b === LEVERS ? "expected path; dashed: estimate with its band" : `median and 80% of ${DATA.streams} random streams`;
}

function svgText(card) {
  return new XMLSerializer().serializeToString(pictureOf(card));
}

function saveSvg(card) {
  download(fileName(card, "svg"), svgText(card), "image/svg+xml");
}

async function savePng(card) {
  const address = URL.createObjectURL(new Blob([svgText(card)], { type: "image/svg+xml" })), image = new Image();
  image.src = address;
  await image.decode();
  const canvas = html("canvas", { width: image.width * PNG_SCALE, height: image.height * PNG_SCALE });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(address);
  canvas.toBlob((blob) => download(fileName(card, "png"), blob), "image/png");
}

function csvOf(columns) {
  const cell = (value) => (typeof value === "number" ? (Number.isFinite(value) ? String(Number(value.toPrecision(8))) : "") : `"${value.replaceAll('"', '""')}"`);
  const lines = ["quarter,world,outcome,name,unit,value,low,high,kind"];
  for (const world of worldsShown()) {
    for (const column of columns) {
      const path = pathOf(world, column, state), known = INDICATOR[column];
      for (let quarter = 0; path && quarter < COUNT; quarter += 1) {
        const kind = quarter <= ORIGIN ? "observed" : path.isEstimate ? "estimate" : state.b === LEVERS ? "expected path" : "median of streams";
        lines.push([quarterName(quarter), world, column, known.name, known.unit, path.middle[quarter], path.low[quarter], path.high[quarter], kind].map(cell).join(","));
      }
    }
  }
  return `${lines.join("\n")}\n`;
}

function saveCsv(card) {
  download(fileName(card, "csv"), csvOf(card.chart.lines.map(([column]) => column)), "text/csv");
}

function saveAllCsv() {
  download(`detour-${worldsShown().join("-")}.csv`, csvOf(DATA.indicators.map((each) => each.column)), "text/csv");
}

// A scenario file of what stands at B, or at A alone: a shipped one extended, or the moved levers.
function tomlOf() {
  const world = state.b || state.a;
  if (world !== LEVERS) return `question = ${JSON.stringify(SCENARIO[world].question)}\nextends = ${JSON.stringify(world)}\n`;
  const groups = {};
  for (const [name, value] of Object.entries(state.moved)) {
    const dated = DATA.dated[name];
    for (const [full, text] of dated ? dated.map(([key, before]) => [key, before.replace("VALUE", tomlNumber(value))]) : [[name, tomlNumber(value)]]) {
      const [group, key] = full.split(".");
      (groups[group] ??= []).push(`${key} = ${text}`);
    }
  }
  const parts = Object.entries(groups).map(([group, lines]) => `[${group}]\n${lines.join("\n")}\n`);
  return [`question = "What do these levers do?"\n`, ...parts].join("\n");
}

function tomlNumber(value) {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

function saveToml() {
  download(`${state.b === LEVERS ? "my-levers" : `my-${state.b || state.a}`}.toml`, tomlOf(), "application/toml");
}

async function copyAddress() {
  try {
    await navigator.clipboard.writeText(location.href);
    notify("The address is copied; it restores all that is shown.");
  } catch {
    notify("This browser does not let the page copy; take the address from its bar: it restores all that is shown.");
  }
}
