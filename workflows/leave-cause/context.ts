import { z } from 'zod';
import { annexFields, eventTime } from '../kernel/index.js';
import {
  excludedAgents,
  exitReasons,
  leaveReason,
  pinned,
  requestContext,
  requestInput,
  type Contested,
  type Excluding,
  type ExitContext,
  type LeaveReason,
} from '../phases/index.js';

/** What a guild can have done, and the reason for leaving that it comes to in the domain's list. */
export const CAUSES = {
  UNPAID: 'MONEY_UNPAID',
  PAID_LATE: 'MONEY_LATE',
  GUARANTEE_BROKEN: 'MONEY_BROKEN_GUARANTEE',
  CONTRACT_BREACH: 'TERMS_CHANGED',
  HARASSMENT: 'CONDUCT_HARASSMENT',
  DECEIT: 'CONDUCT_DECEIT',
  FORCED_QUOTA: 'WORKLOAD_QUOTA',
  HEALTH_ENDANGERED: 'WORKLOAD_HEALTH',
} as const satisfies Record<string, LeaveReason>;
export type Cause = keyof typeof CAUSES;
export const CAUSE_CODES = Object.keys(CAUSES) as [Cause, ...Cause[]];

export const ANSWERS = ['CURED', 'CONTESTED', 'ACCEPTED'] as const;
export const RULINGS = ['UPHELD', 'DENIED'] as const;

export const policy = pinned('cureDays', 'disputeAnswerDays', 'disputeDecisionDays', 'disputeAppealDays');
export const said = z.strictObject({
  cause: z.enum(CAUSE_CODES),
  secondaryReason: leaveReason.exactOptional(),
  ...annexFields,
});
export type Said = z.infer<typeof said>;
/** `curable`: by the policy's rule the guild gets time to cure before the platform rules. `excluded`: who has acted in it before it was reopened. */
export const input = requestInput(policy, said).extend({ curable: z.boolean(), excluded: excludedAgents });
export type Input = z.infer<typeof input>;

/** Why the broadcaster was released. */
export type ReleasedBecause = 'UNANSWERED' | 'ACCEPTED' | 'UPHELD' | 'APPEAL_UPHELD' | 'LATE';

export interface CauseContext extends ExitContext, Contested, Excluding {
  readonly policy: z.infer<typeof policy>;
  readonly alleged: Cause;
  readonly curable: boolean;
  /** The guild's view; null: none in time. */
  readonly answer: (typeof ANSWERS)[number] | null;
  /** The platform's view. */
  readonly ruling: { readonly outcome: (typeof RULINGS)[number]; readonly by: string; readonly at: string } | null;
  readonly verifiedCause: Cause | null;
  readonly releasedBecause: ReleasedBecause | null;
  /** How many pieces of evidence came after the first. */
  readonly evidence: number;
}

export const initialContext = ({ curable, excluded, said: { cause, secondaryReason }, ...given }: Input): CauseContext => ({
  ...requestContext<z.infer<typeof policy>>({ ...given, said: null }),
  ...exitReasons({ primaryReason: CAUSES[cause], ...(secondaryReason !== undefined && { secondaryReason }) }),
  switchAt: null,
  disputeId: null,
  alleged: cause,
  curable,
  excluded,
  answer: null,
  ruling: null,
  verifiedCause: null,
  releasedBecause: null,
  evidence: 0,
});

/** Released at the promised instant, however late its timer fires. */
export const releasedBecause = (because: ReleasedBecause) => (_context: CauseContext, event: unknown) => ({
  switchAt: (event as { dueAt?: string }).dueAt ?? eventTime(event),
  releasedBecause: because,
});

/** Late: who was at fault is not known yet, and perhaps never will be. */
export const isGuildAtFault = ({ releasedBecause: because }: CauseContext): boolean => because !== null && because !== 'LATE';

/** The cause that goes into the records: the verified one before the alleged one. */
export const recordedCause = ({ verifiedCause, alleged }: CauseContext): Cause => verifiedCause ?? alleged;
