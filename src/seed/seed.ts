import { v7 as uuidv7 } from 'uuid';
import { defaultRules } from '../policies/rule-catalogue.js';
import { frameOf, sampleTemplates } from './samples/index.js';
import { sampleBroadcasters, sampleGuilds, samplePlatform, sampleRegions } from './world.js';

export interface SeedConnection {
  query(sql: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** Long before anything that the sample world does, so that its policies are in force under any clock. */
const FROM = '2015-01-01T00:00:00.000Z';

/** The regions, policies and template that any installation for trying things out needs. Runs as the owner. */
export async function seedRules(db: SeedConnection): Promise<void> {
  for (const region of sampleRegions) {
    await db.query('insert into guildhall.region (code, name, time_zone, currency, locale) values ($1, $2, $3, $4, $5)', [
      region.code,
      region.name,
      region.timeZone,
      region.currency,
      region.locale,
    ]);
    await db.query(
      `insert into guildhall.policy_version (id, name, region_code, number, status, effective, parameters, rules, published_at)
       values ($1, 'standard', $2, 1, 'PUBLISHED', tstzrange($3, null), $4, $5, $3)`,
      [uuidv7(), region.code, FROM, JSON.stringify(region.policy), JSON.stringify(defaultRules(region.code))],
    );
  }
  await seedTemplate(db);
}

/** The library of clauses, and the templates that are put together from it. */
export async function seedTemplate(db: SeedConnection, from = FROM): Promise<void> {
  const clauses = new Map(sampleTemplates.flatMap((template) => template.clauses).map(({ key, content }) => [key, content]));
  const ids = new Map([...clauses.keys()].map((key) => [key, uuidv7()]));
  await db.query(
    `insert into guildhall.clause_version (id, key, number, status, content, published_at)
     select c.id, c.key, 1, 'PUBLISHED', c.content, $2 from jsonb_to_recordset($1) as c (id uuid, key text, content jsonb)`,
    [JSON.stringify([...clauses].map(([key, content]) => ({ id: ids.get(key), key, content }))), from],
  );
  const templates = sampleTemplates.map((template) => ({
    id: uuidv7(),
    name: template.name,
    content: {
      locales: ['en', 'zh-CN'],
      texts: frameOf(template),
      clauses: template.clauses.map(({ key }) => ids.get(key)),
    },
  }));
  // The plain texts of before end where these begin.
  await db.query(
    `update guildhall.template_version set effective = tstzrange(lower(effective), $2)
     where name = any ($1) and region_code is null and status = 'PUBLISHED' and effective @> $2::timestamptz`,
    [templates.map(({ name }) => name), from],
  );
  await db.query(
    `insert into guildhall.template_version (id, name, number, status, content, published_at, effective)
     select t.id, t.name, (select coalesce(max(v.number), 0) + 1 from guildhall.template_version v where v.name = t.name and v.region_code is null),
       'PUBLISHED', t.content, $2, tstzrange($2, null) from jsonb_to_recordset($1) as t (id uuid, name text, content jsonb)`,
    [JSON.stringify(templates), from],
  );
}

/** A small invented world, at the first start of an embedded database only. Returns false when there is somebody already. */
export async function seedWorld(db: SeedConnection, issuer: string): Promise<boolean> {
  const { rows } = await db.query('select from guildhall.region limit 1');
  if (rows.length > 0) return false;
  await seedRules(db);
  for (const person of samplePlatform) await insertPrincipal(db, issuer, person.subject, person.displayName, person.role);
  for (const guild of sampleGuilds) {
    const guildId = uuidv7();
    await db.query('insert into guildhall.guild (id, name, region_code, member_cap, created_at) values ($1, $2, $3, $4, $5)', [
      guildId,
      guild.name,
      guild.region,
      guild.memberCap,
      FROM,
    ]);
    for (const staff of guild.staff) {
      const principalId = await insertPrincipal(db, issuer, staff.subject, staff.displayName, null);
      await db.query('insert into guildhall.guild_staff (guild_id, principal_id, role, since) values ($1, $2, $3, $4)', [
        guildId,
        principalId,
        staff.role,
        FROM,
      ]);
    }
  }
  for (const broadcaster of sampleBroadcasters) {
    const principalId = await insertPrincipal(db, issuer, broadcaster.subject, broadcaster.handle, null);
    await db.query(
      `insert into guildhall.broadcaster (id, principal_id, handle, region_code, identity_verified_at, birth_date, created_at) values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        uuidv7(),
        principalId,
        broadcaster.handle,
        broadcaster.region,
        broadcaster.verified ? FROM : null,
        broadcaster.birthDate,
        FROM,
      ],
    );
  }
  return true;
}

async function insertPrincipal(
  db: SeedConnection,
  issuer: string,
  subject: string,
  displayName: string,
  platformRole: string | null,
): Promise<string> {
  const id = uuidv7();
  await db.query(
    'insert into guildhall.principal (id, issuer, subject, display_name, platform_role) values ($1, $2, $3, $4, $5)',
    [id, issuer, subject, displayName, platformRole],
  );
  return id;
}
