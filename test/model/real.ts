import type pg from 'pg';
import type { App } from '../../src/app.js';
import type { ClockControl } from '../../src/database/index.js';
import { startApi, type ApiProcess, type TestApi } from '../support/api.js';
import { request } from '../support/api-client.js';
import { lookAt, type Look } from './look.js';
import { Meeting } from './meeting.js';
import type { Person, World } from './people.js';
import { START, Worlds } from './world.js';

export interface Reply {
  readonly __typename: string;
  readonly id?: string;
  readonly state?: string;
  readonly version?: number;
  readonly code?: string;
  readonly reasons?: readonly { readonly code: string }[];
  readonly [field: string]: unknown;
}

/** The server under test with worlds for its sequences. Nothing runs in the background: what is due is worked off when it is said. */
export class Real {
  operations = 0;
  private readonly tokens = new Map<string, Promise<string>>();
  private readonly worlds: Worlds;
  private readonly everything: pg.Pool;

  private constructor(
    readonly api: TestApi,
    /** A second process over the same database: within one, commands to one request wait for each other. */
    private readonly other: ApiProcess,
    readonly meeting: Meeting,
  ) {
    this.worlds = new Worlds(api.db.pool('superuser', 1), api.db.pool('engine', 1));
    this.everything = api.db.pool('superuser', 2);
  }

  static async start(): Promise<Real> {
    const meeting = new Meeting();
    const quiet = { workers: false, onStep: meeting.arrive };
    const api = await startApi({ ...quiet, logLevel: 'error' });
    await api.clock.set(new Date(START));
    return new Real(api, await api.another(quiet), meeting);
  }

  get app(): App {
    return this.api.app;
  }

  get clock(): ClockControl {
    return this.api.clock;
  }

  /** As a role that sees everything. */
  get pool(): pg.Pool {
    return this.everything;
  }

  async world(): Promise<World> {
    await this.clock.set(new Date(START));
    return this.worlds.next();
  }

  look(world: World): Promise<Look> {
    return lookAt(this.everything, world);
  }

  /** Everything that is due now; deliveries are a third of the work, and not every sequence has to wait for them. */
  async drain(deliveries: boolean, bulk = false): Promise<void> {
    if (bulk) await this.app.bulk.drain();
    if (deliveries) await this.app.workers.drain();
    else await this.app.workers.drainTimers();
  }

  /** What a sequence leaves running ends with it: the clock of the next one begins anew. */
  async retire(ids: readonly string[], region: string): Promise<void> {
    await this.everything.query(
      `with guilds as (update guildhall.guild set merges_at = null, merged_into_id = null where region_code = $2 and merges_at is not null),
         terms as (update guildhall.membership set expiry_for = term_ends_at where guild_id in (select id from guildhall.guild where region_code = $2)),
         timers as (update guildhall.timer set status = 'cancelled' where instance_id = any ($1) and status = 'armed')
       update guildhall.delivery set status = 'delivered' where instance_id = any ($1) and status = 'pending'`,
      [ids, region],
    );
  }

  /** Over real HTTP. `place` 1: by the other server. */
  async query<Data>(person: Person, query: string, variables: object, place: 0 | 1 = 0): Promise<Data> {
    this.operations += 1;
    const { origin } = place === 0 ? this.api : this.other;
    const { body, text } = await request(origin, { query, variables }, await this.token(person.subject));
    if (body.errors || !body.data)
      throw new Error(`${person.subject}: ${query}\n${JSON.stringify(variables)}\n${text}\n${this.api.log().slice(-2_000)}`);
    return body.data as Data;
  }

  /** Good for the longest run. */
  private token(subject: string): Promise<string> {
    const token = this.tokens.get(subject) ?? this.api.token(subject, 86_400);
    this.tokens.set(subject, token);
    return token;
  }

  async stop(): Promise<void> {
    await this.other.stop();
    await this.api.stop();
  }
}
