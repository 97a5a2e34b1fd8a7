import { createHash } from 'node:crypto';
import { attribute, Html, markup } from './markup.js';

/** Black on white at 15:1, quiet text at 7:1; for paper, margins and no lonely headings. */
const css = `
:root { color-scheme: light; }
body { margin: 0; background: #fff; color: #1c1c1e; font: 1rem/1.6 "Noto Sans", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif; }
:lang(zh) { line-height: 1.75; }
main { max-width: 44rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.3; margin: 0 0 .5rem; }
h2 { font-size: 1.08rem; line-height: 1.4; margin: 1.8rem 0 .3rem; }
p { margin: .35rem 0; white-space: pre-wrap; }
.preamble, .quiet { color: #54565b; font-size: .9rem; }
.clause { display: grid; grid-template-columns: 2.2rem 1fr; column-gap: .4rem; }
.clause > * { grid-column: 2; }
.clause > h2 { grid-column: 1 / -1; display: grid; grid-template-columns: 2.2rem 1fr; column-gap: .4rem; }
.number { text-align: right; }
.clause > .number { grid-column: 1; margin: .35rem 0; }
.clause > .number + p { grid-row: 1; }
.mark { border: 2px solid #9b1c1c; color: #9b1c1c; font-weight: 700; letter-spacing: .12em; padding: .1rem .6rem; display: inline-block; margin: 0 0 1rem; }
.hidden { border: 1px solid #9b1c1c; color: #9b1c1c; font-size: .8em; padding: 0 .15em; white-space: nowrap; }
.hash { font-family: ui-monospace, "Noto Sans Mono", monospace; font-size: .85em; }
table { border-collapse: collapse; table-layout: fixed; width: 100%; margin: .5rem 0; font-size: .9rem; line-height: 1.45; }
th, td { text-align: start; vertical-align: top; padding: .4rem .6rem .4rem 0; border-bottom: 1px solid #c8cacf; }
[aria-labelledby=acts] th:nth-child(1) { width: 2rem; } [aria-labelledby=acts] th:nth-child(2) { width: 11rem; }
[aria-labelledby=acts] th:nth-child(5) { width: 5.5rem; }
dl { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: .25rem 1rem; margin: .5rem 0; }
dt { color: #54565b; } dd { margin: 0; }
ol { padding-inline-start: 1.4rem; } li { margin: .3rem 0; }
footer { margin-top: 2.5rem; border-top: 1px solid #c8cacf; padding-top: .6rem; }
@page { size: A4; margin: 25mm 22mm; }
@media print {
  body { font-size: 10.5pt; } main { max-width: none; padding: 0; }
  h1, h2, .number { break-after: avoid; } p { orphans: 2; widows: 2; } tr, li, dd { break-inside: avoid; } thead { display: table-header-group; }
}
`;

const styleHash = `'sha256-${createHash('sha256').update(css).digest('base64')}'`;
const rules = ["default-src 'none'", `style-src ${styleHash}`, "base-uri 'none'", "form-action 'none'"];
/** Of every page: nothing is loaded, run, sent or framed. In the header, and in the page itself for who saves it. */
export const PAGE_POLICY = [...rules, "frame-ancestors 'none'"].join('; ');

export interface PageOptions {
  readonly locale: string;
  readonly title: string;
  readonly body: Html;
  /** E.g. SAMPLE, above the title; null: none. */
  readonly mark: string | null;
}

const RIGHT_TO_LEFT_LOCALE = /^(ar|fa|he|ur|yi)\b/i;

/** A whole page: one landmark, one first heading, no script. */
export function page({ locale, title, body, mark }: PageOptions): string {
  const direction = RIGHT_TO_LEFT_LOCALE.test(locale) ? 'rtl' : 'ltr';
  return markup`<!doctype html>
<html lang="${attribute(locale)}" dir="${direction}">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="${attribute(rules.join('; '))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${attribute(title)}</title>
<style>${new Html(css)}</style>
</head>
<body>
<main>
${mark === null ? [] : markup`<p class="mark">${mark}</p>\n`}${body}
</main>
</body>
</html>
`.source;
}
