import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { annexHash } from '../verify/chain.js';
import type { Annex, AnnexReference, Transaction } from './types.js';

export interface SaltedAnnex extends Annex {
  readonly id: string;
  readonly salt: string;
}

/** Gives a person's words an id and a salt, without which the hash of a short text could be guessed back. */
export function salted(annex: Annex): SaltedAnnex {
  return { ...annex, id: uuidv7(), salt: randomBytes(16).toString('hex') };
}

export const referenceTo = ({ id, salt, body }: SaltedAnnex): AnnexReference => ({
  annexId: id,
  annexHash: annexHash(salt, body),
});

/** Puts the id and the salted hash of a person's words into the event; the words themselves stay outside the chain. */
export function withAnnex<Event extends object>(event: Event, annex: Annex | undefined): { event: Event; annex?: SaltedAnnex } {
  if (!annex) return { event };
  const kept = salted(annex);
  return { event: { ...event, ...referenceTo(kept) }, annex: kept };
}

export async function insertAnnex(tx: Transaction, annex: SaltedAnnex, instanceId: string, seq: number): Promise<void> {
  await tx.query('insert into guildhall.annex (id, instance_id, seq, kind, salt, body) values ($1, $2, $3, $4, $5, $6)', [
    annex.id,
    instanceId,
    seq,
    annex.kind,
    annex.salt,
    annex.body,
  ]);
}
