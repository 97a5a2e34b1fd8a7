import type { CertificateData } from '../certificate.js';
import { certificateTexts, type Fact } from '../certificate-texts.js';
import { wordingFor } from '../wording.js';
import { Canvas } from './canvas.js';
import { Flow, TEXT_WIDTH, type Element } from './flow.js';
import { drawRunningText, watermark } from './running.js';
import { stylesFor, type Styles } from './styles.js';
import { drawTable } from './table.js';

const ACT_COLUMNS = [30, 122, 118, 111, 70] as const;
const NAME_WIDTH = 118;
const LIST_INDENT = 24;

export function drawCertificate(data: CertificateData): Canvas {
  const texts = certificateTexts(data);
  const wording = wordingFor(data.locale);
  const styles = stylesFor(data.locale);
  const canvas = new Canvas({
    locale: data.locale,
    title: texts.title,
    subject: data.requestId,
    createdAt: new Date(data.issuedAt),
  });
  const flow = new Flow(canvas, () => {
    if (data.sample) watermark(canvas, wording.sample);
  });
  const section = (heading: string, keep: number): Element => {
    const parent = flow.section();
    flow.block(heading, { parent, role: 'H2', style: styles.heading, spaceBefore: 16, keep });
    flow.space(3);
    canvas.pdf.outline.addItem(heading);
    return parent;
  };

  flow.block(texts.title, { parent: flow.root, role: 'H1', style: styles.title, keep: 40 });
  flow.block(texts.intro, { parent: flow.root, role: 'P', style: styles.body, spaceBefore: 4 });
  flow.space(8);
  drawFacts(flow, flow.root, texts.facts, styles);

  const parties = section(texts.parties.heading, 60);
  drawTable(flow, {
    parent: parties,
    columns: texts.parties.columns.map((title, index) => ({ title, width: index === 0 ? 160 : TEXT_WIDTH - 160 })),
    rows: texts.parties.rows.map((row) => row.map((cell) => [cell])),
    head: styles.smallBold,
    style: styles.small,
  });
  parties.end();

  const agreements = section(texts.agreements.heading, 50);
  if (texts.agreements.each.length === 0)
    flow.block(texts.agreements.none, { parent: agreements, role: 'P', style: styles.body });
  for (const facts of texts.agreements.each) {
    drawFacts(flow, agreements, facts, styles);
    flow.space(6);
  }
  agreements.end();

  const acts = section(texts.acts.heading, 60);
  drawTable(flow, {
    parent: acts,
    columns: texts.acts.columns.map((title, index) => ({ title, width: ACT_COLUMNS[index]! })),
    rows: texts.acts.rows,
    head: styles.smallBold,
    style: styles.small,
  });
  acts.end();

  const chain = section(texts.chain.heading, 60);
  flow.block(texts.chain.text, { parent: chain, role: 'P', style: styles.body });
  flow.space(4);
  drawFacts(flow, chain, texts.chain.facts, styles);
  chain.end();

  const verify = section(texts.verify.heading, 50);
  const list = flow.section(verify, 'L');
  texts.verify.steps.forEach((step, index) => {
    const item = flow.section(list, 'LI');
    flow.block(step, {
      parent: item,
      role: 'LBody',
      style: styles.body,
      indent: LIST_INDENT,
      spaceBefore: 3,
      label: `${String(index + 1)}.`,
      labelRole: 'Lbl',
    });
    item.end();
  });
  verify.end();
  flow.root.end();
  drawRunningText(canvas, styles.running, { left: texts.title, right: data.requestId, page: wording.page });
  return canvas;
}

/** Names with their values: a list, so that a screen reader tells how many there are and reads each name with its value. */
function drawFacts(flow: Flow, parent: Element, facts: readonly Fact[], styles: Styles): void {
  const list = flow.section(parent, 'L');
  for (const { name, value, exact = false } of facts) {
    const item = flow.section(list, 'LI');
    flow.pair(name, value, {
      parent: item,
      style: exact ? styles.exact : styles.fact,
      nameStyle: styles.preamble,
      nameWidth: NAME_WIDTH,
    });
    item.end();
  }
  list.end();
}
