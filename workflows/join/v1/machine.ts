import { assign, setup } from 'xstate';
import type { Check, StateMeta } from '../../kernel/index.js';
import { permits, permitsGuard } from '../../kernel/index.js';
import {
  coolingOffChecks,
  coolingOffDelays,
  declared,
  draftingChecks,
  draftingDelays,
  endingChecks,
  NO_SIGNATURES,
  notify,
  otherParty,
  proposed,
  revoked,
  scheduled,
  settlementDelays,
  signed,
  signingChecks,
  signingDelays,
  unsignedParties,
  type NotifyParams,
  type Terms,
} from '../../phases/index.js';
import { initialContext, type JoinContext, type JoinEvent, type JoinInput } from './context.js';

export const checks = {
  ...endingChecks,
  ...draftingChecks,
  ...signingChecks,
  ...coolingOffChecks,
  isEligible: ({ context }) => context.reasons,
} satisfies Record<string, Check<JoinContext>>;

export const delays = { ...draftingDelays, ...signingDelays, ...coolingOffDelays, ...settlementDelays };

/** Everything that a party may do with a proposal also ends or reopens it, wherever signatures are still missing. */
const beforeBothSigned = {
  DECLINE_REQUEST: { guard: permits('isAskedParty'), target: 'declined' },
  WITHDRAW_REQUEST: { guard: permits('isInitiator'), target: 'withdrawn' },
  VOID_REQUEST: { target: 'voided' },
} as const;

const types = {} as { context: JoinContext; input: JoinInput & { at: string }; events: JoinEvent; meta: StateMeta };

const about = <Meta extends StateMeta>(meta: Meta): { meta: Meta } => ({ meta });

