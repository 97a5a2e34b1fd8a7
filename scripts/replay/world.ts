import type pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { defaultParameters, type PolicyParameters } from '../../src/policies/parameters.js';
import { seedTemplate } from '../../src/seed/seed.js';
import type { Spell } from './spells.js';

const ISSUER = 'urn:guildhall:replay';
const REGION = 'REPLAY';
const FROM = '2000-01-01T00:00:00.000Z';

/** Of the replay's policy: what the plan of the exits is made by. */
export const EXIT_RULES = { noticeDays: 30, probationDays: 14 } as const;

/** Cooling-off of three days, no minimum term, no re-join cooldown, no cap; age and identity are attested by the import. */
const POLICY: PolicyParameters = {
  ...defaultParameters(REGION),
  minBroadcasterAgeYears: 0,
  joinCoolingOffDays: 3,
  minTermMonths: 0,
  maxTermMonths: 120,
  rejoinCooldownDays: 0,
  guildShareMaxPercent: 100,
  exitQuotaPercentPerMonth: 0,
  ...EXIT_RULES,
};

export interface ReplayWorld {
  /** In whose name the platform releases members. */
  readonly supportId: string;
  readonly guilds: ReadonlyMap<string, { readonly id: string; readonly ownerId: string }>;
  readonly broadcasters: ReadonlyMap<string, { readonly id: string; readonly principalId: string }>;
}

/** Makes who is missing: a guild with an owner for each guild of the file, a broadcaster for each pseudonym. In one transaction. */
export async function prepareWorld(owner: pg.Client, spells: readonly Spell[]): Promise<ReplayWorld> {
  await owner.query('begin');
  const { rowCount } = await owner.query('select from guildhall.region where code = $1', [REGION]);
  if (rowCount === 0) {
    await owner.query(`insert into guildhall.region (code, name, time_zone, currency) values ($1, 'Replay', 'UTC', 'USD')`, [
      REGION,
    ]);
    await owner.query(
      `insert into guildhall.policy_version (id, name, region_code, number, status, effective, parameters, published_at)
       values ($1, 'replay', $2, 1, 'PUBLISHED', tstzrange($3, null), $4, $3)`,
      [uuidv7(), REGION, FROM, JSON.stringify(POLICY)],
    );
    await seedTemplate(owner);
  }
  await insertPrincipals(owner, [...new Set(spells.map((spell) => `owner:${spell.guild}`))]);
  await insertPrincipals(owner, [...new Set(spells.map((spell) => `broadcaster:${spell.broadcaster}`))]);
  const supportId = await upsertSupport(owner);
  const guilds = await upsertGuilds(owner, [...new Set(spells.map((spell) => spell.guild))]);
  const broadcasters = await upsertBroadcasters(owner, [...new Set(spells.map((spell) => spell.broadcaster))]);
  await owner.query('commit');
  // Statistics of tables that were empty a moment ago would mislead the first plans.
  await owner.query('analyze guildhall.principal, guildhall.guild, guildhall.guild_staff, guildhall.broadcaster');
  return { supportId, guilds, broadcasters };
}

async function insertPrincipals(owner: pg.Client, subjects: readonly string[]): Promise<void> {
  await owner.query(
    `insert into guildhall.principal (id, issuer, subject, display_name) select id, $3, subject, subject from unnest($1::uuid[], $2::text[]) as p (id, subject)
     on conflict (issuer, subject) do nothing`,
    [subjects.map(() => uuidv7()), subjects, ISSUER],
  );
}

async function upsertSupport(owner: pg.Client): Promise<string> {
  await insertPrincipals(owner, ['support']);
  const { rows } = await owner.query<{ id: string }>(
    `update guildhall.principal set platform_role = 'SUPPORT' where issuer = $1 and subject = 'support' returning id`,
    [ISSUER],
  );
  return rows[0]!.id;
}

async function upsertGuilds(owner: pg.Client, names: readonly string[]): Promise<Map<string, { id: string; ownerId: string }>> {
  const { rows: known } = await owner.query<{ name: string }>('select name from guildhall.guild where region_code = $1', [
    REGION,
  ]);
  for (const name of names.filter((candidate) => !known.some((guild) => guild.name === candidate))) {
    const id = uuidv7();
    await owner.query('insert into guildhall.guild (id, name, region_code, created_at) values ($1, $2, $3, $4)', [
      id,
      name,
      REGION,
      FROM,
    ]);
    await owner.query(
      `insert into guildhall.guild_staff (guild_id, principal_id, role, since) select $1, id, 'OWNER', $4 from guildhall.principal where issuer = $2 and subject = $3`,
      [id, ISSUER, `owner:${name}`, FROM],
    );
  }
  const { rows } = await owner.query<{ name: string; id: string; owner_id: string }>(
    `select g.name, g.id, s.principal_id as owner_id from guildhall.guild g join guildhall.guild_staff s on s.guild_id = g.id and s.role = 'OWNER' where g.name = any ($1)`,
    [names],
  );
  return new Map(rows.map((row) => [row.name, { id: row.id, ownerId: row.owner_id }]));
}

async function upsertBroadcasters(
  owner: pg.Client,
  handles: readonly string[],
): Promise<Map<string, { id: string; principalId: string }>> {
  await owner.query(
    `insert into guildhall.broadcaster (id, principal_id, handle, region_code, identity_verified_at, of_age_attested_at, attested_by, created_at)
     select b.id, p.id, b.handle, $3, $4, $4, 'import', $4 from unnest($1::uuid[], $2::text[]) as b (id, handle)
     join guildhall.principal p on p.issuer = $5 and p.subject = 'broadcaster:' || b.handle on conflict do nothing`,
    [handles.map(() => uuidv7()), handles, REGION, FROM, ISSUER],
  );
  const { rows } = await owner.query<{ handle: string; id: string; principal_id: string }>(
    'select handle, id, principal_id from guildhall.broadcaster where handle = any ($1)',
    [handles],
  );
  return new Map(rows.map((row) => [row.handle, { id: row.id, principalId: row.principal_id }]));
}
