import { z } from 'zod';
import { annexFields, permits, set } from '../kernel/index.js';
import type { Check, EventSpec, States, WorkflowEvent } from '../kernel/index.js';
import { about, interruptible, tell } from './common.js';
import { isAGround, NOT_GROUNDS, OBJECTION_CODES } from './grounds.js';
import { actingAs, forParty, GUILD_SIGNATORIES, STAND_IN } from './parties.js';
import type { TransferContext } from './transfer-terms.js';
import { daysOf } from './windows.js';

/** The guild that is left may object, on grounds from a closed list; the platform decides, and its silence is no objection. */

type Ground = (typeof OBJECTION_CODES)[number];

/** What the API offers: with what is no ground, so that a guild that names one is told why. */
export const TRANSFER_OBJECTIONS = [...OBJECTION_CODES, ...(Object.keys(NOT_GROUNDS) as (keyof typeof NOT_GROUNDS)[])] as const;
export const OBJECTION_DECISIONS = ['UPHELD', 'DISMISSED'] as const;

/** Why a transfer ended, where an objection was upheld. */
const UPHELD: Readonly<Record<Ground, string>> = {
  MIN_TERM: 'The minimum term with the guild is not over.',
  UNDISPUTED_DEBT: 'There is a debt to the guild that nobody disputes.',
  IDENTITY: 'The identity of the person who asked could not be confirmed.',
  FRAUD: 'The transfer is part of a fraud.',
  COURT_ORDER: 'A court has forbidden the transfer.',
  LOCK: 'The broadcaster is locked.',
  GUARDIAN: 'The guardian of the minor has not consented.',
};

export const objectionEvents = {
  OBJECT_TO_TRANSFER: {
    title: 'Object to the transfer',
    by: [...GUILD_SIGNATORIES, STAND_IN],
    input: z.strictObject({ ground: z.enum(TRANSFER_OBJECTIONS), ...annexFields, ...actingAs }),
  },
  DECIDE_OBJECTION: {
    title: 'Decide on the objection',
    by: ['SUPPORT'],
    input: z.strictObject({ decision: z.enum(OBJECTION_DECISIONS), ...annexFields }),
  },
} satisfies Record<string, EventSpec>;

export const objectionChecks = {
  isLosingGuild: forParty((party) =>
    party === 'GUILD' ? [] : [{ code: 'ONLY_LOSING_GUILD', message: 'Only the guild that is left can object.' }],
  ),
  isGround: isAGround,
  isNewGround: ({ context, payload }) =>
    payload && context.grounds.includes(payload['ground'] as string)
      ? [{ code: 'DECIDED_ALREADY', message: 'This objection has been decided already.', field: 'ground' }]
      : [],
  isUpheld: ({ payload }) =>
    payload && payload['decision'] !== 'UPHELD' ? [{ code: 'DISMISSED', message: 'The objection is dismissed.' }] : [],
  isCoolingOffOver: ({ context, at }) =>
    context.coolingOffEndsAt !== null && Date.parse(at) >= Date.parse(context.coolingOffEndsAt)
      ? []
      : [{ code: 'COOLING_OFF', message: 'The cooling-off is not over yet.' }],
} satisfies Record<string, Check<TransferContext>>;

export const objectionDelays = {
  decision: daysOf('The time to decide on the objection is over, and it counts as dismissed', 'disputeDecisionDays'),
};

const upheld = ({ grounds }: TransferContext): Partial<TransferContext> => {
  const ground = grounds.at(-1) as Ground;
  return { reasons: [{ code: ground, message: UPHELD[ground] }] };
};

/** How an objection arises during the cooling-off. */
export const objecting = {
  OBJECT_TO_TRANSFER: {
    guard: permits('isLosingGuild', 'isGround', 'isNewGround'),
    target: 'objected',
    actions: set<TransferContext, WorkflowEvent & { readonly ground: string }>(({ grounds }, { ground }) => ({
      grounds: [...grounds, ground],
    })),
  },
};

/** The gaining guild may go at any time; wherever the broadcaster has something to lose by it, there is a choice. */
export const pullingOut = { PULL_OUT: 'choosing' };

/** What stands between two parts of the cooling-off. `over`: the arrow that is taken when that is over. */
export const objection = (over: object): States => ({
  objected: {
    ...about({
      title: 'Objected',
      description: 'The guild that is left has objected; the platform decides. The broadcaster may still withdraw.',
      phase: 'cooling-off',
      awaits: () => ['PLATFORM'],
      acts: ['DECIDE_OBJECTION'],
    }),
    entry: tell('OBJECTION_RAISED'),
    on: {
      DECIDE_OBJECTION: [{ guard: permits('isUpheld'), target: 'rejected', actions: set(upheld) }, { target: 'goingOn' }],
      WITHDRAW_REQUEST: { guard: permits('isBroadcasterSide'), target: 'withdrawn' },
      ...pullingOut,
      ...interruptible,
    },
    after: { decision: 'goingOn' },
  },
  goingOn: {
    ...about({ title: 'Going on', description: 'The objection does not stand in the way.', phase: 'cooling-off' }),
    always: [{ guard: permits('isCoolingOffOver'), ...over }, { target: 'coolingOff' }],
  },
});
