import { isSample, type AgreementSource } from '../agreement-source.js';
import { wordingFor } from '../wording.js';
import { Canvas } from './canvas.js';
import { Flow } from './flow.js';
import { drawRunningText, watermark } from './running.js';
import { stylesFor } from './styles.js';

/** Wide enough for two digits and a full stop. */
const NUMBER_WIDTH = 28;
/** Of a paragraph. */
const SPACE_BEFORE = 3.5;

/** Sets an agreement; the canvas may get attachments and a signature before it is finished. */
export function drawAgreement({ document, version, sha256, createdAt, reference }: AgreementSource): Canvas {
  const { locale, title, preamble, clauses } = document;
  const wording = wordingFor(locale);
  const styles = stylesFor(locale);
  const canvas = new Canvas({
    locale,
    title,
    subject: `SHA-256 ${sha256}, version ${String(version)}`,
    createdAt: new Date(createdAt),
  });
  const { outline } = canvas.pdf;
  const sample = isSample(document);
  const flow = new Flow(canvas, () => {
    if (sample) watermark(canvas, wording.sample);
  });

  flow.block(title, { parent: flow.root, role: 'H1', style: styles.title, keep: 40 });
  preamble.forEach((line, index) => {
    flow.block(line, { parent: flow.root, role: 'P', style: styles.preamble, spaceBefore: index === 0 ? 6 : 0 });
  });
  flow.space(10);
  for (const { number, heading, paragraphs } of clauses) {
    const parent = flow.section();
    const indent = number === '' ? 0 : NUMBER_WIDTH;
    const label = number === '' ? {} : { label: `${number}.` };
    if (heading !== '') {
      // Up to three lines of what it is about stay with a heading.
      flow.block(heading, {
        parent,
        role: 'H2',
        style: styles.heading,
        indent,
        spaceBefore: 12,
        keep: styles.body.leading * 3 + SPACE_BEFORE,
        ...label,
      });
      outline.addItem(number === '' ? heading : `${number}. ${heading}`);
    }
    paragraphs.forEach((paragraph, index) => {
      const first = heading === '' && index === 0;
      flow.block(paragraph, {
        parent,
        role: 'P',
        style: styles.body,
        indent,
        spaceBefore: first ? 9 : SPACE_BEFORE,
        ...(first && label),
      });
    });
    parent.end();
  }
  flow.root.end();
  drawRunningText(canvas, styles.running, {
    left: title,
    right: `${wording.reference} ${reference}`,
    page: wording.page,
  });
  return canvas;
}
