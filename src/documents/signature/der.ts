/** DER by hand, for the two places where the libraries give no exact bytes: a SET OF in its order, and an attribute of ETSI. */

const lengthOf = (length: number): number[] => {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
};

const value = (tag: number, parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content]);
};

export const sequence = (...parts: readonly Uint8Array[]): Buffer => value(0x30, parts);
export const octets = (bytes: Uint8Array): Buffer => value(0x04, [bytes]);
/** DER puts the elements of a SET OF in the order of their encodings. */
export const setOf = (parts: readonly Uint8Array[]): Buffer =>
  value(
    0x31,
    [...parts].sort((one, other) => Buffer.compare(one, other)),
  );
