import { createHash } from 'node:crypto';

/** RFC 6962, section 2.1: a leaf and a node are hashed apart, so that neither can be shown for the other. */
const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

export const leafHash = (data: string): Buffer => createHash('sha256').update(LEAF).update(data).digest();
const nodeHash = (left: Buffer, right: Buffer): Buffer => createHash('sha256').update(NODE).update(left).update(right).digest();

/** What a checkpoint says of one request: where its chain stood. */
export const headLeaf = (instanceId: string, seq: number, hash: string): string => `${instanceId}\n${String(seq)}\n${hash}`;

/** The largest power of two below `n`, which is at least two. */
const splitOf = (n: number): number => 2 ** (Math.ceil(Math.log2(n)) - 1);

/** Over `leaves` from `from` up to but not including `to`. */
function rootOf(leaves: readonly Buffer[], from: number, to: number): Buffer {
  if (to - from === 1) return leaves[from]!;
  const middle = from + splitOf(to - from);
  return nodeHash(rootOf(leaves, from, middle), rootOf(leaves, middle, to));
}

/** The root over leaf hashes; that of no leaves is the hash of nothing. */
export const merkleRoot = (leaves: readonly Buffer[]): Buffer =>
  leaves.length === 0 ? createHash('sha256').digest() : rootOf(leaves, 0, leaves.length);

/** The path from one leaf to the root, the lowest first: RFC 6962, section 2.1.1. */
export function inclusionPath(leaves: readonly Buffer[], index: number): Buffer[] {
  const path: Buffer[] = [];
  const walk = (from: number, to: number): void => {
    if (to - from === 1) return;
    const middle = from + splitOf(to - from);
    const left = index < middle;
    walk(left ? from : middle, left ? middle : to);
    path.push(left ? rootOf(leaves, middle, to) : rootOf(leaves, from, middle));
  };
  walk(0, leaves.length);
  return path;
}

/** The root to which a path leads; undefined when it is no path of a tree of this size. RFC 9162, section 2.1.3.2. */
export function rootFromPath(leaf: Buffer, index: number, treeSize: number, path: readonly Buffer[]): Buffer | undefined {
  if (index < 0 || index >= treeSize) return undefined;
  let [node, last, hash] = [index, treeSize - 1, leaf];
  for (const sibling of path) {
    if (last === 0) return undefined;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 ? hash : undefined;
}
