import { z } from 'zod';
import { annexFields } from '../kernel/index.js';
import type { Check, EffectSpec, EventSpec } from '../kernel/index.js';
import {
  actingAs,
  appealBy,
  BROADCASTER_SIDE,
  commonChecks,
  abandonEffect,
  contestEffects,
  contestEvents,
  daysOf,
  decidingChecks,
  exitEffects,
  exitEvents,
  GUILD_SIGNATORIES,
  interimEvents,
  says,
} from '../phases/index.js';
import { ANSWERS, CAUSE_CODES, RULINGS, type CauseContext } from './context.js';

const ruling = z
  .strictObject({ outcome: z.enum(RULINGS), verifiedCause: z.enum(CAUSE_CODES).exactOptional(), ...annexFields })
  .refine(({ outcome, verifiedCause }) => outcome === 'DENIED' || verifiedCause !== undefined, {
    message: 'A cause that is upheld is named.',
    path: ['verifiedCause'],
  });

export const events = {
  ...exitEvents,
  ...contestEvents,
  ...interimEvents,
  ADD_EVIDENCE: {
    title: 'Add evidence',
    by: [...BROADCASTER_SIDE, ...GUILD_SIGNATORIES],
    input: z.strictObject({ annexId: z.uuid(), annexHash: z.hash('sha256'), ...actingAs }),
    whileHeld: true,
  },
  ANSWER_CAUSE: {
    title: 'Answer the allegation',
    by: GUILD_SIGNATORIES,
    input: z.strictObject({ answer: z.enum(ANSWERS), ...annexFields, ...actingAs }),
  },
  CONFIRM_CURE: { title: 'Confirm that it was cured', by: BROADCASTER_SIDE, input: z.strictObject(actingAs) },
  REJECT_CURE: {
    title: 'Say that it was not cured',
    by: BROADCASTER_SIDE,
    input: z.strictObject({ ...annexFields, ...actingAs }),
  },
  RULE_CAUSE: { title: 'Rule on the cause', by: ['SUPPORT'], input: ruling },
  APPEAL_RULING: appealBy('Appeal against the ruling', 'APPEAL'),
  FAULT_RECORDED: { title: 'Who was at fault was recorded', by: [], input: z.strictObject({}) },
} satisfies Record<string, EventSpec>;

export const checks = {
  ...commonChecks,
  ...decidingChecks,
  isCurable: ({ context }) =>
    context.curable ? [] : [{ code: 'NOT_CURABLE', message: 'Such a cause cannot be cured: the platform rules on it at once.' }],
  isCured: says('answer', 'CURED'),
  isAccepted: says('answer', 'ACCEPTED'),
  isUpheld: says('outcome', 'UPHELD'),
  isUnruled: ({ context }) =>
    context.ruling === null ? [] : [{ code: 'RULED', message: 'This was ruled on already; now the appeal decides.' }],
  isSettled: ({ context }) =>
    context.releasedBecause === 'LATE' ? [{ code: 'PROVISIONAL', message: 'The release is provisional until the ruling.' }] : [],
} satisfies Record<string, Check<CauseContext>>;

export const delays = {
  cureEnd: daysOf('The time to cure is over', 'cureDays'),
  confirmEnd: daysOf('The time to confirm the cure is over', 'disputeAnswerDays'),
  decisionEnd: daysOf('The time to rule is over', 'disputeDecisionDays'),
  appealEnd: daysOf('The time to appeal is over', 'disputeAppealDays'),
};

export const faultParams = z.strictObject({
  membershipId: z.uuid(),
  atFault: z.enum(['GUILD', 'BROADCASTER']),
  endCause: z.enum(CAUSE_CODES),
});

export const effects = {
  ...exitEffects,
  ...contestEffects,
  ...abandonEffect,
  recordFault: { mode: 'transaction', params: faultParams },
} satisfies Record<string, EffectSpec>;
