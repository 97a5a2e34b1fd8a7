import 'reflect-metadata';
import { createApp, type App } from '../src/app.js';
import { createBulk } from '../src/bulk/index.js';
import { readConfig } from '../src/config.js';
import { createLogger } from '../src/graphql/index.js';
import { DEVELOPMENT_ISSUER } from '../src/identity/index.js';
import { seedWorld } from '../src/seed/seed.js';
import { sampleGuilds } from '../src/seed/world.js';
import { openBenchDatabase, type BenchDatabase } from './database.js';
import { report, say } from './report.js';

const MEMBERS = 10_000;
const LOOK_MS = 2_000;

const membersSql = `
with people as (
  insert into guildhall.broadcaster (id, handle, region_code, identity_verified_at, birth_date, created_at)
  select ('01990000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'released-' || n, $2, now(), '1999-03-04', now()
  from generate_series(1, $3::int) n returning id
), requests as (
  insert into guildhall.request (id, kind, broadcaster_id, guild_id, region_code, initiator, policy_version_id, template_version_id, created_at, created_by)
  select p.id, 'JOIN', p.id, $1, $2, 'GUILD', v.id, t.id, now(), p.id from people p
  cross join (select id from guildhall.policy_version limit 1) v cross join (select id from guildhall.template_version where name = 'JOIN' limit 1) t
  returning id
), members as (
  insert into guildhall.membership (id, request_id, broadcaster_id, guild_id, starts_at, terms)
  select r.id, r.id, r.id, $1, now() - interval '1 year', '{"guildSharePercent": 15, "termMonths": 6}' from requests r
  returning id, request_id, starts_at, terms
)
insert into guildhall.membership_terms (membership_id, request_id, effective_from, terms) select id, request_id, starts_at, terms from members`;

/** A closed guild of ten thousand: each membership ends by a request of its own, with its statement, all worked off in bulk. */
export async function release(): Promise<void> {
  const config = readConfig();
  const database = await openBenchDatabase(say);
  let app: App | undefined;
  try {
    app = await createApp({ config, databaseUrl: database.url, poolSize: config.poolSize, log: createLogger('warn') });
    const { guildId, agentId } = await prepare(database);
    const { pool } = app.engine.options;
    const created = await createBulk(pool, {
      type: 'RELEASE_MEMBERSHIP',
      targetType: 'Membership',
      reasonCode: 'GUILD_CLOSED',
      params: { ground: 'GUILD_CLOSED' },
      createdBy: agentId,
      targets: { sql: 'select id from guildhall.membership where guild_id = $1 order by id', values: [guildId] },
    });
    if (!('id' in created)) throw new Error('The operation was not created.');
    const started = performance.now();
    app.bulk.start();
    for (let last = 0; last < MEMBERS;) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      const { rows } = await pool.query<{ done: number; failed: number }>(
        'select done, failed from guildhall.bulk_operation where id = $1',
        [created.id],
      );
      last = rows[0]!.done + rows[0]!.failed;
      say(
        `${String(rows[0]!.done)} released, ${String(rows[0]!.failed)} failed, ${String(Math.round((performance.now() - started) / 1000))} s`,
      );
    }
    const seconds = (performance.now() - started) / 1000;
    await assertReleased(database, guildId);
    const value = MEMBERS / seconds;
    report({ bench: 'release', name: 'memberships', value, unit: '1/s', of: null, ratio: null, n: MEMBERS, spread: 0 });
  } finally {
    await app?.stop();
    await database.dispose();
  }
}

async function prepare(database: BenchDatabase): Promise<{ guildId: string; agentId: string }> {
  const owner = await database.connect('owner');
  try {
    await seedWorld(owner, DEVELOPMENT_ISSUER);
    const { rows } = await owner.query<{ guildId: string; region: string; agentId: string }>(
      `update guildhall.guild g set status = 'CLOSED' from guildhall.principal p where g.name = $1 and p.subject = 'sam'
       returning g.id as "guildId", g.region_code as region, p.id as "agentId"`,
      [sampleGuilds[0].name],
    );
    const { guildId, region, agentId } = rows[0]!;
    await owner.query(membersSql, [guildId, region, MEMBERS]);
    await owner.query('analyze');
    return { guildId, agentId };
  } finally {
    await owner.end();
  }
}

async function assertReleased(database: BenchDatabase, guildId: string): Promise<void> {
  const owner = await database.connect('owner');
  try {
    const { rows } = await owner.query<{ ended: number; statements: number }>(
      `select count(*) filter (where m.end_cause = 'GUILD_CLOSED')::int as ended, count(s.id)::int as statements
       from guildhall.membership m left join guildhall.statement s on s.membership_id = m.id where m.guild_id = $1`,
      [guildId],
    );
    if (rows[0]!.ended !== MEMBERS || rows[0]!.statements !== MEMBERS)
      throw new Error(`Not all were released: ${JSON.stringify(rows[0])}`);
  } finally {
    await owner.end();
  }
}
