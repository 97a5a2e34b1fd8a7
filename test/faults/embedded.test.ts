import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedProcess, isAlive, sql, until } from '../support/embedded-process.js';
import type { Ready } from '../support/embedded-process.js';

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

describe('the embedded PostgreSQL', () => {
  let dataDir = '';
  const started: EmbeddedProcess[] = [];
  const start = (options: ConstructorParameters<typeof EmbeddedProcess>[1] = {}) => {
    const server = new EmbeddedProcess(dataDir, options);
    started.push(server);
    return server;
  };

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'guildhall-embedded-'));
    chmodSync(dataDir, 0o711);
  });

  afterEach(async () => {
    await Promise.all(started.splice(0).map((server) => server.stop()));
    rmSync(dataDir, { recursive: true, force: true });
  });

  const write = (at: Ready) => sql(at.url, `create table kept as select 'before' as what`);
  const expectKept = async (at: Ready) => {
    expect(await sql(at.url, 'select what from kept')).toEqual([{ what: 'before' }]);
  };
  const expectNothingLeft = async (at: Ready) => {
    await until('PostgreSQL and its watchdog are gone', () => !isAlive(at.pid) && !isAlive(at.watchdogPid));
  };

  test('an orderly stop leaves no process, and the next start finds the data', async () => {
    const first = start();
    const before = await first.ready();
    await write(before);
    await first.stop();
    expect(isAlive(before.pid) || isAlive(before.watchdogPid)).toBe(false);
    const second = start();
    await expectKept(await second.ready());
    expect(second.logs).toBe('');
  });

  test('only loopback with the password gets in, and only the owner reads the password', async () => {
    const at = await start().ready();
    await expect(sql(at.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toThrow('password authentication failed');
    expect(statSync(join(at.folder, 'password')).mode & 0o777).toBe(0o600);
    expect(
      await sql(
        at.url,
        `select current_setting('listen_addresses') as at, current_setting('unix_socket_directories') as sockets`,
      ),
    ).toEqual([{ at: '127.0.0.1', sockets: '' }]);
    expect(
      await sql(
        at.url,
        `select pg_encoding_to_char(encoding) as encoding, datlocale as locale from pg_database where datname = 'postgres'`,
      ),
    ).toEqual([{ encoding: 'UTF8', locale: 'C.UTF-8' }]);
  });

  test('a second start on the same folder is refused, and names the first', async () => {
    const first = start();
    const at = await first.ready();
    const failed = await start().failed();
    expect(failed.code).toBe('DATA_FOLDER_IN_USE');
    expect(failed.message).toContain(`process ${first.pid}`);
    expect(failed.message).toContain('DATA_DIR');
    await sql(at.url, 'select 1');
  });

  test('of two first starts at once, one serves and one is refused', async () => {
    const [one, two] = [start(), start()];
    await until('both have answered', () => [one, two].every(({ said }) => said.some(({ ready, failed }) => ready ?? failed)));
    const failures = [one, two].flatMap(({ said }) => said.flatMap(({ failed }) => failed?.code ?? []));
    expect(failures).toEqual(['DATA_FOLDER_IN_USE']);
  });

  test('a command beside the server joins it, and leaves it running', async () => {
    const at = await start().ready();
    const beside = start({ mode: 'join' });
    const joined = await beside.ready();
    expect(joined).toMatchObject({ owned: false, port: at.port, pid: at.pid });
    await beside.stop();
    await sql(joined.url, 'select 1');
  });

  test('after kill -9 of the server no PostgreSQL is left, and the next start finds the data', async () => {
    const first = start();
    const at = await first.ready();
    await write(at);
    await first.kill();
    await expectNothingLeft(at);
    await expectKept(await start().ready());
  });

  test('a start in the same moment in which the server is killed works too', async () => {
    const first = start();
    const at = await first.ready();
    await write(at);
    await first.kill();
    await expectKept(await start().ready());
    await expectNothingLeft(at);
  });

  test('a killed watchdog is replaced, and the new one does its work', async () => {
    const server = start();
    const at = await server.ready();
    process.kill(at.watchdogPid, 'SIGKILL');
    await until('the watchdog is replaced', () => server.logs.includes('watchdog'));
    await server.kill();
    await until('PostgreSQL is gone', () => !isAlive(at.pid));
    await start().ready();
  });

  test('when server and watchdog are killed together, the next start stops the orphan and serves', async () => {
    const first = start();
    const at = await first.ready();
    await write(at);
    process.kill(at.watchdogPid, 'SIGSTOP');
    await first.kill();
    process.kill(at.watchdogPid, 'SIGKILL');
    await until('the watchdog is gone', () => !isAlive(at.watchdogPid));
    expect(isAlive(at.pid)).toBe(true);
    const second = start();
    const now = await second.ready();
    expect(second.logs).toContain(`process ${at.pid}`);
    expect(isAlive(at.pid)).toBe(false);
    await expectKept(now);
  });

  test('after kill -9 of PostgreSQL the server is told, and the next start recovers', async () => {
    const first = start();
    const at = await first.ready();
    await write(at);
    process.kill(at.pid, 'SIGKILL');
    await until('the server is told', () => first.said.some(({ unexpected }) => unexpected?.includes('SIGKILL')));
    await first.stop();
    await expectKept(await start().ready());
  });

  test('a stale lock whose process id now belongs to another program does not stop a start', async () => {
    const first = start();
    const at = await first.ready();
    const file = join(at.folder, 'data', 'postmaster.pid');
    const lock = readFileSync(file, 'utf8');
    await first.stop();
    // Of the same account as PostgreSQL: another one's process PostgreSQL itself does not take for its own.
    const { uid, gid } = statSync(join(at.folder, 'data'));
    const foreign = spawn('sleep', ['600'], { cwd: '/', ...(isRoot && { uid, gid }) });
    writeFileSync(file, lock.replace(/^\d+/, String(foreign.pid)));
    const second = start();
    await second.ready();
    expect(second.logs).toContain('stale postmaster.pid');
    expect(isAlive(foreign.pid ?? 0)).toBe(true);
    foreign.kill();
  });

  test('an initdb that was killed in the middle leaves nothing that the next start stumbles over', async () => {
    mkdirSync(join(dataDir, 'postgres', 'data.new-0'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres', 'data.new-0', 'PG_VERSION'), '18\n');
    await start().ready();
    expect(existsSync(join(dataDir, 'postgres', 'data.new-0'))).toBe(false);
  });

  test('data of another major version are left alone', async () => {
    mkdirSync(join(dataDir, 'postgres', 'data'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres', 'data', 'PG_VERSION'), '17\n');
    expect((await start().failed()).message).toMatch(/written by PostgreSQL 17.*carries 18/);
  });

  test('another port is taken, and told, when the usual one is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await until('the port is in use', () => other.listening);
    const { port } = other.address() as { port: number };
    const server = start({ port });
    const at = await server.ready();
    expect(at.port).not.toBe(port);
    expect(server.logs).toContain(`Port ${port} is taken`);
    await sql(at.url, 'select 1');
    other.close();
  });

  (isRoot ? test : test.skip)('it runs for a normal user as for root', async () => {
    chownSync(dataDir, nobody, nobody);
    const first = start({ uid: nobody });
    const at = await first.ready();
    await write(at);
    expect(statSync(join(at.folder, 'data')).uid).toBe(nobody);
    await first.kill();
    await expectNothingLeft(at);
    await expectKept(await start({ uid: nobody }).ready());
  });

  (isRoot ? test : test.skip)(
    'root keeps the data elsewhere, and says where, when the user postgres cannot reach the folder',
    async () => {
      chmodSync(dataDir, 0o700);
      const server = start();
      const at = await server.ready();
      expect(at.folder).toMatch(/^\/var\/lib\/guildhall\/data-[0-9a-f]{8}$/);
      expect(server.logs).toContain(at.folder);
      await server.stop();
      rmSync(at.folder, { recursive: true });
    },
  );
});
