import { createHash } from 'node:crypto';

/** RFC 6962, section 2.1: a leaf and a node are hashed apart, so that neither can be shown for the other. */
const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

export const leafHash = (data: string): Buffer => createHash('sha256').update(LEAF).update(data).digest();
const nodeHash = (left: Buffer, right: Buffer): Buffer => createHash('sha256').update(NODE).update(left).update(right).digest();

/** What a checkpoint says of one request: where its chain stood. */
export const headLeaf = (instanceId: string, seq: number, hash: string): string => `${instanceId}\n${String(seq)}\n${hash}`;

/**
 * The tree of RFC 6962, section 2.1, over leaf hashes, level by level: neighbours are joined, one that is left over goes up as it is. Built
 * once, a path costs no hash.
 */
export class MerkleTree {
  private readonly levels: (readonly Buffer[])[];

  constructor(leaves: readonly Buffer[]) {
    this.levels = [leaves];
    for (let level = leaves; level.length > 1; this.levels.push(level)) {
      const next: Buffer[] = [];
      for (let i = 0; i < level.length; i += 2) {
        const [left, right] = [level[i]!, level[i + 1]];
        next.push(right ? nodeHash(left, right) : left);
      }
      level = next;
    }
  }

  /** That of no leaves is the hash of nothing. */
  get root(): Buffer {
    return this.levels.at(-1)![0] ?? createHash('sha256').digest();
  }

  /** From one leaf to the root, the lowest first: RFC 6962, section 2.1.1. */
  path(index: number): Buffer[] {
    return this.levels.slice(0, -1).flatMap((level, height) => level[Math.floor(index / 2 ** height) ^ 1] ?? []);
  }
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
