// The page is put together; every change of state is drawn from here.

const FRAME_MS = 110;
let playing = null;

function showQuarter(quarter) {
  change({ quarter: Math.max(0, Math.min(COUNT - 1, quarter)) });
}

// Scrub through all quarters, from the first if the last is shown.
function play() {
  if (playing !== null) return stop();
  if (state.quarter === COUNT - 1) change({ quarter: 0 }, false);
  playing = setInterval(() => {
    if (state.quarter === COUNT - 1) stop();
    else change({ quarter: state.quarter + 1 }, false);
  }, FRAME_MS);
  byId("play").textContent = "❚❚ Pause";
}

function stop() {
  clearInterval(playing);
  playing = null;
  byId("play").textContent = "▶ Play";
  commit();
}

let drawn = "", ranked = "";

// Draw what the state asks for; charts only if more than the quarter changed, the ranking only if levers are not all.
function render() {
  const now = JSON.stringify([state.a, state.b, state.moved]);
  byId("world-a").value = state.a;
  byId("world-b").value = state.b;
  byId("quarter").value = state.quarter;
  byId("quarter").setAttribute("aria-valuetext", quarterName(state.quarter));
  byId("quarter-name").textContent = quarterName(state.quarter);
  byId("question").textContent = questionsOf();
  drawLevers();
  drawTiles();
  const ranking = JSON.stringify([state.a, state.b, state.quarter, state.by]);
  if (ranking !== ranked) { drawRanking(); drawWhy(); }
  ranked = ranking;
  if (now === drawn) readOut(state.quarter);
  else drawCards(true);
  drawn = now;
  const market = byId("to-market");
  if (market) market.href = marketAddress();
}

function questionsOf() {
  return worldsShown().map((world, place) => `${state.b ? `${"AB"[place]}: ` : ""}${world === LEVERS ? "What do these levers do to the reference?" : SCENARIO[world].question}`).join("  ");
}

// The living market with what stands at B, or at A alone.
function marketAddress() {
  const world = state.b || state.a, pairs = new URLSearchParams({ scenario: world === LEVERS ? REFERENCE : world });
  if (world === LEVERS) for (const [name, value] of Object.entries(state.moved)) pairs.set(name, String(value));
  return `${DATA.market}?${pairs}`;
}

function makeChoices() {
  const options = () => DATA.scenarios.map(({ name, title }) => html("option", { value: name }, title));
  byId("world-a").append(...options());
  byId("world-b").append(html("option", { value: "" }, "nothing"), html("option", { value: LEVERS }, worldTitle(LEVERS)), ...options());
  byId("world-a").addEventListener("change", (event) => change({ a: event.target.value }));
  byId("world-b").addEventListener("change", (event) => change(event.target.value === LEVERS ? { a: REFERENCE, b: LEVERS } : { b: event.target.value }));
  byId("swap").addEventListener("click", () => (state.b && state.b !== LEVERS ? change({ a: state.b, b: state.a }) : null));
  byId("by").addEventListener("change", (event) => change({ by: event.target.value }));
}

function makeTime() {
  const slider = byId("quarter");
  slider.max = COUNT - 1;
  slider.addEventListener("input", () => change({ quarter: Number(slider.value) }, false));
  slider.addEventListener("change", commit);
  byId("origin").style.left = `${((ORIGIN + 0.5) / (COUNT - 1)) * 100}%`;
  byId("play").addEventListener("click", play);
}

// Links inside the page go without the fragment, which holds the state.
function makeLinks() {
  for (const link of document.querySelectorAll('a[href^="#"]')) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const target = byId(link.getAttribute("href").slice(1));
      const bar = byId("controls");
      target.style.scrollMarginTop = getComputedStyle(bar).position === "sticky" ? `${bar.offsetHeight + 8}px` : "";
      target.scrollIntoView();
      target.focus({ preventScroll: true });
    });
  }
}

function makePage() {
  byId("finding").textContent = DATA.finding;
  byId("finding-more").textContent = DATA.finding_more;
  byId("source").textContent = DATA.source;
  byId("made-by").textContent = `Runs of ${MADE_BY}: ${DATA.scenarios.length} scenarios, ${DATA.streams} paired random streams and the expected path. ${DATA.how_sure}`;
  makeChoices();
  makeLinks();
  makeTime();
  makeLevers();
  if (DATA.market) byId("run-it").prepend(html("a", { id: "to-market", class: "button", target: "_top", href: DATA.market }, "Run this in the living market"));
  for (const [id, act] of Object.entries({ undo, redo, "reset-all": resetLevers, "save-csv": saveAllCsv, "save-toml": saveToml, "save-why": saveWhy, "copy-address": copyAddress })) byId(id).addEventListener("click", act);
  makeCards();
  addEventListener("hashchange", restore);
  darkness.addEventListener("change", () => { drawCards(true); drawLevers(); drawRanking(); drawWhy(); });
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || event.target.type === "number") return;
    event.preventDefault();
    (event.shiftKey ? redo : undo)();
  });
  restore();
}

makePage();
