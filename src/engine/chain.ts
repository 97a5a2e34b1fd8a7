import { createHash } from 'node:crypto';
import type { Json } from '../../workflows/kernel/index.js';

/**
 * RFC 8785: one text for one value, so that a hash over it means the value. The RFC takes strings and numbers as JavaScript
 * writes them, so only the order of the keys is left to do; a library that did it cost a fifth of the time of a send.
 * What has no JSON is left out of an object, is null in an array, and throws as a number.
 */
export function canonicalText(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`The number ${String(value)} has no JSON.`);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalText(item ?? null)).join(',')}]`;
  if ('toJSON' in value) return canonicalText(JSON.parse(JSON.stringify(value)));
  let text = '';
  const object = value as Readonly<Record<string, unknown>>;
  // By UTF-16 code units, as the RFC wants it and `sort` does it.
  for (const key of Object.keys(object).sort()) {
    const member = object[key];
    if (member !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalText(member)}`;
  }
  return `{${text}}`;
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
