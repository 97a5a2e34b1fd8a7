import { z } from 'zod';
import { partySchema, type Party } from './parties.js';

export const TEMPLATES = [
  'TERMS_PROPOSED',
  'AGREEMENT_READY',
  'SIGNATURE_ADDED',
  'SIGNATURE_REVOKED',
  'SIGNATURE_DUE',
  'COOLING_OFF_STARTED',
  'SWITCH_SCHEDULED',
  'REQUEST_COMPLETED',
  'REQUEST_DECLINED',
  'REQUEST_WITHDRAWN',
  'REQUEST_EXPIRED',
  'REQUEST_REJECTED',
  'REQUEST_VOIDED',
  'REQUEST_SUPERSEDED',
  'REQUEST_UNWOUND',
  'MEMBERSHIP_SWITCHED',
  'NOTICE_GIVEN',
  'CAUSE_ALLEGED',
  'CAUSE_ANSWERED',
  'RULING_DUE',
  'TRANSFER_ANNOUNCED',
  'TRANSFER_TERMS_ENTERED',
  'TRANSFER_TERMS_DIFFER',
  'CERTIFICATION_DUE',
  'OBJECTION_RAISED',
  'CHOICE_NEEDED',
  'CONSENT_NEEDED',
  'STATEMENT_ISSUED',
  'STATEMENT_AGREED',
  'STATEMENT_PAID',
  'PAYOUT_DUE',
  'PAYOUT_LATE',
  'PAYOUT_FAILED',
  'PAYOUT_UNCLAIMED',
  'PAYOUT_IN_ESCROW',
  'PAYEE_NEEDED',
  'PAYEE_LOCKED',
  'DISPUTE_FILED',
  'DISPUTE_ANSWERED',
  'DISPUTE_DECIDED',
  'DISPUTE_APPEALED',
  'INTERIM_RELEASE',
  'PETITION_FILED',
  'PETITION_DECIDED',
] as const;

export const notifyParams = z.strictObject({
  audience: z.array(partySchema).max(5),
  template: z.enum(TEMPLATES),
  /** People who are not told, although their party is. */
  except: z.array(z.uuid()).max(50).exactOptional(),
});
export type NotifyParams = z.infer<typeof notifyParams>;

/** Names who is told and by which template; the words are the template's, so that no text of people enters the chain. */
export const notify = (template: NotifyParams['template'], audience: readonly Party[] = ['BROADCASTER', 'GUILD']) => ({
  type: 'notifyParties' as const,
  params: { audience: [...audience], template } satisfies NotifyParams,
});
