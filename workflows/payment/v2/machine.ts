import { defineMachine, eventTime, permits, set } from '../../kernel/index.js';
import { abandoning, about, actingParty, contesting, daysOf, endStates, sideOf, tell, yearsOf } from '../../phases/index.js';
import { checks } from './checks.js';
import { initialContext, lateFrom, lockedUntil, notAgreed, type Input, type PaymentV2Context } from './context.js';
import { noted, payingOut, toPayout } from './paying.js';

const until =
  (end: (context: PaymentV2Context) => string | null) =>
  ({ context, event }: { context: PaymentV2Context; event: unknown }) =>
    Math.max(0, Date.parse(end(context) ?? eventTime(event)) - Date.parse(eventTime(event)));

export const delays = {
  cycleEnd: daysOf('The settlement cycle is over', 'settlementCycleDays'),
  objectionEnd: daysOf('The time to object to the statement is over', 'objectionDays'),
  payoutEnd: { title: 'The time to pay out is over', ms: until(lateFrom) },
  retryEnd: daysOf('The next attempt to pay out is due', 'payoutRetryDays'),
  lockEnd: { title: 'The lock of the new payee is over', ms: until(lockedUntil) },
  unclaimedEnd: daysOf('The time to name a new payee is over, and the funds count as unclaimed', 'unclaimedDays'),
  claimEnd: yearsOf('The time to claim the funds is over', 'retentionYears'),
};

const statement = { VOID_REQUEST: 'voided', ...noted };

export const paymentMachineV2 = defineMachine<PaymentV2Context, Input>({
  id: 'PAYMENT',
  checks,
  delays,
  context: initialContext,
  initial: 'accruing',
  states: {
    accruing: {
      ...about({
        title: 'Accruing',
        description: 'The settlement cycle in which the switch fell is still running.',
        phase: 'settlement',
      }),
      on: statement,
      after: { cycleEnd: 'objection' },
    },
    objection: {
      ...about({
        title: 'Statement issued',
        description: 'Both sides may look at the statement and agree to it.',
        phase: 'settlement',
        awaits: notAgreed,
        acts: ['AGREE_STATEMENT', 'OBJECT_TO_STATEMENT'],
      }),
      entry: tell('STATEMENT_ISSUED'),
      always: toPayout('isAgreedByAll'),
      on: {
        AGREE_STATEMENT: {
          guard: permits('hasNotAgreed'),
          actions: [
            set<PaymentV2Context>((context, event) => ({ agreed: [...context.agreed, sideOf(actingParty(event, context))] })),
            tell('STATEMENT_AGREED'),
          ],
        },
        OBJECT_TO_STATEMENT: { guard: permits('hasNotAgreed'), target: 'contesting' },
        ...statement,
      },
      after: { objectionEnd: toPayout() },
    },
    ...contesting('disputed', 'Opening the dispute'),
    disputed: {
      ...about({
        title: 'Disputed',
        description: 'A side has objected; what is disputed waits for the dispute, while the membership is over all the same.',
        phase: 'settlement',
      }),
      ...abandoning,
      on: { DISPUTE_DECIDED: toPayout(), ...statement },
    },
    ...payingOut,
    ...endStates({
      completed: 'The statement is settled and paid out.',
      expired:
        'Nobody has named a payee for as long as the records are kept; what becomes of the funds is for the law of the region to say.',
      voided: true,
    }),
  },
});
