// Elements of the page; text is always set as text.

const SVG = "http://www.w3.org/2000/svg";

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

function html(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function byId(id) {
  return document.getElementById(id);
}

function notify(sentence) {
  byId("notice").textContent = sentence;
}

// A swatch as the legend of a line, an area or an estimate.
function swatch(color, kind) {
  const mark = svg("svg", { width: 18, height: 10, "aria-hidden": "true", class: "swatch" });
  if (kind === "area") mark.append(svg("rect", { width: 18, height: 10, rx: 2, fill: color }));
  else mark.append(svg("path", { d: "M0 5H18", stroke: color, "stroke-width": 2.5, "stroke-dasharray": kind === "estimate" ? "5 3" : null }));
  return mark;
}

const LIGHT = { ink: "#22303c", muted: "#566370", faint: "#d9dfe4", card: "#ffffff", observed: "#f1f4f6", of: (color) => color };
const DARK_OF = {
  "#0173b2": "#4fb0ea", "#d55e00": "#ff9147", "#b8bfc6": "#5d6b77", "#7a4fa3": "#b993e6", "#029e73": "#3fcf9f",
  "#8a6d3b": "#cfae6d",
};
const DARK = { ink: "#eef3f7", muted: "#a9b8c4", faint: "#33424f", card: "#16202a", observed: "#1c2833", of: (color) => DARK_OF[color] ?? color };
const darkness = matchMedia("(prefers-color-scheme: dark)");

function palette() {
  return darkness.matches ? DARK : LIGHT;
}
