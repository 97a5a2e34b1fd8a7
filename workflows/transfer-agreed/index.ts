import { z } from 'zod';
import { defineMachine, permits } from '../kernel/index.js';
import type { Check, EventSpec } from '../kernel/index.js';
import {
  eligibility,
  forParty,
  GAINING_SIGNATORIES,
  GUILD_SIGNATORIES,
  NOTHING_AGREED,
  offerSchema,
  parties,
  pinned,
  pullingOut,
  requestContext,
  requestInput,
  TRANSFER_PARAMETERS,
  transferChecks,
  transferDelays,
  transferEffects,
  transferEnds,
  transferEvents,
  transferFailures,
  transferParties,
  transferring,
  transferSigning,
  type RequestDefinition,
} from '../phases/index.js';
import { certifying, certifyingChecks, certifyingDelays, certifyingEvents } from './certifying.js';
import { correct, enterAnew, entering, enteringChecks, enteringDelays, enteringEvents } from './entering.js';
import { standingTerms, transferTermsSchema, type EntryContext } from './terms.js';

export { differingFields, standingTerms } from './terms.js';
export type { EntryContext, TransferTerms } from './terms.js';
export { REFUSAL_CODES } from './certifying.js';

/** A broadcaster moves from one guild to another, and all three agree: the guilds on terms that they enter independently. */

const policy = pinned(...TRANSFER_PARAMETERS, 'losingGuildResponseDays', 'certificationDays', 'originSharePercent');
const input = requestInput(policy, z.strictObject({}));
type Input = z.infer<typeof input>;

const events = {
  ...transferEvents,
  ...enteringEvents,
  ...certifyingEvents,
} satisfies Record<string, EventSpec>;

const checks = {
  ...transferChecks,
  ...enteringChecks,
  ...certifyingChecks,
  /** From the match on the broadcaster has a choice when the gaining guild goes: it cannot get out by another door. */
  isNotGainingGuild: forParty((party) =>
    party === 'GAINING_GUILD'
      ? [{ code: 'PULL_OUT_INSTEAD', message: 'The terms stand: the gaining guild pulls out, and the broadcaster then chooses.' }]
      : [],
  ),
} satisfies Record<string, Check<EntryContext>>;

const delays = { ...transferDelays, ...enteringDelays, ...certifyingDelays };

/** What the losing guild reads; the others also read the offer. */
const releaseTerms = transferTermsSchema.extend({ currency: z.string().regex(/^[A-Z]{3}$/) });

function textsOf(context: EntryContext) {
  const terms = standingTerms(context)!;
  const shared = { ...terms, currency: context.currency };
  return { agreement: { ...shared, ...context.offer }, release: context.deemed ? null : shared };
}

const machine = defineMachine<EntryContext, Input>({
  id: 'TRANSFER_AGREED',
  checks,
  delays,
  context: (given) => ({
    ...requestContext<z.infer<typeof policy>>(given),
    ...NOTHING_AGREED,
    entries: { GUILD: null, GAINING_GUILD: null },
    rounds: { GUILD: 0, GAINING_GUILD: 0 },
    deemed: false,
  }),
  initial: 'eligibility',
  states: {
    ...eligibility('announcing', 'The conditions of the transfer are checked.'),
    ...entering(),
    ...transferSigning({
      texts: textsOf,
      signed: { target: 'certification' },
      on: {
        DECLINE_REQUEST: { guard: permits('isAskedParty', 'isNotGainingGuild'), target: 'declined' },
        WITHDRAW_REQUEST: { guard: permits('isInitiator', 'isNotGainingGuild'), target: 'withdrawn' },
        ...enterAnew,
        ...correct,
        ...pullingOut,
      },
    }),
    ...certifying(),
    ...transferring(
      'The transfer is certified; the broadcaster may still withdraw without a reason, and the guild that is left may object.',
    ),
    ...transferEnds(),
  },
});

export const transferAgreed: RequestDefinition = {
  kind: 'TRANSFER_AGREED',
  version: 1,
  title: 'Transfer by agreement',
  description:
    'A broadcaster moves from one guild to another with the consent of both; the guilds enter their terms independently, and the platform certifies.',
  machine,
  input,
  parties,
  events,
  checks,
  effects: transferEffects(releaseTerms.extend(offerSchema.shape), releaseTerms),
  delays,
  policy,
  supervision: { by: ['SUPPORT'], forcible: ['entering', 'declined', 'withdrawn', 'expired'] },
  timeZone: (context: EntryContext) => context.timeZone,
  opening: {
    subject: 'TRANSFER',
    said: z.strictObject({}),
    by: {
      BROADCASTER: ['BROADCASTER'],
      GUARDIAN: ['GUARDIAN'],
      GAINING_GUILD: GAINING_SIGNATORIES,
      GUILD: GUILD_SIGNATORIES,
    },
    parties: ({ minor }) => transferParties(minor),
    template: 'TRANSFER',
    eligibility: transferFailures,
  },
};
