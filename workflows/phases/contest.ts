import { z } from 'zod';
import { annexFields, effect, OTHER_OUTCOME, set } from '../kernel/index.js';
import type { Actor, Check, EffectSpec, EventSpec, Reason, States } from '../kernel/index.js';
import { about } from './common.js';
import { ALL_GROUNDS, isAGround, OFFERED_APPEAL_GROUNDS, OFFERED_GROUNDS, type Ground } from './grounds.js';
import type { OpeningFacts } from './opening.js';
import { actingAs, actingParty, BROADCASTER_SIDE, forParty, partySchema, sideOf, type Party } from './parties.js';
import type { RequestContext } from './request.js';

/** How a request comes to wait for a dispute of its own, and how the platform decides anything at all. */

/** Of the party that filed. Withdrawn and voided disputes decide nothing, and whoever waits for them is told so. */
export const DISPUTE_OUTCOMES = ['UPHELD', 'DENIED', 'WITHDRAWN', 'VOIDED'] as const;
export type DisputeOutcome = (typeof DISPUTE_OUTCOMES)[number];

export interface Contested extends RequestContext {
  /** The dispute that it waits or has waited for. */
  readonly disputeId: string | null;
}

export const openDisputeParams = z.strictObject({ initiator: partySchema, ground: z.enum(ALL_GROUNDS) });

export const contestEffects = {
  openDispute: { mode: 'transaction', params: openDisputeParams },
} satisfies Record<string, EffectSpec>;

export const contestEvents = {
  DISPUTE_OPENED: { title: 'The dispute was opened', by: [], input: z.strictObject({ disputeId: z.uuid() }) },
  DISPUTE_DECIDED: {
    title: 'The dispute has ended',
    by: [],
    input: z.strictObject({ disputeId: z.uuid(), outcome: z.enum(DISPUTE_OUTCOMES) }),
  },
} satisfies Record<string, EventSpec>;

/** The panel is late: a request that can act provisionally does. Others do not take it. */
export const interimEvents = {
  INTERIM_RELEASE: {
    title: 'Release until the decision',
    by: [],
    input: z.strictObject({ disputeId: z.uuid() }),
  },
} satisfies Record<string, EventSpec>;

/** An act of the broadcaster's side that opens a dispute, and the ground that it gives. */
export const appealBy = (title: string, grounds: 'APPEAL' | 'ANY'): EventSpec => ({
  title,
  by: BROADCASTER_SIDE,
  input: z.strictObject({
    ground: z.enum(grounds === 'APPEAL' ? OFFERED_APPEAL_GROUNDS : OFFERED_GROUNDS),
    ...annexFields,
    ...actingAs,
  }),
});

type Appeal = { readonly ground: Ground; readonly actor: never; readonly as?: Party };

/** The passing state in which the dispute is opened, in the transaction of the act that asked for it. */
export const contesting = (to: string, title: string): States => ({
  contesting: {
    ...about({ title, description: 'The dispute is being opened.', phase: 'settlement' }),
    entry: effect<Contested, Appeal>('openDispute', (context, event) => ({
      initiator: actingParty(event, context),
      ground: event.ground,
    })),
    on: {
      DISPUTE_OPENED: {
        target: to,
        actions: set<Contested, { disputeId: string }>((_context, { disputeId }) => ({ disputeId })),
      },
    },
  },
});

/** Null: the dispute itself has led out of the state, and goes its own way. */
export const abandonParams = z.strictObject({ disputeId: z.uuid().nullable() });
export const abandonEffect = {
  abandonDispute: { mode: 'transaction', params: abandonParams },
} satisfies Record<string, EffectSpec>;

const OF_THE_DISPUTE: readonly string[] = ['DISPUTE_DECIDED', 'INTERIM_RELEASE'];

/**
 * Part of a state that waits for a dispute. Whatever else leads out of it (voided, superseded, forced) leaves nothing to decide, so
 * the dispute is closed in the same transaction. An exit action, because no arrow may forget it; without an answer, because the
 * request may have ended by it.
 */
export const abandoning = {
  exit: effect<Contested>('abandonDispute', ({ disputeId }, { type }) => ({
    disputeId: OF_THE_DISPUTE.includes(type) ? null : disputeId,
  })),
};

const PLATFORM_ROLES: readonly string[] = ['SUPPORT', 'POLICY', 'AUDITOR'];

/** Takes one outcome of several, the last of which needs no such guard: never an objection to a person. */
export const says =
  (field: string, value: string): Check<unknown> =>
  ({ payload }): Reason[] =>
    !payload || payload[field] === value ? [] : [{ code: OTHER_OUTCOME, message: `This way is for ${value}.`, field }];

/** A case that agents have acted in before: none of them decides it. */
export interface Excluding {
  /** Ids of principals. */
  readonly excluded: readonly string[];
}

export const excludedAgents = z.array(z.uuid()).max(100);

/** Who of the platform has acted in the request that this one is about. */
export const agentsBefore = ({ parent }: OpeningFacts): string[] => [
  ...new Set((parent?.actedBy ?? []).map(({ principalId }) => principalId)),
];

export const excluding = (agents: readonly string[], actor: Actor): Reason[] =>
  agents.includes(actor.id)
    ? [{ code: 'OTHER_DECIDER', message: 'You have acted in this before: somebody else has to decide it.' }]
    : [];

const onlyFor = (side: Party, message: string): Check<unknown> =>
  forParty((party) => (sideOf(party) === side ? [] : [{ code: `ONLY_${side}`, message }]));

/** Whose act an event is: who is on both sides says for which, and a guardian acts only for a minor. */
export const sideChecks = {
  isForBroadcaster: onlyFor('BROADCASTER', 'This is for the broadcaster to do.'),
  isForGuild: onlyFor('GUILD', 'This is for the guild to do.'),
  isForParty: forParty<unknown>(() => []),
} satisfies Record<string, Check<unknown>>;

export const decidingChecks = {
  ...sideChecks,
  isAGround,
  isOtherDecider: ({ context, actor }) => excluding((context as Excluding).excluded, actor),
  /** Whoever has any part in the case by another role of theirs does not decide it. */
  isImpartial: ({ actor }) =>
    actor.authorities.every((authority) => PLATFORM_ROLES.includes(authority) || authority === 'SYSTEM')
      ? []
      : [{ code: 'NOT_IMPARTIAL', message: 'You represent a party of this case: somebody else has to decide it.' }],
} satisfies Record<string, Check<unknown>>;
