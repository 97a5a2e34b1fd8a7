import { z } from 'zod';
import { annexFields } from '../kernel/index.js';
import {
  ALL_GROUNDS,
  excludedAgents,
  pinned,
  requestContext,
  requestInput,
  sideOf,
  type Excluding,
  type Ground,
  type Party,
  type RequestContext,
} from '../phases/index.js';

export const policy = pinned('disputeAnswerDays', 'disputeDecisionDays', 'disputeAppealDays');
export const said = z.strictObject({
  ground: z.enum(ALL_GROUNDS),
  /** Of a dispute that is taken up again: who has acted in the first. Said by the petition, never by a person. */
  excluded: excludedAgents.exactOptional(),
  ...annexFields,
});
export type Said = z.infer<typeof said>;
/** `excluded`: agents who have acted in a decision that this dispute is an appeal against. */
export const input = requestInput(policy, said).extend({ excluded: excludedAgents });
export type Input = z.infer<typeof input>;

export const DECISIONS = ['UPHELD', 'DENIED'] as const;
export const ANSWERS = ['CONTESTED', 'CONCEDED'] as const;

export interface Decision {
  readonly by: string;
  readonly at: string;
  readonly outcome: (typeof DECISIONS)[number];
}

export interface DisputeContext extends RequestContext, Excluding {
  readonly policy: z.infer<typeof policy>;
  readonly ground: Ground;
  /** Null: nobody answered in time, or nobody has yet. */
  readonly answer: (typeof ANSWERS)[number] | null;
  /** The first decision, and the one on appeal. */
  readonly decisions: readonly Decision[];
  readonly appealGround: Ground | null;
  /** The panel was late, and the request that this is about has acted on it. */
  readonly interim: boolean;
}

export function initialContext({ excluded, ...given }: Input): DisputeContext {
  return {
    ...requestContext<z.infer<typeof policy>>(given),
    ground: given.said.ground,
    answer: null,
    decisions: [],
    appealGround: null,
    excluded,
    interim: false,
  };
}

export const respondents = ({ initiator }: RequestContext): Party[] =>
  sideOf(initiator) === 'GUILD' ? ['BROADCASTER'] : ['GUILD'];

/** How it stands: the last decision, or what a party has conceded. */
export const outcomeOf = ({ decisions, answer }: DisputeContext): 'UPHELD' | 'DENIED' | undefined =>
  decisions.at(-1)?.outcome ?? (answer === 'CONCEDED' ? 'UPHELD' : undefined);

/** The side that the first decision went against. */
export const losingSide = (context: DisputeContext): Party =>
  outcomeOf(context) === 'DENIED' ? sideOf(context.initiator) : respondents(context)[0]!;
