import { z } from 'zod';
import { annexFields } from '../../kernel/index.js';
import type { EffectSpec, EventSpec } from '../../kernel/index.js';
import {
  abandonEffect,
  actingAs,
  BROADCASTER_SIDE,
  commonEffects,
  commonEvents,
  contestEffects,
  contestEvents,
  GUILD_SIGNATORIES,
  STATEMENT_OBJECTIONS,
} from '../../phases/index.js';
import { ESCROW_REASONS, PAYOUT_FAILURE_CODES, payoutReference, RELEASE_REASONS } from './payouts.js';

const by = [...BROADCASTER_SIDE, ...GUILD_SIGNATORIES, 'GUILD_FINANCE'];
const id = z.uuid();

/** The details of a payee (a name, an account) are the payout system's, outside; here is only its id for them. */
const payee = { payeeId: id };

export const changePayeeParams = z.strictObject({ broadcasterId: id, by: z.enum(['SELF', 'GUARDIAN']), ...payee });

export const effects = {
  ...abandonEffect,
  ...commonEffects,
  ...contestEffects,
  changePayee: { mode: 'transaction', params: changePayeeParams },
} satisfies Record<string, EffectSpec>;

export const events = {
  VOID_REQUEST: commonEvents.VOID_REQUEST,
  ...contestEvents,
  AGREE_STATEMENT: { title: 'Agree to the statement', by, input: z.strictObject(actingAs), whileHeld: true },
  OBJECT_TO_STATEMENT: {
    title: 'Object to the statement',
    by,
    input: z.strictObject({ ground: z.enum(STATEMENT_OBJECTIONS), ...annexFields, ...actingAs }),
  },
  // What has happened outside is recorded during a hold too: not to know of a payout would be the way to make a second one.
  PAYOUT_SUCCEEDED: {
    title: 'Report that it was paid out',
    by: ['SUPPORT'],
    input: z.strictObject({ reference: payoutReference, ...annexFields }),
    whileHeld: true,
  },
  PAYOUT_FAILED: {
    title: 'Report that a payout failed',
    by: ['SUPPORT'],
    input: z.strictObject({ reference: payoutReference, code: z.enum(PAYOUT_FAILURE_CODES), ...annexFields }),
    whileHeld: true,
  },
  NAME_PAYEE: { title: 'Name a new payee', by: BROADCASTER_SIDE, input: z.strictObject({ ...payee, ...actingAs }) },
  PAYEE_NAMED: { title: 'The new payee is on record', by: [], input: z.strictObject({}) },
  PAYEE_CHANGED: {
    title: 'The payee or the identity was changed',
    by: [],
    input: z.strictObject({ change: z.enum(['PAYEE', 'IDENTITY']), payeeId: id.nullable() }),
  },
  ESCROW_PAYMENT: {
    title: 'Keep the funds in escrow',
    by: ['SUPPORT'],
    input: z.strictObject({ reasonCode: z.enum(ESCROW_REASONS), ...annexFields }),
    whileHeld: true,
  },
  RELEASE_ESCROW: {
    title: 'Release the funds from escrow',
    by: ['SUPPORT'],
    input: z.strictObject({ reasonCode: z.enum(RELEASE_REASONS), ...annexFields }),
  },
} satisfies Record<string, EventSpec>;
