import type { Line } from '../text/lines.js';
import { baselineOf, MARGIN, type Element, type Flow } from './flow.js';
import { artifact, rule } from './running.js';
import type { TextStyle } from './canvas.js';

export interface TableOptions {
  readonly parent: Element;
  readonly columns: readonly { readonly title: string; /** In points. */ readonly width: number }[];
  /** A cell is a list of paragraphs. */
  readonly rows: readonly (readonly (readonly string[])[])[];
  readonly head: TextStyle;
  readonly style: TextStyle;
}

const GAP = 8;
const PADDING = 4;

/** A table that goes on over pages, rows too where they are long; its head is repeated for the eye. */
export function drawTable(flow: Flow, { parent, columns, rows, head, style }: TableOptions): void {
  const table = flow.section(parent, 'Table');
  const linesIn = (texts: readonly string[], column: number, of: TextStyle): Line[] =>
    texts.flatMap((text) => flow.canvas.lines(text, of, columns[column]!.width - GAP));
  const heads = columns.map(({ title }, column) => linesIn([title], column, head));
  const headHeight = Math.max(...heads.map((lines) => lines.length)) * head.leading + 2 * PADDING;
  const line = () => artifact(flow.canvas, 'Bottom', () => rule(flow.canvas, flow.y));

  if (flow.room < headHeight + 3 * style.leading) flow.newPage();
  const headGroup = flow.section(table, 'THead');
  const headRow = flow.section(headGroup, 'TR');
  const titles = columns.map(() => {
    const cell = flow.canvas.pdf.struct('TH', { scope: 'Column' });
    headRow.add(cell);
    return cell;
  });
  drawCells(flow, columns, heads, head, titles, 'TH');
  line();
  headGroup.end();

  const body = flow.section(table, 'TBody');
  for (const row of rows) {
    const tableRow = flow.section(body, 'TR');
    const cells = row.map(() => flow.section(tableRow, 'TD'));
    let left = row.map((texts, column) => linesIn(texts, column, style));
    while (left.some((lines) => lines.length > 0)) {
      const height = Math.max(...left.map((lines) => lines.length)) * style.leading + 2 * PADDING;
      if (flow.room < Math.min(height, 6 * style.leading)) {
        flow.newPage();
        // To a screen reader the head was read: these are the same words again.
        artifact(flow.canvas, 'Top', () => drawCells(flow, columns, heads, head, undefined, 'TH'));
        line();
      }
      const fits = Math.max(1, Math.floor((flow.room - 2 * PADDING) / style.leading));
      drawCells(
        flow,
        columns,
        left.map((lines) => lines.slice(0, fits)),
        style,
        cells,
        'TD',
      );
      left = left.map((lines) => lines.slice(fits));
    }
    line();
    tableRow.end();
  }
  body.end();
  table.end();
}

/** One row, or as much of it as there is place for; `tagged` are its cells, none for a repetition. */
function drawCells(
  flow: Flow,
  columns: TableOptions['columns'],
  cells: readonly (readonly Line[])[],
  style: TextStyle,
  tagged: readonly Element[] | undefined,
  role: 'TH' | 'TD',
): void {
  let x = MARGIN.left;
  cells.forEach((lines, column) => {
    const element = tagged?.[column];
    lines.forEach((line, index) => {
      const baseline = flow.y + PADDING + index * style.leading + baselineOf(style);
      flow.canvas.draw(line, style, x, baseline, element && { element, role });
    });
    flow.canvas.closeContent();
    x += columns[column]!.width;
  });
  flow.y += Math.max(...cells.map((lines) => lines.length)) * style.leading + 2 * PADDING;
}
