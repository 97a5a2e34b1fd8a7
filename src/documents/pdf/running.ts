import { PAGE, type Canvas } from './canvas.js';
import { baselineOf, MARGIN, TEXT_WIDTH } from './flow.js';
import type { TextStyle } from './canvas.js';

export interface RunningText {
  readonly left: string;
  readonly right: string;
  /** E.g. `Page 3 of 12`. */
  readonly page: (number: number, of: number) => string;
}

const HEADER_Y = 46;
const FOOTER_Y = PAGE.height - 52;
const HAIRLINE = '#c8cacf';

/** Header and footer of every page, once it is known how many there are. To a screen reader they are no part of the text. */
export function drawRunningText(canvas: Canvas, style: TextStyle, { left, right, page }: RunningText): void {
  const { pdf } = canvas;
  const { start, count } = pdf.bufferedPageRange();
  for (let index = 0; index < count; index += 1) {
    pdf.switchToPage(start + index);
    artifact(canvas, 'Top', () => {
      const [rightLine = []] = canvas.lines(right, style, TEXT_WIDTH * 0.75);
      const rightWidth = canvas.widthOf(rightLine, style);
      const leftWidth = TEXT_WIDTH - rightWidth - 12;
      const [leftLine = [], ...more] = canvas.lines(left, style, leftWidth);
      canvas.draw(leftLine, style, MARGIN.left, HEADER_Y + baselineOf(style));
      // A title that is too long for the header goes on in the text; here it says that it does.
      if (more.length > 0) {
        const [dots = []] = canvas.lines('…', style, leftWidth);
        canvas.draw(dots, style, MARGIN.left + canvas.widthOf(leftLine, style) + 2, HEADER_Y + baselineOf(style));
      }
      canvas.draw(rightLine, style, PAGE.width - MARGIN.right - rightWidth, HEADER_Y + baselineOf(style));
      rule(canvas, HEADER_Y + style.leading + 4);
    });
    artifact(canvas, 'Bottom', () => {
      const [line = []] = canvas.lines(page(index + 1, count), style, TEXT_WIDTH);
      canvas.draw(line, style, (PAGE.width - canvas.widthOf(line, style)) / 2, FOOTER_Y + baselineOf(style));
    });
  }
}

export function rule(canvas: Canvas, y: number): void {
  canvas.pdf
    .moveTo(MARGIN.left, y)
    .lineTo(PAGE.width - MARGIN.right, y)
    .lineWidth(0.5)
    .stroke(HAIRLINE);
}

/** Large and pale across the page, under the text: nobody takes a sample for an agreement by looking at one page of it. */
export function watermark(canvas: Canvas, word: string): void {
  const { pdf } = canvas;
  const style: TextStyle = { size: 96, leading: 96, weight: 'bold', color: '#f0e3e3' };
  const [line = []] = canvas.lines(word, style, PAGE.height);
  pdf.markContent('Artifact', { type: 'Page' });
  pdf.save().rotate(-52, { origin: [PAGE.width / 2, PAGE.height / 2] });
  canvas.draw(line, style, (PAGE.width - canvas.widthOf(line, style)) / 2, PAGE.height / 2 + 32);
  pdf.restore();
  pdf.endMarkedContent();
}

export function artifact(canvas: Canvas, attached: 'Top' | 'Bottom', draw: () => void): void {
  canvas.pdf.markContent('Artifact', { type: 'Pagination', attached: [attached] });
  draw();
  canvas.pdf.endMarkedContent();
}
