import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import type { LogEntry, LogPosition } from '../../src/engine/index.js';
import { LogTail, logSql } from '../../src/engine/tail.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { gate, prepareToy, toyEngine, until, type ToyEngine } from '../support/engine.js';
import { engineChild } from '../support/engine-child.js';
import { assertInvariants } from '../support/invariants.js';
import { toyKind } from '../support/toy-kind.js';

let db: TestDatabase;
let admin: pg.Pool;
const engines: ToyEngine[] = [];

beforeAll(async () => {
  db = await testDatabase();
  admin = db.pool('superuser');
  await prepareToy(db);
});

afterAll(async () => {
  await Promise.all(engines.map((engine) => engine.stop()));
  await db?.dispose();
});

async function engine(options: Partial<Parameters<typeof toyEngine>[0]> = {}): Promise<ToyEngine> {
  const made = await toyEngine({ url: db.url, rolePrefix: db.rolePrefix, ...options });
  engines.push(made);
  return made;
}

/** Follows as a feed does: small pages, each from where the last one ended. */
async function follow(
  pool: pg.Pool,
  from: Pick<LogPosition, 'logTx' | 'logId'>,
  seen: LogEntry[],
): Promise<Pick<LogPosition, 'logTx' | 'logId'>> {
  const { rows } = await pool.query<LogEntry>(logSql(`array['all']`), [from.logTx, from.logId, 7]);
  seen.push(...rows);
  return rows.at(-1) ?? from;
}

/** The engine's transactions take their id, and then wait: as one does that has written elsewhere before. */
function withEarlyId(reached: () => void, pass: Promise<void>) {
  return (pool: pg.Pool): pg.Pool =>
    new Proxy(pool, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (name !== 'connect') return typeof member === 'function' ? (member.bind(target) as unknown) : member;
        return async () => {
          const client = await target.connect();
          await client.query('begin');
          await client.query('select pg_current_xact_id()');
          reached();
          await pass;
          // The engine's own `begin` finds a transaction open, and is a warning only.
          return client;
        };
      },
    });
}

describe('The log', () => {
  it('can be followed while writers of two engines run: nothing is missed, nothing comes twice, no instance runs backwards', async () => {
    const [one, two] = await Promise.all([engine(), engine()]);
    const head = await one.tail.head();
    const ids = await Promise.all(Array.from({ length: 6 }, () => one.started()));
    let writing = true;
    const writers = Promise.all(
      Array.from({ length: 8 }, async (_, writer) => {
        for (let step = 0; step < 12; step += 1) {
          await (writer % 2 === 0 ? one : two).send(ids[(writer + step) % ids.length]!, step % 6 === 5 ? 'RECORD' : 'STEP');
        }
      }),
    ).finally(() => (writing = false));
    const seen: LogEntry[] = [];
    let position: Pick<LogPosition, 'logTx' | 'logId'> = head;
    while (writing) position = await follow(one.pool, position, seen);
    await writers;
    const { rows } = await admin.query<{ n: number }>(
      'select count(*)::int as n from guildhall.history where instance_id = any ($1)',
      [ids],
    );
    await until(async () => {
      position = await follow(one.pool, position, seen);
      return seen.length >= rows[0]!.n;
    }, 'the end of the log');
    expect(seen).toHaveLength(rows[0]!.n);
    for (const id of ids) {
      const seqs = seen.filter((entry) => entry.instanceId === id).map((entry) => entry.seq);
      expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    }
  });

  it('hides what is committed while an earlier transaction is still open, and shows both in order afterwards', async () => {
    const one = await engine();
    const [slow, fast] = [await one.started(), await one.started()];
    const head = await one.tail.head();
    const [reached, pass] = [gate(), gate()];
    const late = await engine({ wrapPool: withEarlyId(reached.open, pass.passed) });
    await one.send(slow, 'STEP');
    const recording = late.send(slow, 'RECORD');
    await reached.passed;
    await one.send(fast, 'STEP');
    const seen: LogEntry[] = [];
    let position = await follow(one.pool, head, seen);
    // Other databases of the server hold the log back too, so the head may be an older one; the step is committed, and hidden.
    expect((await admin.query('select from guildhall.history where instance_id = $1', [fast])).rowCount).toBe(2);
    expect(seen).not.toContainEqual(expect.objectContaining({ instanceId: fast, seq: 2 }));
    pass.open();
    await recording;
    const seqsOf = (id: string) => seen.filter((entry) => entry.instanceId === id && entry.seq > 1).map((entry) => entry.seq);
    await until(async () => {
      position = await follow(one.pool, position, seen);
      return seqsOf(slow).length + seqsOf(fast).length >= 4;
    }, 'both');
    expect(seqsOf(slow)).toEqual([2, 3, 4]);
    expect(seqsOf(fast)).toEqual([2]);
  });

  it('tells one instance in order although the second writer has the older transaction, where the plain id would not', async () => {
    const one = await engine();
    const id = await one.started();
    const [reached, pass] = [gate(), gate()];
    const late = await engine({ wrapPool: withEarlyId(reached.open, pass.passed) });
    await one.send(id, 'STEP');
    const recording = late.send(id, 'RECORD');
    await reached.passed;
    // Its transaction is the younger one, and it commits first.
    await one.send(id, 'STEP');
    pass.open();
    expect(await recording).toMatchObject({ outcome: 'accepted', version: 5 });
    const { rows } = await admin.query<{ seq: number; own: string; log_tx: string }>(
      `select seq, log_tx::text, xmin::text as own from guildhall.history where instance_id = $1 order by log_tx, log_id`,
      [id],
    );
    expect(rows.map((row) => row.seq)).toEqual([1, 2, 3, 4, 5]);
    const plain = rows.toSorted((a, b) => Number(a.own) - Number(b.own) || a.seq - b.seq);
    expect(plain.map((row) => row.seq)).toEqual([1, 2, 4, 5, 3]);
    await assertInvariants(admin, [toyKind]);
  });
});

