import { v7 as uuidv7 } from 'uuid';
import { defaultRules } from '../policies/rule-catalogue.js';
import { sampleConsentTexts } from './consent-texts.js';
import { sampleTemplates } from './templates.js';
import { sampleBroadcasters, sampleGuilds, samplePlatform, sampleRegions } from './world.js';

export interface SeedConnection {
  query(sql: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** Long before anything that the sample world does, so that its policies are in force under any clock. */
const FROM = '2015-01-01T00:00:00.000Z';

/** The regions, policies and template that any installation for trying things out needs. Runs as the owner. */
export async function seedRules(db: SeedConnection): Promise<void> {
  for (const region of sampleRegions) {
    await db.query('insert into guildhall.region (code, name, time_zone, currency) values ($1, $2, $3, $4)', [
      region.code,
      region.name,
      region.timeZone,
      region.currency,
    ]);
    await db.query(
      `insert into guildhall.policy_version (id, name, region_code, number, status, effective, parameters, rules, published_at)
       values ($1, 'standard', $2, 1, 'PUBLISHED', tstzrange($3, null), $4, $5, $3)`,
      [uuidv7(), region.code, FROM, JSON.stringify(region.policy), JSON.stringify(defaultRules(region.code))],
    );
  }
  await seedTemplate(db);
  for (const { name, locale, body } of sampleConsentTexts) {
    await db.query(
      `insert into guildhall.consent_text (id, name, version, locale, body, sha256, published_at)
       values ($1, $2, 1, $3, $4, encode(sha256(convert_to($4, 'UTF8')), 'hex'), $5)`,
      [uuidv7(), name, locale, body, FROM],
    );
  }
}

/** The texts of every kind that has one. */
export async function seedTemplate(db: SeedConnection): Promise<void> {
  for (const [name, body] of Object.entries(sampleTemplates)) {
    await db.query(`insert into guildhall.template_version (id, name, number, body, published_at) values ($1, $2, 1, $3, $4)`, [
      uuidv7(),
      name,
      body,
      FROM,
    ]);
  }
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
