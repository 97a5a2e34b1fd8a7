import { createHash } from 'node:crypto';
import { canonicalize } from 'json-canonicalize';
import type { Json } from '../../workflows/kernel/index.js';

/** RFC 8785: one text for one value, so that a hash over it means the value. */
export function canonicalText(value: unknown): string {
  return canonicalize(value);
}

export function parse(text: string): Json {
  return JSON.parse(text) as Json;
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
  return createHash('sha256')
    .update(
      `${previous}\n${link.instanceId}\n${String(link.seq)}\n${link.source}\n${link.fromState ?? ''}\n${link.state}\n${link.event}`,
    )
    .digest('hex');
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
