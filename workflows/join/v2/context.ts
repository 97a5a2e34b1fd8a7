import type { z } from 'zod';
import { daysInMs, eventTime } from '../../kernel/index.js';
import {
  AGREEMENT_PARAMETERS,
  firstProposal,
  pinned,
  requestContext,
  requestInput,
  termViolations,
  type AgreementContext,
  type Policy,
  type SwitchContext,
  type Terms,
} from '../../phases/index.js';
import { joinSaid } from '../opening.js';

export const joinPolicy = pinned(
  ...AGREEMENT_PARAMETERS,
  'joinCoolingOffDays',
  'minTermMonths',
  'maxTermMonths',
  'guildShareMaxPercent',
  'nonCompeteMaxMonths',
);
export const joinInput = requestInput(joinPolicy, joinSaid);
export type JoinV2Input = z.infer<typeof joinInput>;

export interface JoinV2Context extends AgreementContext<Terms>, SwitchContext {
  readonly policy: Policy;
  /** Until when the broadcaster may withdraw without a reason; null before all have signed. */
  readonly coolingOffEndsAt: string | null;
  readonly startsEarly: boolean;
  readonly membershipId: string | null;
}

export function initialContext(input: JoinV2Input): JoinV2Context {
  const context = requestContext<Policy>(input);
  return {
    ...context,
    ...firstProposal(input.said.terms, input.initiator),
    reasons: [...context.reasons, ...termViolations(input.said.terms, input.policy)],
    switchAt: null,
    coolingOffEndsAt: null,
    startsEarly: false,
  };
}

/** The end of the cooling-off, counted from the last signature and kept: an early start does not shorten the right to withdraw. */
export const coolingOffBegun = ({ policy, timeZone }: JoinV2Context, event: unknown): Partial<JoinV2Context> => {
  const at = eventTime(event);
  return { coolingOffEndsAt: new Date(Date.parse(at) + daysInMs(at, policy.joinCoolingOffDays, timeZone)).toISOString() };
};
