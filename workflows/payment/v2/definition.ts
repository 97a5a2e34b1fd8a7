import { parties, type RequestDefinition } from '../../phases/index.js';
import { checks } from './checks.js';
import { input, policy, said, type PaymentV2Context } from './context.js';
import { effects, events } from './events.js';
import { fromV1 } from './from-v1.js';
import { delays, paymentMachineV2 } from './machine.js';

/** From the statement to the money: objected to or agreed, paid out, and whatever can go wrong with a payout. */
export const paymentV2: RequestDefinition = {
  kind: 'PAYMENT',
  version: 2,
  title: 'Settle a statement',
  description:
    'The statement of what is owed after a switch: issued when the settlement cycle ends, it stands unless somebody objects; then it is paid out.',
  machine: paymentMachineV2,
  input,
  parties,
  events,
  checks,
  effects,
  delays,
  policy,
  // Into `clearing`, never into `paying`: a force does not go round the lock of a new payee, and nothing is paid without a reference.
  supervision: { by: ['SUPPORT'], forcible: ['objection', 'clearing'] },
  migratesFrom: { 1: fromV1 },
  timeZone: (context: PaymentV2Context) => context.timeZone,
  opening: {
    subject: 'REQUEST',
    said,
    by: {},
    parties: ({ minor }) => (minor ? ['BROADCASTER', 'GUARDIAN', 'GUILD', 'PLATFORM'] : ['BROADCASTER', 'GUILD', 'PLATFORM']),
    template: null,
    relation: 'PAYS',
    eligibility: () => [],
    input: (given, { broadcaster }) => ({ ...given, payeeChangedAt: broadcaster.payeeChangedAt }),
  },
};
