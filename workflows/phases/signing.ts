import { z } from 'zod';
import { daysInMs, eventTime } from '../kernel/index.js';
import type { Check, EventSpec, WorkflowEvent } from '../kernel/index.js';
import type { DraftingContext, ProposalContext } from './drafting.js';
import { actingAs, actingParty, EVERY_PARTY, forParty, partiesIn, type Party } from './parties.js';

/** All parties sign the same text, in any order, within a window. */

export interface Signature {
  /** The person who signed. */
  readonly by: string;
  readonly at: string;
}

/** Every signature here is on `agreement.sha256`: another text empties the table. */
export type Signatures = Readonly<Partial<Record<Party, Signature | null>>>;

export interface Signed {
  readonly signatures: Signatures;
}

/** Signatures on the proposal on the table. */
export interface SignedProposal extends ProposalContext, Signed {}

export type SigningContext = DraftingContext & SignedProposal;

/** Of the two parties of old; a context that names its parties begins with an empty table. */
export const NO_SIGNATURES: Signatures = { BROADCASTER: null, GUILD: null };

export const signingEvents = {
  SIGN_AGREEMENT: {
    title: 'Sign the agreement',
    by: [...EVERY_PARTY, 'SUPPORT'],
    input: z.strictObject({ sha256: z.hash('sha256'), version: z.int().min(1).max(1000), ...actingAs }),
  },
  REVOKE_SIGNATURE: {
    title: 'Revoke the signature',
    by: [...EVERY_PARTY, 'SUPPORT'],
    input: z.strictObject(actingAs),
    whileHeld: true,
  },
} satisfies Record<string, EventSpec>;

export const unsignedParties = (context: SignedProposal): Party[] =>
  partiesIn(context).filter((party) => !context.signatures[party]);

export const signingChecks = {
  /** The hash must be that of the text as it stands: signing binds what was shown, never what it has become since. */
  isShownAgreement: ({ context, payload }) =>
    !payload || payload['sha256'] === context.agreement?.sha256
      ? []
      : [
          {
            code: 'DIFFERENT_AGREEMENT',
            message: 'The agreement is no longer the one that you were shown; read it again.',
            field: 'sha256',
          },
        ],
  hasNotSigned: forParty<Signed>((party, { context }) =>
    context.signatures[party] ? [{ code: 'ALREADY_SIGNED', message: 'Your party has signed already.' }] : [],
  ),
  hasSigned: forParty<Signed>((party, { context }) =>
    context.signatures[party]
      ? []
      : [{ code: 'NOT_SIGNED', message: 'Your party has not signed, so there is nothing to revoke.' }],
  ),
  isSignedByAll: ({ context }) =>
    unsignedParties(context).length === 0 ? [] : [{ code: 'SIGNATURE_MISSING', message: 'Not every party has signed.' }],
} satisfies Record<string, Check<SignedProposal>>;

type PartyAct = Pick<WorkflowEvent, 'at' | 'actor'> & { readonly as?: Party };

export const signed = (context: Signed, event: PartyAct) => ({
  signatures: { ...context.signatures, [actingParty(event, context)]: { by: event.actor.id, at: event.at } },
});

export const revoked = (context: Signed, event: PartyAct) => ({
  signatures: { ...context.signatures, [actingParty(event, context)]: null },
});

export const signingDelays = {
  signatureWindow: {
    title: 'The time to sign is over',
    ms: ({ context, event }: { context: SignedProposal; event: unknown }) =>
      daysInMs(eventTime(event), context.policy.signatureWindowDays, context.timeZone),
  },
};
