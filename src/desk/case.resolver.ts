import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { agentLoader, AgentType } from '../identity/agent.loader.js';
import type { ViewerContext } from '../identity/index.js';
import { requestLoader } from '../requests/request.loader.js';
import { RequestType } from '../requests/request.type.js';
import { PageArgs, decodeGlobalId, pageRequest, toConnection, type Connection } from '../schema/index.js';
import { assigned, caseConditions, CaseFilter } from './case-filter.js';
import { caseColumns, caseLoader, caseNoteLoader, caseTables, openDisputeLoader, toCase, toCaseNote } from './case.loader.js';
import { CaseAssignee, CaseConnection, CaseNoteConnection, CaseNoteType, CaseType, type CaseRow } from './case.type.js';
import { queueSql, type QueueRow } from './queue.js';
import { assertStaff } from './staff.js';

@ArgsType()
class CasesArgs extends PageArgs {
  @Field(() => CaseFilter, { nullable: true, description: 'Which ones; without it all.' })
  readonly filter?: CaseFilter | null;
}

@ArgsType()
class CaseQueueArgs extends PageArgs {
  @Field(() => CaseAssignee, { nullable: true, description: 'Only those that are this person’s, or nobody’s.' })
  readonly assignedTo?: CaseAssignee | null;

  @Field(() => ID, { nullable: true, description: 'With `assignedTo: AGENT`: whose.' })
  readonly agentId?: string | null;
}

@Resolver(() => CaseType)
export class CaseResolver {
  @Query(() => CaseType, { nullable: true, description: 'The case of one request; null for anybody but platform staff.' })
  async case(
    @Arg('requestId', () => ID, { description: 'Global id of the request.' }) requestId: string,
    @Ctx() context: ViewerContext,
  ): Promise<CaseType | undefined> {
    const uuid = decodeGlobalId('Request', requestId);
    return uuid === undefined ? undefined : context.loader(caseLoader).load(uuid);
  }

  @Query(() => CaseConnection, { description: 'For platform staff: search in all cases, the newest first.' })
  async cases(@Args(() => CasesArgs) args: CasesArgs, @Ctx() context: ViewerContext): Promise<Connection<CaseType>> {
    const page = pageRequest(args, ['instant', 'uuid']);
    const tx = await context.viewer();
    assertStaff(tx);
    const { sql, values } = caseConditions(args.filter ?? {}, tx.viewer.principalId, [page.limit, ...(page.after ?? [])]);
    const rows = await tx.query<CaseRow>(
      `select ${caseColumns} from ${caseTables}
       where ${page.after ? '(r.created_at, r.id) < ($2::timestamptz, $3::uuid) and ' : ''}${sql}
       order by r.created_at desc, r.id desc limit $1`,
      values,
    );
    return toConnection(rows, page, (row) => [row.created_at.toISOString(), row.id], toCase);
  }

  @Query(() => CaseConnection, {
    description:
      'For platform staff: the running requests that ask for an agent, the most urgent first: by priority, then overdue, disputed, on hold, then by how long they have waited.',
  })
  async caseQueue(@Args(() => CaseQueueArgs) args: CaseQueueArgs, @Ctx() context: ViewerContext): Promise<Connection<CaseType>> {
    const page = pageRequest(args, ['integer', 'instant', 'uuid']);
    const tx = await context.viewer();
    assertStaff(tx);
    const values: unknown[] = [page.limit, ...(page.after ?? [])];
    const conditions = [
      ...(page.after ? ['(f.place, f.since, f.id) > ($2::int, $3::timestamptz, $4::uuid)'] : []),
      ...(args.assignedTo == null
        ? []
        : [assigned(args.assignedTo, args.agentId, tx.viewer.principalId, (one) => `$${String(values.push(one))}`)]),
    ];
    const rows = await tx.query<QueueRow>(
      `${queueSql} select f.* from queue f ${conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''}
       order by f.place, f.since, f.id limit $1`,
      values,
    );
    return toConnection(rows, page, (row) => [row.place, row.since.toISOString(), row.id], toCase);
  }

  @FieldResolver(() => RequestType, { description: 'The request itself.' })
  async request(@Root() { row }: CaseType, @Ctx() context: ViewerContext): Promise<RequestType | undefined> {
    return context.loader(requestLoader).load(row.id);
  }

  @FieldResolver(() => AgentType, { nullable: true, description: 'Whose case it is, null when nobody’s.' })
  async assignee(@Root() { row }: CaseType, @Ctx() context: ViewerContext): Promise<AgentType | undefined> {
    return row.assignee_id === null ? undefined : context.loader(agentLoader).load(row.assignee_id);
  }

  @FieldResolver(() => CaseNoteConnection, { description: 'What agents have written about it, the newest first.' })
  async notes(
    @Root() { row }: CaseType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ViewerContext,
  ): Promise<Connection<CaseNoteType>> {
    const page = pageRequest(args, ['instant', 'uuid']);
    const rows = await context.loader(caseNoteLoader).load({ id: row.id, page, filter: null });
    return toConnection(rows, page, (note) => [note.created_at.toISOString(), note.id], toCaseNote);
  }

  @FieldResolver(() => [RequestType], { description: 'The disputes about it that run, the oldest first.' })
  async openDisputes(@Root() { row }: CaseType, @Ctx() context: ViewerContext): Promise<RequestType[]> {
    const ids = await context.loader(openDisputeLoader).load(row.id);
    const requests = await Promise.all(ids.map((id) => context.loader(requestLoader).load(id)));
    return requests.filter((request) => request !== undefined);
  }
}

@Resolver(() => CaseNoteType)
export class CaseNoteResolver {
  @FieldResolver(() => AgentType, { nullable: true, description: 'Who wrote it.' })
  async author(@Root() { row }: CaseNoteType, @Ctx() context: ViewerContext): Promise<AgentType | undefined> {
    return context.loader(agentLoader).load(row.author_id);
  }
}
