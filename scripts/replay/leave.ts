import type { App } from '../../src/app.js';
import { createBulk, type CreatedBulk, type NewBulk } from '../../src/bulk/index.js';
import { agree, ask, broadcasterOf, keyOf, type Actors } from './act.js';
import type { Exit, Way } from './plan.js';
import type { ReplayWorld } from './world.js';

/** By the way of leaving. */
export const EXIT_KINDS = {
  notice: 'LEAVE_NOTICE',
  probation: 'LEAVE_PROBATION',
  mutual: 'LEAVE_MUTUAL',
  release: 'RELEASE',
} as const satisfies Record<Way, string>;

/** The source does not say why anybody left; the domain has no word for that, so it is the widest of its reasons. */
const REASON = 'LIFE_QUIT';

/** One exit as its people make it; its instant is the clock's. */
export async function leave(app: App, world: ReplayWorld, { spell, way }: Exit): Promise<void> {
  const actors: Actors = { app, world, spell };
  const key = keyOf(spell, '/leave');
  const { instanceId, state } = await ask(actors, EXIT_KINDS[way], 'requestLeave', key, {
    broadcasterId: broadcasterOf(actors).id,
    initiator: 'BROADCASTER',
    said: { primaryReason: REASON, leaveAt: spell.leftAt },
  });
  if (way === 'mutual' && state !== 'rejected') await agree(actors, key, instanceId);
}

const GROUND = 'INACTIVITY_RULE';

/** The memberships of one change, found again by their beginnings: the same statement and values in every run. */
const targetsSql = `select m.id from unnest($1::uuid[], $2::timestamptz[]) as s (broadcaster_id, joined_at)
  join guildhall.membership m on m.broadcaster_id = s.broadcaster_id and m.starts_at = s.joined_at and m.annulled_at is null
  order by m.starts_at, m.id`;

/**
 * The platform releases many members of one guild at once, in bulk: one that cannot be released does not stop the others. All of them
 * are announced `at` the same instant.
 */
export async function release(app: App, world: ReplayWorld, at: number, exits: readonly Exit[]): Promise<void> {
  const { line, guild, leftAt } = exits[0]!.spell;
  const created = await written(app, {
    type: 'RELEASE_MEMBERSHIP',
    targetType: 'Membership',
    reasonCode: GROUND,
    params: { ground: GROUND, effectiveAt: leftAt },
    createdBy: world.supportId,
    idempotencyKey: `${guild}/${leftAt}/${new Date(at).toISOString()}`,
    targets: {
      sql: targetsSql,
      values: [exits.map(({ spell }) => world.broadcasters.get(spell.broadcaster)!.id), exits.map(({ spell }) => spell.joinedAt)],
    },
  });
  if (created.outcome === 'keyReused')
    throw new Error(`Line ${String(line)}: an earlier run has released others of ${guild} at ${leftAt}.`);
  await workedOff(app, created.id);
}

/** All of it is there, or nothing: a kill in between leaves no operation without its items. */
async function written(app: App, bulk: NewBulk): Promise<CreatedBulk> {
  const client = await app.engine.options.pool.connect();
  try {
    await client.query('begin');
    const created = await createBulk(client, bulk);
    await client.query('commit');
    client.release();
    return created;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** What a run that was killed had in hand comes back when its lease is over. */
async function workedOff(app: App, operationId: string): Promise<void> {
  for (;;) {
    await app.bulk.drain();
    const { rows } = await app.engine.options.pool.query<{ wait_ms: number | null }>(
      `select (extract(epoch from min(next_attempt_at) - clock_timestamp()) * 1000)::float8 as wait_ms
       from guildhall.bulk_item where operation_id = $1 and status = 'pending'`,
      [operationId],
    );
    const waitMs = rows[0]!.wait_ms;
    if (waitMs === null) return;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, waitMs)));
  }
}
