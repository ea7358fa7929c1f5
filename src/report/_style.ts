/** The style of every page: light, dark, and print. */
export const STYLE = `
:root {
  color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif;
  --c1: #1b6ca8; --c2: #b34700; --c3: #2a7a3f; --c4: #7a4fa3; --c5: #555555; --c6: #00798c; --good: #2a7a3f; --bad: #b3261e; --open: #8a5800;
}
@media (prefers-color-scheme: dark) {
  :root {
    --c1: #6cb4ee; --c2: #ff9f5a; --c3: #6fcf87; --c4: #c9a6f0; --c5: #b4b4b4; --c6: #5fd0dd; --good: #6fcf87; --bad: #ff8a80; --open: #f0b95a;
  }
}
h1 { font-size: clamp(1.35rem, 6vw, 2rem); line-height: 1.25; }
body { max-width: 60rem; overflow-wrap: break-word; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
.scroll {
  overflow-x: auto;
  background:
    linear-gradient(to right, Canvas 40%, transparent) left / 3rem 100% no-repeat local,
    linear-gradient(to left, Canvas 40%, transparent) right / 3rem 100% no-repeat local,
    linear-gradient(to right, color-mix(in srgb, CanvasText 25%, transparent), transparent) left / 0.7rem 100% no-repeat scroll,
    linear-gradient(to left, color-mix(in srgb, CanvasText 25%, transparent), transparent) right / 0.7rem 100% no-repeat scroll;
}
th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
th { vertical-align: bottom; }
td { vertical-align: top; }
th:first-child, td:first-child, .text { text-align: left; }
th:first-child, td:first-child, td:not(.text) { white-space: nowrap; }
figure { margin: 1rem 0; }
img, svg { max-width: 100%; height: auto; border-radius: .4rem; }
figure:not(.chart) { overflow-x: auto; }
figure:not(.chart) svg { min-width: 34rem; }
@media print {
  body { margin: 0; max-width: none; } .scroll { overflow: visible; background: none; } figure, tr { break-inside: avoid; }
  figure:not(.chart) svg { min-width: 0; }
}
math[display="block"] { overflow-x: auto; overflow-y: hidden; padding: .3rem 0; }
td.text:last-child { min-width: 16rem; }
.verdict { font-size: 1.15rem; border-left: .3rem solid; padding-left: 1rem; }
.holds { border-color: var(--good); } .fails { border-color: var(--bad); } .undecided, .outside { border-color: var(--open); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 0 2rem; }
figure.chart { min-width: 0; max-width: 28rem; }
.chart svg { display: block; width: 100%; overflow: visible; }
.chart svg text { fill: currentColor; font-size: 13px; }
figcaption { font-weight: 600; }
.key { display: flex; flex-wrap: wrap; gap: 0 1.1rem; margin: .2rem 0 .5rem; padding: 0; list-style: none; font-size: .875rem; }
.key i { display: inline-block; width: 1.4rem; height: 0; margin-right: .4rem; vertical-align: .25em; border-top: 2.5px solid; }
.key i.level { border-top-style: dashed; }
.key i.dots { width: .5rem; height: .5rem; border: 0; border-radius: 50%; background: currentColor; vertical-align: 0; }
.key i.ring { width: .6rem; height: .6rem; border: 2px solid; border-radius: 50%; vertical-align: -.05em; }
.chart path, .chart .ring { fill: none; stroke: currentColor; stroke-width: 2; }
.chart path.grid { stroke-opacity: .18; stroke-width: 1; }
.chart path.level { stroke-dasharray: 7 4; stroke-width: 1.6; }
.chart path.link { stroke-dasharray: 2 3; stroke-width: 1.4; }
.chart .dot { fill: currentColor; }
.c1 { color: var(--c1); } .c2 { color: var(--c2); } .c3 { color: var(--c3); } .c4 { color: var(--c4); } .c5 { color: var(--c5); } .c6 { color: var(--c6); }
.bars td { vertical-align: middle; }
.bars .bar { width: 55%; min-width: 9rem; }
@media (max-width: 40rem) {
  .bars td:first-child { white-space: normal; overflow-wrap: anywhere; min-width: 6rem; } .bars td { vertical-align: middle; }
.bars .bar { width: 40%; min-width: 5rem; }
}
.bars .bar i { display: block; height: .75rem; background: var(--c1); border-radius: .15rem; }
`;
