import { z } from 'zod';
import { annexFields, defineMachine, permits, set } from '../../kernel/index.js';
import type { Check, EffectSpec, EventSpec } from '../../kernel/index.js';
import {
  about,
  BROADCASTER_SIDE,
  commonChecks,
  commonEffects,
  commonEvents,
  contestEffects,
  contestEvents,
  contesting,
  actingAs,
  actingParty,
  daysOf,
  endStates,
  forParty,
  GUILD_SIGNATORIES,
  parties,
  pinned,
  requestContext,
  requestInput,
  sideOf,
  STATEMENT_OBJECTIONS,
  tell,
  type Contested,
  type Party,
  type RequestDefinition,
} from '../../phases/index.js';

/** The first PAYMENT: a statement and the time to object to it. It knows of no payout: an agreed statement is its end. */

const policy = pinned('settlementCycleDays', 'objectionDays');
const said = z.strictObject({});
const input = requestInput(policy, said);

interface PaymentContext extends Contested {
  readonly policy: z.infer<typeof policy>;
  /** Sides that have agreed to the statement. */
  readonly agreed: readonly Party[];
  /** Money is what a guild's finance is for. */
  readonly financeActs: true;
}

const effects = { ...commonEffects, ...contestEffects } satisfies Record<string, EffectSpec>;

const by = [...BROADCASTER_SIDE, ...GUILD_SIGNATORIES, 'GUILD_FINANCE'];

const events = {
  VOID_REQUEST: commonEvents.VOID_REQUEST,
  ...contestEvents,
  AGREE_STATEMENT: { title: 'Agree to the statement', by, input: z.strictObject(actingAs), whileHeld: true },
  OBJECT_TO_STATEMENT: {
    title: 'Object to the statement',
    by,
    input: z.strictObject({ ground: z.enum(STATEMENT_OBJECTIONS), ...annexFields, ...actingAs }),
  },
} satisfies Record<string, EventSpec>;

const checks = {
  ...commonChecks,
  hasNotAgreed: forParty<PaymentContext>((party, { context }) =>
    context.agreed.includes(sideOf(party)) ? [{ code: 'ALREADY_AGREED', message: 'Your side has agreed already.' }] : [],
  ),
  isAgreedByAll: ({ context }) =>
    context.agreed.length >= 2 ? [] : [{ code: 'AGREEMENT_MISSING', message: 'Not both sides have agreed.' }],
} satisfies Record<string, Check<PaymentContext>>;

const delays = {
  cycleEnd: daysOf('The settlement cycle is over', 'settlementCycleDays'),
  objectionEnd: daysOf('The time to object to the statement is over', 'objectionDays'),
};

const machine = defineMachine<PaymentContext, z.infer<typeof input>>({
  id: 'PAYMENT',
  checks,
  delays,
  context: (given) => ({ ...requestContext<z.infer<typeof policy>>(given), agreed: [], disputeId: null, financeActs: true }),
  initial: 'accruing',
  states: {
    accruing: {
      ...about({
        title: 'Accruing',
        description: 'The settlement cycle in which the switch fell is still running.',
        phase: 'settlement',
      }),
      on: { VOID_REQUEST: 'voided' },
      after: { cycleEnd: 'objection' },
    },
    objection: {
      ...about({
        title: 'Statement issued',
        description: 'Both sides may look at the statement and agree to it.',
        phase: 'settlement',
        awaits: ({ agreed }: PaymentContext) => (['BROADCASTER', 'GUILD'] as const).filter((party) => !agreed.includes(party)),
        acts: ['AGREE_STATEMENT', 'OBJECT_TO_STATEMENT'],
      }),
      entry: tell('STATEMENT_ISSUED'),
      always: { guard: permits('isAgreedByAll'), target: 'completed' },
      on: {
        VOID_REQUEST: 'voided',
        AGREE_STATEMENT: {
          guard: permits('hasNotAgreed'),
          actions: [
            set<PaymentContext>((context, event) => ({ agreed: [...context.agreed, sideOf(actingParty(event, context))] })),
            tell('STATEMENT_AGREED'),
          ],
        },
        OBJECT_TO_STATEMENT: { guard: permits('hasNotAgreed'), target: 'contesting' },
      },
      after: { objectionEnd: 'completed' },
    },
    ...contesting('disputed', 'Opening the dispute'),
    disputed: {
      ...about({
        title: 'Disputed',
        description: 'A side has objected; what is disputed waits for the dispute, while the membership is over all the same.',
        phase: 'settlement',
      }),
      on: { VOID_REQUEST: 'voided', DISPUTE_DECIDED: 'completed' },
    },
    ...endStates({ completed: 'Everything on the statement is settled.', voided: true }),
  },
});

export const payment: RequestDefinition = {
  kind: 'PAYMENT',
  version: 1,
  title: 'Settle a statement',
  description:
    'The statement of what is owed after a switch: it is issued when the settlement cycle ends, and stands unless somebody objects.',
  machine,
  input,
  parties,
  events,
  checks,
  effects,
  delays,
  policy,
  supervision: { by: ['SUPPORT'], forcible: ['objection', 'completed'] },
  timeZone: (context: PaymentContext) => context.timeZone,
  opening: {
    subject: 'REQUEST',
    said,
    by: {},
    parties: () => ['BROADCASTER', 'GUILD'],
    template: null,
    relation: 'PAYS',
    eligibility: () => [],
  },
};
