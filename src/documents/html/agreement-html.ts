import type { AgreementClause } from '../../agreements/document.js';
import { isSample, type AgreementSource } from '../agreement-source.js';
import { wordingFor } from '../wording.js';
import { markup, timeOf, type Html } from './markup.js';
import { page } from './page.js';

export function agreementHtml({ document, version, sha256, createdAt, reference }: AgreementSource): string {
  const { locale, title, preamble, clauses } = document;
  const wording = wordingFor(locale);
  const body = markup`<header>
<h1>${title}</h1>
${preamble.map((line) => markup`<p class="preamble">${line}</p>\n`)}</header>
${clauses.map(clause)}<footer class="quiet">
<p>${wording.reference} <span class="hash">${reference}</span>, ${wording.version(version)}, ${timeOf(createdAt, createdAt)}</p>
<p>SHA-256 <span class="hash">${sha256}</span></p>
</footer>`;
  return page({ locale, title, body, mark: isSample(document) ? wording.sample : null });
}

/** A clause without a heading is a numbered paragraph. */
function clause({ number, heading, paragraphs }: AgreementClause): Html {
  const label = number === '' ? [] : markup`<span class="number">${number}.</span>`;
  const text = paragraphs.map((paragraph) => markup`<p>${paragraph}</p>\n`);
  if (heading === '') return markup`<div class="clause">\n${label}${text}</div>\n`;
  return markup`<section class="clause">\n<h2>${label} <span>${heading}</span></h2>\n${text}</section>\n`;
}
