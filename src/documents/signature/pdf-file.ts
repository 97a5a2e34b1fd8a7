/** As much of a PDF's own structure as signing needs: a file with one classic cross-reference table, as pdfkit writes it. */
export interface PdfFile {
  readonly bytes: Buffer;
  readonly startXref: number;
  /** One more than the highest number of an object. */
  readonly size: number;
  readonly trailer: string;
  /** The text between `obj` and `endobj`. */
  object(number: number): string;
}

export function readPdfFile(bytes: Buffer): PdfFile {
  const tail = bytes.subarray(-1_024).toString('latin1');
  const startXref = Number(/startxref\s+(\d+)\s+%%EOF\s*$/.exec(tail)?.[1] ?? NaN);
  if (!(startXref < bytes.length)) throw new Error('The file has no cross-reference table.');
  const table = bytes.subarray(startXref).toString('latin1');
  const head = /^xref\n0 (\d+)\n/.exec(table);
  const trailer = /trailer\n([\s\S]*?)\nstartxref/.exec(table)?.[1];
  if (!head || trailer === undefined) throw new Error('The cross-reference table is not of the kind that is written here.');
  const offsets = table
    .slice(head[0].length)
    .split('\n', Number(head[1]))
    .map((line) => Number(line.slice(0, 10)));
  return {
    bytes,
    startXref,
    size: Number(head[1]),
    trailer,
    object: (number) => {
      const start = bytes.indexOf(' obj\n', offsets[number]) + 5;
      return bytes.subarray(start, bytes.indexOf('\nendobj', start)).toString('latin1');
    },
  };
}

/** The number of the object that a dictionary refers to under a name. */
export function referenceIn(dictionary: string, name: string): number {
  const found = new RegExp(`/${name} \\[?\\s*(\\d+) 0 R`).exec(dictionary);
  if (!found) throw new Error(`There is no /${name} where one is needed.`);
  return Number(found[1]);
}

/** Adds entries to a dictionary. */
export const withEntries = (dictionary: string, entries: string): string => {
  const end = dictionary.lastIndexOf('>>');
  return `${dictionary.slice(0, end)}${entries}\n>>`;
};
