import { z } from 'zod';
import { daysInMs, eventTime, reasonsSchema } from '../kernel/index.js';
import type { Check, EventSpec, Reason } from '../kernel/index.js';
import type { EndingContext } from './ending.js';
import { actingAs, actingParty, EVERY_PARTY, forParty, partiesIn, sideOf, type Party } from './parties.js';
import type { Policy } from './policy.js';
import { isSameTerms, termsSchema, termViolations, type Terms } from './terms.js';

/** Proposals go to and fro, each rendered as an agreement text, until one is accepted or nobody answers in time. */

export interface Agreement {
  readonly agreementId: string;
  /** Of the rendered text, hex: what a signature binds. */
  readonly sha256: string;
}

/** A proposal on the table, whatever its terms are. */
export interface ProposalContext extends EndingContext {
  readonly policy: Pick<Policy, 'maxDraftRounds' | 'guildResponseDays' | 'proposalTtlDays' | 'signatureWindowDays'>;
  readonly timeZone: string;
  /** Number of the proposal, from 1; the agreement's version. */
  readonly version: number;
  readonly proposedBy: Party;
  /** Rendered text of this version; null while it is being rendered. */
  readonly agreement: Agreement | null;
}

export interface DraftingContext extends ProposalContext {
  readonly policy: Policy;
  readonly terms: Terms;
}

const version = z.int().min(1).max(1000);

/** A text as the chain names it; `documentSha256`: of the same as data, where there is such. */
export const drawnUp = {
  agreementId: z.uuid(),
  sha256: z.hash('sha256'),
  documentSha256: z.hash('sha256').exactOptional(),
};

export const draftingEvents = {
  PROPOSE_TERMS: { title: 'Propose other terms', by: EVERY_PARTY, input: z.strictObject({ terms: termsSchema, ...actingAs }) },
  ACCEPT_TERMS: { title: 'Accept the terms', by: EVERY_PARTY, input: z.strictObject({ version, ...actingAs }) },
  AGREEMENT_RENDERED: {
    title: 'The agreement was rendered',
    by: [],
    input: z.strictObject({ version, ...drawnUp }),
  },
  RENDERING_REFUSED: { title: 'The agreement could not be rendered', by: [], input: z.strictObject({ reasons: reasonsSchema }) },
} satisfies Record<string, EventSpec>;

export const renderParams = z.strictObject({ version, terms: termsSchema });

/** Who has to answer the open proposal; the platform consents by its signature alone. */
export const answering = (context: ProposalContext): Party[] =>
  partiesIn(context).filter((party) => party !== 'PLATFORM' && sideOf(party) !== sideOf(context.proposedBy));

/** `field` is always the payload's, so that a form can show the reason where it arose. */
export const proposalChecks = {
  isBelowRoundLimit: ({ context }) =>
    context.version < context.policy.maxDraftRounds
      ? []
      : [
          {
            code: 'ROUND_LIMIT',
            message: `There may be at most ${String(context.policy.maxDraftRounds)} proposals; accept or decline this one.`,
          },
        ],
  isAnswering: forParty((party, { context }) =>
    sideOf(party) !== sideOf(context.proposedBy)
      ? []
      : [{ code: 'OWN_PROPOSAL', message: 'The open proposal is your own; the other party has to answer it.' }],
  ),
  isForEitherParty: forParty(() => []),
  isCurrentVersion: ({ context, payload }) =>
    !payload || payload['version'] === context.version
      ? []
      : [
          {
            code: 'OUTDATED_VERSION',
            message: `The current version is ${String(context.version)}; read it first.`,
            field: 'version',
          },
        ],
} satisfies Record<string, Check<ProposalContext>>;

export const draftingChecks = {
  ...proposalChecks,
  isWithinPolicy: ({ context, payload }) => (payload ? termViolations(payload['terms'] as Terms, context.policy) : []),
  changesTerms: ({ context, payload }): Reason[] =>
    payload && isSameTerms(payload['terms'] as Terms, context.terms)
      ? [{ code: 'TERMS_UNCHANGED', message: 'These are the terms that already stand.', field: 'terms' }]
      : [],
} satisfies Record<string, Check<DraftingContext>>;

/** A new proposal replaces the text; whatever was agreed or signed on the old one no longer counts. */
export function proposed(context: DraftingContext, event: Parameters<typeof actingParty>[0] & { readonly terms: Terms }) {
  return { terms: event.terms, version: context.version + 1, proposedBy: actingParty(event, context), agreement: null };
}

export const draftingDelays = {
  /** A guild has its own time to answer an application; every later proposal stands for `proposalTtlDays`. */
  response: {
    title: 'The time to answer the proposal is over',
    ms: ({ context, event }: { context: ProposalContext; event: unknown }) => {
      const { policy, timeZone, initiator } = context;
      const isApplication = context.version === 1 && initiator === 'BROADCASTER';
      return daysInMs(eventTime(event), isApplication ? policy.guildResponseDays : policy.proposalTtlDays, timeZone);
    },
  },
};
