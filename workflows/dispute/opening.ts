import { SYSTEM_ACTOR, type Reason } from '../kernel/index.js';
import {
  agentsBefore,
  allOf,
  APPEAL_GROUNDS,
  groundObjections,
  GUILD_SIGNATORIES,
  plusDays,
  STATEMENT_OBJECTIONS,
  type Opening,
  type OpeningFacts,
} from '../phases/index.js';
import { said, type Said } from './context.js';

/** Requests that wait for a dispute of theirs open it themselves: one that they do not know of would decide nothing. */
const OWN_DOOR: Readonly<Record<string, string>> = {
  EXPEL: 'An expulsion is appealed against in itself, by APPEAL_EXPULSION.',
  LEAVE_CAUSE: 'A ruling on a cause is appealed against in itself, by APPEAL_RULING.',
  PAYMENT: 'A statement is objected to in itself, by OBJECT_TO_STATEMENT.',
  DISPUTE: 'A dispute is appealed against in itself, by APPEAL_DISPUTE.',
  REOPEN: 'A petition is decided, not disputed.',
};

const includes = (codes: readonly string[], code: string): boolean => codes.includes(code);
const openedByRequest = ({ principalId }: OpeningFacts): boolean => principalId === SYSTEM_ACTOR.id;

function objections({ ground, excluded }: Said, facts: OpeningFacts): Reason[] {
  if (openedByRequest(facts)) return [];
  const door = OWN_DOOR[facts.parent!.kind];
  const wrongFor = (what: string): Reason => ({ code: 'NOT_A_GROUND', message: `This ground is for ${what}.`, field: 'ground' });
  return [
    ...(door === undefined ? [] : [{ code: 'OTHER_WAY', message: door, field: 'parentId' }]),
    ...(excluded === undefined
      ? []
      : [{ code: 'NOT_YOURS_TO_SAY', message: 'Who decides is not for a party to say.', field: 'said.excluded' }]),
    ...groundObjections(ground),
    ...(includes(STATEMENT_OBJECTIONS, ground) ? [wrongFor('a statement')] : []),
    ...(includes(APPEAL_GROUNDS, ground) && facts.parent!.actedBy.length === 0
      ? [wrongFor('a decision of the platform, and it has made none')]
      : []),
  ];
}

function failures(facts: OpeningFacts): Reason[] {
  if (openedByRequest(facts)) return [];
  const { about, endedAt } = facts.parent!;
  const lastDay = endedAt === null ? null : plusDays(endedAt, facts.policy['reopenWindowDays']!);
  return allOf(
    about.some(({ kind, done }) => kind === 'DISPUTE' && !done)
      ? { code: 'DISPUTE_OPEN', message: 'Another dispute about this request is under way; it has to end first.' }
      : undefined,
    lastDay !== null && Date.parse(lastDay) <= Date.parse(facts.at)
      ? { code: 'TOO_LATE', message: 'The request ended too long ago to be disputed.' }
      : undefined,
  );
}

export const opening: Opening = {
  subject: 'REQUEST',
  said,
  by: { BROADCASTER: ['BROADCASTER'], GUARDIAN: ['GUARDIAN'], GUILD: GUILD_SIGNATORIES },
  parties: ({ minor }) => (minor ? ['BROADCASTER', 'GUARDIAN', 'GUILD', 'PLATFORM'] : ['BROADCASTER', 'GUILD', 'PLATFORM']),
  template: null,
  relation: 'DISPUTES',
  objections,
  eligibility: failures,
  input: (input, facts) => ({
    ...input,
    // An appeal against what agents have decided: none of them decides it again.
    excluded: [
      ...((input['said'] as Said).excluded ?? []),
      ...(includes(APPEAL_GROUNDS, (input['said'] as Said).ground) ? agentsBefore(facts) : []),
    ],
  }),
};
