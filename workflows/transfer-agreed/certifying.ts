import { z } from 'zod';
import { annexFields, permits, set } from '../kernel/index.js';
import type { Check, EventSpec, States, WorkflowEvent } from '../kernel/index.js';
import { about, coolingOffFrom, daysOf, interruptible, marksOf, pullingOut, standingIn, tell } from '../phases/index.js';
import { correct } from './entering.js';
import type { EntryContext } from './terms.js';

/** The platform certifies what everybody has signed. */

export const REFUSAL_CODES = ['IDENTITY', 'FRAUD', 'COURT_ORDER', 'LOCK', 'GUARDIAN', 'UNLAWFUL_TERMS'] as const;
type RefusalCode = (typeof REFUSAL_CODES)[number];

const REFUSED: Readonly<Record<RefusalCode, string>> = {
  IDENTITY: 'The identity of a party could not be confirmed.',
  FRAUD: 'The transfer is part of a fraud.',
  COURT_ORDER: 'A court has forbidden the transfer.',
  LOCK: 'The broadcaster is locked.',
  GUARDIAN: 'The consent of the guardian could not be confirmed.',
  UNLAWFUL_TERMS: 'The terms are against the law or the rules.',
};

export const certifyingEvents = {
  CERTIFY_TRANSFER: { title: 'Certify the transfer', by: ['SUPPORT'], input: z.strictObject({ ...annexFields }) },
  REFUSE_CERTIFICATION: {
    title: 'Refuse to certify the transfer',
    by: ['SUPPORT'],
    input: z.strictObject({ reasonCode: z.enum(REFUSAL_CODES), ...annexFields }),
  },
} satisfies Record<string, EventSpec>;

export const certifyingChecks = {
  /** Who has signed in the place of a suspended guild does not certify the own signature. */
  isNotSigner: ({ context, actor }) =>
    Object.values(context.signatures).some((signature) => marksOf(signature).some(({ by }) => by === actor.id))
      ? [{ code: 'SIGNED_THEMSELVES', message: 'You have signed this transfer; somebody else has to certify it.' }]
      : [],
} satisfies Record<string, Check<EntryContext>>;

export const certifyingDelays = {
  certificationEnd: daysOf('The time to certify is over', 'certificationDays'),
};

export const certifying = (): States => ({
  certification: {
    ...about({
      title: 'Certification',
      description: 'Everybody has signed; the platform certifies the transfer.',
      phase: 'signing',
      awaits: () => ['PLATFORM'],
      acts: ['CERTIFY_TRANSFER', 'REFUSE_CERTIFICATION'],
    }),
    entry: tell('CERTIFICATION_DUE'),
    on: {
      CERTIFY_TRANSFER: {
        guard: permits('isNotSigner'),
        target: 'coolingOff',
        actions: [set(coolingOffFrom), tell('COOLING_OFF_STARTED')],
      },
      REFUSE_CERTIFICATION: {
        target: 'rejected',
        actions: set<EntryContext, WorkflowEvent & { readonly reasonCode: RefusalCode }>((_context, { reasonCode }) => ({
          reasons: [{ code: reasonCode, message: REFUSED[reasonCode] }],
        })),
      },
      WITHDRAW_REQUEST: { guard: permits('isBroadcasterSide'), target: 'withdrawn' },
      ...pullingOut,
      ...correct,
      ...standingIn,
      ...interruptible,
    },
    after: { certificationEnd: 'expired' },
  },
});
