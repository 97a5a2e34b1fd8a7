import { z } from 'zod';
import { annexFields, effect, INTERVENTION_CODES, set } from '../kernel/index.js';
import type { EffectSpec, EventSpec, StateConfig, States, WorkflowEvent } from '../kernel/index.js';
import { commonEffects, commonEvents, endStates } from './common.js';
import type { Consent } from './consent.js';
import { endingEvents } from './ending.js';
import { BROADCASTER_SIDE, sideOf, type Party } from './parties.js';
import { saidReasons, type LeaveReason, type REASON_SOURCES } from './reasons.js';
import {
  endEffect,
  stating,
  statementEffect,
  statementEvents,
  switchDelays,
  switchedAt,
  switchEvents,
  switching,
  type EndKind,
  type SwitchContext,
} from './switching.js';

/** What all exits share: a reason, an instant, the end of the membership in one transaction, and the statement after it. */

export interface ExitContext extends SwitchContext {
  readonly primaryReason: LeaveReason;
  readonly secondaryReason: LeaveReason | null;
  readonly paymentId: string | null;
}

/** What somebody says who leaves; when they would like to, at the earliest when it is allowed. */
export const exitSaid = { ...saidReasons, leaveAt: z.iso.datetime({ precision: 3 }).exactOptional() };

export const exitReasons = (said: { readonly primaryReason: LeaveReason; readonly secondaryReason?: LeaveReason }) => ({
  primaryReason: said.primaryReason,
  secondaryReason: said.secondaryReason ?? null,
  paymentId: null,
});

export const exitEvents = {
  ...commonEvents,
  ...switchEvents,
  ...statementEvents,
  WITHDRAW_REQUEST: { ...endingEvents.WITHDRAW_REQUEST, by: BROADCASTER_SIDE },
} satisfies Record<string, EventSpec>;

/** Of an exit that waits for its day. The day itself is moved by an extension, which every kind has. */
export const exitCorrectionEvents = {
  CORRECT_REQUEST: {
    title: 'Correct the reasons',
    by: ['SUPPORT'],
    input: z.strictObject({ ...saidReasons, reasonCode: z.enum(INTERVENTION_CODES), ...annexFields }),
  },
} satisfies Record<string, EventSpec>;

type Corrected = WorkflowEvent & { readonly primaryReason: LeaveReason; readonly secondaryReason?: LeaveReason };

/** Without a target: nobody has to act anew, and no clock begins again. */
export const exitCorrection: StateConfig = {
  CORRECT_REQUEST: {
    actions: set<ExitContext, Corrected>((_context, { primaryReason, secondaryReason = null }) => ({
      primaryReason,
      secondaryReason,
    })),
  },
};

export const exitEffects = { ...commonEffects, ...endEffect, ...statementEffect } satisfies Record<string, EffectSpec>;

export const exitDelays = switchDelays;

const reasonSource = (initiator: Party): (typeof REASON_SOURCES)[number] => {
  const side = sideOf(initiator);
  return side === 'BROADCASTER' || side === 'GUILD' ? side : 'PLATFORM';
};

/** From the chosen instant to the end: the membership ends, the statement opens, done. */
export const leaving = <Context extends ExitContext>(
  end: (context: Context) => {
    readonly endKind: EndKind;
    /** A code that both may read: the kind of exit, or what was ruled. */
    readonly endCause?: string;
    readonly atFault?: 'GUILD' | 'BROADCASTER';
  },
  {
    to = 'completed',
    consent,
  }: {
    /** Where it leads when the statement is open. */
    readonly to?: string;
    /** Of an exit that is signed: whose consent it rests on, and where it leads when that no longer holds. */
    readonly consent?: { readonly of: (context: Context) => Consent; readonly lapsed: StateConfig };
  } = {},
): States => ({
  ...switching({
    effect: effect<Context>('endMembership', (context, event) => {
      const source = reasonSource(context.initiator);
      // The row of a membership is the guild's to read, what a broadcaster gives as the reason is not.
      const { endKind, endCause = source === 'BROADCASTER' ? null : context.primaryReason, atFault = null } = end(context);
      return {
        membershipId: context.membershipId!,
        endsAt: switchedAt(context, event),
        endKind,
        endCause,
        atFault,
        reason: { source, primary: context.primaryReason, secondary: context.secondaryReason },
        ...(consent && { consent: consent.of(context) }),
      };
    }),
    to: 'stating',
    ...(consent && { on: consent.lapsed }),
  }),
  ...stating(to),
});

export const exitEnds = (ended = 'The membership has ended.'): States =>
  endStates({ completed: ended, withdrawn: true, rejected: true, voided: true, superseded: true });
