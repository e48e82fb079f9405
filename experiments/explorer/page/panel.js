// One panel of a chart: axes, the observed part, bands, lines or areas, and a cursor on a quarter.

const MARGIN = { left: 50, right: 10, top: 26, bottom: 24 };

// Round numbers for an axis, about as many as asked for.
function ticksOf(low, high, about) {
  const rough = (high - low) / about || 1, power = 10 ** Math.floor(Math.log10(rough));
  const tick = [1, 2, 2.5, 5, 10].map((nice) => nice * power).find((each) => each >= rough * 0.999);
  const first = Math.floor(low / tick + 1e-9), last = Math.ceil(high / tick - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, place) => Number(((first + place) * tick).toPrecision(10)));
}

// What a panel draws of a world: a path for every line, areas with the sum of those below.
function layersOf(chart, world) {
  let below = null;
  const layers = [];
  for (const [column, name, color] of chart.lines) {
    const path = pathOf(world, column, state);
    if (path === null) return null;
    const { middle } = path, floor = below;
    const top = chart.is_stacked && floor ? middle.map((value, place) => Math.max(value, 0) + floor[place]) : middle;
    if (chart.is_stacked) below = top;
    layers.push({ ...path, column, name, color, top, floor: floor ?? middle.map(() => 0) });
  }
  return layers;
}

// Ticks that all panels of a chart share.
function axisOf(chart, worlds) {
  const layers = worlds.flatMap((world) => layersOf(chart, world) ?? []);
  const values = layers.flatMap((each) => (chart.is_stacked ? each.top : [...each.low, ...each.high])).filter(Number.isFinite);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  if (!values.length) return [0, 1];
  const ticks = ticksOf(!chart.is_stacked && low > 0.4 * high ? low : Math.min(0, Math.max(low, -0.02 * high)), high, 4);
  return ticks;
}

function pathText(values, x, y) {
  let text = "", isOpen = false;
  values.forEach((value, place) => {
    if (!Number.isFinite(value)) { isOpen = false; return; }
    text += `${isOpen ? "L" : "M"}${x(place).toFixed(1)} ${y(value).toFixed(1)}`;
    isOpen = true;
  });
  return text;
}

function areaText(low, high, x, y) {
  const places = high.map((_, place) => place).filter((place) => Number.isFinite(high[place]) && Number.isFinite(low[place]));
  if (!places.length) return "";
  const up = places.map((place) => `${x(place).toFixed(1)} ${y(high[place]).toFixed(1)}`);
  const down = places.reverse().map((place) => `${x(place).toFixed(1)} ${y(low[place]).toFixed(1)}`);
  return `M${up.join("L")}L${down.join("L")}Z`;
}

function frame(ticks, unit, size, x, y, colors) {
  const bottom = size.height - MARGIN.bottom, right = size.width - MARGIN.right, split = x(ORIGIN + 0.5);
  const text = (words, attributes) => svg("text", { fill: colors.muted, ...attributes }, words);
  const parts = [
    svg("rect", { x: MARGIN.left, y: MARGIN.top, width: split - MARGIN.left, height: bottom - MARGIN.top, fill: colors.observed }),
  ];
  for (const tick of ticks) {
    parts.push(svg("path", { d: `M${MARGIN.left} ${y(tick)}H${right}`, stroke: colors.faint, "stroke-width": 1 }));
    parts.push(text(tick.toLocaleString("en-US"), { x: MARGIN.left - 6, y: y(tick) + 4, "text-anchor": "end" }));
  }
  const years = size.width < 300 ? 6 : 3;
  for (let quarter = 0; quarter < COUNT; quarter += 4 * years) {
    parts.push(svg("path", { d: `M${x(quarter)} ${bottom}v4`, stroke: colors.muted }));
    parts.push(text(String(DATA.first_year + quarter / 4), { x: x(quarter), y: size.height - 6, "text-anchor": "middle" }));
  }
  parts.push(text(unit, { x: 2, y: 12 }));
  parts.push(svg("path", { d: `M${split} ${MARGIN.top}V${bottom}`, stroke: colors.muted, "stroke-dasharray": "2 2" }));
  parts.push(text("observed", { x: split - 5, y: MARGIN.top + 12, "text-anchor": "end" }), text("model", { x: split + 5, y: MARGIN.top + 12 }));
  return parts;
}