/** Other databases of the server hide what was just written: a tail that starts now would look for it again by itself. */
const nothingHidden = () =>
  until(async () => {
    const { rowCount } = await admin.query(
      'select from guildhall.history where log_tx >= pg_snapshot_xmin(pg_current_snapshot()) limit 1',
    );
    return rowCount === 0;
  }, 'the end of older transactions');

/** A tail of its own, whose connections to listen on come from `connect`. */
function tailOver({ pool, engine: { options }, wake }: ToyEngine, connect: (pool: pg.Pool) => Promise<pg.PoolClient>): LogTail {
  const listening = new Proxy(pool, {
    get: (target, name) => {
      if (name === 'connect') return () => connect(target);
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
  return new LogTail(listening, options.handlers, wake, options.observer.log, 1);
}

describe('The tail', () => {
  it('wakes a subscriber in another process, long before its slow poll', async () => {
    const one = await engine();
    const id = await one.started();
    await nothingHidden();
    const child = await engineChild(db, { tailPollMs: 60_000 });
    try {
      await child.call({ call: 'watch', topic: `toy:${id}` });
      await one.send(id, 'STEP');
      await child.wokenOnce();
      expect(child.woken).toEqual([`toy:${id}`]);
    } finally {
      child.kill();
      await child.ended;
    }
  });

  it('wakes it by the slow poll when the notification is lost', async () => {
    const [writer, reader] = [await engine(), await engine({ tailPollMs: 20 })];
    writer.wake.announce = () => undefined;
    const id = await writer.started();
    await nothingHidden();
    await reader.tail.start();
    await until(async () => reader.tail.caughtUpAt > 0, 'the end of the log');
    const woken = gate();
    reader.tail.subscribe(`toy:${id}`, woken.open);
    // Deaf: no session of this database listens any more.
    await until(async () => {
      const { rowCount } = await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query = 'listen guildhall_log'`,
      );
      return rowCount === 0 || rowCount === null;
    }, 'nobody listens');
    await writer.send(id, 'STEP');
    await woken.passed;
  });

  it('that cannot listen gives each connection back: the pool keeps what the others need', async () => {
    const one = await engine();
    let attempts = 0;
    const tail = tailOver(one, async (pool) => {
      const client = await pool.connect();
      attempts += 1;
      client.query = () => Promise.reject(new Error('cannot execute LISTEN during recovery'));
      return client;
    });
    try {
      await tail.start();
      await until(async () => attempts > one.pool.options.max, 'more attempts than the pool has connections');
    } finally {
      await tail.stop();
    }
    await until(async () => one.pool.totalCount === one.pool.idleCount, 'every connection to be back');
  });

  it('that is stopped while it connects again in order to listen leaves no connection behind, so that the pool can end', async () => {
    const one = await engine();
    const [again, pass, connected] = [gate(), gate(), gate()];
    let listening: pg.PoolClient | undefined;
    const tail = tailOver(one, async (pool) => {
      if (!listening) return (listening = await pool.connect());
      again.open();
      await pass.passed;
      return pool.connect().finally(connected.open);
    });
    await tail.start();
    listening!.emit('error', new Error('The connection broke.'));
    // A connection may say so twice.
    listening!.emit('error', new Error('The connection broke.'));
    await again.passed;
    await tail.stop();
    pass.open();
    await connected.passed;
    await until(async () => one.pool.totalCount === one.pool.idleCount, 'every connection to be back');
  });

  it('calls only those who wait for the topic, and goes on when one of them throws', async () => {
    const one = await engine();
    const [id, other] = [await one.started(), await one.started()];
    // A transaction of another test's database may still hide the starts; read later, they would be calls of their own.
    const hidden = 'select from guildhall.history where log_tx >= pg_snapshot_xmin(pg_current_snapshot())';
    await until(async () => (await admin.query(hidden)).rowCount === 0, 'the starts to be readable');
    await one.tail.start();
    const calls: string[] = [];
    const told = gate();
    one.tail.subscribe(`toy:${id}`, () => {
      calls.push('throws');
      throw new Error('A subscriber broke.');
    });
    one.tail.subscribe(`toy:${other}`, () => void calls.push('other'));
    const end = one.tail.subscribe(`toy:${id}`, () => void calls.push('ended'));
    end();
    one.tail.subscribe(`toy:${id}`, () => {
      calls.push('told');
      told.open();
    });
    await one.send(id, 'STEP');
    await told.passed;
    expect(calls).toEqual(['throws', 'told']);
  });

  it('starts at the end of the log and keeps the epoch of this database', async () => {
    const one = await engine();
    await one.started();
    await one.tail.start();
    const { rows } = await admin.query<{ id: string }>('select id::text from guildhall.log_epoch');
    expect(one.tail.epoch).toBe(rows[0]!.id);
  });
});
