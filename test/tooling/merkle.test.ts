import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { textOf, type AgreementDocument } from '../../src/agreements/document.js';
import { canonicalText } from '../../src/verify/index.js';
import { textOfDocument } from '../../src/verify/document.js';
import { leafHash, MerkleTree, rootFromPath } from '../../src/verify/merkle.js';

/** Word for word what RFC 6962, section 2.1, says. */
function rootByTheBook(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return createHash('sha256').digest();
  if (leaves.length === 1) return leaves[0]!;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return createHash('sha256')
    .update(Buffer.from([1]))
    .update(rootByTheBook(leaves.slice(0, k)))
    .update(rootByTheBook(leaves.slice(k)))
    .digest();
}

const leavesOf = (size: number) => Array.from({ length: size }, (_, n) => leafHash(String(n)));

describe('The tree over all heads', () => {
  test('has the root of RFC 6962, and a path for each leaf that leads to it', () => {
    for (let size = 0; size <= 40; size += 1) {
      const leaves = leavesOf(size);
      const tree = new MerkleTree(leaves);
      expect([size, tree.root.toString('hex')]).toEqual([size, rootByTheBook(leaves).toString('hex')]);
      for (const [index, leaf] of leaves.entries()) expect(rootFromPath(leaf, index, size, tree.path(index))).toEqual(tree.root);
    }
  });

  test('takes no path for another leaf, place or size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 300 }), fc.nat(), fc.nat(), (size, a, b) => {
        const leaves = leavesOf(size);
        const tree = new MerkleTree(leaves);
        const [index, other] = [a % size, b % size];
        const path = tree.path(index);
        const leadsTo = (leaf: Buffer, place: number, of: number, by: Buffer[]) =>
          rootFromPath(leaf, place, of, by)?.equals(tree.root) ?? false;
        expect(leadsTo(leaves[index]!, index, size, path)).toBe(true);
        if (other !== index) {
          expect(leadsTo(leaves[other]!, index, size, path)).toBe(false);
          expect(leadsTo(leaves[index]!, other, size, path)).toBe(false);
        }
        expect(leadsTo(leaves[index]!, index, size, path.slice(1))).toBe(false);
        expect(leadsTo(leaves[index]!, index, size, [...path, leaves[0]!])).toBe(false);
        expect(leadsTo(leaves[index]!, size, size, path)).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});

test('the verifier makes the same text of a document as who draws it up', () => {
  const text = fc.string({ unit: 'binary' });
  const document: fc.Arbitrary<AgreementDocument> = fc.record({
    locale: fc.constantFrom('en', 'zh-CN'),
    title: text,
    preamble: fc.array(text),
    clauses: fc.array(fc.record({ key: text, number: text, heading: text, paragraphs: fc.array(text), terms: fc.array(text) })),
  });
  fc.assert(fc.property(document, (each) => textOfDocument(canonicalText(each)) === textOf(each)));
  expect(textOfDocument('{"title":"x"}')).toBeUndefined();
  expect(textOfDocument('{ "title":"x","preamble":[],"clauses":[]}')).toBeUndefined();
});
