import { escapeHtml } from "../../src/report/internal.ts";
import { PRESETS } from "./presets.ts";
import { SAMPLES } from "./samples.ts";
import { ACTIVATIONS, DEFAULTS, LIMITS, type Settings } from "./settings.ts";
import { PICTURE_STYLE, variables } from "./svg.ts";

const STYLE = `
:root { color-scheme: light dark; ${
  variables("light")
} --page: #f4f6f9; --good: #1f7a3d; --bad: #a33; font: 16px/1.5 system-ui, sans-serif; }
@media (prefers-color-scheme: dark) { :root { ${variables("dark")} --page: #0d1118; --good: #6fd08f; --bad: #ff9a8f; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--page); color: var(--ink); }
header, main, footer { max-width: 78rem; margin: 0 auto; padding: 0 1rem; }
header h1 { font-size: 1.4rem; margin: 1rem 0 0; }
header p { margin: .25rem 0 .75rem; max-width: 60rem; color: var(--faint); }
h2 { font-size: 1.05rem; margin: 0 0 .5rem; }
main { display: grid; grid-template-columns: minmax(15rem, 19rem) minmax(0, 1fr); gap: 1rem; align-items: start; }
.column { display: grid; gap: 1rem; min-width: 0; }
section { background: var(--paper); border: 1px solid var(--rule); border-radius: .6rem; padding: .9rem 1rem; min-width: 0; }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: .5rem .75rem; }
.fields .wide { grid-column: 1 / -1; }
label { display: block; font-size: .85rem; color: var(--faint); }
label > select, label > input { display: block; width: 100%; margin-top: .1rem; }
select, input, button { font: inherit; color: var(--ink); background: var(--paper); border: 1px solid var(--faint); border-radius: .35rem; padding: .3rem .5rem; min-height: 2.1rem; }
input[type="checkbox"] { min-height: 0; width: 1.05rem; height: 1.05rem; vertical-align: -.15rem; }
button { cursor: pointer; padding: .3rem .8rem; }
button.main { background: var(--residual); border-color: var(--residual); color: var(--paper); font-weight: 600; min-width: 5.5rem; }
button:disabled { opacity: .55; cursor: default; }
:focus-visible { outline: 3px solid var(--residual); outline-offset: 2px; }
.bar { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; margin-bottom: .6rem; }
.bar label { min-width: 8rem; }
.bar .status { margin-left: auto; color: var(--faint); font-size: .9rem; font-variant-numeric: tabular-nums; }
#verdict { font-size: 1.1rem; border-left: .35rem solid var(--faint); padding: .1rem 0 .1rem .8rem; margin: .2rem 0 .8rem; min-height: 3.3rem; }
#verdict.below, #verdict.equal { border-color: var(--good); } #verdict.above { border-color: var(--bad); }
.picture { display: block; max-width: 100%; height: auto; }
.note { font-size: .88rem; color: var(--faint); margin: .4rem 0; }
.problem { color: var(--bad); font-weight: 600; margin: .4rem 0; }
.problem:empty, .note:empty { display: none; }
.gauges { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: .5rem 1.5rem; margin-top: .6rem; }
.gauge .head { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; font-variant-numeric: tabular-nums; }
.track { position: relative; height: .8rem; border-radius: .4rem; background: var(--rule); margin: .2rem 0 .1rem; overflow: hidden; }
.track i { position: absolute; top: 0; bottom: 0; left: 0; width: 100%; background: var(--bad); transform-origin: left; }
.track.good i { background: var(--good); }
.drop { border: 2px dashed var(--faint); border-radius: .5rem; padding: .6rem; margin-top: .6rem; font-size: .9rem; }
.drop.over { border-color: var(--residual); }
.drop input { width: 100%; margin-top: .3rem; border: 0; padding: 0; }
.scroll { overflow: auto; max-height: 16rem; }
table { border-collapse: collapse; width: 100%; font-size: .85rem; }
th, td { text-align: left; padding: .15rem .4rem .15rem 0; border-bottom: 1px solid var(--rule); overflow-wrap: anywhere; }
th { overflow-wrap: normal; }
#verdict:empty, #command:empty { display: none; }
details { margin: .6rem 0; }
summary { cursor: pointer; font-weight: 600; }
code { display: block; background: var(--page); padding: .5rem; border-radius: .35rem; overflow-wrap: anywhere; font-size: .82rem; user-select: all; } code span { white-space: nowrap; }
.maps { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem; }
.canvas { touch-action: pan-y; contain: content; } .canvas.drag { cursor: crosshair; touch-action: none; }
footer { padding: 1rem; color: var(--faint); font-size: .88rem; }
@media (max-width: 760px) { main { grid-template-columns: minmax(0, 1fr); } .watch { order: -1; } .bar .status { margin-left: 0; width: 100%; } section { padding: .75rem; } }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; animation: none !important; } }
${PICTURE_STYLE}`;

