/* Draws the figures that the server put into the page: `<div class="chart__plot" data-figure="{data, layout}">`.

   Colours stand in a figure as `token(brand)` and are read from the design tokens when it is drawn, so a change of theme
   is one redraw. Plotly is large: it is loaded once, when the first plot comes near the window. */

const PLOT = ".chart__plot[data-figure]";
const NEAR = "400px";
const FONT = '"Inter Variable", Inter, system-ui, sans-serif';
const CONFIG = { displayModeBar: false, responsive: false, showTips: false };
const root = document.documentElement;
const plotlyUrl = document.querySelector("script[data-plotly]")?.dataset.plotly;

/* Plotly, once ------------------------------------------------------------- */

/* Plotly writes <style> elements unless elements with these ids are there already. Its rules stand in plotly.css, which
   a strict content security policy allows; those of its maps are not needed. */
function forbidInlineStyles() {
  for (const id of ["plotly.js-style-global", "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53"]) {
    const mark = document.createElement("meta");
    mark.id = id;
    mark.className = "no-inline-styles";
    document.head.append(mark);
  }
}

let plotly;
function loadPlotly() {
  plotly ??= new Promise((resolve, reject) => {
    forbidInlineStyles();
    const script = document.createElement("script");
    script.src = plotlyUrl;
    script.onload = () => resolve(globalThis.Plotly);
    script.onerror = () => reject(new Error(`${plotlyUrl} could not be loaded`));
    document.head.append(script);
  });
  return plotly;
}

/* Colours and the template ------------------------------------------------- */

/* The browser resolves light-dark() only in a property that takes a colour, not in the custom property itself. */
function readToken(probe, name) {
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

function withColours(value, colour) {
  if (typeof value === "string") return value.replace(/token\(([\w-]+)\)/g, (_, name) => colour(name));
  if (Array.isArray(value)) return value.map((item) => withColours(item, colour));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withColours(item, colour)]));
  }
  return value;
}

const AXIS = {
  gridcolor: "token(line)", zeroline: false, linecolor: "token(line-strong)", tickcolor: "token(line-strong)", ticklen: 4,
  tickfont: { size: 11, color: "token(ink-2)" }, title: { font: { size: 12, color: "token(ink-2)" }, standoff: 8 },
  automargin: true, fixedrange: true,
};
const LAYOUT = {
  font: { family: FONT, size: 12, color: "token(ink-2)" },
  paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
  colorway: ["token(brand)", "token(ink-2)", "token(brand-mid)", "token(mute)"],
  margin: { l: 44, r: 12, t: 8, b: 36 }, hovermode: "closest", dragmode: false, showlegend: false, bargap: 0.12,
  hoverlabel: { bgcolor: "token(ink)", bordercolor: "token(ink)", font: { color: "token(surface)", size: 12, family: FONT } },
};

const isObject = (value) => value && typeof value === "object" && !Array.isArray(value);

function merge(base, own) {
  const merged = { ...base };
  for (const [key, value] of Object.entries(own)) {
    merged[key] = isObject(value) && isObject(base[key]) ? merge(base[key], value) : value;
  }
  return merged;
}

/* A figure may have several panels: every axis that it names gets the template, and the first two always. */
function template(layout) {
  const names = new Set(["xaxis", "yaxis", ...Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key))]);
  const axes = [...names].map((name) => [name, name.startsWith("x") ? { ...AXIS, showgrid: false, ticks: "outside" } : AXIS]);
  return { ...LAYOUT, ...Object.fromEntries(axes) };
}

/* Drawing ------------------------------------------------------------------ */

function figureOf(element) {
  const { data, layout = {} } = JSON.parse(element.dataset.figure);
  const probe = document.createElement("i");
  probe.hidden = true;
  document.body.append(probe);
  const figure = withColours({ data, layout: merge(template(layout), layout) }, (name) => readToken(probe, name));
  probe.remove();
  figure.layout.width = element.clientWidth;
  figure.layout.height = element.clientHeight;
  return figure;
}

async function draw(element) {
  if (!element.isConnected || !element.clientWidth || !near.has(element)) return;
  try {
    const Plotly = await loadPlotly();
    const { data, layout } = figureOf(element);
    await Plotly.react(element, data, layout, CONFIG);
  } catch (error) {
    console.warn("A chart could not be drawn:", error.message);
    element.textContent = "The chart could not be drawn. The table below has the same numbers.";
    element.classList.add("note");
    giveUp(element);
  }
}

/* Watching: which plots stand in the page, which are near, how wide they are --- */

const known = new Set();
const near = new Set();

const position = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    position.unobserve(target);
    near.add(target);
    size.observe(target); // reports at once, and so draws for the first time
  }
}, { rootMargin: NEAR });

const size = new ResizeObserver((entries) => entries.forEach(({ target }) => draw(target)));

/* A plot that failed stays known, so that its note is not taken for a new plot. */
function giveUp(element) {
  position.unobserve(element);
  size.unobserve(element);
  near.delete(element);
}

/* Plots come and go with client-side navigation, and a filter changes their figures in place. */
function findPlots() {
  for (const element of known) {
    if (element.isConnected) continue;
    giveUp(element);
    known.delete(element);
    globalThis.Plotly?.purge(element);
  }
  for (const element of document.querySelectorAll(PLOT)) {
    if (known.has(element)) continue;
    known.add(element);
    position.observe(element);
  }
}

let searching = false;
new MutationObserver((changes) => {
  for (const { type, target } of changes) if (type === "attributes") draw(target);
  if (searching) return;
  searching = true;
  requestAnimationFrame(() => {
    searching = false;
    findPlots();
  });
}).observe(document.body, { childList: true, subtree: true, attributeFilter: ["data-figure"] });

const redraw = () => near.forEach(draw);
new MutationObserver(redraw).observe(root, { attributeFilter: ["data-bs-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

/* Print is light, as wide as the page, and shows plots that nobody scrolled to. */
let themeBefore;
addEventListener("beforeprint", () => {
  themeBefore = root.dataset.bsTheme;
  root.dataset.bsTheme = "light";
  root.classList.add("is-printing");
  known.forEach((element) => near.add(element));
  redraw();
});
addEventListener("afterprint", () => {
  root.classList.remove("is-printing");
  if (themeBefore) root.dataset.bsTheme = themeBefore;
  else delete root.dataset.bsTheme;
  redraw();
});

findPlots();
