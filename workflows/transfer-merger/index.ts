import { z } from 'zod';
import { defineMachine, effect, set } from '../kernel/index.js';
import type { Check, EffectSpec, EventSpec, Reason } from '../kernel/index.js';
import {
  allOf,
  commonChecks,
  commonEffects,
  eligibility,
  endStates,
  isMember,
  later,
  noOpenFlow,
  offerSchema,
  parties,
  pinned,
  requestContext,
  requestInput,
  statementEffect,
  statementEvents,
  stating,
  switchEvents,
  switching,
  takesMembers,
  tell,
  transferEffect,
  type Offer,
  type OpeningFacts,
  type RequestDefinition,
  type SwitchContext,
} from '../phases/index.js';

/**
 * A guild goes over into another, and a member who has not left goes with it: on the same terms, at the announced instant. Nobody
 * is asked: who did not want this had the time of the notice to leave freely.
 */

const instant = z.iso.datetime({ precision: 3 });
const policy = pinned();
const said = z.strictObject({
  /** The announced instant; now when left out. */
  effectiveAt: instant.exactOptional(),
});
type Said = z.infer<typeof said>;
/** The terms stay as they are, whatever the policy of today says. Null: there is no membership, and the request is rejected. */
const input = requestInput(policy, said).extend({ switchAt: instant, terms: offerSchema.nullable(), termFrom: instant });
type Input = z.infer<typeof input>;

interface MergerContext extends SwitchContext {
  readonly policy: z.infer<typeof policy>;
  readonly terms: Offer | null;
  /** From when the term counts: it began in the guild that is left. */
  readonly termFrom: string;
  readonly gainedMembershipId: string | null;
  readonly paymentId: string | null;
}

const events = { ...switchEvents, ...statementEvents } satisfies Record<string, EventSpec>;
const effects = {
  ...commonEffects,
  ...transferEffect(offerSchema),
  ...statementEffect,
} satisfies Record<string, EffectSpec>;
const checks = { ...commonChecks } satisfies Record<string, Check<MergerContext>>;

const machine = defineMachine<MergerContext, Input>({
  id: 'TRANSFER_MERGER',
  checks,
  delays: {},
  context: ({ switchAt, terms, termFrom, ...given }) => ({
    ...requestContext<z.infer<typeof policy>>({ ...given, said: null }),
    switchAt,
    terms,
    termFrom,
    gainedMembershipId: null,
    paymentId: null,
  }),
  initial: 'eligibility',
  states: {
    // No state waits for anybody: ten thousand of these are made at once.
    ...eligibility('switching'),
    ...switching({
      effect: effect<MergerContext>('transferMembership', ({ membershipId, gainingGuildId, switchAt, terms, termFrom }) => ({
        membershipId: membershipId!,
        gainingGuildId: gainingGuildId!,
        at: switchAt!,
        terms: terms!,
        lockDays: 0,
        merger: { termFrom },
      })),
      to: 'stating',
      made: [
        set<MergerContext, { membershipId: string }>((_context, { membershipId }) => ({ gainedMembershipId: membershipId })),
        tell('MEMBERSHIP_SWITCHED'),
      ],
    }),
    ...stating(),
    ...endStates({
      completed: 'The broadcaster belongs to the guild that the old one has gone over into, on the same terms.',
      rejected: true,
    }),
  },
});

/** Whoever is leaving leaves: the exit goes on in the old guild, and nothing of it begins anew. */
const EXITS = [
  'LEAVE_MUTUAL',
  'LEAVE_PROBATION',
  'LEAVE_LOW_ACTIVITY',
  'LEAVE_NOTICE',
  'LEAVE_CAUSE',
  'LEAVE_MINOR',
  'EXPEL',
  'RELEASE',
  'TRANSFER_AGREED',
  'TRANSFER_PORTABLE',
] as const;

const isMerged = ({ guild, gainingGuild, at }: OpeningFacts): Reason | undefined =>
  guild.mergesAt !== null && guild.mergesAt <= at && guild.mergesInto === gainingGuild!.id
    ? undefined
    : { code: 'NOT_MERGED', message: 'The guild has not gone over into the other one.' };

/** No cap: a merger takes everybody, or it would leave behind those who came last. */
const failures = (facts: OpeningFacts): Reason[] =>
  allOf(isMember(facts), isMerged(facts), takesMembers(facts.gainingGuild!), noOpenFlow(facts, EXITS));

/** Not before the merger, nor later than now: between them lies what a membership can be said to have been. */
const objections = ({ effectiveAt }: Said, { guild, at }: OpeningFacts): Reason[] =>
  effectiveAt === undefined || (guild.mergesAt !== null && guild.mergesAt <= effectiveAt && effectiveAt <= at)
    ? []
    : [{ code: 'BAD_INSTANT', message: 'It is between the time of the merger and now.', field: 'effectiveAt' }];

/** When the first membership was to begin is nothing that could be carried over. */
const carried = ({ guildSharePercent, termMonths }: Readonly<Record<string, unknown>>) => ({ guildSharePercent, termMonths });

export const transferMerger: RequestDefinition = {
  kind: 'TRANSFER_MERGER',
  version: 1,
  title: 'Go over with a merged guild',
  description:
    'The platform moves a remaining member into the guild that the old one has gone over into: same terms, no lock, no cap.',
  machine,
  input,
  parties,
  events,
  checks,
  effects,
  delays: {},
  policy,
  supervision: { by: ['SUPPORT'], forcible: [] },
  timeZone: (context: MergerContext) => context.timeZone,
  opening: {
    subject: 'TRANSFER',
    said,
    by: { PLATFORM: ['SUPPORT'] },
    parties: ({ minor }) => ['BROADCASTER', ...(minor ? (['GUARDIAN'] as const) : []), 'GUILD', 'GAINING_GUILD', 'PLATFORM'],
    template: null,
    objections,
    eligibility: failures,
    supersedes: ['AMEND', 'RENEW'],
    input: (base, { at, membership }) => ({
      ...base,
      switchAt: later((base['said'] as Said).effectiveAt ?? at, membership?.startsAt),
      terms: membership && carried(membership.terms),
      termFrom: membership?.termStartsAt ?? at,
    }),
  },
};
