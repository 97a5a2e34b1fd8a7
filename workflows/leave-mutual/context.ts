import { z } from 'zod';
import {
  AGREEMENT_PARAMETERS,
  exitReasons,
  firstProposal,
  pinned,
  requestContext,
  requestInput,
  sideOf,
  type AgreementContext,
  type AgreementPolicy,
  type ExitContext,
  type WithParties,
} from '../phases/index.js';
import { mutualSaid, type LeaveTerms } from './opening.js';

export const mutualPolicy = pinned(...AGREEMENT_PARAMETERS);
/** A guild that is suspended already has somebody to stand in for it from the beginning. */
const found = z.strictObject({ guildSuspended: z.boolean() });
export const mutualInput = requestInput(mutualPolicy, mutualSaid).extend({ found });
export type MutualInput = z.infer<typeof mutualInput>;

export interface MutualContext extends AgreementContext<LeaveTerms>, ExitContext, WithParties {
  readonly policy: AgreementPolicy;
  readonly parties: ExitContext['parties'];
  /** The broadcaster's wish for when the guild stays silent, and whether the capped fee would be accepted then. */
  readonly becomesNotice: boolean;
  readonly acceptsExitFee: boolean;
  readonly platformStandsIn: boolean;
}

export function initialContext({ at: _at, ...input }: MutualInput & { readonly at: string }): MutualContext {
  const { leaveAt, becomesNotice, acceptsExitFee, ...reasons } = input.said;
  // What a broadcaster wishes no guild can say for them.
  const isBroadcasters = sideOf(input.initiator) === 'BROADCASTER';
  return {
    ...requestContext(input),
    ...firstProposal<LeaveTerms>(leaveAt === undefined ? {} : { leaveAt }, input.initiator),
    ...exitReasons(reasons),
    becomesNotice: isBroadcasters && becomesNotice,
    acceptsExitFee: isBroadcasters && acceptsExitFee,
    platformStandsIn: input.found.guildSuspended,
    switchAt: null,
  };
}
