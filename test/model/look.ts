import type pg from 'pg';
import { keptOf, type Json } from '../../workflows/kernel/index.js';
import type { Concerned, World } from './people.js';

/** What the database holds about a world, read past the server. */

export interface RequestNow extends Concerned {
  readonly id: string;
  readonly kind: string;
  readonly machineVersion: number;
  readonly state: string;
  readonly done: boolean;
  readonly version: number;
  readonly snapshot: string;
  readonly headHash: string;
  readonly policyVersionId: string;
  readonly heldSince: Date | null;
  readonly parentId: string | null;
  readonly initiator: string;
}

export interface MembershipNow {
  readonly id: string;
  readonly requestId: string;
  readonly broadcasterId: string;
  readonly guildId: string;
  readonly startsAt: Date;
  readonly endsAt: Date | null;
  readonly annulledAt: Date | null;
  /** When its term ends, and it with it; null where nothing will end it. */
  readonly termEndsAt: Date | null;
}

export interface Look {
  readonly now: Date;
  readonly requests: ReadonlyMap<string, RequestNow>;
  readonly memberships: ReadonlyMap<string, MembershipNow>;
}

export async function lookAt(pool: pg.Pool, { broadcasters }: World): Promise<Look> {
  const client = await pool.connect();
  const values = [broadcasters.map(({ id }) => id)];
  try {
    const requesting = client.query<RequestNow & { now: Date }>({
      name: 'model.requests',
      text: `select r.id, r.kind, i.machine_version as "machineVersion", i.state, i.status = 'done' as done, i.version, i.snapshot, i.head_hash as "headHash",
          r.policy_version_id as "policyVersionId", i.held_since as "heldSince", r.parent_id as "parentId", r.initiator, r.broadcaster_id as "broadcasterId",
          r.guild_id as "guildId", r.gaining_guild_id as "gainingGuildId", guildhall.now() as now
        from guildhall.request r left join guildhall.instance i on i.id = r.id where r.broadcaster_id = any ($1) order by r.created_at, r.id`,
      values,
    });
    const belonging = client.query<MembershipNow>({
      name: 'model.memberships',
      text: `select id, request_id as "requestId", broadcaster_id as "broadcasterId", guild_id as "guildId", starts_at as "startsAt", ends_at as "endsAt",
          annulled_at as "annulledAt", case when ends_at is null and annulled_at is null and expiry_for is distinct from term_ends_at then term_ends_at end
            as "termEndsAt" from guildhall.membership where broadcaster_id = any ($1) order by starts_at, id`,
      values,
    });
    const [{ rows: requests }, { rows: memberships }] = await Promise.all([requesting, belonging]);
    const orphan = requests.find(({ version }) => version === null);
    if (orphan) throw new Error(`${orphan.kind} ${orphan.id} is a request without an instance.`);
    return {
      now: requests[0]!.now,
      requests: new Map(requests.map((row) => [row.id, row])),
      memberships: new Map(memberships.map((row) => [row.id, row])),
    };
  } finally {
    client.release();
  }
}

/** When the next clock of any open request, or the next term, ends; undefined: none runs. A term may wait for its renewal. */
export function nextDeadline({ requests, memberships }: Look): number | undefined {
  const clocks = [...requests.values()].flatMap(({ snapshot }) =>
    Object.values(keptOf(JSON.parse(snapshot) as Json).timers).map(({ dueAt }) => Date.parse(dueAt)),
  );
  const renewing = new Set(
    [...requests.values()].filter(({ kind, done }) => kind === 'RENEW' && !done).map((each) => each.broadcasterId),
  );
  const terms = [...memberships.values()].flatMap(({ termEndsAt, broadcasterId }) =>
    termEndsAt === null || renewing.has(broadcasterId) ? [] : [termEndsAt.getTime()],
  );
  const due = [...clocks, ...terms];
  return due.length > 0 ? Math.min(...due) : undefined;
}

export const isTermOver = ({ memberships }: Look, at: number): boolean =>
  [...memberships.values()].some(({ termEndsAt }) => termEndsAt !== null && termEndsAt.getTime() <= at);

export const isMember = ({ startsAt, endsAt, annulledAt }: MembershipNow, now: Date): boolean =>
  annulledAt === null && startsAt <= now && (endsAt === null || endsAt > now);
