import { z } from 'zod';
import { annexFields, permits, set, type Check, type EventSpec, type StateConfig } from '../kernel/index.js';
import { EVERY_PARTY, STAND_IN, type WithParties } from './parties.js';
import { DELEGATES } from './signatories.js';

/**
 * A suspended guild's exits go on: the platform acts in its place, once support has said so in the request. The authority to say it,
 * and every act after it, is there only while the guild is suspended; the guild's own staff may act all the same.
 */

const STAND_IN_CODES = ['GUILD_SUSPENDED', 'OTHER'] as const;

export const standInEvents = {
  STAND_IN: {
    title: 'Stand in for the suspended guild',
    by: [STAND_IN],
    input: z.strictObject({ reasonCode: z.enum(STAND_IN_CODES), ...annexFields }),
    whileHeld: true,
  },
} satisfies Record<string, EventSpec>;

/** An act of the parties that the platform can do in the guild's place. */
export const alsoByStandIn = <Spec extends EventSpec>(spec: Spec) => ({
  ...spec,
  by: [...EVERY_PARTY, STAND_IN, ...DELEGATES.filter((delegate) => spec.by.includes(delegate))],
});

export const standInChecks = {
  standsNotInYet: ({ context }) =>
    context.platformStandsIn === true ? [{ code: 'STANDS_IN', message: 'The platform stands in for the guild already.' }] : [],
} satisfies Record<string, Check<WithParties>>;

/** Part of `on` of the states in which the guild is to act. */
export const standingIn: StateConfig = {
  STAND_IN: { guard: permits('standsNotInYet'), actions: set<WithParties>(() => ({ platformStandsIn: true })) },
};
