import { z } from 'zod';
import { annexFields, defineMachine, effect, permits } from '../kernel/index.js';
import type { Check, EffectSpec, EventSpec, Reason } from '../kernel/index.js';
import {
  about,
  allOf,
  commonChecks,
  commonEffects,
  commonEvents,
  eligibility,
  endEffect,
  endStates,
  isMember,
  later,
  noOpenFlow,
  parties,
  pinned,
  requestContext,
  requestInput,
  scheduledSwitch,
  statementEffect,
  statementEvents,
  stating,
  switchDelays,
  switchEvents,
  switchedAt,
  switching,
  until,
  type OpeningFacts,
  type RequestDefinition,
  type SwitchContext,
} from '../phases/index.js';

/** The platform releases a member: the guild is closed or inactive, the term is over, or a rule of inactivity says so. No fee, no notice. */

export const RELEASE_GROUNDS = ['GUILD_INACTIVE', 'GUILD_CLOSED', 'TERM_ENDED', 'INACTIVITY_RULE'] as const;
/** Grounds that concern every member of a guild alike. */
export const GUILD_RELEASE_GROUNDS = ['GUILD_INACTIVE', 'GUILD_CLOSED'] as const;

const policy = pinned();
const said = z.strictObject({
  ground: z.enum(RELEASE_GROUNDS),
  /** At once when left out or past. */
  effectiveAt: z.iso.datetime({ precision: 3 }).exactOptional(),
  /** Of `TERM_ENDED`: as of the instant at which the term was over, however late somebody comes to it. */
  asOfTermEnd: z.literal(true).exactOptional(),
  ...annexFields,
});
type Said = z.infer<typeof said>;
const input = requestInput(policy, said).extend({ termEndsAt: z.iso.datetime({ precision: 3 }).nullable().exactOptional() });
type Input = z.infer<typeof input>;

interface ReleaseContext extends SwitchContext {
  readonly policy: z.infer<typeof policy>;
  readonly ground: Said['ground'];
  readonly paymentId: string | null;
}

const events = { ...commonEvents, ...switchEvents, ...statementEvents } satisfies Record<string, EventSpec>;
const effects = { ...commonEffects, ...endEffect, ...statementEffect } satisfies Record<string, EffectSpec>;

const checks = {
  ...commonChecks,
  isDue: ({ context, at }) =>
    Date.parse(context.switchAt!) <= Date.parse(at)
      ? []
      : [{ code: 'NOT_DUE', message: 'The time of the release has not come.', until: context.switchAt! }],
} satisfies Record<string, Check<ReleaseContext>>;

const machine = defineMachine<ReleaseContext, Input>({
  id: 'RELEASE',
  checks,
  delays: switchDelays,
  context: ({ at, said: { ground, effectiveAt, asOfTermEnd }, termEndsAt = null, ...given }) => ({
    ...requestContext<z.infer<typeof policy>>({ ...given, said: null }),
    ground,
    paymentId: null,
    switchAt: asOfTermEnd && termEndsAt !== null ? termEndsAt : later(at, effectiveAt),
  }),
  initial: 'eligibility',
  states: {
    ...eligibility('scheduling'),
    // Without a timer where none is needed: ten thousand of these are made at once.
    scheduling: {
      ...about({ title: 'Scheduling', description: 'It is looked at when the release takes effect.', phase: 'settlement' }),
      always: [{ guard: permits('isDue'), target: 'switching' }, { target: 'settlement' }],
    },
    ...scheduledSwitch({ description: 'The platform releases the broadcaster at the chosen time.' }),
    ...switching({
      effect: effect<ReleaseContext>('endMembership', (context, event) => ({
        membershipId: context.membershipId!,
        endsAt: switchedAt(context, event),
        endKind: context.ground === 'TERM_ENDED' ? 'EXPIRY' : 'ENFORCED',
        endCause: context.ground,
        atFault: null,
      })),
      to: 'stating',
    }),
    ...stating(),
    ...endStates({ completed: 'The platform has released the broadcaster.', rejected: true, voided: true, superseded: true }),
  },
});

function isReleased({ guild, rules, membership, at }: OpeningFacts, { ground, asOfTermEnd }: Said): Reason | undefined {
  if (asOfTermEnd && ground !== 'TERM_ENDED')
    return { code: 'NO_TERM', message: 'Only the end of a term ends a membership as of the end of its term.' };
  switch (ground) {
    case 'GUILD_CLOSED':
      return guild.status === 'CLOSED' ? undefined : { code: 'GUILD_NOT_CLOSED', message: 'The guild is not closed.' };
    case 'GUILD_INACTIVE':
      return guild.status === 'CLOSED' || rules['inactiveGuild'] === true
        ? undefined
        : { code: 'GUILD_NOT_INACTIVE', message: 'By the tests of the policy the guild is not inactive.' };
    case 'TERM_ENDED':
      if (membership === null) return undefined;
      return Date.parse(membership.termEndsAt) > Date.parse(membership.startsAt)
        ? until(membership.termEndsAt, at, 'TERM_NOT_OVER', 'The term of the membership is not over.')
        : { code: 'NO_TERM', message: 'The membership has no term that could end.' };
    // A rule of the region that the platform itself has applied to this member: nothing here could judge it again.
    case 'INACTIVITY_RULE':
      return undefined;
  }
}

export const release: RequestDefinition = {
  kind: 'RELEASE',
  version: 1,
  title: 'Release a member',
  description:
    'The platform ends a membership because the guild is inactive or closed, the term is over or a rule of inactivity says so. No fee.',
  machine,
  input,
  parties,
  events,
  checks,
  effects,
  delays: switchDelays,
  policy,
  supervision: { by: ['SUPPORT'], forcible: ['settlement'] },
  timeZone: (context: ReleaseContext) => context.timeZone,
  opening: {
    subject: 'MEMBERSHIP',
    said,
    by: { PLATFORM: ['SUPPORT'] },
    parties: ({ minor }) => (minor ? ['BROADCASTER', 'GUARDIAN', 'GUILD', 'PLATFORM'] : ['BROADCASTER', 'GUILD', 'PLATFORM']),
    template: null,
    input: (base, { membership }) => ({ ...base, termEndsAt: membership?.termEndsAt ?? null }),
    rules: ({ ground }: Said) => (ground === 'GUILD_INACTIVE' ? ['inactiveGuild'] : []),
    eligibility: (facts, given: Said) => allOf(isMember(facts), isReleased(facts, given), noOpenFlow(facts, ['RELEASE'])),
    supersedes: [
      'LEAVE_MUTUAL',
      'LEAVE_PROBATION',
      'LEAVE_LOW_ACTIVITY',
      'LEAVE_NOTICE',
      'LEAVE_CAUSE',
      'LEAVE_MINOR',
      'EXPEL',
      'TRANSFER_AGREED',
      'TRANSFER_PORTABLE',
      'AMEND',
      'RENEW',
    ],
  },
};
