import type { z } from 'zod';
import { defineMachine, permits, set, type Check } from '../kernel/index.js';
import {
  about,
  allOf,
  coolingOffChecks,
  coolingOffDelays,
  correction,
  eligibility,
  interruptible,
  isNotBanned,
  later,
  memberOfActiveGuild,
  negotiation,
  NEW_TERMS_PARAMETERS,
  newTermsChecks,
  newTermsContext,
  newTermsDefinition,
  newTermsDelays,
  newTermsEnds,
  newTermsOpening,
  newTermsSaid,
  noOpenFlow,
  OTHER_FLOWS,
  outOfLimits,
  pinned,
  requestInput,
  runningTerm,
  scheduled,
  scheduledSwitch,
  switchingTerms,
  tell,
  type NewTermsContext,
  type Policy,
  type RequestDefinition,
} from '../phases/index.js';

/**
 * Another term behind the running one. It binds the broadcaster anew, so the right to withdraw is the same as after a JOIN; the
 * switch is when the running term ends, and the new term counts from there.
 */

const policy = pinned(...NEW_TERMS_PARAMETERS, 'joinCoolingOffDays');
const input = requestInput(policy, newTermsSaid).extend({ found: runningTerm });

interface RenewContext extends NewTermsContext {
  readonly policy: Policy;
}

const checks = { ...newTermsChecks, ...coolingOffChecks } satisfies Record<string, Check<RenewContext>>;
const delays = { ...newTermsDelays, ...coolingOffDelays };

const machine = defineMachine<RenewContext, z.infer<typeof input>>({
  id: 'RENEW',
  checks,
  delays,
  context: ({ at: _at, ...given }) => newTermsContext(given),
  initial: 'eligibility',
  states: {
    ...eligibility('rendering'),
    ...negotiation({ signed: 'coolingOff' }),
    coolingOff: {
      ...about({
        title: 'Cooling-off',
        description: 'All have signed; the broadcaster may still withdraw without giving a reason, and the old terms stand.',
        phase: 'cooling-off',
      }),
      entry: tell('COOLING_OFF_STARTED'),
      on: {
        WITHDRAW_REQUEST: { guard: permits('isProtectedParty'), target: 'withdrawn' },
        CORRECT_REQUEST: correction,
        ...interruptible,
      },
      after: {
        coolingOffEnd: {
          target: 'settlement',
          actions: set<RenewContext>((context, event) => ({
            switchAt: later(scheduled(context, event).switchAt, context.termEndsAt),
          })),
        },
      },
    },
    ...scheduledSwitch({ description: 'The new term begins when the running one ends, or at the later time that was chosen.' }),
    ...switchingTerms(),
    ...newTermsEnds('The new term has begun.'),
  },
});

export const renew: RequestDefinition = {
  ...newTermsDefinition,
  kind: 'RENEW',
  title: 'Renew the term',
  description: 'Broadcaster and guild agree on another term after the running one. While they do not, the old terms stand.',
  machine,
  input,
  checks,
  delays,
  policy,
  opening: {
    ...newTermsOpening,
    template: 'RENEW',
    objections: outOfLimits,
    eligibility: (facts) => allOf(...memberOfActiveGuild(facts), isNotBanned(facts), noOpenFlow(facts, OTHER_FLOWS)),
  },
};
