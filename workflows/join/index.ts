import type { WorkflowDefinition } from '../kernel/index.js';
import {
  draftingEvents,
  endingEvents,
  notifyParams,
  parties,
  renderParams,
  settlementEvents,
  signingEvents,
  switchParams,
} from '../phases/index.js';
import { inputSchema, type JoinContext } from './context.js';
import { checks, delays, joinMachine } from './machine.js';

export type { JoinContext, JoinEvent, JoinInput } from './context.js';

/** A broadcaster becomes a member of a guild, by application or by invitation. */
export const join: WorkflowDefinition = {
  kind: 'JOIN',
  version: 1,
  machine: joinMachine,
  input: inputSchema,
  parties,
  events: { ...draftingEvents, ...signingEvents, ...endingEvents, ...settlementEvents },
  checks,
  effects: {
    renderAgreement: { mode: 'transaction', params: renderParams, refused: 'RENDERING_REFUSED' },
    switchMembership: { mode: 'transaction', params: switchParams, refused: 'SWITCH_REFUSED' },
    notifyParties: { mode: 'delivery', params: notifyParams },
  },
  delays,
  timeZone: (context: JoinContext) => context.timeZone,
};
