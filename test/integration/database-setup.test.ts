import { afterEach, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { bootstrap, createDataSource, migrate, poolOf, assertServingRole, withDatabase } from '../../src/database/index.js';
import { DatabaseSetupError } from '../../src/errors.js';
import { sql } from '../support/embedded-process.js';

const server = withDatabase(process.env['GUILDHALL_TEST_URL'] ?? '', 'postgres');
const id = pg.escapeIdentifier;

describe('setting up a database', () => {
  // With what a naive quoting would break on; and under the run's prefix, so that whatever stays is dropped with it.
  const name = () => `${process.env['GUILDHALL_TEST_PREFIX'] ?? ''} Å"'-${randomBytes(2).toString('hex')}`;
  const made: { databases: string[]; logins: string[] } = { databases: [], logins: [] };
  const named = () => {
    const database = name();
    made.databases.push(database);
    return database;
  };
  const login = async (attributes: string) => {
    const role = `${process.env['GUILDHALL_TEST_PREFIX'] ?? ''}_login_${randomBytes(2).toString('hex')}`;
    made.logins.push(role);
    await sql(server, `create role ${id(role)} login password 'p' ${attributes}`);
    return role;
  };
  const as = (role: string, database: string) => {
    const url = new URL(withDatabase(server, database));
    url.username = role;
    url.password = 'p';
    return url.href;
  };

  afterEach(async () => {
    for (const database of made.databases.splice(0)) {
      await sql(server, `drop database if exists ${id(database)} with (force)`);
      for (const role of ['owner', 'app', 'engine', 'clock'])
        await sql(server, `drop role if exists ${id(`${database}_${role}`)}`);
    }
    for (const role of made.logins.splice(0)) await sql(server, `drop role if exists ${id(role)}`);
  });

  const serves = async (url: string) => {
    for (const role of ['app', 'engine'] as const) {
      const dataSource = createDataSource({ url, role, poolSize: 2 });
      await dataSource.initialize();
      await assertServingRole(poolOf(dataSource));
      await dataSource.destroy();
    }
  };

  test('two processes may set up the same database at once, and again', async () => {
    const url = withDatabase(server, named());
    await Promise.all([1, 2, 3].map(() => bootstrap({ url, production: false })));
    const ran = await Promise.all([1, 2, 3].map(() => migrate({ url })));
    expect(ran.filter((names) => names.length > 0)).toHaveLength(1);
    await bootstrap({ url, production: false });
    expect(await migrate({ url })).toEqual([]);
    await serves(url);
  });

  test('a login that may create roles and databases needs no superuser', async () => {
    const url = as(await login('createrole createdb'), named());
    await bootstrap({ url, production: true });
    await migrate({ url });
    await serves(url);
    expect(await sql(url, `select rolname from pg_roles where rolname = current_database() || '_clock'`)).toEqual([]);
  });

  test('a login without rights is told what to run, and running just that is enough', async () => {
    const database = named();
    const plain = await login('');
    const url = as(plain, database);
    const refusal = async () =>
      bootstrap({ url, production: true }).then(
        () => undefined,
        (error: unknown) => error as DatabaseSetupError,
      );
    const first = await refusal();
    expect(first).toBeInstanceOf(DatabaseSetupError);
    expect(first?.sql).toEqual([`CREATE DATABASE ${id(database)} TEMPLATE template0 ENCODING 'UTF8'`]);
    for (const statement of first?.sql ?? []) await sql(server, statement);
    const second = await refusal();
    expect(second?.message).toContain('Run this as a superuser');
    expect(second?.sql).toContain(`CREATE ROLE ${id(`${database}_owner`)} NOLOGIN`);
    for (const statement of second?.sql ?? []) {
      expect(second?.message).toContain(`${statement};`);
      await sql(withDatabase(server, database), statement);
    }
    await bootstrap({ url, production: true });
    await migrate({ url });
    await serves(url);
  });

  test('the login that serves is no member of the owner when another one migrates', async () => {
    const database = named();
    const serving = await login('');
    const url = withDatabase(server, database);
    await bootstrap({ url, servingUrl: as(serving, database), production: true });
    await migrate({ url });
    await serves(as(serving, database));
    await expect(sql(as(serving, database), `set role ${id(`${database}_owner`)}`)).rejects.toThrow(/permission denied/);
  });

  test('a database in another encoding is refused', async () => {
    const database = named();
    await sql(server, `create database ${id(database)} template template0 encoding 'SQL_ASCII' locale_provider libc locale 'C'`);
    await expect(bootstrap({ url: withDatabase(server, database), production: true })).rejects.toThrow(/encoded in SQL_ASCII/);
  });

  test('a name too long to name roles after is refused before anything is made', async () => {
    const url = withDatabase(server, 'x'.repeat(57));
    await expect(bootstrap({ url, production: true })).rejects.toThrow(/too long/);
    await expect(sql(url, 'select 1')).rejects.toThrow(/does not exist/);
  });
});
