import { z } from 'zod';
import { annexFields, defineMachine, INTERVENTION_CODES, permits, set } from '../kernel/index.js';
import type { Check, EventSpec, Reason, WorkflowEvent } from '../kernel/index.js';
import {
  coolingOffFrom,
  eligibility,
  forParty,
  GAINING_SIGNATORIES,
  instantViolations,
  newText,
  NOTHING_AGREED,
  offerSchema,
  offerViolations,
  parties,
  pinned,
  portableFailures,
  requestContext,
  requestInput,
  tell,
  TRANSFER_PARAMETERS,
  transferChecks,
  transferDelays,
  transferEffects,
  transferEnds,
  transferEvents,
  transferParties,
  transferring,
  transferSigning,
  type Offer,
  type OpeningFacts,
  type RequestDefinition,
  type TransferContext,
} from '../phases/index.js';

/** A broadcaster moves with a one-time code; the guild that is left is not asked, and may object on grounds from a closed list. */

const instant = z.iso.datetime({ precision: 3 });
const offered = { offer: offerSchema, transferAt: instant.exactOptional() };
const said = z.strictObject({
  ...offered,
  /** The row of the code that was redeemed: its id, never the code. It is used up in the transaction of the start. */
  codeId: z.uuid(),
});
type Said = z.infer<typeof said>;
const policy = pinned(...TRANSFER_PARAMETERS);
const input = requestInput(policy, said);

const events = {
  ...transferEvents,
  OFFER_MEMBERSHIP: {
    title: 'Make another offer',
    by: GAINING_SIGNATORIES,
    input: z.strictObject(offered),
  },
  CORRECT_REQUEST: {
    title: 'Correct the offer',
    by: ['SUPPORT'],
    input: z.strictObject({ ...offered, reasonCode: z.enum(INTERVENTION_CODES), ...annexFields }),
  },
} satisfies Record<string, EventSpec>;

interface Offered {
  readonly offer: Offer;
  readonly transferAt?: string;
}

const violations = ({ offer, transferAt }: Offered, bounds: Parameters<typeof offerViolations>[1], at: string): Reason[] => [
  ...offerViolations(offer, bounds),
  ...(transferAt === undefined ? [] : instantViolations(transferAt, at)),
];

const checks = {
  ...transferChecks,
  isAskedForConsent: forParty((party) =>
    party === 'GUILD'
      ? [{ code: 'NOT_ASKED', message: 'The guild that is left is not asked; it may object while the cooling-off runs.' }]
      : [],
  ),
  isBelowRoundLimit: ({
    context: {
      version,
      policy: { maxDraftRounds },
    },
  }) =>
    version < maxDraftRounds ? [] : [{ code: 'ROUND_LIMIT', message: `There may be at most ${String(maxDraftRounds)} offers.` }],
  isWithinPolicy: ({ context, payload, at }) => (payload ? violations(payload as unknown as Offered, context.policy, at) : []),
  changesOffer: ({ context, payload }): Reason[] => {
    if (!payload) return [];
    const { offer, transferAt = null } = payload as unknown as Offered;
    return JSON.stringify(offer) === JSON.stringify(context.offer) && transferAt === context.transferAt
      ? [{ code: 'TERMS_UNCHANGED', message: 'This is the offer that stands already.', field: 'offer' }]
      : [];
  },
} satisfies Record<string, Check<TransferContext>>;

const reoffered = (context: TransferContext, { offer, transferAt }: WorkflowEvent & Offered): Partial<TransferContext> => ({
  ...newText(context),
  offer,
  transferAt: transferAt ?? null,
});

const machine = defineMachine<TransferContext, z.infer<typeof input>>({
  id: 'TRANSFER_PORTABLE',
  checks,
  delays: transferDelays,
  context: (given) => ({
    ...requestContext<z.infer<typeof policy>>(given),
    ...NOTHING_AGREED,
    version: 1,
    offer: given.said.offer,
    transferAt: given.said.transferAt ?? null,
  }),
  initial: 'eligibility',
  states: {
    ...eligibility('rendering', 'The conditions of the transfer are checked.'),
    ...transferSigning({
      texts: ({ offer, transferAt }: TransferContext) => ({
        agreement: { ...offer, ...(transferAt !== null && { transferAt }) },
        release: null,
      }),
      signed: { target: 'coolingOff', actions: [set(coolingOffFrom), tell('COOLING_OFF_STARTED')] },
      declines: ['isAskedForConsent'],
      on: {
        OFFER_MEMBERSHIP: {
          guard: permits('isBelowRoundLimit', 'isWithinPolicy', 'changesOffer'),
          target: 'rendering',
          actions: set(reoffered),
        },
        CORRECT_REQUEST: {
          guard: permits('isWithinPolicy', 'changesOffer'),
          target: 'rendering',
          actions: set(reoffered),
        },
      },
    }),
    ...transferring(
      'Broadcaster and gaining guild have signed; the broadcaster may still withdraw without a reason, and the guild that is left may object.',
    ),
    ...transferEnds(),
  },
});

export const transferPortable: RequestDefinition = {
  kind: 'TRANSFER_PORTABLE',
  version: 1,
  title: 'Transfer with a code',
  description:
    'A broadcaster moves to another guild by a one-time code, given out after a check; the guild that is left may only object, on grounds from a closed list.',
  machine,
  input,
  parties,
  events,
  checks,
  effects: transferEffects(offerSchema.extend({ transferAt: instant.exactOptional() }), z.null()),
  delays: transferDelays,
  policy,
  supervision: { by: ['SUPPORT'], forcible: ['declined', 'withdrawn', 'expired'] },
  timeZone: (context: TransferContext) => context.timeZone,
  opening: {
    subject: 'TRANSFER',
    said,
    by: { GAINING_GUILD: GAINING_SIGNATORIES },
    parties: ({ minor }) => transferParties(minor),
    template: 'TRANSFER_PORTABLE',
    objections: (given: Said, { policy: bounds, at }: OpeningFacts) => violations(given, bounds as never, at),
    eligibility: portableFailures,
  },
};
