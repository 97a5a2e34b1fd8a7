import { z } from 'zod';
import { annexFields, effect, INTERVENTION_CODES, permits, set } from '../kernel/index.js';
import type { Check, EffectSpec, EventSpec, Reason, StateConfig, States, WorkflowEvent } from '../kernel/index.js';
import { about, interruptible, refusedFor, tell } from './common.js';
import { answering, draftingDelays, proposalChecks, draftingEvents, type Agreement } from './drafting.js';
import { endingChecks, endingEvents } from './ending.js';
import { actingAs, actingParty, EVERY_PARTY, partiesIn, type Party } from './parties.js';
import type { Parameters } from './parameters.js';
import { flatTerms, type RequestContext } from './request.js';
import {
  reminder,
  revoked,
  signed,
  signingChecks,
  signingDelays,
  signingEvents,
  unsignedParties,
  type Signatures,
} from './signing.js';

/** Drafting and signing for any number of parties and any terms: proposals to and fro, one text, everybody's signature on it. */

export type AgreementPolicy = Parameters<'guildResponseDays' | 'proposalTtlDays' | 'signatureWindowDays' | 'maxDraftRounds'>;
export const AGREEMENT_PARAMETERS = ['guildResponseDays', 'proposalTtlDays', 'signatureWindowDays', 'maxDraftRounds'] as const;

export interface AgreementContext<Terms = unknown> extends RequestContext {
  readonly policy: AgreementPolicy;
  readonly terms: Terms;
  /** Number of the proposal, from 1; the agreement's version. */
  readonly version: number;
  readonly proposedBy: Party;
  /** Rendered text of this version; null while it is being rendered. */
  readonly agreement: Agreement | null;
  readonly signatures: Signatures;
  /** Others than the initiator have heard of the request. */
  readonly told: boolean;
}

/** The part of a context that the first proposal gives. */
export const firstProposal = <Terms>(terms: Terms, initiator: Party) => ({
  terms,
  version: 1,
  proposedBy: initiator,
  agreement: null,
  signatures: {},
  told: false,
});

export const agreementEvents = <Terms extends z.ZodType>(terms: Terms) =>
  ({
    ...draftingEvents,
    PROPOSE_TERMS: { title: 'Propose other terms', by: EVERY_PARTY, input: z.strictObject({ terms, ...actingAs }) },
    ...signingEvents,
    DECLINE_REQUEST: endingEvents.DECLINE_REQUEST,
    WITHDRAW_REQUEST: endingEvents.WITHDRAW_REQUEST,
    CORRECT_REQUEST: {
      title: 'Correct the terms',
      by: ['SUPPORT'],
      input: z.strictObject({ terms, reasonCode: z.enum(INTERVENTION_CODES), ...annexFields }),
    },
  }) satisfies Record<string, EventSpec>;

const sameJson = (a: unknown, b: unknown): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** `violations`: everything in which terms break the pinned policy, all at once. */
export const agreementChecks = <Terms>(violations: (terms: Terms, context: never) => readonly Reason[]) =>
  ({
    ...endingChecks,
    ...proposalChecks,
    ...signingChecks,
    isWithinPolicy: ({ context, payload }) => (payload ? violations(payload['terms'] as Terms, context as never) : []),
    changesTerms: ({ context, payload }): Reason[] =>
      payload && sameJson(payload['terms'], context.terms)
        ? [{ code: 'TERMS_UNCHANGED', message: 'These are the terms that already stand.', field: 'terms' }]
        : [],
  }) satisfies Record<string, Check<AgreementContext>>;

export const agreementDelays = { ...draftingDelays, ...signingDelays };

const version = z.int().min(1).max(1000);

/** What the effect that draws up the text reads; each kind's own terms are bounded by its schema. */
export const renderedTerms = z.strictObject({ version, terms: flatTerms });

export const agreementEffects = (terms: z.ZodType) =>
  ({
    renderAgreement: { mode: 'transaction', params: z.strictObject({ version, terms }), refused: 'RENDERING_REFUSED' },
  }) satisfies Record<string, EffectSpec>;

type Proposal = WorkflowEvent & { readonly terms: unknown; readonly as?: Party };

