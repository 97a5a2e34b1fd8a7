import { z } from 'zod';
import { effect } from '../kernel/index.js';
import type { Check, EffectSpec, EventSpec, States } from '../kernel/index.js';
import {
  AGREEMENT_PARAMETERS,
  agreementChecks,
  agreementDelays,
  agreementEffects,
  agreementEvents,
  firstProposal,
  type AgreementContext,
} from './agreement.js';
import { consentAgain, consentEvents, consentOf } from './consent.js';
import { commonChecks, commonEffects, commonEvents, endStates } from './common.js';
import { GUILD_SIGNATORIES, memberParties, parties } from './parties.js';
import type { Policy } from './policy.js';
import { requestContext, type RequestInput } from './request.js';
import { isMember, canAgree, isNotRestricted, until } from './eligibility.js';
import type { Opening, OpeningFacts, RequestDefinition } from './opening.js';
import { amendEffect, switchDelays, switchedAt, switchEvents, switching, type SwitchContext } from './switching.js';
import { termsSchema, termViolations, type Terms } from './terms.js';
import type { Reason } from '../kernel/index.js';

/** Other terms for a membership that there is: what changing and renewing them have in common. */

export const NEW_TERMS_PARAMETERS = [
  ...AGREEMENT_PARAMETERS,
  'minTermMonths',
  'maxTermMonths',
  'guildShareMaxPercent',
  'nonCompeteMaxMonths',
] as const;

export const newTermsSaid = z.strictObject({ terms: termsSchema });
type Said = z.infer<typeof newTermsSaid>;

const instant = z.iso.datetime({ precision: 3 });
/** The running term, as it was when the request was opened. */
export const runningTerm = z.strictObject({ termStartsAt: instant, termEndsAt: instant });
type RunningTerm = z.infer<typeof runningTerm>;

/** Limits of terms, and of the way to them. */
export type NewTermsPolicy = Omit<Policy, 'joinCoolingOffDays'>;

export interface NewTermsContext extends AgreementContext<Terms>, SwitchContext, RunningTerm {
  readonly policy: NewTermsPolicy;
}

export function newTermsContext<P extends NewTermsPolicy>(
  input: RequestInput<P> & { readonly said: Said; readonly found: RunningTerm },
): NewTermsContext & { readonly policy: P } {
  const context = requestContext<P>(input);
  return {
    ...context,
    ...firstProposal(input.said.terms, input.initiator),
    ...input.found,
    switchAt: null,
  };
}

const newTermsEvents = {
  ...commonEvents,
  ...agreementEvents(termsSchema),
  ...switchEvents,
  ...consentEvents,
} satisfies Record<string, EventSpec>;

export const newTermsChecks = {
  ...commonChecks,
  ...agreementChecks<Terms>((terms, { policy }: { readonly policy: NewTermsPolicy }) => termViolations(terms, policy)),
} satisfies Record<string, Check<NewTermsContext>>;

const newTermsEffects = {
  ...commonEffects,
  ...agreementEffects(termsSchema),
  ...amendEffect(termsSchema),
} satisfies Record<string, EffectSpec>;

export const newTermsDelays = { ...agreementDelays, ...switchDelays };

/** `termFrom`: from when the new term counts, where that is not the switch itself. */
export const switchingTerms = (termFrom: (context: NewTermsContext) => string | null = () => null): States =>
  switching({
    effect: effect<NewTermsContext>('amendMembership', (context, event) => {
      const from = termFrom(context);
      return {
        membershipId: context.membershipId!,
        at: switchedAt(context, event),
        terms: context.terms,
        ...(from !== null && { termFrom: from }),
        consent: consentOf(context),
      };
    }),
    on: consentAgain(memberParties),
  });

export const newTermsEnds = (completed: string): States =>
  endStates({
    completed,
    declined: true,
    withdrawn: true,
    expired: 'Nobody acted in time; the old terms stand until the term ends.',
    rejected: true,
    voided: true,
    superseded: true,
  });

/** Whatever else changes the membership comes first, or has to end first. */
export const OTHER_FLOWS = [
  'AMEND',
  'RENEW',
  'LEAVE_MUTUAL',
  'LEAVE_NOTICE',
  'LEAVE_PROBATION',
  'LEAVE_LOW_ACTIVITY',
  'LEAVE_CAUSE',
  'EXPEL',
  'TRANSFER_AGREED',
  'TRANSFER_PORTABLE',
];

const hasBegun = ({ membership, at }: OpeningFacts): Reason | undefined =>
  until(membership?.startsAt ?? null, at, 'NOT_BEGUN', 'The membership has not begun.');

export const memberOfActiveGuild = (facts: OpeningFacts): (Reason | undefined)[] => [
  isMember(facts),
  hasBegun(facts),
  isNotRestricted(facts),
  canAgree(facts),
];

/** What the openings of both have in common; whoever is opened for, both sides sign. */
export const newTermsOpening = {
  subject: 'MEMBERSHIP',
  said: newTermsSaid,
  by: { BROADCASTER: ['BROADCASTER'], GUARDIAN: ['GUARDIAN'], GUILD: GUILD_SIGNATORIES },
  parties: ({ minor }: OpeningFacts) => memberParties(minor),
  // Without a membership the request is rejected, and no machine asks for its term.
  input: (base: object, { membership, at }: OpeningFacts) => ({
    ...base,
    found: { termStartsAt: membership?.termStartsAt ?? at, termEndsAt: membership?.termEndsAt ?? at },
  }),
} satisfies Partial<Opening>;

/** What the definitions of both have in common. */
export const newTermsDefinition = {
  version: 1,
  parties,
  events: newTermsEvents,
  effects: newTermsEffects,
  supervision: { by: ['SUPPORT'], forcible: ['drafting', 'declined', 'withdrawn', 'expired'] },
  timeZone: (context: NewTermsContext) => context.timeZone,
} satisfies Partial<RequestDefinition>;

/** The policy's limits, all violations at once. */
export const outOfLimits = ({ terms }: Said, { policy }: OpeningFacts): Reason[] =>
  termViolations(terms, policy as unknown as NewTermsPolicy);