export const joinMachine = setup({
  types,
  guards: { permits: permitsGuard<JoinContext>(checks) },
  delays: {
    response: delays.response.ms,
    signatureWindow: delays.signatureWindow.ms,
    coolingOffEnd: delays.coolingOffEnd.ms,
    switchAt: delays.switchAt.ms,
  },
  actions: declared<{
    renderAgreement: { version: number; terms: Terms };
    switchMembership: { broadcasterId: string; guildId: string; startsAt: string; terms: Terms };
    notifyParties: NotifyParams;
  }>(),
}).createMachine({
  id: 'JOIN',
  initial: 'eligibility',
  context: ({ input }) => initialContext(input),
  options: { maxIterations: 50 },
  states: {
    eligibility: {
      ...about({ title: 'Eligibility', description: 'The conditions of joining are checked.', phase: 'drafting' }),
      always: [{ guard: permits('isEligible'), target: 'rendering' }, { target: 'rejected' }],
    },
    rendering: {
      ...about({
        title: 'Rendering',
        description: 'The text of the agreement is made from the proposed terms.',
        phase: 'drafting',
      }),
      entry: { type: 'renderAgreement', params: ({ context }) => ({ version: context.version, terms: context.terms }) },
      on: {
        AGREEMENT_RENDERED: {
          guard: permits('isCurrentVersion'),
          target: 'drafting',
          actions: assign(({ event }) => ({ agreement: { agreementId: event.agreementId, sha256: event.sha256 } })),
        },
        RENDERING_REFUSED: { target: 'rejected', actions: assign(({ event }) => ({ reasons: event.reasons })) },
      },
    },
    drafting: {
      ...about({
        title: 'Drafting',
        description: 'A proposal is open; the other party accepts it, proposes other terms or declines.',
        phase: 'drafting',
        awaits: ({ proposedBy }: JoinContext) => [otherParty(proposedBy)],
        acts: ['ACCEPT_TERMS', 'PROPOSE_TERMS'],
      }),
      entry: {
        type: 'notifyParties',
        params: ({ context }) => ({ audience: [otherParty(context.proposedBy)], template: 'TERMS_PROPOSED' }),
      },
      on: {
        ACCEPT_TERMS: { guard: permits('isAnswering', 'isCurrentVersion'), target: 'signing' },
        PROPOSE_TERMS: {
          guard: permits('isAnswering', 'isBelowRoundLimit', 'isWithinPolicy', 'changesTerms'),
          target: 'rendering',
          actions: assign(({ context, event }) => proposed(context, event)),
        },
        ...beforeBothSigned,
      },
      after: { response: 'expired' },
    },
    signing: {
      ...about({
        title: 'Signing',
        description: 'The terms are agreed; each party signs the same text.',
        phase: 'signing',
        awaits: (context: JoinContext) => unsignedParties(context),
        acts: ['SIGN_AGREEMENT'],
      }),
      entry: notify('AGREEMENT_READY'),
      always: { guard: permits('isSignedByAll'), target: 'coolingOff' },
      on: {
        // Without a target: a signature does not restart the window.
        SIGN_AGREEMENT: {
          guard: permits('hasNotSigned', 'isShownAgreement', 'isCurrentVersion'),
          actions: [assign(({ context, event }) => signed(context, event)), notify('SIGNATURE_ADDED')],
        },
        REVOKE_SIGNATURE: {
          guard: permits('hasSigned'),
          actions: [assign(({ context, event }) => revoked(context, event)), notify('SIGNATURE_REVOKED')],
        },
        PROPOSE_TERMS: {
          guard: permits('isForEitherParty', 'isBelowRoundLimit', 'isWithinPolicy', 'changesTerms'),
          target: 'rendering',
          actions: assign(({ context, event }) => ({ ...proposed(context, event), signatures: NO_SIGNATURES })),
        },
        ...beforeBothSigned,
      },
      after: { signatureWindow: 'expired' },
    },
    coolingOff: {
      ...about({
        title: 'Cooling-off',
        description: 'Both parties have signed; the broadcaster may still withdraw without giving a reason.',
        phase: 'cooling-off',
      }),
      entry: notify('COOLING_OFF_STARTED'),
      on: {
        WITHDRAW_REQUEST: { guard: permits('isProtectedParty'), target: 'withdrawn' },
        VOID_REQUEST: 'voided',
      },
      after: { coolingOffEnd: { target: 'settlement', actions: assign(({ context, event }) => scheduled(context, event)) } },
    },
    settlement: {
      ...about({ title: 'Settlement', description: 'The membership begins at the chosen time.', phase: 'settlement' }),
      entry: notify('SWITCH_SCHEDULED'),
      on: { VOID_REQUEST: 'voided' },
      after: { switchAt: 'switching' },
    },
    switching: {
      ...about({ title: 'Switching', description: 'The membership is being entered.', phase: 'settlement' }),
      entry: {
        type: 'switchMembership',
        params: ({ context: { broadcasterId, guildId, switchAt, terms } }) => ({
          broadcasterId,
          guildId,
          startsAt: switchAt!,
          terms,
        }),
      },
      on: {
        SWITCHED: { target: 'completed', actions: assign(({ event }) => ({ membershipId: event.membershipId })) },
        SWITCH_REFUSED: { target: 'rejected', actions: assign(({ event }) => ({ reasons: event.reasons })) },
      },
    },
    completed: {
      ...about({ title: 'Completed', description: 'The membership is active.' }),
      type: 'final',
      entry: notify('REQUEST_COMPLETED'),
    },
    declined: {
      ...about({ title: 'Declined', description: 'The party that was asked has declined.' }),
      type: 'final',
      entry: notify('REQUEST_DECLINED'),
    },
    withdrawn: {
      ...about({ title: 'Withdrawn', description: 'The request was withdrawn; nothing has changed for either party.' }),
      type: 'final',
      entry: notify('REQUEST_WITHDRAWN'),
    },
    expired: {
      ...about({ title: 'Expired', description: 'Nobody acted in time; nothing has changed for either party.' }),
      type: 'final',
      entry: notify('REQUEST_EXPIRED'),
    },
    rejected: {
      ...about({
        title: 'Rejected',
        description: 'The request cannot be carried out.',
        reasons: ({ reasons }: JoinContext) => reasons,
      }),
      type: 'final',
      // Before the first text exists the other party has not heard of the request.
      entry: {
        type: 'notifyParties',
        params: ({ context }) => ({
          audience: context.version === 1 && !context.agreement ? [context.initiator] : ['BROADCASTER', 'GUILD'],
          template: 'REQUEST_REJECTED',
        }),
      },
    },
    voided: {
      ...about({ title: 'Voided', description: 'The platform has voided the request; nothing has changed for either party.' }),
      type: 'final',
      entry: notify('REQUEST_VOIDED'),
    },
  },
});
