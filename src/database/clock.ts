import pg from 'pg';
import { DatabaseSetupError } from '../errors.js';
import { databaseOf, roleOf, sessionOptions } from './roles.js';

/** In production the clock is real: a database whose time was moved elsewhere tells a wrong one for good. */
export async function assertRealClock(pool: Pick<pg.Pool, 'query'>): Promise<void> {
  const { rows } = await pool.query(`select from guildhall.clock where at is not null or shift <> '0'`);
  if (rows.length > 0) {
    throw new DatabaseSetupError(
      'The time of this database has been moved, so it cannot be served in production.',
      'Let its owner run: DELETE FROM guildhall.clock;',
    );
  }
}

export interface ClockTarget {
  readonly url: string;
  readonly rolePrefix?: string;
  readonly production: boolean;
}

/** Moves `guildhall.now()` for tests, the demo and the replay. One connection, opened at the first use. */
export class ClockControl {
  private readonly pool: pg.Pool;

  constructor({ url, rolePrefix, production }: ClockTarget) {
    if (production)
      throw new DatabaseSetupError('Time cannot be moved in production.', 'Use another database with NODE_ENV=development.');
    this.pool = new pg.Pool({
      connectionString: url,
      max: 1,
      application_name: 'guildhall-clock',
      connectionTimeoutMillis: 10_000,
      options: sessionOptions({ role: roleOf(rolePrefix ?? databaseOf(url), 'clock') }),
    });
    this.pool.on('error', () => undefined);
  }

  /** Time stands still at this instant. */
  async set(at: Date): Promise<void> {
    await this.pool.query(
      `insert into guildhall.clock (singleton, at) values (true, $1) on conflict (singleton) do update set at = excluded.at`,
      [at],
    );
  }

  /** Time goes on, this much later than before (or stands still this much later, when it was set). */
  async shift(milliseconds: number): Promise<void> {
    await this.pool.query(
      `insert into guildhall.clock as c (singleton, shift) values (true, make_interval(secs => $1::float8 / 1000))
       on conflict (singleton) do update set at = c.at + excluded.shift, shift = c.shift + case when c.at is null then excluded.shift else '0' end`,
      [milliseconds],
    );
  }

  /** Back to the real time. */
  async reset(): Promise<void> {
    await this.pool.query(`update guildhall.clock set at = null, shift = '0'`);
  }

  async now(): Promise<Date> {
    const { rows } = await this.pool.query<{ now: Date }>('select guildhall.now() as now');
    return rows[0]?.now ?? new Date(Number.NaN);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

/** For a single move; use a ClockControl for many. */
export async function setClock(target: ClockTarget, at: Date): Promise<void> {
  await withClock(target, (clock) => clock.set(at));
}

export async function shiftClock(target: ClockTarget, milliseconds: number): Promise<void> {
  await withClock(target, (clock) => clock.shift(milliseconds));
}

async function withClock(target: ClockTarget, move: (clock: ClockControl) => Promise<void>): Promise<void> {
  const clock = new ClockControl(target);
  try {
    await move(clock);
  } finally {
    await clock.close();
  }
}
