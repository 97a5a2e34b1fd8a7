import { Field, ID, InputType } from 'type-graphql';
import { RequestKind, RequestState } from '../requests/request.type.js';
import { DateTime, PublicError, decodeGlobalId } from '../schema/index.js';
import { CaseAssignee } from './case.type.js';

@InputType({ description: 'Which cases; everything that is given has to hold.' })
export class CaseFilter {
  @Field(() => [RequestState], { nullable: true, description: 'In one of these states.' })
  readonly states?: RequestState[] | null;

  @Field(() => [RequestKind], { nullable: true, description: 'Of one of these kinds.' })
  readonly kinds?: RequestKind[] | null;

  @Field(() => ID, { nullable: true, description: 'With this guild.' })
  readonly guildId?: string | null;

  @Field(() => String, { nullable: true, description: 'Of the broadcaster with exactly this handle.' })
  readonly broadcasterHandle?: string | null;

  @Field(() => String, { nullable: true, description: 'Under the rules of this region, e.g. `EU`.' })
  readonly region?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether a clock or the follow-up is past due.' })
  readonly overdue?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether the request is on hold.' })
  readonly held?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether a dispute about it runs.' })
  readonly disputed?: boolean | null;

  @Field(() => CaseAssignee, { nullable: true, description: 'Whose it is.' })
  readonly assignedTo?: CaseAssignee | null;

  @Field(() => ID, { nullable: true, description: 'With `assignedTo: AGENT`: whose.' })
  readonly agentId?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Part of the broadcaster’s handle, of the guild’s name, of a note or of a comment, 3 to 200 characters, in any case; or the id of a request, global or as a UUID.',
  })
  readonly text?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Submitted at this instant or later.' })
  readonly createdAfter?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Submitted before this instant.' })
  readonly createdBefore?: Date | null;
}

export interface CaseConditions {
  /** Conditions over `caseTables`, joined by AND; never empty. */
  readonly sql: string;
  readonly values: readonly unknown[];
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Belongs to nobody: what an id of another type stands for. */
const NOBODY = '00000000-0000-0000-0000-000000000000';
/** A trigram index cannot help with less, and everything would match. */
const MIN_TEXT = 3;
const MAX_TEXT = 200;

const machineState = (state: RequestState): string =>
  state.toLowerCase().replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());

/** Only what is asked for stands in the statement: a plan for `$1 is null or …` would be made for every filter at once. */
export function caseConditions(filter: CaseFilter, viewerId: string, given: readonly unknown[] = []): CaseConditions {
  const values: unknown[] = [...given];
  const conditions: string[] = [];
  const value = (one: unknown) => `$${String(values.push(one))}`;
  const when = <T>(one: T | null | undefined, condition: (known: T) => string) => {
    if (one != null) conditions.push(condition(one));
  };
  const either = (wanted: boolean, condition: string) => (wanted ? condition : `not ${condition}`);
  when(filter.states, (states) => `i.state = any (${value(states.map(machineState))}::text[])`);
  when(filter.kinds, (kinds) => `r.kind = any (${value(kinds)}::text[])`);
  when(filter.guildId, (id) => `r.guild_id = ${value(decodeGlobalId('Guild', id) ?? NOBODY)}`);
  when(
    filter.broadcasterHandle,
    (handle) => `r.broadcaster_id = (select b.id from guildhall.broadcaster b where b.handle = ${value(printable(handle))})`,
  );
  when(filter.region, (region) => `r.region_code = ${value(printable(region))}`);
  when(filter.overdue, (wanted) => either(wanted, OVERDUE));
  when(filter.held, (wanted) => `i.held_since is ${wanted ? 'not null' : 'null'}`);
  when(filter.disputed, (wanted) => either(wanted, DISPUTED));
  when(filter.assignedTo, (who) => assigned(who, filter.agentId, viewerId, value));
  when(filter.text, (text) => textMatches(text.trim(), value));
  when(filter.createdAfter, (after) => `r.created_at >= ${value(after)}`);
  when(filter.createdBefore, (before) => `r.created_at < ${value(before)}`);
  return { sql: conditions.length > 0 ? conditions.join('\n and ') : 'true', values };
}

/** By the few that are due, not by asking every request. As arrays, because a join was planned for thousands of them. */
const OVERDUE = `(r.id = any (array(
  select t.instance_id from guildhall.timer t where t.status = 'armed' and t.due_at <= (select guildhall.now())
  union select o.request_id from guildhall.case_file o where o.follow_up_at <= (select guildhall.now()))))`;

const DISPUTED = `(r.id = any (array(select d.parent_id from guildhall.request d join guildhall.instance di on di.id = d.id
  where d.relation = 'DISPUTES' and d.parent_id is not null and di.status = 'active')))`;

export function assigned(
  who: CaseAssignee,
  agentId: string | null | undefined,
  viewerId: string,
  value: (one: unknown) => string,
): string {
  if (who === CaseAssignee.NOBODY) return 'f.assignee_id is null';
  const id = who === CaseAssignee.ME ? viewerId : (decodeGlobalId('Principal', agentId ?? '') ?? NOBODY);
  return `f.assignee_id = ${value(id)}`;
}

function textMatches(text: string, value: (one: unknown) => string): string {
  const id =
    decodeGlobalId('Request', text) ?? decodeGlobalId('Case', text) ?? (UUID.test(text) ? text.toLowerCase() : undefined);
  if (id !== undefined) return `r.id = ${value(id)}`;
  const { length } = printable(text);
  if (length < MIN_TEXT || length > MAX_TEXT)
    throw new PublicError('BAD_USER_INPUT', `\`text\` has ${String(MIN_TEXT)} to ${String(MAX_TEXT)} characters.`, {
      field: 'text',
    });
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  // Not a join: a text that nearly everything holds is then met by the first rows that are looked at, the newest.
  return `coalesce(r.id in (select guildhall.case_text_matches(${value(pattern)})), false)`;
}

/** The one character of Unicode that PostgreSQL's text cannot hold. */
function printable(text: string): string {
  if (text.includes('\0')) throw new PublicError('BAD_USER_INPUT', 'A text holds no NUL character.');
  return text;
}
