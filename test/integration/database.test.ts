import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import {
  assertServingRole,
  ClockControl,
  poolOf,
  setClock,
  shiftClock,
  UnknownViewerError,
  ViewerTransaction,
  writeAsViewer,
} from '../../src/database/index.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';

const issuer = 'https://id.test';
const ada = { issuer, subject: 'ada' };
const principals = `select subject from guildhall.principal order by subject`;

describe('the ground under the features', () => {
  let database: TestDatabase;
  let app: Awaited<ReturnType<TestDatabase['dataSource']>>;
  const open = (mode: 'snapshot' | 'short' | 'write' = 'snapshot', identity = ada) => ViewerTransaction.open(app, identity, mode);
  const backendOf = async (tx: ViewerTransaction) => (await tx.query<{ pid: number }>('select pg_backend_pid() as pid'))[0]?.pid;

  beforeAll(async () => {
    database = await testDatabase();
    app = await database.dataSource('app', { poolSize: 2 });
    for (const [subject, role, disabled] of [
      ['ada', null, null],
      ['bob', null, null],
      ['sue', 'SUPPORT', null],
      ['gone', null, '2026-01-01'],
    ]) {
      await database
        .pool('superuser')
        .query(
          `insert into guildhall.principal (id, issuer, subject, display_name, platform_role, disabled_at) values ($1, $2, $3, $3, $4, $5)`,
          [uuidv7(), issuer, subject, role, disabled],
        );
    }
  });

  afterAll(async () => {
    await database.dispose();
  });

  test('the serving roles may serve; the superuser and the owner may not', async () => {
    await assertServingRole(poolOf(app));
    await assertServingRole(database.pool('engine'));
    await expect(assertServingRole(database.pool('superuser'))).rejects.toThrow(/superuser/);
    await expect(assertServingRole(database.pool('owner'))).rejects.toThrow(/owns, or may become the owner of/);
  });

  test('a role that sees a table without forced row-level security may not serve', async () => {
    const admin = database.pool('superuser');
    const serving = database.pool('app');
    await admin.query(`alter table guildhall.guild no force row level security`);
    await expect(assertServingRole(serving)).rejects.toThrow(/not enabled and forced on guild/);
    await admin.query(`alter table guildhall.guild force row level security`);
    await assertServingRole(serving);
  });

  test('a session keeps its role: RESET ROLE leads back to it', async () => {
    const client = await database.pool('app').connect();
    await client.query('reset role');
    const { rows } = await client.query<{ current_user: string }>('select current_user');
    client.release();
    expect(rows).toEqual([{ current_user: `${database.rolePrefix}_app` }]);
  });

  test('a viewer sees their own rows; without a viewer there are none', async () => {
    const tx = await open();
    expect(tx.viewer).toMatchObject({ platformRole: null, broadcasterId: null, guildIds: [], guildRoles: [] });
    expect(await tx.query(principals)).toEqual([{ subject: 'ada' }]);
    expect(await tx.manager.query(principals)).toEqual([{ subject: 'ada' }]);
    await tx.end();
    const support = await open('short', { issuer, subject: 'sue' });
    // The three others, and the platform's own, which every database has.
    expect((await support.query<{ subject: string }>(principals)).map((row) => row.subject)).toEqual([
      'ada',
      'bob',
      'gone',
      'platform',
      'sue',
    ]);
    await support.end();
    expect((await poolOf(app).query(principals)).rows).toEqual([]);
  });

  test('somebody unknown or disabled opens nothing, and keeps no connection', async () => {
    for (const subject of ['nobody', 'gone', 'nobody']) {
      await expect(open('snapshot', { issuer, subject })).rejects.toThrow(UnknownViewerError);
    }
    expect(poolOf(app).idleCount).toBe(poolOf(app).totalCount);
  });

  test('an operation reads one snapshot on one connection, and cannot write', async () => {
    const tx = await open('snapshot', { issuer, subject: 'sue' });
    const before = await tx.query(principals);
    await database
      .pool('superuser')
      .query(`insert into guildhall.principal (id, issuer, subject, display_name) values ($1, $2, 'late', 'late')`, [
        uuidv7(),
        issuer,
      ]);
    expect(await tx.query(principals)).toEqual(before);
    expect(new Set(await Promise.all([1, 2, 3].map(() => backendOf(tx)))).size).toBe(1);
    await expect(tx.query(`update guildhall.notification set read_at = guildhall.now()`)).rejects.toThrow(
      /read-only transaction/,
    );
    await tx.end();
  });

  test('a failed statement fails everything after it, with its own reason, and the next operation is well', async () => {
    const tx = await open();
    const together = await Promise.allSettled([tx.query('select 1/0'), tx.query('select 1 as one')]);
    expect(together.map((each) => each.status === 'rejected' && String(each.reason))).toEqual([
      'error: division by zero',
      'error: division by zero',
    ]);
    await expect(tx.query('select 1')).rejects.toThrow('division by zero');
    expect(() => tx.manager).toThrow('division by zero');
    await tx.end();
    await tx.end();
    await expect(tx.query('select 1')).rejects.toThrow();
    const next = await open();
    expect(await next.query('select 1 as one')).toEqual([{ one: 1 }]);
    await next.end();
  });

  test('a connection that dies under an operation is not given to the next one', async () => {
    const tx = await open();
    const pid = await backendOf(tx);
    await database.pool('superuser').query('select pg_terminate_backend($1)', [pid]);
    await expect(tx.query('select pg_sleep(30)')).rejects.toThrow();
    await tx.end();
    for (let count = 0; count < 3; count += 1) {
      const next = await open();
      expect(await backendOf(next)).not.toBe(pid);
      await next.end();
    }
  });

  test('a write as the viewer commits, or is undone as a whole', async () => {
    const temporary = (tx: ViewerTransaction) => tx.query(`select set_config('guildhall.test', 'x', true), pg_current_xact_id()`);
    await writeAsViewer(app, ada, temporary);
    await expect(
      writeAsViewer(app, ada, (tx) => tx.query(`insert into guildhall.guild (id) values ($1)`, [uuidv7()])),
    ).rejects.toThrow(/permission denied/);
    await expect(
      writeAsViewer(app, ada, async (tx) => {
        await tx.manager.query('select 1/0').catch(() => undefined);
        return 'looks well';
      }),
    ).rejects.toThrow(/rolled back/);
    expect(poolOf(app).waitingCount).toBe(0);
  });

  test('time can be set and shifted by the clock role, outside production only', async () => {
    const target = { url: database.url, rolePrefix: database.rolePrefix, production: false };
    const at = new Date('2027-03-01T12:00:00Z');
    await setClock(target, at);
    await shiftClock(target, 86_400_000);
    const clock = new ClockControl(target);
    expect(await clock.now()).toEqual(new Date('2027-03-02T12:00:00Z'));
    await clock.reset();
    await clock.shift(3_600_000);
    await clock.shift(3_600_000);
    const ahead = (await clock.now()).getTime() - Date.now();
    expect(Math.abs(ahead - 7_200_000)).toBeLessThan(60_000);
    await clock.reset();
    await clock.close();
    await expect(setClock({ ...target, production: true }, at)).rejects.toThrow(/production/);
    await expect(database.pool('app').query(`update guildhall.clock set at = now()`)).rejects.toThrow(/permission denied/);
    await expect(database.pool('engine').query(`insert into guildhall.clock (at) values (now())`)).rejects.toThrow(
      /permission denied/,
    );
  });
});
