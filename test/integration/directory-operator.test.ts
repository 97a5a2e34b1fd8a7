import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type pg from 'pg';
import { grantPlatformRole, OwnerPresence } from '../../src/directory/index.js';
import { DEVELOPMENT_ISSUER } from '../../src/identity/index.js';
import { seedWorld } from '../../src/seed/seed.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { WorldBuilder } from '../support/world.js';

let db: TestDatabase;
let owner: pg.Pool;

beforeAll(async () => {
  db = await testDatabase();
  owner = db.pool('owner', 2);
  await seedWorld(owner, DEVELOPMENT_ISSUER);
});
afterAll(() => db.dispose());

describe('the operator’s command', () => {
  const issuer = 'https://issuer.example';
  const roleOf = async (subject: string) => {
    const sql = 'select platform_role from guildhall.principal where issuer = $1 and subject = $2';
    return (await owner.query<{ platform_role: string | null }>(sql, [issuer, subject])).rows[0]?.platform_role;
  };

  test('makes the first agent known, and takes the role away again; both are in the audit trail', async () => {
    const { id, before } = await grantPlatformRole(owner, { issuer, subject: 'first', role: 'SUPPORT', displayName: 'First' });
    expect(before).toBeNull();
    expect(await roleOf('first')).toBe('SUPPORT');
    expect(await grantPlatformRole(owner, { issuer, subject: 'first', role: null })).toEqual({ id, before: 'SUPPORT' });
    expect(await roleOf('first')).toBeNull();
    const events = await owner.query(
      'select actor_id, authority, action, details from guildhall.directory_event where subject_id = $1 order by id',
      [id],
    );
    const common = { actor_id: null, authority: 'OPERATOR', action: 'grantPlatformRole' };
    expect(events.rows).toEqual([
      { ...common, details: { before: null, after: 'SUPPORT' } },
      { ...common, details: { before: 'SUPPORT', after: null } },
    ]);
  });

  test('does not open a disabled account through the back door', async () => {
    await grantPlatformRole(owner, { issuer, subject: 'shut', role: 'POLICY' });
    await owner.query(`update guildhall.principal set disabled_at = now() where subject = 'shut'`);
    await expect(grantPlatformRole(owner, { issuer, subject: 'shut', role: 'SUPPORT' })).rejects.toThrow('disabled');
    await expect(grantPlatformRole(owner, { issuer, subject: 'unknown', role: null })).rejects.toThrow('Nobody is known');
  });

  test('cannot be done by a serving role', async () => {
    const grant = { issuer, subject: 'smuggled', role: 'SUPPORT' } as const;
    for (const role of ['engine', 'app'] as const)
      await expect(grantPlatformRole(db.pool(role, 1), grant)).rejects.toThrow(/permission denied/);
  });

  test('says how it is used when it is used otherwise', async () => {
    const script = ['--import', './scripts/register-ts.mjs', 'scripts/admin.ts', 'grant', 'KING', issuer, 'somebody'];
    const failure = await promisify(execFile)(process.execPath, script).catch((error: unknown) => error as { stderr: string });
    expect(failure.stderr).toContain('npm run admin -- grant <SUPPORT|POLICY|AUDITOR> <issuer> <subject>');
  });
});

describe('when an owner was last seen', () => {
  test('is noted for owners only, once an hour, and again after a failure', async () => {
    const guild = await new WorldBuilder(owner).guild();
    const engine = db.pool('engine', 1);
    let statements = 0;
    let broken = true;
    const errors: unknown[] = [];
    const presence = new OwnerPresence(
      {
        query: ((config: pg.QueryConfig) => {
          statements += 1;
          return broken ? Promise.reject(new Error('gone')) : engine.query(config);
        }) as pg.Pool['query'],
      },
      (error) => errors.push(error),
    );
    const seen = async () =>
      (await owner.query<{ at: Date | null }>('select owner_last_seen_at as at from guildhall.guild where id = $1', [guild.uuid]))
        .rows[0]!.at;
    await presence.note({ guildIds: [guild.uuid], guildRoles: ['AGENT'] });
    expect(statements).toBe(0);
    const asOwner = { guildIds: [guild.uuid, guild.uuid], guildRoles: ['FINANCE', 'OWNER'] };
    await presence.note(asOwner);
    expect([errors.length, await seen()]).toEqual([1, null]);
    broken = false;
    await presence.note(asOwner);
    await presence.note(asOwner);
    expect(statements).toBe(2);
    expect(await seen()).not.toBeNull();
  });
});
