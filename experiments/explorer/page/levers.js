// Twelve levers: a slider and a number each, a tick where the reference has it, and a reset of its own.

const rows = new Map();
const FINEST = 1e-6;

function makeLevers() {
  for (const lever of DATA.levers) {
    const factor = lever.unit === "%" ? 100 : 1, id = `lever-${lever.name}`;
    const range = html("input", { type: "range", id, min: lever.low, max: lever.high, step: lever.step, "aria-describedby": `${id}-of` });
    const number = html("input", { type: "number", step: "any", "aria-label": `${lever.title}, ${lever.unit === "%" ? "percent" : "times"}` });
    const reset = html("button", { type: "button", class: "reset", "aria-label": `Reset ${lever.title}`, onclick: () => moveLever(lever.name, lever.default, true) }, "↺");
    const moved = html("span", { class: "moved" });
    range.addEventListener("input", () => moveLever(lever.name, snapped(lever, Number(range.value)), false));
    range.addEventListener("change", () => moveLever(lever.name, snapped(lever, Number(range.value)), true));
    number.addEventListener("change", () => {
      const value = Number(number.value) / factor;
      if (number.value !== "" && isTaken(lever, value)) moveLever(lever.name, value, true);
      else render();
      const [least, most] = lever.bounds.map((end) => leverText(lever, end));
      notify(number.value === "" || isTaken(lever, value) ? "" : `${lever.title} can be ${least} to ${most}; it stays as it was.`);
    });
    const tick = html("span", { class: "tick", "aria-hidden": "true" });
    const share = (lever.default - lever.low) / (lever.high - lever.low);
    tick.style.left = `calc(8px + ${share} * (100% - 16px))`; // the thumb's middle does not reach the ends
    const node = html("div", { class: "lever" },
      html("div", { class: "lever-head" }, html("label", { for: id }, lever.title), number, html("span", { class: "unit" }, lever.unit === "%" ? "%" : "×"), reset),
      moved,
      html("div", { class: "track" }, range, tick),
      html("div", { class: "ends" }, html("span", {}, leverText(lever, lever.low)), html("span", { id: `${id}-of` }, lever.of), html("span", {}, leverText(lever, lever.high))));
    rows.set(lever.name, { lever, range, number, reset, moved, node, factor });
    byId("levers").append(node);
  }
}

// Whether the model takes a value: the estimate may still refuse it.
function isTaken(lever, value) {
  return value >= lever.bounds[0] && value <= lever.bounds[1];
}

// The range's own steps miss a default that lies between them.
function snapped(lever, value) {
  return Math.abs(value - lever.default) < lever.step / 2 ? lever.default : Number(value.toFixed(6));
}

function drawLevers() {
  for (const { lever, range, number, reset, moved, node, factor } of rows.values()) {
    const value = state.moved[lever.name] ?? lever.default, isMoved = lever.name in state.moved;
    if (Math.abs(Number(range.value) - value) > FINEST) range.value = value;
    range.setAttribute("aria-valuetext", leverText(lever, value));
    if (document.activeElement !== number || Number(number.value) !== value * factor) number.value = Number((value * factor).toFixed(4));
    node.classList.toggle("is-moved", isMoved);
    moved.textContent = isMoved ? `moved, reference ${leverText(lever, lever.default)}` : "";
    reset.hidden = !isMoved;
  }
  const count = Object.keys(state.moved).length, { refusal } = estimateOf(state.moved);
  byId("levers-said").textContent = refusal ?? (count ? `${count} moved: dashed lines are the estimate, with its band.` : "Move one: the estimate is drawn at once.");
  byId("levers-said").classList.toggle("refused", refusal !== null);
  byId("undo").disabled = !done.length;
  byId("redo").disabled = !undone.length;
  byId("reset-all").disabled = !count;
}
