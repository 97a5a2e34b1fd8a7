import type { Pool } from 'pg';
import type { LeaveReason } from '../../workflows/phases/index.js';
import { registry } from '../../workflows/registry.js';
import { inTransaction } from '../engine/index.js';
import type { Principals } from '../identity/principals.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { refuse, type Refusal } from '../schema/index.js';
import { recordExitReason, type ReasonSource } from '../settlement/exit-reasons.js';
import { authoritySql } from './authority.js';

/** Kinds that end a membership: only of those is there anything to say why. */
const EXITS: ReadonlySet<string> = new Set(
  registry.filter(({ effects }) => 'endMembership' in effects || 'transferMembership' in effects).map(({ kind }) => kind),
);

/** Whose view it is that somebody with these authorities states; the first that they have. */
const SPEAKS_FOR: readonly (readonly [string, ReasonSource])[] = [
  ['SUPPORT', 'PLATFORM'],
  ['BROADCASTER', 'BROADCASTER'],
  ['GUARDIAN', 'BROADCASTER'],
  ['GUILD_OWNER', 'GUILD'],
  ['GUILD_AGENT', 'GUILD'],
];

export interface StatedReason {
  readonly requestId: string;
  readonly primary: LeaveReason;
  readonly secondary: LeaveReason | null;
  /** Needed from somebody who can speak for several. */
  readonly source: ReasonSource | null;
}

interface JudgedRow {
  readonly kind: string | null;
  readonly state: string | null;
  readonly authorities: readonly string[] | null;
  readonly at: Date;
}

const judgeSql = `select r.kind, i.state, ${authoritySql} as authorities, guildhall.now() as at
  from (select $1::uuid as principal_id, $2::uuid as instance_id) q
  left join guildhall.request r on r.id = q.instance_id left join guildhall.instance i on i.id = q.instance_id`;

/**
 * Views of why somebody left that are stated beside the request: by the guild, by support when the cause is verified, by the broadcaster
 * who has thought again. Also when the request has ended, so it is no event of its machine.
 */
export class ExitReasons {
  constructor(
    private readonly pool: Pool,
    private readonly principals: Principals,
  ) {}

  /** Undefined: it is recorded. */
  async record(context: ViewerContext, { requestId, primary, secondary, source }: StatedReason): Promise<Refusal | undefined> {
    const principalId = await this.principals.idOf(context.identity);
    return inTransaction(this.pool, async (tx) => {
      const { rows } = await tx.query<JudgedRow>({
        name: 'requests.exitReason',
        text: judgeSql,
        values: [principalId, requestId],
      });
      const { kind, state, authorities, at } = rows[0]!;
      const held = authorities ?? [];
      if (kind === null || held.length === 0) return refuse('NOT_FOUND', 'There is no such request, or you may not see it.');
      if (!EXITS.has(kind)) return refuse('NOT_AN_EXIT', 'By this request nobody leaves a guild.', 'requestId');
      if (state === 'rejected') return refuse('NOT_AN_EXIT', 'This request was rejected: nobody has left by it.', 'requestId');
      const able = [...new Set(SPEAKS_FOR.filter(([authority]) => held.includes(authority)).map(([, each]) => each))];
      if (able.length === 0) return refuse('FORBIDDEN', 'You may not state a reason on this request.');
      const speaks = source ?? (able.length === 1 ? able[0] : undefined);
      if (speaks === undefined) return refuse('AMBIGUOUS_SOURCE', 'You can speak for several: say for whom.', 'source');
      if (!able.includes(speaks)) return refuse('FORBIDDEN', 'You may not state the reason of this source.', 'source');
      await recordExitReason(tx, { requestId, source: speaks, primary, secondary, at: at.toISOString(), by: principalId });
      return undefined;
    });
  }
}