const option = (value: string, text: string): string =>
  `<option value="${escapeHtml(value)}">${escapeHtml(text)}</option>`;

/** A list to choose a setting from. */
const choice = (
  name: keyof Settings,
  title: string,
  options: readonly (readonly [string, string])[],
  wide = false,
): string =>
  `<label${wide ? ' class="wide"' : ""}>${escapeHtml(title)}<select name="${name}">${
    options.map(([value, text]) => option(value, text)).join("")
  }</select></label>`;

/** A number to set. */
const number = (name: keyof typeof LIMITS, title: string): string => {
  const [low, high] = LIMITS[name];
  const step = Number.isInteger(DEFAULTS[name]) ? "1" : "any";
  return `<label>${
    escapeHtml(title)
  }<input name="${name}" type="number" min="${low}" max="${high}" step="${step}" value="${DEFAULTS[name]}"></label>`;
};

/** What no part of the page may do: ask anything of anybody. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval' blob:; worker-src blob:; style-src 'unsafe-inline'; img-src data: blob:";

/** A script as text inside an element. */
const inside = (code: string): string => code.replaceAll(/<\/(script)/gi, "<\\/$1").replaceAll("<!--", "<\\!--");

/** The table, its columns, and the share held out. */
const dataHtml = `<section aria-labelledby="data-title"><h2 id="data-title">Data</h2>
<div class="fields">
${
  choice("data", "Table", [
    ...SAMPLES.map(({ id, title }) => [id, title] as const),
    ["file", "A file of your own"],
  ], true)
}
</div>
<p class="note" id="about"></p>
<div class="drop" id="drop"><label>Drop a CSV file here, or choose one<input type="file" id="file" accept=".csv,.tsv,.txt,.gz,text/csv"></label>
CSV, packed with gzip or not; save Parquet as CSV first. It stays in this browser: the page asks nothing of any server.</div>
<details id="columns"><summary>Columns</summary>
<div class="fields">
${choice("target", "Predict", [], true)}
${
  choice("missing", "Missing values", [["refuse", "are an error"], ["mean", "take the mean"], [
    "drop",
    "leave the row out",
  ]], true)
}
</div>
<div class="scroll" tabindex="0" role="region" aria-label="Columns of the table"><table><thead><tr><th scope="col">use</th><th scope="col">column</th><th scope="col">holds</th><th scope="col">missing</th></tr></thead><tbody id="column-rows"></tbody></table></div>
</details>
<div class="fields">${number("valid", "Share held out")}</div>
</section>
`;

/** The network, its start and its training. */
const modelHtml = `<section aria-labelledby="model-title"><h2 id="model-title">Model</h2>
<div class="fields">
${number("width", "Width")}
${number("depth", "Depth")}
${choice("activation", "Activation", ACTIVATIONS.map((name) => [name, name.replace("_", " ")] as const))}
${choice("block", "Further layers", [["dense", "dense"], ["residual", "residual"]])}
${
  choice("start", "Start", [["random", "random"], ["linear", "best linear model"], ["constant", "best constant"], [
    "saddle",
    "a saddle above linear",
  ]], true)
}
${number("rate", "Learning rate")}
${number("batch", "Batch")}
${number("epochs", "Epochs")}
${number("seed", "Seed")}
${
  choice("regulariser", "Regulariser", [["none", "none"], ["ridge", "on (w, V'w): keeps the theorem"], [
    "penalty",
    "on (w, V): breaks it",
  ]], true)
}
${number("strength", "Its strength")}
${choice("kernels", "Kernels", [["simd", "WebAssembly SIMD"], ["js", "plain JavaScript"]], true)}
</div>
<p class="note">The address of this page holds these settings: share it, and the same training is repeated.</p>
</section>
`;

