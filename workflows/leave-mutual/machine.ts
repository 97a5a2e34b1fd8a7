import { z } from 'zod';
import { defineMachine, effect, permits, reasonsSchema, set } from '../kernel/index.js';
import type { Check, EffectSpec, EventSpec, WorkflowEvent } from '../kernel/index.js';
import {
  about,
  actingAs,
  agreementChecks,
  agreementDelays,
  agreementEffects,
  agreementEvents,
  alsoByStandIn,
  BROADCASTER_SIDE,
  commonChecks,
  commonEvents,
  consentAgain,
  consentEvents,
  consentOf,
  eligibility,
  endStates,
  exitDelays,
  exitEffects,
  forParty,
  later,
  leaving,
  memberParties,
  negotiation,
  refusedFor,
  scheduledSwitch,
  sideOf,
  standInChecks,
  standInEvents,
  standingIn,
  statementEvents,
  switchEvents,
  unsignedParties,
} from '../phases/index.js';
import { initialContext, type MutualContext, type MutualInput } from './context.js';
import { insteadParams, leaveTerms } from './opening.js';

/** Both agree that the membership ends, and when. Silence of the guild becomes notice, where the broadcaster wishes it so. */

const agreed = agreementEvents(leaveTerms);

export const events = {
  ...commonEvents,
  ...agreed,
  PROPOSE_TERMS: alsoByStandIn(agreed.PROPOSE_TERMS),
  ACCEPT_TERMS: alsoByStandIn(agreed.ACCEPT_TERMS),
  SIGN_AGREEMENT: alsoByStandIn(agreed.SIGN_AGREEMENT),
  REVOKE_SIGNATURE: alsoByStandIn(agreed.REVOKE_SIGNATURE),
  DECLINE_REQUEST: alsoByStandIn(agreed.DECLINE_REQUEST),
  ...standInEvents,
  ...switchEvents,
  ...statementEvents,
  ...consentEvents,
  WISH_NOTICE: {
    title: 'Say what happens when the guild stays silent',
    by: BROADCASTER_SIDE,
    input: z.strictObject({ becomesNotice: z.boolean(), acceptsExitFee: z.boolean().default(false), ...actingAs }),
    whileHeld: true,
  },
  NOTICE_GIVEN: { title: 'Notice was given instead', by: [], input: z.strictObject({ noticeId: z.uuid() }) },
  NOTICE_REFUSED: { title: 'Notice could not be given', by: [], input: z.strictObject({ reasons: reasonsSchema }) },
} satisfies Record<string, EventSpec>;

const onlyBroadcaster = (code: string, message: string) =>
  forParty<MutualContext>((party) => (sideOf(party) === 'BROADCASTER' ? [] : [{ code, message }]));

export const checks = {
  ...commonChecks,
  ...agreementChecks(() => []),
  ...standInChecks,
  isBroadcasters: onlyBroadcaster('ONLY_BROADCASTER', 'Only the broadcaster can say this.'),
  isProtectedParty: onlyBroadcaster(
    'ONLY_PROTECTED_PARTY',
    'All have signed; now only the broadcaster can take it back, until the membership ends.',
  ),
  wishesNotice: ({ context }) =>
    context.becomesNotice ? [] : [{ code: 'NO_NOTICE_WISHED', message: 'The broadcaster does not wish for notice instead.' }],
  isGuildsTurn: ({ context }) =>
    sideOf(context.proposedBy) === 'BROADCASTER'
      ? []
      : [{ code: 'NOT_THE_GUILDS_TURN', message: 'The guild has proposed; the broadcaster is silent.' }],
  lacksOnlyTheGuild: ({ context }) =>
    unsignedParties(context).every((party) => party === 'GUILD')
      ? []
      : [{ code: 'NOT_THE_GUILDS_TURN', message: "The broadcaster's own signature is missing." }],
} satisfies Record<string, Check<MutualContext>>;

export const effects = {
  ...exitEffects,
  ...agreementEffects(leaveTerms),
  giveNotice: { mode: 'transaction', params: insteadParams, refused: 'NOTICE_REFUSED' },
} satisfies Record<string, EffectSpec>;

export const delays = { ...agreementDelays, ...exitDelays };

type Wish = WorkflowEvent & Pick<MutualContext, 'becomesNotice' | 'acceptsExitFee'>;

const insteadOf = (whose: string) => [{ guard: permits('wishesNotice', whose), target: 'givingNotice' }, { target: 'expired' }];

export const mutualMachine = defineMachine<MutualContext, MutualInput>({
  id: 'LEAVE_MUTUAL',
  checks,
  delays,
  context: initialContext,
  initial: 'eligibility',
  states: {
    ...eligibility('rendering'),
    ...negotiation({
      signed: 'settlement',
      unanswered: insteadOf('isGuildsTurn'),
      unsigned: insteadOf('lacksOnlyTheGuild'),
      on: {
        ...standingIn,
        WISH_NOTICE: {
          guard: permits('isBroadcasters'),
          actions: set<MutualContext, Wish>((_context, { becomesNotice, acceptsExitFee }) => ({ becomesNotice, acceptsExitFee })),
        },
      },
    }),
    givingNotice: {
      ...about({
        title: 'Giving notice',
        description: 'The guild has not answered; notice is given instead, as the broadcaster wished.',
        phase: 'settlement',
      }),
      entry: effect<MutualContext>('giveNotice', (context) => ({
        membershipId: context.membershipId!,
        primaryReason: context.primaryReason,
        secondaryReason: context.secondaryReason,
        leaveAt: context.terms.leaveAt ?? null,
        acceptsExitFee: context.acceptsExitFee,
      })),
      on: { NOTICE_GIVEN: 'superseded', NOTICE_REFUSED: { target: 'rejected', actions: set(refusedFor) } },
    },
    ...scheduledSwitch({
      description: 'All have signed; the membership ends at the agreed time, and until then the broadcaster can take it back.',
      on: { WITHDRAW_REQUEST: { guard: permits('isProtectedParty'), target: 'withdrawn' } },
      plan: [set<MutualContext>(({ terms: { leaveAt } }, { at }) => ({ switchAt: later(at, leaveAt) }))],
    }),
    ...leaving<MutualContext>(
      ({ initiator }) => ({
        endKind: initiator === 'GUILD' ? 'GUILD_INITIATED' : 'VOLUNTARY',
        endCause: 'MUTUAL',
      }),
      { consent: { of: consentOf, lapsed: consentAgain(memberParties) } },
    ),
    ...endStates({
      completed: 'The membership has ended, as both agreed.',
      declined: true,
      withdrawn: true,
      expired: true,
      rejected: true,
      voided: true,
      superseded: true,
    }),
  },
});
