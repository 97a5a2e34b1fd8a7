import { z } from 'zod';
import { AFTER_HOLD, permits } from '../kernel/index.js';
import type { Check, EffectSpec, EventSpec, Reason, StateConfig, StateMeta, States } from '../kernel/index.js';
import { endingEvents } from './ending.js';
import { notifyParams, type NotifyParams } from './notify.js';
import type { Party } from './parties.js';
import type { RequestContext } from './request.js';

/** What all kinds share: how they begin, how they can be ended from outside, and their ends. */

export const about = <Meta extends StateMeta>(meta: Meta): { meta: Meta } => ({ meta });

/** Everybody who takes part, but for the platform, which has its queue. */
export const everyone = ({ parties }: RequestContext): Party[] => parties.filter((party) => party !== 'PLATFORM');

/** Tells parties of the request by a template; the words are the template's, so that no text of people enters the chain. */
export const tell = (template: NotifyParams['template'], audience: (context: RequestContext) => readonly Party[] = everyone) => ({
  type: 'notifyParties' as const,
  params: ({ context }: { context: RequestContext }): NotifyParams => ({ audience: [...audience(context)], template }),
});

export const commonEvents = {
  VOID_REQUEST: endingEvents.VOID_REQUEST,
  SUPERSEDE_REQUEST: {
    title: 'Another request has taken its place',
    by: [],
    input: z.strictObject({ byRequestId: z.uuid() }),
  },
} satisfies Record<string, EventSpec>;

export const commonEffects = {
  notifyParties: { mode: 'delivery', params: notifyParams },
  [AFTER_HOLD]: { mode: 'transaction', params: z.strictObject({}) },
} satisfies Record<string, EffectSpec>;

export const commonChecks = {
  isEligible: ({ context }) => context.reasons,
} satisfies Record<string, Check<RequestContext>>;

/** In every state before the switch: support can void it, and another request can take its place. */
export const interruptible: StateConfig = { VOID_REQUEST: 'voided', SUPERSEDE_REQUEST: 'superseded' };

/**
 * The first state: what was found to speak against the request ends it at once, and is kept. Arrows instead of a target: where
 * the request may go, each guarded by `isEligible` and more.
 */
export const eligibility = (
  to: string | readonly object[],
  description = 'The conditions of the request are checked.',
): States => ({
  eligibility: {
    ...about({ title: 'Eligibility', description, phase: 'drafting' }),
    always: [...(typeof to === 'string' ? [{ guard: permits('isEligible'), target: to }] : to), { target: 'rejected' }],
  },
});

const finalState = (title: string, description: string, template: NotifyParams['template']): StateConfig => ({
  ...about({ title, description }),
  type: 'final',
  entry: tell(template),
});

const UNCHANGED = 'nothing has changed for anybody.';

/** The ends that a kind uses; each with a sentence of its own where the usual one does not fit. */
const ends = {
  completed: (text = 'What was asked for is done.') => finalState('Completed', text, 'REQUEST_COMPLETED'),
  declined: (text = `A party that was asked has declined; ${UNCHANGED}`) => finalState('Declined', text, 'REQUEST_DECLINED'),
  withdrawn: (text = `The request was withdrawn; ${UNCHANGED}`) => finalState('Withdrawn', text, 'REQUEST_WITHDRAWN'),
  expired: (text = `Nobody acted in time; ${UNCHANGED}`) => finalState('Expired', text, 'REQUEST_EXPIRED'),
  voided: (text = `The platform has voided the request; ${UNCHANGED}`) => finalState('Voided', text, 'REQUEST_VOIDED'),
  superseded: (text = 'Another request has taken the place of this one.') => finalState('Superseded', text, 'REQUEST_SUPERSEDED'),
  unwound: (text = 'The switch was reversed; everything is as it was before.') => finalState('Unwound', text, 'REQUEST_UNWOUND'),
  rejected: (text = 'The request cannot be carried out.'): StateConfig => ({
    ...about({ title: 'Rejected', description: text, reasons: ({ reasons }: RequestContext): readonly Reason[] => reasons }),
    type: 'final',
    entry: tell('REQUEST_REJECTED', (context) => rejectedAudience(context)),
  }),
} as const;

type End = keyof typeof ends;

/** Before anybody else has heard of a request only its initiator learns of its rejection. */
function rejectedAudience(context: RequestContext): readonly Party[] {
  const { told = false } = context as { readonly told?: boolean };
  return told ? everyone(context) : [context.initiator].filter((party) => party !== 'PLATFORM');
}

/** The final states of a kind, by name, with a description of its own or `true` for the usual one. */
export const endStates = (wanted: Readonly<Partial<Record<End, string | true>>>): States =>
  Object.fromEntries(
    (Object.entries(wanted) as [End, string | true][]).map(([name, text]) => [
      name,
      ends[name](text === true ? undefined : text),
    ]),
  );

/** Keeps why an effect was refused, for the state that it leads to. */
export function refusedFor(_context: RequestContext, event: { readonly reasons: readonly Reason[] }): Partial<RequestContext> {
  return { reasons: event.reasons };
}