// Bands first, then lines; areas from the bottom up; ``ghost``: the layers of the other world, as a thin line.
function marks(chart, layers, ghost, x, y, colors) {
  const parts = [];
  for (const each of layers) {
    const color = colors.of(each.color);
    if (chart.is_stacked) {
      parts.push(svg("path", { d: areaText(each.floor, each.top, x, y), fill: color, "fill-opacity": each.isEstimate ? 0.75 : 1 }));
      parts.push(svg("path", { d: pathText(each.top, x, y), fill: "none", stroke: colors.card, "stroke-width": 0.8 }));
    } else {
      parts.push(svg("path", { d: areaText(each.low, each.high, x, y), fill: color, "fill-opacity": 0.18 }));
    }
  }
  for (const each of chart.is_stacked ? (ghost ?? []).slice(0, 1).concat((ghost ?? []).slice(-1)) : ghost ?? []) {
    parts.push(svg("path", { d: pathText(each.top, x, y), fill: "none", stroke: colors.ink, "stroke-width": 1.2, "stroke-dasharray": "1.5 2.5" }));
  }
  for (const each of chart.is_stacked ? [] : layers) {
    const color = colors.of(each.color), past = each.middle.map((value, place) => (place > ORIGIN ? NaN : value));
    const later = each.middle.map((value, place) => (place < ORIGIN ? NaN : value));
    const line = (values, dashes) =>
      svg("path", { d: pathText(values, x, y), fill: "none", stroke: color, "stroke-width": 2.2, "stroke-dasharray": dashes, "stroke-linejoin": "round" });
    parts.push(line(past, null), line(later, each.isEstimate ? "6 4" : null));
  }
  return parts;
}

// A panel of a world; ``other``: the world whose lines are shown beside it, if any.
function panelOf(chart, world, other, ticks, size, colors) {
  const layers = layersOf(chart, world), ghost = other ? layersOf(chart, other) : null;
  const bottom = size.height - MARGIN.bottom, [low, high] = [ticks[0], ticks[ticks.length - 1]];
  const x = (quarter) => MARGIN.left + (quarter / (COUNT - 1)) * (size.width - MARGIN.left - MARGIN.right);
  const y = (value) => bottom - ((value - low) / (high - low)) * (bottom - MARGIN.top);
  const node = svg("svg", { width: size.width, height: size.height, viewBox: `0 0 ${size.width} ${size.height}`, "font-family": "system-ui, sans-serif", "font-size": 12 });
  node.append(...frame(ticks, INDICATOR[chart.lines[0][0]].unit, size, x, y, colors));
  if (layers === null) {
    node.append(svg("text", { x: (MARGIN.left + size.width) / 2, y: size.height / 2, "text-anchor": "middle", fill: colors.ink }, "no estimate outside the ranges"));
    return { node, layers, cursor: () => {}, quarterAt: () => state.quarter };
  }
  node.append(...marks(chart, layers, ghost, x, y, colors));
  const line = svg("path", { stroke: colors.ink, "stroke-width": 1.2 });
  const dots = layers.map((each) => svg("circle", { r: 3.6, fill: colors.of(each.color), stroke: colors.card, "stroke-width": 1.5 }));
  node.append(line, ...dots);
  const cursor = (quarter) => {
    line.setAttribute("d", `M${x(quarter)} ${MARGIN.top}V${bottom}`);
    layers.forEach((each, place) => {
      const value = each.top[quarter];
      dots[place].setAttribute("visibility", Number.isFinite(value) ? "visible" : "hidden");
      dots[place].setAttribute("cx", x(quarter));
      if (Number.isFinite(value)) dots[place].setAttribute("cy", y(value));
    });
  };
  const quarterAt = (place) => Math.max(0, Math.min(COUNT - 1, Math.round(((place - MARGIN.left) / (size.width - MARGIN.left - MARGIN.right)) * (COUNT - 1))));
  return { node, layers, cursor, quarterAt };
}
