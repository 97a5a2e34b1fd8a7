import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type fc from 'fast-check';
import {
  actHash,
  canonicalText,
  chainHash,
  detached,
  GENESIS,
  sealPayload,
  signingInput,
  toPublicJwk,
  type HistoryEntry,
  type PublicJwk,
  type RequestRecord,
  type SignatureType,
} from '../../src/verify/index.js';

type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;
export type Rows = Mutable<RequestRecord>;

/** Somebody who can write everything, and has no key that anybody trusts. */
export class Attacker {
  private readonly privateKey: KeyObject;
  readonly jwk: PublicJwk;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    this.privateKey = privateKey;
    this.jwk = toPublicJwk(publicKey.export({ format: 'jwk' }))!;
  }

  sign(type: SignatureType, payload: string, kid = this.jwk.kid): string {
    const header = { alg: 'EdDSA', kid, typ: type, iat: 1_767_225_600 } as const;
    return detached(header, sign(null, Buffer.from(signingInput(header, payload)), this.privateKey));
  }

  /** In its own name, or in that of the platform's key. */
  seal({ head, history }: Rows, seq: number, kid?: string): string {
    const { hash } = history[seq - 1]!;
    return this.sign('guildhall-seal', sealPayload({ instanceId: head.id, kind: head.kind, seq, hash }), kid);
  }
}

/** The chain over the entries as they are now, with a head that fits: what somebody with the whole database would write. */
export function rechain(rows: Rows): void {
  let previous = GENESIS;
  for (const entry of rows.history) {
    entry.hash = chainHash(previous, { instanceId: rows.head.id, ...entry, event: entry.event! });
    previous = entry.hash;
  }
  const last = rows.history.at(-1)!;
  Object.assign(rows.head, { version: last.seq, headHash: last.hash, state: last.state });
}

/** What stands beside entries that are there no more goes with them. */
export function dropBeside(rows: Rows, from: number): void {
  rows.acts = rows.acts.filter(({ seq }) => seq < from);
  rows.seals = rows.seals.filter(({ seq }) => seq < from);
  rows.annexes = rows.annexes.filter(({ seq }) => seq < from);
}

/** Another event in the place of one, with an act that fits it. */
export function rewrite(rows: Rows, entry: Mutable<HistoryEntry>, change: Readonly<Record<string, unknown>>): void {
  const event = { ...(JSON.parse(entry.event!) as Record<string, unknown>), ...change };
  const act = rows.acts.find(({ seq }) => seq === entry.seq);
  if (act) {
    act.body = canonicalText({ ...(JSON.parse(act.body) as object), operation: 'forged' });
    event['act'] = actHash(act.body, act.detailsHash);
  }
  entry.event = canonicalText(event);
}

/** A leaf of the rows: where it is, and its value. */
interface Leaf {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

function leavesOf(value: unknown, found: Leaf[] = []): Leaf[] {
  if (typeof value !== 'object' || value === null) return found;
  const holder = value as Record<string, unknown>;
  for (const key of Object.keys(holder)) {
    if (typeof holder[key] === 'object' && holder[key] !== null) leavesOf(holder[key], found);
    else found.push({ holder, key });
  }
  return found;
}

/** One byte of one column of one row becomes another. */
export function changeOneByte(rows: Rows, random: Random): void {
  const leaves = leavesOf(rows);
  const { holder, key } = leaves[random(leaves.length)]!;
  const value = holder[key];
  if (typeof value === 'number') holder[key] = value + (random(2) === 0 ? 1 : -1);
  else if (typeof value === 'string' && value.length > 0) {
    const place = random(value.length);
    const bytes = Buffer.from(value, 'utf16le');
    // The low byte of a UTF-16 unit: always another text.
    bytes[place * 2] = bytes[place * 2]! ^ (1 + random(127));
    holder[key] = bytes.toString('utf16le');
  } else holder[key] = 'x';
}

export type Random = (below: number) => number;

/** Numbers of a run, drawn by fast-check so that a failure can be repeated. */
export const randomOf =
  (gen: fc.GeneratorValue, integer: typeof fc.integer): Random =>
  (below) =>
    gen(integer, { min: 0, max: Math.max(0, below - 1) });
