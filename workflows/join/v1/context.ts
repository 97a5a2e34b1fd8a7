import { z } from 'zod';
import { isTimeZone, reasonsSchema } from '../../kernel/index.js';
import type { Actor, Reason } from '../../kernel/index.js';
import { NO_SIGNATURES, partySchema, policySchema, termsSchema, termViolations } from '../../phases/index.js';
import type { draftingEvents, endingEvents, settlementEvents, signingEvents, SigningContext } from '../../phases/index.js';

export const inputSchema = z.strictObject({
  requestId: z.uuid(),
  broadcasterId: z.uuid(),
  guildId: z.uuid(),
  initiator: partySchema,
  /** IANA name of the region's time zone, in which days are counted. */
  timeZone: z
    .string()
    .max(64)
    .regex(/^[A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+)*$/)
    .refine(isTimeZone, 'This time zone is not known.'),
  currency: z.string().regex(/^[A-Z]{3}$/),
  policy: policySchema,
  /** The initiator's first proposal. */
  terms: termsSchema,
  /** Everything that speaks against the request, found before its start; empty: eligible. */
  eligibilityFailures: reasonsSchema,
});

export type JoinInput = z.infer<typeof inputSchema>;

export interface JoinContext extends SigningContext {
  readonly broadcasterId: string;
  readonly guildId: string;
  readonly currency: string;
  readonly switchAt: string | null;
  readonly membershipId: string | null;
  /** Why the request was rejected. */
  readonly reasons: readonly Reason[];
}

/** Ids, codes, numbers and instants only: what is written here stays in the chain for good. */
export function initialContext({ eligibilityFailures, ...input }: JoinInput): JoinContext {
  return {
    broadcasterId: input.broadcasterId,
    guildId: input.guildId,
    initiator: input.initiator,
    timeZone: input.timeZone,
    currency: input.currency,
    policy: input.policy,
    terms: input.terms,
    version: 1,
    proposedBy: input.initiator,
    agreement: null,
    signatures: NO_SIGNATURES,
    switchAt: null,
    membershipId: null,
    reasons: [...eligibilityFailures, ...termViolations(input.terms, input.policy)],
  };
}

type Specs = typeof draftingEvents & typeof signingEvents & typeof endingEvents & typeof settlementEvents;

export type JoinEvent = {
  [Type in keyof Specs]: { type: Type; at: string; actor: Actor } & z.infer<Specs[Type]['input']>;
}[keyof Specs];
