import type { DurationUnit, Variable } from './variable.js';
import { causes, consentedTo, reversalReasons } from './option-labels.js';

/** What a template of one name is for, what it may name, and which terms its clauses may state. */
export interface TemplateDefinition {
  readonly description: string;
  readonly variables: Readonly<Record<string, Variable>>;
  readonly terms: readonly string[];
}

const is = (type: 'PERCENTAGE' | 'DATE' | 'INSTANT' | 'INTEGER' | 'BOOLEAN' | 'PARTY' | 'TEXT' | 'MONEY', description: string) =>
  ({ type, description }) as const;
const lasting = (unit: DurationUnit, description: string) => ({ type: 'DURATION', unit, description }) as const;
const maybe = <V extends Variable>(variable: V) => ({ ...variable, optional: true }) as const;

/** Of every text. */
const common = {
  agreementId: is('TEXT', 'Reference of the text, random: it also keeps the hash of a short text from being guessed.'),
  date: is('DATE', 'The day on which the text is drawn up, in the region.'),
  guild: is('PARTY', 'Name of the guild; of a transfer, the one that is left.'),
  broadcaster: is('PARTY', 'Public handle of the broadcaster.'),
  region: is('TEXT', 'Name of the region.'),
  policy: is('TEXT', 'Name and number of the policy version that applies.'),
  minor: is('BOOLEAN', 'The broadcaster is a minor.'),
} as const;

/** What the pinned policy says. */
const rules = {
  minTermMonths: lasting(
    'month',
    'From the beginning: how long only the capped fee or consent lets the broadcaster go with notice.',
  ),
  autoRenew: is('BOOLEAN', 'A membership goes on by itself when its term is over.'),
  noticeDays: lasting('day', 'How long a membership goes on after notice was given.'),
  probationDays: lasting('day', 'From the beginning: how long the broadcaster may leave at once.'),
  cureDays: lasting('day', 'How long a guild may put right what is a cause to leave.'),
  exitFeeCapMonths: is('INTEGER', 'Cap of the exit fee, in mean monthly commissions of the guild; 0: none is due.'),
  settlementCycleDays: lasting('day', 'Length of a settlement cycle.'),
  objectionDays: lasting('day', 'How long a statement may be objected to.'),
  payoutDays: lasting('day', 'By when an undisputed statement is paid out.'),
  retentionYears: lasting('year', 'How long records are kept.'),
  disputeAnswerDays: lasting('day', 'How long the other side may answer a dispute.'),
  disputeDecisionDays: lasting('day', 'By when the platform decides a dispute.'),
  disputeAppealDays: lasting('day', 'How long a decision may be appealed.'),
  postTransferLockDays: lasting('day', 'After a transfer: how long no other one may begin.'),
  originSharePercentMax: is('PERCENTAGE', 'Greatest share of a transfer fee for the guilds of origin.'),
} as const;

const agreed = { version: is('INTEGER', 'Number of the version of the terms, from 1.') } as const;
const membership = {
  guildSharePercent: is('PERCENTAGE', "The guild's share of gross revenue."),
  broadcasterSharePercent: is('PERCENTAGE', "The broadcaster's share of gross revenue."),
  termMonths: lasting('month', 'Minimum term of the membership.'),
  nonCompeteMonths: maybe(
    lasting('month', 'After the end: how long the broadcaster may join no competitor; absent: not agreed.'),
  ),
} as const;
const coolingOffDays = lasting('day', 'How long the broadcaster may withdraw after all have signed.');
const startAt = maybe(is('INSTANT', 'From when the terms are in force; absent: no time was chosen.'));
const leaveAt = maybe(is('INSTANT', 'When the membership is to end; absent: no time was chosen.'));
const transferAt = maybe(is('INSTANT', 'When the broadcaster is to move; absent: no time was chosen.'));
const gainingGuild = is('PARTY', 'Name of the guild that is joined.');
const fee = {
  fee: is('MONEY', 'What the gaining guild pays to the one that is left.'),
  originSharePercent: is('PERCENTAGE', 'Share of the fee for the guilds of origin.'),
} as const;

