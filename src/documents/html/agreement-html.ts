import type { AgreementClause } from '../../agreements/document.js';
import { isSample, type AgreementSource } from '../agreement-source.js';
import { wordingFor } from '../wording.js';
import { html, timeOf, type Html } from './markup.js';
import { page } from './page.js';

export function agreementHtml({ document, version, sha256, createdAt, reference }: AgreementSource): string {
  const { locale, title, preamble, clauses } = document;
  const wording = wordingFor(locale);
  const body = html`<header>
      <h1>${title}</h1>
      ${preamble.map((line) => html`<p class="preamble">${line}</p> `)}
    </header>
    ${clauses.map(clause)}
    <footer class="quiet">
      <p>
        ${wording.reference} <span class="hash">${reference}</span>, ${wording.version(version)}, ${timeOf(createdAt, createdAt)}
      </p>
      <p>SHA-256 <span class="hash">${sha256}</span></p>
    </footer>`;
  return page({ locale, title, body, mark: isSample(document) ? wording.sample : null });
}

/** A clause without a heading is a numbered paragraph. */
function clause({ number, heading, paragraphs }: AgreementClause): Html {
  const label = number === '' ? '' : `${number}.`;
  const head =
    heading === ''
      ? number === ''
        ? []
        : html`<span class="number">${label}</span> `
      : html`<h2><span class="number">${label}</span> <span>${heading}</span></h2> `;
  return html`<section class="clause">${head}${paragraphs.map((paragraph) => html`<p>${paragraph}</p> `)}</section> `;
}
