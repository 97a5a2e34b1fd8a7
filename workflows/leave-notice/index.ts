import { z } from 'zod';
import { daysInMs, defineMachine, eventTime, type Check } from '../kernel/index.js';
import {
  about,
  allOf,
  commonChecks,
  eligibility,
  exitCorrection,
  exitCorrectionEvents,
  exitEffects,
  exitEnds,
  exitEvents,
  exitReasons,
  exitSaid,
  interruptible,
  isMember,
  isWithinQuota,
  later,
  leaving,
  memberParties,
  noOpenFlow,
  parties,
  pinned,
  requestContext,
  requestInput,
  tell,
  until,
  type ExitContext,
  type OpeningFacts,
  type RequestDefinition,
} from '../phases/index.js';
import type { Reason } from '../kernel/index.js';

/** The broadcaster leaves alone, with notice: when the minimum term is over, or for the capped fee. */

const policy = pinned('noticeDays');
const said = z.strictObject({
  ...exitSaid,
  /** Leaving before the term ends costs the capped fee; its amount is on the quote and on the statement. */
  acceptsExitFee: z.boolean().default(false),
});
type Said = z.infer<typeof said>;
/** When the guild is merged into another; null: it is not. */
const found = z.strictObject({ freeUntil: z.iso.datetime({ precision: 3 }).nullable() }).default({ freeUntil: null });
const input = requestInput(policy, said).extend({ found });
type Input = z.infer<typeof input>;

interface NoticeContext extends ExitContext {
  readonly policy: z.infer<typeof policy>;
  readonly acceptsExitFee: boolean;
  /** The day that was asked for; absent in instances from before it was kept. */
  readonly leaveAt?: string | null;
  readonly freeUntil?: string | null;
}

/** A guild that is merged into another has not been chosen: until then its members leave without term, fee, notice or quota. */
const isInFreeWindow = (freeUntil: string | null | undefined, at: string, leaveAt: string | null | undefined): boolean =>
  freeUntil != null && Date.parse(later(at, leaveAt)) <= Date.parse(freeUntil);

/** The end of the notice given at `at`: whole days in the region, or the later day that was asked for. */
function noticeEndsAt(at: string, context: Pick<NoticeContext, 'policy' | 'timeZone' | 'leaveAt' | 'freeUntil'>): string {
  const { policy: pinnedPolicy, timeZone, leaveAt, freeUntil } = context;
  const isFree = isInFreeWindow(freeUntil, at, leaveAt);
  return later(isFree ? at : new Date(Date.parse(at) + daysInMs(at, pinnedPolicy.noticeDays, timeZone)).toISOString(), leaveAt);
}

/** By the policy, not by the instant that the context keeps: a plan that moves running requests to other rules asks it again. */
const delays = {
  switchAt: {
    title: 'The notice is over',
    ms: ({ context, event }: { context: NoticeContext; event: unknown }) => {
      const at = eventTime(event);
      return Date.parse(noticeEndsAt(at, context)) - Date.parse(at);
    },
  },
};

function isPastTerm({ membership, at }: OpeningFacts, { acceptsExitFee }: Said): Reason | undefined {
  if (membership === null || acceptsExitFee) return undefined;
  return until(
    membership.minTermEndsAt,
    at,
    'MIN_TERM',
    'The minimum term with the guild is not over; the capped exit fee would have to be accepted.',
  );
}

const machine = defineMachine<NoticeContext, Input>({
  id: 'LEAVE_NOTICE',
  checks: { ...commonChecks } satisfies Record<string, Check<NoticeContext>>,
  delays,
  context: ({ at, said: { acceptsExitFee, leaveAt = null, ...reasons }, found: { freeUntil }, ...given }) => {
    const context = { ...requestContext({ ...given, said: null }), ...exitReasons(reasons), leaveAt, freeUntil };
    return {
      ...context,
      acceptsExitFee: acceptsExitFee && !isInFreeWindow(freeUntil, at, leaveAt),
      switchAt: noticeEndsAt(at, context),
    };
  },
  initial: 'eligibility',
  states: {
    ...eligibility('noticePeriod'),
    noticePeriod: {
      ...about({
        title: 'Notice period',
        description: 'Notice was given; the membership ends when the notice is over, whether the guild answers or not.',
        phase: 'cooling-off',
      }),
      entry: tell('NOTICE_GIVEN'),
      on: { WITHDRAW_REQUEST: 'withdrawn', ...exitCorrection, ...interruptible },
      after: { switchAt: 'switching' },
    },
    ...leaving(() => ({ endKind: 'VOLUNTARY', endCause: 'NOTICE' })),
    ...exitEnds('The notice is over and the membership has ended.'),
  },
});

export const leaveNotice: RequestDefinition = {
  kind: 'LEAVE_NOTICE',
  version: 1,
  title: 'Leave with notice',
  description:
    'A broadcaster leaves a guild alone, with notice, when the minimum term is over or the capped exit fee is accepted.',
  machine,
  input,
  parties,
  events: { ...exitEvents, ...exitCorrectionEvents },
  checks: commonChecks,
  effects: exitEffects,
  delays,
  policy,
  supervision: { by: ['SUPPORT'], forcible: ['noticePeriod', 'withdrawn'] },
  timeZone: (context: NoticeContext) => context.timeZone,
  opening: {
    subject: 'MEMBERSHIP',
    said,
    by: { BROADCASTER: ['BROADCASTER'], GUARDIAN: ['GUARDIAN'] },
    parties: ({ minor }) => memberParties(minor),
    template: null,
    input: (base, { guild }) => ({ ...base, found: { freeUntil: guild.mergesAt } }),
    eligibility: (facts, given: Said) =>
      allOf(
        isMember(facts),
        ...(isInFreeWindow(facts.guild.mergesAt, facts.at, given.leaveAt)
          ? []
          : [isPastTerm(facts, given), isWithinQuota(facts)]),
        noOpenFlow(facts, ['LEAVE_NOTICE', 'LEAVE_PROBATION', 'LEAVE_LOW_ACTIVITY', 'LEAVE_CAUSE']),
      ),
    supersedes: ['LEAVE_MUTUAL', 'TRANSFER_AGREED', 'TRANSFER_PORTABLE', 'AMEND', 'RENEW', 'EXPEL'],
  },
};
