/** Why the directory is changed. Closed: what does not fit is `OTHER` with a comment. */
export const REASON_CODES = [
  'REGISTRATION',
  'CORRECTION',
  'ASKED_BY_PERSON',
  'ASKED_BY_GUILD',
  'DOCUMENTS_CHECKED',
  'PAYEE_CHANGED',
  'IDENTITY_CHANGED',
  'POLICY_BREACH',
  'FRAUD',
  'COURT_ORDER',
  'INVESTIGATION',
  'CLEARED',
  'INACTIVITY',
  'MERGER',
  'STAFF_CHANGE',
  'GUARDIANSHIP',
  'DATA_PROTECTION',
  'REPORTING',
  'OTHER',
] as const;

export type ReasonCode = (typeof REASON_CODES)[number];