const proposed = (context: AgreementContext, event: Proposal): Partial<AgreementContext> => ({
  terms: event.terms,
  version: context.version + 1,
  proposedBy: actingParty(event, context),
  agreement: null,
  signatures: {},
});

/** A correction is nobody's proposal: whose turn it was stays, and the parties look at the new text anew. */
const corrected = (context: AgreementContext, event: Proposal): Partial<AgreementContext> => ({
  terms: event.terms,
  version: context.version + 1,
  agreement: null,
  signatures: {},
});

export const correction: StateConfig = {
  guard: permits('isWithinPolicy', 'changesTerms'),
  target: 'rendering',
  actions: set(corrected),
};

const beforeAllSigned: StateConfig = {
  DECLINE_REQUEST: { guard: permits('isAskedParty'), target: 'declined' },
  WITHDRAW_REQUEST: { guard: permits('isInitiator'), target: 'withdrawn' },
  CORRECT_REQUEST: correction,
  ...interruptible,
};

export interface Negotiation {
  /** Where all signatures lead. */
  readonly signed: string;
  /** Where silence on a proposal leads; `expired` unless said otherwise. */
  readonly unanswered?: unknown;
  /** Where silence on the text leads, when a signature is missing; `expired` unless said otherwise. */
  readonly unsigned?: unknown;
  /** More events that a kind takes while signatures are missing. */
  readonly on?: StateConfig;
}

export const negotiation = ({ signed: to, unanswered = 'expired', unsigned = 'expired', on = {} }: Negotiation): States => ({
  rendering: {
    ...about({
      title: 'Rendering',
      description: 'The text of the agreement is made from the proposed terms.',
      phase: 'drafting',
    }),
    entry: effect<AgreementContext>('renderAgreement', ({ version, terms }) => ({ version, terms })),
    on: {
      AGREEMENT_RENDERED: {
        guard: permits('isCurrentVersion'),
        target: 'drafting',
        actions: set<AgreementContext, { agreementId: string; sha256: string }>((_context, { agreementId, sha256 }) => ({
          agreement: { agreementId, sha256 },
          told: true,
        })),
      },
      RENDERING_REFUSED: { target: 'rejected', actions: set(refusedFor) },
    },
  },
  drafting: {
    ...about({
      title: 'Drafting',
      description: 'A proposal is open; the other party accepts it, proposes other terms or declines.',
      phase: 'drafting',
      awaits: (context: AgreementContext) => answering(context),
      acts: ['ACCEPT_TERMS', 'PROPOSE_TERMS'],
    }),
    entry: tell('TERMS_PROPOSED', (context) => answering(context as AgreementContext)),
    on: {
      ACCEPT_TERMS: { guard: permits('isAnswering', 'isCurrentVersion'), target: 'signing' },
      PROPOSE_TERMS: {
        guard: permits('isAnswering', 'isBelowRoundLimit', 'isWithinPolicy', 'changesTerms'),
        target: 'rendering',
        actions: set(proposed),
      },
      ...beforeAllSigned,
      ...on,
    },
    after: { response: unanswered },
  },
  signing: {
    ...about({
      title: 'Signing',
      description: 'The terms are agreed; each party signs the same text, when it is its turn.',
      phase: 'signing',
      awaits: (context: AgreementContext) => unsignedParties(context),
      acts: ['SIGN_AGREEMENT'],
    }),
    entry: tell('AGREEMENT_READY'),
    always: { guard: permits('isSignedByAll'), target: to },
    on: {
      // Without a target: a signature does not restart the window.
      SIGN_AGREEMENT: {
        guard: permits('mayStandFor', 'hasNotSigned', 'isTheirTurn', 'isShownAgreement', 'isCurrentVersion', 'isOfLevel'),
        actions: [set(signed), tell('SIGNATURE_ADDED')],
      },
      REVOKE_SIGNATURE: { guard: permits('hasSigned'), actions: [set(revoked), tell('SIGNATURE_REVOKED')] },
      PROPOSE_TERMS: {
        guard: permits('isForEitherParty', 'isBelowRoundLimit', 'isWithinPolicy', 'changesTerms'),
        target: 'rendering',
        actions: set(proposed),
      },
      ...beforeAllSigned,
      ...on,
    },
    after: { signatureWindow: unsigned, signatureReminder: { actions: reminder<AgreementContext>(partiesIn) } },
  },
});
