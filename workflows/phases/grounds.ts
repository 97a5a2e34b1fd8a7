import type { Check, Reason } from '../kernel/index.js';

/** On what somebody may object, appeal or dispute. The lists are closed: what is in none of them is no ground at all. */

/** The domain's objection codes. */
export const OBJECTION_CODES = ['MIN_TERM', 'UNDISPUTED_DEBT', 'IDENTITY', 'FRAUD', 'COURT_ORDER', 'LOCK', 'GUARDIAN'] as const;
/** Against a decision: not that it was unwelcome, but how it was made or what it was made from. */
export const APPEAL_GROUNDS = ['UNFAIR_PROCESS', 'WRONG_FACTS'] as const;
/** Against a statement of what is owed. */
export const STATEMENT_OBJECTIONS = ['AMOUNT', 'SHARE', 'FEE', 'DEDUCTION', 'MISSING_EARNINGS', 'PERIOD'] as const;

/** What people offer as a ground and is none: known by name, so that each can be refused with its reason. */
export const NOT_GROUNDS = {
  NO_ANSWER: 'That somebody has not answered is no ground: silence has its own consequence, by its own deadline.',
  QUOTA: 'A quota is no ground: how many others have left concerns nobody’s right to.',
  POPULARITY: 'Being popular is no ground: what a broadcaster brings in does not bind them.',
  DISPUTED_FEE: 'A disputed fee is no ground: leaving never waits for money, and the statement can be objected to.',
} as const;

const notGrounds = Object.keys(NOT_GROUNDS) as (keyof typeof NOT_GROUNDS)[];

/** What the API offers for a dispute: with those that are refused, so that a person who names one is told why. */
export const OFFERED_GROUNDS = [...OBJECTION_CODES, ...APPEAL_GROUNDS, ...notGrounds] as const;
/** What an appeal may be based on. */
export const OFFERED_APPEAL_GROUNDS = [...APPEAL_GROUNDS, ...notGrounds] as const;
export const ALL_GROUNDS = [...OFFERED_GROUNDS, ...STATEMENT_OBJECTIONS] as const;
export type Ground = (typeof ALL_GROUNDS)[number];

export const groundObjections = (ground: string): Reason[] =>
  Object.hasOwn(NOT_GROUNDS, ground)
    ? [{ code: 'NOT_A_GROUND', message: NOT_GROUNDS[ground as keyof typeof NOT_GROUNDS], field: 'ground' }]
    : [];

/** Of an event that names its `ground`. */
export const isAGround: Check<unknown> = ({ payload }) => (payload ? groundObjections(payload['ground'] as string) : []);
