import {
  agreementEffects,
  annulEffect,
  commonEffects,
  parties,
  switchParams,
  termsSchema,
  type RequestDefinition,
} from '../../phases/index.js';
import { joinOpening } from '../opening.js';
import { joinInput, joinPolicy, type JoinV2Context } from './context.js';
import { checks, delays, events, joinMachineV2 } from './machine.js';
import { fromV1 } from './from-v1.js';

/** A broadcaster becomes a member: with guardian and platform for a minor, and with an early start for who asks for it. */
export const joinV2: RequestDefinition = {
  kind: 'JOIN',
  version: 2,
  title: 'Join a guild',
  description:
    'A broadcaster becomes a member of a guild, by application or by invitation. For a minor the guardian and the platform consent as well.',
  machine: joinMachineV2,
  input: joinInput,
  parties,
  events,
  checks,
  effects: {
    ...commonEffects,
    ...agreementEffects(termsSchema),
    ...annulEffect,
    switchMembership: { mode: 'transaction', params: switchParams, refused: 'SWITCH_REFUSED' },
  },
  delays,
  policy: joinPolicy,
  supervision: { by: ['SUPPORT'], forcible: ['drafting', 'declined', 'withdrawn', 'expired'] },
  migratesFrom: { 1: fromV1 },
  timeZone: (context: JoinV2Context) => context.timeZone,
  opening: joinOpening,
};
