import type { z } from 'zod';
import { defineMachine, set } from '../kernel/index.js';
import {
  allOf,
  eligibility,
  isSameTerms,
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
  scheduledSwitch,
  switchingTerms,
  type NewTermsContext,
  type OpeningFacts,
  type RequestDefinition,
  type Terms,
} from '../phases/index.js';
import type { Reason } from '../kernel/index.js';

/** Other terms from an instant on. The term counts from where it counted before: a change of the share binds nobody for longer. */

const policy = pinned(...NEW_TERMS_PARAMETERS);
const input = requestInput(policy, newTermsSaid).extend({ found: runningTerm });

const machine = defineMachine<NewTermsContext, z.infer<typeof input>>({
  id: 'AMEND',
  checks: newTermsChecks,
  delays: newTermsDelays,
  context: ({ at: _at, ...given }) => newTermsContext(given),
  initial: 'eligibility',
  states: {
    ...eligibility('rendering'),
    ...negotiation({ signed: 'settlement' }),
    ...scheduledSwitch({
      description: 'All have signed; the new terms are in force from the chosen time on.',
      plan: [set<NewTermsContext>(({ terms: { startAt } }, { at }) => ({ switchAt: later(at, startAt) }))],
    }),
    ...switchingTerms(({ termStartsAt }) => termStartsAt),
    ...newTermsEnds('The new terms are in force.'),
  },
});

const changesSomething = ({ terms }: { readonly terms: Terms }, { membership }: OpeningFacts): Reason[] => {
  const { guildSharePercent, termMonths, nonCompeteMonths = 0 } = (membership?.terms ?? {}) as Partial<Terms>;
  const { startAt: _startAt, ...wanted } = terms;
  return guildSharePercent !== undefined &&
    termMonths !== undefined &&
    isSameTerms(wanted, { guildSharePercent, termMonths, nonCompeteMonths })
    ? [{ code: 'TERMS_UNCHANGED', message: 'These are the terms that are in force.', field: 'terms' }]
    : [];
};

export const amend: RequestDefinition = {
  ...newTermsDefinition,
  kind: 'AMEND',
  title: 'Change the terms',
  description: 'Broadcaster and guild agree on other terms for a membership. While they do not, the old terms stand.',
  machine,
  input,
  checks: newTermsChecks,
  delays: newTermsDelays,
  policy,
  opening: {
    ...newTermsOpening,
    template: 'AMEND',
    objections: (said: z.infer<typeof newTermsSaid>, facts) => [...outOfLimits(said, facts), ...changesSomething(said, facts)],
    eligibility: (facts) => allOf(...memberOfActiveGuild(facts), noOpenFlow(facts, OTHER_FLOWS)),
  },
};
