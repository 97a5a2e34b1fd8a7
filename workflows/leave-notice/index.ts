import { z } from 'zod';
import { daysInMs, defineMachine, type Check } from '../kernel/index.js';
import {
  about,
  allOf,
  commonChecks,
  eligibility,
  exitDelays,
  exitEffects,
  exitEnds,
  exitEvents,
  exitReasons,
  exitSaid,
  interruptible,
  isMember,
  later,
  leaving,
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
const input = requestInput(policy, said);
type Input = z.infer<typeof input>;

interface NoticeContext extends ExitContext {
  readonly policy: z.infer<typeof policy>;
  readonly acceptsExitFee: boolean;
}

/** Until when notice binds the broadcaster: whole days in the region, or the later day that was asked for. */
const noticeEndsAt = (at: string, noticeDays: number, timeZone: string): string =>
  new Date(Date.parse(at) + daysInMs(at, noticeDays, timeZone)).toISOString();

function isPastTerm({ membership, at }: OpeningFacts, { acceptsExitFee }: Said): Reason | undefined {
  if (membership === null || acceptsExitFee) return undefined;
  return until(
    membership.termEndsAt,
    at,
    'MIN_TERM',
    'The term of the membership is not over; the capped exit fee would have to be accepted.',
  );
}

/** A quota may slow ordinary exits down; it never stands in the way of cause, minority or probation. Zero: there is none. */
function isWithinQuota({
  policy: { exitQuotaPercentPerMonth: quota = 0 },
  recentExitsPercent,
}: OpeningFacts): Reason | undefined {
  return quota > 0 && recentExitsPercent >= quota
    ? { code: 'EXIT_QUOTA', message: `In 30 days at most ${String(quota)} % of a guild's members leave by notice.` }
    : undefined;
}

const machine = defineMachine<NoticeContext, Input>({
  id: 'LEAVE_NOTICE',
  checks: { ...commonChecks } satisfies Record<string, Check<NoticeContext>>,
  delays: exitDelays,
  context: ({ at, said: { acceptsExitFee, leaveAt, ...reasons }, ...given }) => ({
    ...requestContext<z.infer<typeof policy>>({ ...given, said: reasons }),
    ...exitReasons(reasons),
    acceptsExitFee,
    switchAt: later(noticeEndsAt(at, given.policy.noticeDays, given.timeZone), leaveAt),
  }),
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
      on: { WITHDRAW_REQUEST: 'withdrawn', ...interruptible },
      after: { switchAt: 'switching' },
    },
    ...leaving(() => ({ endKind: 'VOLUNTARY' })),
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
  events: exitEvents,
  checks: commonChecks,
  effects: exitEffects,
  delays: exitDelays,
  policy,
  supervision: { by: ['SUPPORT'], forcible: ['noticePeriod', 'withdrawn'] },
  timeZone: (context: NoticeContext) => context.timeZone,
  opening: {
    subject: 'MEMBERSHIP',
    said,
    by: { BROADCASTER: ['BROADCASTER'], GUARDIAN: ['GUARDIAN'] },
    parties: ({ minor }) => (minor ? ['BROADCASTER', 'GUARDIAN', 'GUILD'] : ['BROADCASTER', 'GUILD']),
    template: null,
    eligibility: (facts, given: Said) =>
      allOf(isMember(facts), isPastTerm(facts, given), isWithinQuota(facts), noOpenFlow(facts, ['LEAVE_NOTICE', 'LEAVE_CAUSE'])),
    supersedes: ['LEAVE_MUTUAL', 'TRANSFER_AGREED', 'TRANSFER_PORTABLE', 'AMEND', 'RENEW', 'EXPEL'],
  },
};
