import { PAGE, type Canvas, type Tagged, type TextStyle } from './canvas.js';
import type { Line } from '../text/lines.js';

export const MARGIN = { top: 88, right: 72, bottom: 84, left: 72 } as const;
export const TEXT_WIDTH = PAGE.width - MARGIN.left - MARGIN.right;

export type Element = PDFKit.PDFStructureElement;

export interface BlockOptions {
  readonly parent: Element;
  /** Of the structure, e.g. `P` or `H2`; a screen reader announces it. */
  readonly role: string;
  readonly style: TextStyle;
  /** From the left margin, in points. */
  readonly indent?: number;
  readonly width?: number;
  readonly spaceBefore?: number;
  /** Points that have to fit below it on the same page, so that a heading never stands alone at the end of one. */
  readonly keep?: number;
  /** Hangs to the left of the first line, e.g. a clause's number; read first. */
  readonly label?: string;
  /** Makes the label an element of its own before the block, as a list has it. */
  readonly labelRole?: string;
  readonly align?: 'left' | 'center';
}

/** Fills pages from top to bottom; breaks pages between lines, never leaving a single line of a paragraph alone where it need not. */
export class Flow {
  /** Of the next line's top, from the top of the page. */
  y: number = MARGIN.top;
  #pages = 0;
  readonly root: Element;

  constructor(
    readonly canvas: Canvas,
    /** Draws what stands behind the text of every page. */
    readonly onPage: () => void = () => undefined,
  ) {
    this.root = canvas.pdf.struct('Document');
    canvas.pdf.addStructure(this.root);
    this.newPage();
  }

  get room(): number {
    return PAGE.height - MARGIN.bottom - this.y;
  }

  newPage(): void {
    this.canvas.pdf.addPage();
    this.#pages += 1;
    this.y = MARGIN.top;
    this.onPage();
  }

  section(parent: Element = this.root, role = 'Sect'): Element {
    const element = this.canvas.pdf.struct(role);
    parent.add(element);
    return element;
  }

  space(points: number): void {
    if (this.y > MARGIN.top) this.y += points;
  }

  block(text: string, options: BlockOptions): void {
    const { parent, role, style, indent = 0, width = TEXT_WIDTH - indent, spaceBefore = 0, keep = 0 } = options;
    let { label } = options;
    const lines = this.canvas.lines(text, style, width);
    if (lines.length === 0 && label === undefined) return;
    this.space(spaceBefore);
    // Three lines cannot be parted without one of them alone.
    const together = keep > 0 || lines.length <= 3 ? lines.length : 2;
    if (this.room < together * style.leading + keep) this.newPage();
    if (label !== undefined && options.labelRole !== undefined) {
      this.#label(label, parent, options.labelRole, style, MARGIN.left + indent);
      label = undefined;
    }
    const element = this.section(parent, role);
    let next = 0;
    do {
      const fits = Math.max(1, Math.floor((this.room + 0.01) / style.leading));
      let count = Math.min(lines.length - next, fits);
      if (lines.length - next - count === 1 && count > 2) count -= 1;
      this.#draw(lines.slice(next, next + count), next === 0 ? label : undefined, element, { ...options, indent, width });
      next += count;
      if (next < lines.length) this.newPage();
    } while (next < lines.length);
    element.end();
  }

  /** A name and its value side by side, as label and body of a list's item. */
  pair(
    name: string,
    value: string,
    options: { readonly parent: Element; readonly style: TextStyle; readonly nameStyle: TextStyle; readonly nameWidth: number },
  ): void {
    const { parent, style, nameStyle, nameWidth } = options;
    const names = this.canvas.lines(name, nameStyle, nameWidth - LABEL_GAP);
    if (this.room < Math.max(names.length, 2) * style.leading) this.newPage();
    const label = this.section(parent, 'Lbl');
    names.forEach((line, index) => {
      const baseline = this.y + index * style.leading + baselineOf(style);
      this.canvas.draw(line, nameStyle, MARGIN.left, baseline, { element: label, role: 'Lbl' });
    });
    this.canvas.closeContent();
    label.end();
    const [page, below] = [this.#pages, this.y + names.length * style.leading];
    this.block(value, { parent, role: 'LBody', style, indent: nameWidth });
    if (this.#pages === page) this.y = Math.max(this.y, below);
  }

  #draw(
    lines: readonly Line[],
    label: string | undefined,
    element: Element,
    { role, style, indent = 0, width = TEXT_WIDTH, align }: BlockOptions,
  ): void {
    const tagged = { element, role };
    const left = MARGIN.left + indent;
    if (label !== undefined) this.#drawLabel(label, style, left, tagged);
    for (const line of lines) {
      const x = align === 'center' ? left + (width - this.canvas.widthOf(line, style)) / 2 : left;
      this.canvas.draw(line, style, x, this.y + baselineOf(style), tagged);
      this.y += style.leading;
    }
    this.canvas.closeContent();
  }

  #label(label: string, parent: Element, role: string, style: TextStyle, left: number): void {
    const element = this.section(parent, role);
    this.#drawLabel(label, style, left, { element, role });
    this.canvas.closeContent();
    element.end();
  }

  /** Ends a fixed gap before the text, so that numbers of any length line up. */
  #drawLabel(label: string, style: TextStyle, left: number, tagged: Tagged): void {
    const [line = []] = this.canvas.lines(`${label} `, style, TEXT_WIDTH);
    this.canvas.draw(line, style, left - LABEL_GAP - this.canvas.widthOf(line, style), this.y + baselineOf(style), tagged);
  }
}

const LABEL_GAP = 7;

/** Centres a line of text in its leading; the shape of the letters is about the same in every font here. */
export const baselineOf = ({ size, leading }: TextStyle): number => leading / 2 + size * 0.36;
