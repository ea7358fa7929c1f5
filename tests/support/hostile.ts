/**
 * Texts and pictures that try to run something or to fetch something, for the tests of pages. Each that ran would set `ran`,
 * each that fetched would ask for `https://hostile.invalid`.
 *
 * @module
 */

const RUN = "globalThis.ran=1";
const FETCH = "https://hostile.invalid/x";

/** Texts for names, sentences and fields of a verdict. */
export const HOSTILE_TEXTS: readonly string[] = [
  `<img src=x onerror=${RUN}>`,
  `<script>${RUN}</script>`,
  `"><script>${RUN}</script>`,
  `'><svg onload=${RUN}>`,
  `</title><script>${RUN}</script>`,
  `</style><script>${RUN}</script>`,
  `<iframe srcdoc="<script>parent.ran=1</script>">`,
  `<a href="javascript:${RUN}">a</a>`,
  `" onmouseover="${RUN}" autofocus onfocus="${RUN}`,
  `<img src="${FETCH}">`,
  `<link rel=stylesheet href="${FETCH}">`,
  `<style>@import "${FETCH}";</style>`,
  `<meta http-equiv=refresh content="0;url=${FETCH}">`,
  `<object data="${FETCH}"></object>`,
  `<details open ontoggle=${RUN}>`,
  `<video><source onerror=${RUN}></video>`,
  `<math><mtext><img src=x onerror=${RUN}></mtext></math>`,
  `<!--><img src=x onerror=${RUN}>-->`,
  `<base href="${FETCH}"><img src=y>`,
  `<form action="${FETCH}"><button autofocus onfocus=${RUN}></form>`,
];

const svg = (inside: string, attributes = "") =>
  `<svg xmlns="http://www.w3.org/2000/svg" ${attributes} width="9" height="9">${inside}</svg>`;

/** Pictures, none of which a page may hold. */
export const HOSTILE_PICTURES: readonly string[] = [
  svg("", `onload="${RUN}"`),
  svg(`<script>${RUN}</script>`),
  svg(`<g:script xmlns:g="http://www.w3.org/2000/svg">${RUN}</g:script>`),
  svg(`<foreignObject><img xmlns="http://www.w3.org/1999/xhtml" src="x" onerror="${RUN}"/></foreignObject>`),
  svg(`<image href="${FETCH}" width="9" height="9"/>`),
  svg(`<image xlink:href="${FETCH}"/>`, 'xmlns:xlink="http://www.w3.org/1999/xlink"'),
  svg(`<use href="${FETCH}#a"/>`),
  svg(`<a href="javascript:${RUN}"><rect width="9" height="9"/></a>`),
  svg(`<animate onbegin="${RUN}" attributeName="x" dur="1s"/>`),
  svg(`<set attributeName="href" to="javascript:${RUN}"/>`),
  svg(`<style>@import url(${FETCH});</style>`),
  svg(`<style>* { fill: url(${FETCH}#a) }</style>`),
  svg(`<rect style="fill: url(${FETCH}#a)" width="9" height="9"/>`),
  svg(`<rect fill="url(${FETCH}#a)" width="9" height="9"/>`),
  svg(`<rect filter="url(${FETCH}#a)" width="9" height="9"/>`),
  svg(`<rect clip-path="url('${FETCH}#a')" width="9" height="9"/>`),
  svg(`<rect mask="url(${FETCH})" cursor="url(${FETCH})"/>`),
  svg(`<text font-family="x;}@import '${FETCH}'">a</text>`),
  svg(`<title><img src="x" onerror="${RUN}"/></title>`),
  svg(`<desc></desc></svg><img src=x onerror=${RUN}><svg>`),
  `<svg><p></p><style><img src=x onerror=${RUN}></style></svg>`,
  `<svg><math><mtext><style><img src=x onerror=${RUN}></style></mtext></math></svg>`,
  `<!DOCTYPE svg [<!ENTITY a "<script>${RUN}</script>">]>${svg("<text>&a;</text>")}`,
  `<?xml-stylesheet href="${FETCH}"?>${svg("")}`,
  svg(`<![CDATA[<script>${RUN}</script>]]>`),
  svg(`<!--><img src=x onerror=${RUN}>-->`),
  svg(`<rect x="1"onclick="${RUN}"/>`),
  svg(`<rect x='1' ONCLICK='${RUN}'/>`),
  svg(`<rect\nonmouseover\n=\n"${RUN}" width="9"/>`),
  svg(`<g fill="red" fill="blue"/>`),
  svg(`<handler type="text/ecmascript">${RUN}</handler>`),
  svg(`<iframe src="${FETCH}"/>`),
  svg(`<feImage href="${FETCH}"/>`),
  svg(`<text>&#0;&lt;script&gt;</text>`),
  `\ufeff<svg/onload=${RUN}>`,
  `<svg><g></svg>`,
  `${svg("")}<script>${RUN}</script>`,
  "",
];

/** A place in a JSON value: the names on the way down. */
export type JsonPath = readonly (string | number)[];

/** The places of all single values in a JSON value; of a list the first. */
export function leavesOf(value: unknown, path: JsonPath = []): readonly JsonPath[] {
  if (typeof value !== "object" || value === null) return [path];
  const entries: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? value.slice(0, 1).map((one, at) => [at, one])
    : Object.entries(value);
  return entries.flatMap(([name, one]) => leavesOf(one, [...path, name]));
}

/** A JSON value with another value in one place. */
export function withAt(value: unknown, [name, ...rest]: JsonPath, other: unknown): unknown {
  if (name === undefined) return other;
  const inner = withAt((value as Record<string | number, unknown>)[name], rest, other);
  if (Array.isArray(value)) return value.with(Number(name), inner);
  return { ...value as object, [name]: inner };
}
