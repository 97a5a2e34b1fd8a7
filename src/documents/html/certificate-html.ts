import type { CertificateData } from '../certificate.js';
import { certificateTexts, type Fact } from '../certificate-texts.js';
import { wordingFor } from '../wording.js';
import { markup, nameOf, type Html } from './markup.js';
import { page } from './page.js';

export function certificateHtml(data: CertificateData): string {
  const { title, intro, facts, parties, agreements, acts, chain, verify } = certificateTexts(data);
  const partyRows = parties.rows.map((row) => row.map((cell) => nameOf(cell)));
  const actRows = acts.rows.map((row) => row.map(cellOf));
  const body = markup`<header>
<h1>${title}</h1>
<p>${intro}</p>
${factsOf(facts)}</header>
<section>
<h2 id="parties">${parties.heading}</h2>
${table('parties', parties.columns, partyRows)}</section>
<section>
<h2>${agreements.heading}</h2>
${agreements.each.length === 0 ? markup`<p>${agreements.none}</p>\n` : agreements.each.map(factsOf)}</section>
<section>
<h2 id="acts">${acts.heading}</h2>
${table('acts', acts.columns, actRows)}</section>
<section>
<h2>${chain.heading}</h2>
<p>${chain.text}</p>
${factsOf(chain.facts)}</section>
<section>
<h2>${verify.heading}</h2>
<ol>
${verify.steps.map((step) => markup`<li>${step}</li>\n`)}</ol>
</section>`;
  return page({ locale: data.locale, title, body, mark: data.sample ? wordingFor(data.locale).sample : null });
}

const factsOf = (facts: readonly Fact[]): Html => markup`<dl>\n${facts.map(factOf)}</dl>\n`;

const factOf = ({ name, value, exact = false }: Fact): Html =>
  markup`<dt>${name}</dt><dd>${exact ? markup`<span class="hash">${value}</span>` : nameOf(value)}</dd>\n`;

const cellOf = (lines: readonly string[]): Html =>
  markup`${lines.map((line, index) => (index === 0 ? nameOf(line) : markup`<br>${nameOf(line)}`))}`;

const table = (labelledBy: 'parties' | 'acts', columns: readonly string[], rows: readonly (readonly Html[])[]): Html =>
  markup`<table aria-labelledby="${labelledBy}">
<thead>
<tr>${columns.map((column) => markup`<th scope="col">${column}</th>`)}</tr>
</thead>
<tbody>
${rows.map((row) => markup`<tr>${row.map((cell) => markup`<td>${cell}</td>`)}</tr>\n`)}</tbody>
</table>
`;
