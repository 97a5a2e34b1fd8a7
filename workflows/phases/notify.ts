import { z } from 'zod';
import { partySchema, type Party } from './parties.js';

export const TEMPLATES = [
  'TERMS_PROPOSED',
  'AGREEMENT_READY',
  'SIGNATURE_ADDED',
  'SIGNATURE_REVOKED',
  'COOLING_OFF_STARTED',
  'SWITCH_SCHEDULED',
  'REQUEST_COMPLETED',
  'REQUEST_DECLINED',
  'REQUEST_WITHDRAWN',
  'REQUEST_EXPIRED',
  'REQUEST_REJECTED',
  'REQUEST_VOIDED',
] as const;

export const notifyParams = z.strictObject({ audience: z.array(partySchema).min(1).max(2), template: z.enum(TEMPLATES) });
export type NotifyParams = z.infer<typeof notifyParams>;

/** Names who is told and by which template; the words are the template's, so that no text of people enters the chain. */
export const notify = (template: NotifyParams['template'], audience: readonly Party[] = partySchema.options) => ({
  type: 'notifyParties' as const,
  params: { audience: [...audience], template } satisfies NotifyParams,
});
