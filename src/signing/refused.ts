import type { Reason } from '../../workflows/kernel/index.js';
import type { Transaction } from '../engine/index.js';

/** Why a command of this feature is not carried out. */
export interface Refused {
  readonly code: string;
  readonly reasons: readonly Reason[];
}

export const refused = (code: string, message: string, more: Partial<Reason> = {}): Refused => ({
  code,
  reasons: [{ code, message, ...more }],
});

export const isRefused = (answer: object): answer is Refused => 'reasons' in answer;

/** The time of the transaction, cut to milliseconds as everywhere. */
export async function now(tx: Transaction): Promise<string> {
  const { rows } = await tx.query<{ at: Date }>(`select date_trunc('milliseconds', guildhall.now()) as at`);
  return rows[0]!.at.toISOString();
}

export const after = (instant: Date | string, ms: number): string => new Date(new Date(instant).getTime() + ms).toISOString();
