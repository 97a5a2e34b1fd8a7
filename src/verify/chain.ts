import { hash } from 'node:crypto';
import { configure } from 'safe-stable-stringify';

/** Keys by UTF-16 code units, numbers and strings as ECMAScript writes them: RFC 8785. `strict` refuses NaN and infinities. */
const stringify = configure({ deterministic: true, strict: true });

/**
 * RFC 8785: one text for one value, so that a hash over it means the value. The tests hold it against an implementation that
 * follows the RFC step by step; this one takes half of its time.
 */
export function canonicalText(value: unknown): string {
  const text = stringify(value);
  if (text === undefined) throw new TypeError(`${typeof value} has no JSON text.`);
  return text;
}

export interface Link {
  readonly instanceId: string;
  readonly seq: number;
  readonly source: string;
  readonly fromState: string | null;
  readonly state: string;
  /** The canonical text exactly as stored. */
  readonly event: string;
}

/** Hash before the first link of every chain. */
export const GENESIS = '0'.repeat(64);

/**
 * SHA-256 (hex) of a history row over its predecessor's hash. Over the stored text, never over `jsonb`, whose printing a
 * later PostgreSQL may change.
 */
export function chainHash(previous: string, link: Link): string {
  return sha256(
    `${previous}\n${link.instanceId}\n${String(link.seq)}\n${link.source}\n${link.fromState ?? ''}\n${link.state}\n${link.event}`,
  );
}

/** Hex. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data);
}

/** Of the personal half of an act: salted, because an address or a name could be guessed back from its hash. */
export const detailsHash = (salt: string, details: string): string => sha256(salt + details);

/**
 * What the event in the chain says of its act. Over the open half and the hash of the personal one, so that the first can be shown and
 * proved to whom the second is not shown, and after that one has been erased.
 */
export const actHash = (body: string, hashOfDetails: string): string => sha256(`${body}\n${hashOfDetails}`);

/** What an event in the chain says of words that are kept beside it. */
export const annexHash = (salt: string, body: string): string => sha256(salt + body);