/** The curves, the gauges, and what drives them. */
const trainingHtml = `<section aria-labelledby="watch-title"><h2 id="watch-title">Training</h2>
<div class="bar">
<button type="button" class="main" id="play">Play</button><button type="button" id="step">Step</button><button type="button" id="restart">Restart</button>
<label>Speed<select id="speed">${
  ["1", "5", "20", "60"].map((speed) => option(speed, `${speed} epoch${speed === "1" ? "" : "s"} a second`)).join("")
}${option("max", "as fast as possible")}</select></label>
<span class="status" id="status"></span>
</div>
<p class="problem" id="problem" role="alert"></p>
<p id="verdict" aria-live="polite" aria-atomic="true"></p>
<div class="canvas" id="losses"></div>
<p class="note" id="notes"></p>
<div class="gauges">
<div class="gauge" id="gauge-gradient"><div class="head"><b>Gradient over (w, V)</b><span class="reading"></span></div><div class="track" role="meter" aria-label="Gradient norm on a logarithmic scale, full when stationary" aria-valuemin="0" aria-valuemax="1" aria-valuenow="0"><i></i></div><p class="note">Full and green: at most epsilon, so 0 for practical purposes. An eighth less for each power of ten above.</p></div>
<div class="gauge" id="gauge-lambda"><div class="head"><b>Least eigenvalue (lambda_min)</b><span class="reading"></span></div><div class="track" role="meter" aria-label="Smallest eigenvalue on a logarithmic scale, full when there is no negative curvature" aria-valuemin="0" aria-valuemax="1" aria-valuenow="0"><i></i></div><p class="note">Full and green: at least the limit, so no negative curvature for practical purposes. Both green: second-order stationary, where the theorem holds.</p></div>
</div>
</section>
`;

/** The loss around the network, and of a network of two weights. */
const landscapeHtml = `<section aria-labelledby="land-title"><h2 id="land-title">Landscape</h2>
<div class="maps"><div>
<div class="bar">
<label>Plane<select id="plane">${
  option("head", "(w, V)") + option("random", "random directions") + option("hessian", "leading eigenvectors") +
  option("path", "path of training")
}</select></label>
<button type="button" id="map">Draw it here</button><button type="button" id="descent">Show a descent direction</button>
</div>
<div class="canvas" id="surface"></div>
<p class="note" id="map-note" aria-live="polite">The loss around the network as it is. The thick contour is the linear level: blue is below it, red above.</p>
</div><div>
<div class="bar">
<label>A network of two weights, w and v, seen whole<select id="preset">${
  PRESETS.map(({ id, title }) => option(id, title)).join("")
}</select></label>
<button type="button" id="descend">Train from here</button>
</div>
<div class="canvas drag" id="preset-map" tabindex="0" role="application" aria-label="Start of the example: drag it, or move it with the arrow keys"></div>
<p class="note" id="preset-about"></p><p class="note" id="preset-end" aria-live="polite"></p>
</div></div>
</section>
`;

/** What can be saved. */
const takeAwayHtml = `<section aria-labelledby="take-title"><h2 id="take-title">Take it away</h2>
<div class="bar"><button type="button" id="save-model">model.safetensors</button><button type="button" id="save-verdict">verdict.json</button><button type="button" id="save-losses">Losses as SVG</button><button type="button" id="save-map">Map as SVG</button><button type="button" id="save-table">The table as CSV</button></div>
<p class="note" id="command-note"></p><code id="command"></code>
</section>
`;

/**
 * The page as one file.
 *
 * @param parts The script of the page and of its worker, the kernels as {@linkcode unpack} takes them, and more to add at its end (for serving).
 */
export function pageHtml(
  { script, kernels, more = "" }: {
    readonly script: string;
    readonly kernels: string;
    readonly more?: string;
  },
): string {
  const policy = more === "" ? POLICY : `${POLICY}; connect-src 'self'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>resland: watch a network against the linear level</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Watch a network against the linear level</h1>
<p>The thick dashed line is the lowest loss that a linear model has on the rows trained on. The blue network <b>has</b> a skip connection,
p = w'(x + V f(x)): the inputs x reach the output past the learned features f(x), with weights w and V. Wherever training converges in (w, V), it is at or
below that line; that is a theorem. The orange one is the same network <b>without</b> the skip, p = w'V f(x), from the same start: it has to learn the linear
part too, and no theorem keeps it from stopping above the line.</p>
</header>
<main>
<form class="column" id="controls" aria-label="Settings">
${dataHtml}${modelHtml}</form>
<div class="column watch">
${trainingHtml}${landscapeHtml}${takeAwayHtml}</div>
</main>
<footer>resland. Everything runs here, in a worker of this page; nothing is sent, and nothing is kept.</footer>
<noscript>This page computes in your browser, and needs JavaScript.</noscript>
<script type="module" id="script">${inside(script)}</script>
<script type="text/plain" id="kernels">${kernels}</script>
${more}</body>
</html>
`;
}