const MEMBERSHIP_TERMS = ['guildSharePercent', 'termMonths', 'nonCompeteMonths'];
const FEE_TERMS = ['feeMinor', 'originSharePercent', 'transferAt', 'currency'];

const agreement = (description: string, variables: TemplateDefinition['variables'], terms: readonly string[]) => ({
  description,
  variables: { ...common, ...rules, ...agreed, ...variables },
  terms,
});

const notice = (description: string, variables: TemplateDefinition['variables'] = {}) => ({
  description,
  variables: { ...common, ...rules, noticeGivenAt: is('INSTANT', 'When it was declared.'), ...variables },
  terms: [],
});
const endsAt = maybe(is('INSTANT', 'When the membership ends; absent: it is not known yet, or it does not end.'));

/**
 * Every template that a request may ask for. What a broadcaster gives as the reason of an exit is in none of them: a guild reads its notice.
 A variable that published texts use is never removed, retyped or made optional. */
export const templateCatalogue = {
  JOIN: agreement('The agreement by which a broadcaster becomes a member.', { ...membership, startAt, coolingOffDays }, [
    ...MEMBERSHIP_TERMS,
    'startAt',
  ]),
  AMEND: agreement('Other terms for a running membership.', { ...membership, startAt }, [...MEMBERSHIP_TERMS, 'startAt']),
  RENEW: agreement('Another term for a running membership.', { ...membership, startAt, coolingOffDays }, [
    ...MEMBERSHIP_TERMS,
    'startAt',
  ]),
  LEAVE_MUTUAL: agreement('The end of a membership, by agreement.', { leaveAt }, ['leaveAt']),
  TRANSFER: agreement(
    'A transfer agreed between three, for broadcaster and gaining guild.',
    { ...membership, ...fee, transferAt, gainingGuild, coolingOffDays },
    [...MEMBERSHIP_TERMS, ...FEE_TERMS],
  ),
  TRANSFER_RELEASE: agreement(
    'The same transfer for the guild that is left: without what the broadcaster is offered.',
    { ...fee, transferAt, gainingGuild, coolingOffDays },
    FEE_TERMS,
  ),
  TRANSFER_PORTABLE: agreement(
    'A transfer with a code, for broadcaster and gaining guild.',
    { ...membership, transferAt, gainingGuild, coolingOffDays },
    [...MEMBERSHIP_TERMS, 'transferAt'],
  ),
  LEAVE_PROBATION: notice('Notice of an exit during probation.', { endsAt }),
  LEAVE_LOW_ACTIVITY: notice('Notice of an exit for low activity.', { endsAt }),
  LEAVE_NOTICE: notice('Notice of an exit with notice.', {
    endsAt,
    acceptsExitFee: is('BOOLEAN', 'The capped exit fee is accepted.'),
  }),
  LEAVE_CAUSE: notice('Notice of an exit for cause.', {
    endsAt,
    cause: { type: 'ENUM', options: causes, description: 'What the guild has done or not done.' },
    curable: is('BOOLEAN', 'The guild has time to put it right.'),
  }),
  LEAVE_MINOR: notice('Notice of an exit of a minor.', { endsAt }),
  REVERSAL: notice('The platform’s notice that a switch is reversed.', {
    reversalReason: { type: 'ENUM', options: reversalReasons, description: 'Why it is reversed.' },
    originalId: is('TEXT', 'Reference of the request whose switch is reversed.'),
  }),
  GUARDIAN_CONSENT: notice('What a guardian consents to by signing for a minor.', {
    request: { type: 'ENUM', options: consentedTo, description: 'What is asked for.' },
    termMonths: maybe(lasting('month', 'Minimum term of the membership; absent: none is agreed by it.')),
    guildSharePercent: maybe(is('PERCENTAGE', "The guild's share of gross revenue; absent: none is agreed by it.")),
    coolingOffDays,
  }),
} as const satisfies Record<string, TemplateDefinition>;

export type TemplateName = keyof typeof templateCatalogue;
export const TEMPLATE_NAMES = Object.keys(templateCatalogue) as TemplateName[];

export const definitionOfTemplate = (name: string): TemplateDefinition | undefined =>
  Object.hasOwn(templateCatalogue, name) ? templateCatalogue[name as TemplateName] : undefined;
