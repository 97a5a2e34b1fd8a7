import { effect, permits, set, type States, type StateConfig, type WorkflowEvent } from '../../kernel/index.js';
import { about, actingParty, tell } from '../../phases/index.js';
import { broadcasterSide, type PaymentV2Context } from './context.js';
import { escrow, escrowing, lastFailureOf, PAYEE_GONE } from './outcomes.js';

/** From the agreed statement to the money: each state in which a payout can be, and who is waited for in it. */

type Change = WorkflowEvent & { readonly change: 'PAYEE' | 'IDENTITY'; readonly payeeId: string | null };

const withPayee = (payeeId: string | null) => ({ payeeId, payeeMissing: false, failures: 0, lastFailure: null });

/** A change of identity locks like one of the payee, and names nobody. */
const changed = set<PaymentV2Context, Change>((_context, { change, payeeId, at }) => ({
  payeeChangedAt: at,
  ...(change === 'PAYEE' && withPayee(payeeId)),
}));

/** Where nothing is being paid the change only counts later, when it comes to paying. */
export const noted: StateConfig = { PAYEE_CHANGED: { actions: changed } };

/** Whoever took over an account would first change who is paid: a payout that is under way waits as well (edge case 16). */
const relocked: StateConfig = { PAYEE_CHANGED: { target: 'payeeLocked', actions: changed, reenter: true } };

const reported = set<PaymentV2Context, WorkflowEvent & { reference: string }>(({ references }, { reference }) => ({
  references: [...references, reference],
}));

type Failed = WorkflowEvent & { readonly reference: string; readonly code: PaymentV2Context['lastFailure'] };
const failed = set<PaymentV2Context, Failed>(({ references, failures }, { reference, code }) => ({
  references: [...references, reference],
  failures: failures + 1,
  lastFailure: code,
}));

/** In every state since the money was due: what has gone out has gone out, whatever has come in between, and is not paid twice. */
const paid: StateConfig = {
  PAYOUT_SUCCEEDED: { guard: permits('isImpartial', 'isNewReference'), target: 'completed', actions: reported },
};

const failing: StateConfig = {
  PAYOUT_FAILED: [
    {
      guard: permits('isImpartial', 'isNewReference', 'isForEscrow'),
      target: 'escrow',
      actions: [failed, set<PaymentV2Context>(() => ({ escrowReason: 'SANCTIONS' }))],
    },
    { guard: permits('isImpartial', 'isNewReference', 'isRetryable', 'hasAttemptsLeft'), target: 'retrying', actions: failed },
    // Terminal, or retried often enough.
    { guard: permits('isImpartial', 'isNewReference'), target: 'payeeNeeded', actions: failed },
  ],
};

const stopped: StateConfig = { VOID_REQUEST: 'voided', ...paid, ...escrowing };

/**
 * Where the money goes next, told by whether there is somebody to pay. Arrows rather than a state, so that a deadline can say where
 * it leads; `when`: more checks.
 */
export const toPayout = (...when: string[]) => [
  { guard: permits(...when, 'hasPayee', 'isPayeeFree'), target: 'paying', actions: tell('PAYOUT_DUE') },
  { guard: permits(...when, 'hasPayee'), target: 'payeeLocked' },
  { guard: permits(...when), target: 'payeeNeeded' },
];

const forNewPayee: StateConfig = {
  NAME_PAYEE: {
    guard: permits('isForBroadcaster', 'isOtherPayee'),
    target: 'namingPayee',
    actions: set<PaymentV2Context, WorkflowEvent & { payeeId: string }>((_context, { payeeId, at }) => ({
      payeeChangedAt: at,
      ...withPayee(payeeId),
    })),
  },
  // By the directory, or by the same person in another payment: one change releases all that wait for it.
  PAYEE_CHANGED: [{ guard: permits('namesPayee'), target: 'payeeLocked', actions: changed }, { actions: changed }],
  ...stopped,
};

const platformPays = { phase: 'settlement', awaits: () => ['PLATFORM'], acts: ['PAYOUT_SUCCEEDED', 'PAYOUT_FAILED'] };
const toSide = (template: Parameters<typeof tell>[0]) => tell(template, (context) => broadcasterSide(context));

export const payingOut: States = {
  // Only a forced transition leads here.
  clearing: {
    ...about({
      title: 'Clearing the payout',
      description: 'It is looked at whether there is somebody to pay.',
      phase: 'settlement',
    }),
    always: toPayout(),
  },
  paying: {
    ...about({
      title: 'Payout due',
      description: 'The statement stands; the platform pays it out and reports the result.',
      ...platformPays,
    }),
    entry: set<PaymentV2Context>(({ dueSince }, { at }) => ({ dueSince: dueSince ?? at })),
    on: { ...failing, ...relocked, ...stopped },
    after: { payoutEnd: { target: 'payoutLate', actions: tell('PAYOUT_LATE') } },
  },
  // Without a clock: that it is late is said once, and seen for as long as it is.
  payoutLate: {
    ...about({
      title: 'Payout late',
      description: 'The payout should have been made by now; the platform owes it.',
      ...platformPays,
    }),
    on: { ...failing, ...relocked, ...stopped },
  },
  retrying: {
    ...about({
      title: 'Payout repeated',
      description: 'An attempt to pay out has failed for the moment; the next one is made when its time has come.',
      phase: 'settlement',
      reasons: lastFailureOf,
    }),
    entry: tell('PAYOUT_FAILED'),
    on: { ...relocked, ...stopped },
    // The days to pay go on while an attempt is repeated.
    after: { retryEnd: [{ guard: permits('isInTime'), target: 'paying' }, { target: 'payoutLate' }] },
  },
  payeeNeeded: {
    ...about({
      title: 'New payee needed',
      description: 'The payee cannot be paid; the broadcaster names another one.',
      phase: 'settlement',
      awaits: broadcasterSide,
      acts: ['NAME_PAYEE'],
      reasons: lastFailureOf,
    }),
    entry: [set<PaymentV2Context>(() => PAYEE_GONE), toSide('PAYEE_NEEDED')],
    on: forNewPayee,
    after: { unclaimedEnd: 'unclaimed' },
  },
  namingPayee: {
    ...about({ title: 'Naming the payee', description: 'The new payee is put on record.', phase: 'settlement' }),
    entry: effect<PaymentV2Context>('changePayee', (context, event) => ({
      broadcasterId: context.broadcasterId,
      payeeId: context.payeeId!,
      by: actingParty(event, context) === 'GUARDIAN' ? 'GUARDIAN' : 'SELF',
    })),
    on: { PAYEE_NAMED: 'payeeLocked' },
  },
  payeeLocked: {
    ...about({
      title: 'New payee locked',
      description: 'The payee or the identity was changed a short time ago; nothing is paid before the lock is over.',
      phase: 'settlement',
    }),
    entry: [set<PaymentV2Context>(() => ({ dueSince: null })), toSide('PAYEE_LOCKED')],
    on: { ...relocked, ...stopped },
    after: { lockEnd: toPayout() },
  },
  unclaimed: {
    ...about({
      title: 'Unclaimed',
      description:
        'Nobody has named a new payee in time; the funds are kept, and the broadcaster can still claim them by naming one.',
      phase: 'settlement',
      awaits: broadcasterSide,
      acts: ['NAME_PAYEE'],
      reasons: lastFailureOf,
    }),
    entry: tell('PAYOUT_UNCLAIMED'),
    on: forNewPayee,
    after: { claimEnd: 'expired' },
  },
  escrow: escrow(toPayout, { ...paid, ...noted }),
};
