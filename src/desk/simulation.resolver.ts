import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { deadlines, explain, type Json } from '../../workflows/kernel/index.js';
import { registry } from '../../workflows/registry.js';
import type { ViewerContext } from '../identity/index.js';
import { authoritySql } from '../requests/authority.js';
import { requestLoader, timerLoader } from '../requests/request.loader.js';
import {
  apiState,
  RequestActionType,
  RequestDeadlineType,
  RequestExplanationType,
  type RequestType,
} from '../requests/request.type.js';
import { JsonObject, PublicError, decodeGlobalId } from '../schema/index.js';
import { partyViews, simulate, type StoredRequest } from './simulate.js';
import { CaseExplanationType, PartyActions, SimulatedEffect, SimulationType } from './simulation.type.js';
import { assertStaff } from './staff.js';

const REQUEST_ID = 'Global id of the request.';
const AUTHORITY = /^[A-Z][A-Z_]{0,59}$/;

@Resolver()
export class SimulationResolver {
  @Query(() => SimulationType, {
    nullable: true,
    description:
      'What an event would do now, as the engine would judge it; nothing is written. A party asks with its own authority, support with any. Null when there is no such request that the viewer may see.',
  })
  async simulateEvent(
    @Arg('requestId', () => ID, { description: REQUEST_ID }) requestId: string,
    @Arg('event', () => String, { description: 'The event, e.g. `WITHDRAW_REQUEST`.' }) event: string,
    @Ctx() context: ViewerContext,
    @Arg('input', () => JsonObject, { nullable: true, description: 'Its input, as for `sendRequestEvent`.' })
    input: Record<string, unknown> | null,
    @Arg('as', () => String, { nullable: true, description: 'For support: the authority to ask with, e.g. `GUILD_OWNER`.' })
    as: string | null,
  ): Promise<SimulationType | undefined> {
    const request = await visible(context, requestId);
    if (!request) return undefined;
    const { query, viewer } = await rights(context);
    if (as != null && viewer.platformRole !== 'SUPPORT')
      throw new PublicError('FORBIDDEN', 'Only support may ask with another authority than its own.');
    if (as != null && !AUTHORITY.test(as)) throw new PublicError('BAD_USER_INPUT', 'This is no authority.', { field: 'as' });
    const authorities = as == null ? await query(request.row.id) : [as];
    const result = simulate(await storedOf(context, request), event, input ?? {}, { id: viewer.principalId, authorities });
    const isStaff = viewer.platformRole === 'SUPPORT' || viewer.platformRole === 'AUDITOR';
    const nothing = {
      code: null,
      reasons: [],
      state: null,
      explanation: null,
      deadlinesArmed: [],
      deadlinesTakenDown: [],
      effects: [],
    };
    if (!result.accepted)
      return Object.assign(new SimulationType(), {
        ...nothing,
        authorities,
        accepted: false,
        code: result.code,
        reasons: result.reasons,
      });
    return Object.assign(new SimulationType(), {
      ...nothing,
      authorities,
      accepted: true,
      state: apiState(result.state),
      explanation: Object.assign(new RequestExplanationType(), result.explanation),
      deadlinesArmed: result.armed.map((deadline) => Object.assign(new RequestDeadlineType(), deadline)),
      deadlinesTakenDown: result.takenDown.map((deadline) => Object.assign(new RequestDeadlineType(), deadline)),
      effects: result.effects.map(({ type, mode, params }) =>
        Object.assign(new SimulatedEffect(), { type, mode, params: isStaff ? params : null }),
      ),
    });
  }

  @Query(() => CaseExplanationType, {
    nullable: true,
    description: 'For platform staff: where a request stands, and for each side what it could do now and why not.',
  })
  async explainCase(
    @Arg('requestId', () => ID, { description: REQUEST_ID }) requestId: string,
    @Ctx() context: ViewerContext,
  ): Promise<CaseExplanationType | undefined> {
    assertStaff(await context.viewer());
    const request = await visible(context, requestId);
    if (!request) return undefined;
    const stored = await storedOf(context, request);
    const { definition, snapshot, timers, at } = stored;
    return Object.assign(new CaseExplanationType(), {
      state: request.state,
      explanation: Object.assign(new RequestExplanationType(), explain(definition, snapshot, timers, at)),
      deadlines: deadlines(definition, snapshot, timers).map((deadline) => Object.assign(new RequestDeadlineType(), deadline)),
      parties: partyViews(stored).map((view) =>
        Object.assign(new PartyActions(), {
          ...view,
          actions: view.actions.map((action) => Object.assign(new RequestActionType(), action)),
        }),
      ),
    });
  }
}

async function visible(context: ViewerContext, requestId: string): Promise<RequestType | undefined> {
  const uuid = decodeGlobalId('Request', requestId);
  return uuid === undefined ? undefined : context.loader(requestLoader).load(uuid);
}

/** What the viewer may act as, by the very expression by which the engine judges a command, in the operation's snapshot. */
async function rights(context: ViewerContext) {
  const tx = await context.viewer();
  const query = async (instanceId: string): Promise<string[]> => {
    const [row] = await tx.query<{ authorities: string[] | null }>(
      `select ${authoritySql} as authorities from (select $1::uuid as principal_id, $2::uuid as instance_id) q`,
      [tx.viewer.principalId, instanceId],
    );
    return row?.authorities ?? [];
  };
  return { viewer: tx.viewer, query };
}

async function storedOf(context: ViewerContext, { row }: RequestType): Promise<StoredRequest> {
  const definition = registry.find(({ kind, version }) => kind === row.kind && version === row.machine_version);
  if (!definition)
    throw new PublicError('NOT_FOUND', 'The machine of this request is no longer deployed: it can be read, not judged.');
  const timers = await context.loader(timerLoader).load(row.id);
  return { definition, snapshot: JSON.parse(row.snapshot) as Json, timers, at: row.now.toISOString() };
}
