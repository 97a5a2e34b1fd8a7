import type pg from 'pg';
import type { Engine, Outcome, SendCommand } from '../src/engine/index.js';
import { DEVELOPMENT_ISSUER } from '../src/identity/index.js';
import { seedWorld } from '../src/seed/seed.js';
import { sampleBroadcasters, sampleGuilds } from '../src/seed/world.js';
import type { BenchDatabase } from './database.js';

/** Where every cloned instance's id begins; twelve decimal digits follow. */
export const ID_PREFIX = '01990000-0000-7000-8000-';
export const idOf = (n: number): string => ID_PREFIX + String(n).padStart(12, '0');

const [guild] = sampleGuilds;
const [broadcaster] = sampleBroadcasters;
/** Who signs second, and is measured. */
export const SIGNATORY = guild.staff[0].subject;

export interface Stage {
  readonly principalId: string;
  readonly sha256: string;
  /** As the transition to be measured left its rows, for the reference. */
  readonly sample: Sample;
}

export interface Sample {
  readonly instance: { readonly version: number; readonly state: string; readonly snapshot: string };
  readonly history: { readonly event: string; readonly from_state: string; readonly authority: string };
  readonly request_hash: string;
  readonly act: { readonly body: string; readonly details_hash: string; readonly salt: string; readonly details: string };
  readonly cancelled: string;
  readonly armed: { readonly name: string; readonly event_type: string };
  readonly deliveries: readonly { readonly type: string; readonly params: string }[];
}

/** One for all: so the API gives it, once for a token. */
const authentication = { issuer: DEVELOPMENT_ISSUER, subject: SIGNATORY, method: 'bearer' };

/** The command that the mutation `signAgreement` makes: measured as the API sends it. */
export const signCommand = (instanceId: string, principalId: string, sha256: string, idempotencyKey: string): SendCommand => ({
  instanceId,
  event: { type: 'SIGN_AGREEMENT', version: 1, sha256 },
  principalId,
  operation: 'signAgreement',
  expectedVersion: undefined,
  idempotencyKey,
  annex: undefined,
  evidence: {
    authentication,
    client: {
      address: '127.0.0.1',
      agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      requestId: '01990000-0000-4000-8000-000000000000',
    },
    shown: { sha256 },
  },
});

/**
 * Brings one real request to the brink of the measured transition, clones its rows `count` times, then takes the real one
 * over: its rows are what the reference writes.
 */
export async function prepareStage(database: BenchDatabase, engine: Engine, count: number): Promise<Stage> {
  const owner = await database.connect('owner');
  try {
    await seedWorld(owner, DEVELOPMENT_ISSUER);
    const ids = await idsOf(owner);
    const instanceId = await driveToSigning(engine, ids);
    const { rows } = await owner.query<{ sha256: string }>(
      'select sha256 from guildhall.agreement_version where request_id = $1',
      [instanceId],
    );
    const { sha256 } = rows[0]!;
    const { principalId } = ids;
    await clone(owner, instanceId, count);
    accepted(await engine.send(signCommand(instanceId, principalId, sha256, 'of-the-real-one-as-long-as-a-uuid---')));
    return { principalId, sha256, sample: await sampleOf(owner, instanceId) };
  } finally {
    await owner.end();
  }
}

interface Ids {
  readonly guildId: string;
  readonly broadcasterId: string;
  readonly broadcasterPrincipalId: string;
  readonly principalId: string;
}

async function idsOf(owner: pg.Client): Promise<Ids> {
  const { rows } = await owner.query<Ids>(
    `select g.id as "guildId", b.id as "broadcasterId", b.principal_id as "broadcasterPrincipalId", p.id as "principalId"
     from guildhall.guild g cross join guildhall.broadcaster b cross join guildhall.principal p
     where g.name = $1 and b.handle = $2 and p.subject = $3`,
    [guild.name, broadcaster.handle, SIGNATORY],
  );
  return rows[0]!;
}

async function driveToSigning(engine: Engine, ids: Ids): Promise<string> {
  const { guildId, broadcasterId, broadcasterPrincipalId, principalId } = ids;
  const input = { guildId, broadcasterId, initiator: 'BROADCASTER', said: { terms: { guildSharePercent: 15, termMonths: 12 } } };
  const { instanceId } = accepted(
    await engine.start({ kind: 'JOIN', input, principalId: broadcasterPrincipalId, operation: 'requestJoin' }),
  );
  accepted(await engine.send({ instanceId, event: { type: 'ACCEPT_TERMS', version: 1 }, principalId, operation: 'acceptTerms' }));
  const { rows } = await engine.options.pool.query<{ sha256: string }>(
    'select sha256 from guildhall.agreement_version where request_id = $1',
    [instanceId],
  );
  const event = { type: 'SIGN_AGREEMENT', version: 1, sha256: rows[0]!.sha256 };
  accepted(await engine.send({ instanceId, event, principalId: broadcasterPrincipalId, operation: 'signAgreement' }));
  return instanceId;
}

function accepted(outcome: Outcome): Extract<Outcome, { outcome: 'accepted' }> {
  if (outcome.outcome !== 'accepted') throw new Error(`The bench was refused: ${JSON.stringify(outcome)}`);
  return outcome;
}

/** Columns whose text holds the instance's id get the clone's instead; everything else is copied as it is. */
const cloned = [
  { table: 'request', id: 'id', texts: [] },
  { table: 'instance', id: 'id', texts: ['snapshot'] },
  { table: 'history', id: 'instance_id', texts: ['event'], generated: ['log_id'] },
  { table: 'timer', id: 'instance_id', texts: [] },
] as const;

async function clone(owner: pg.Client, instanceId: string, count: number): Promise<void> {
  for (const copy of cloned) {
    const { table, id } = copy;
    const left: readonly string[] = 'generated' in copy ? copy.generated : [];
    const { rows } = await owner.query<{ column_name: string }>(
      `select column_name from information_schema.columns where table_schema = 'guildhall' and table_name = $1 order by ordinal_position`,
      [table],
    );
    const columns = rows.map((row) => row.column_name).filter((column) => !left.includes(column));
    const values = columns.map((column) => {
      if (column === id) return 'c.id';
      return copy.texts.some((text) => text === column) ? `replace(t.${column}, $1::uuid::text, c.id::text)` : `t.${column}`;
    });
    await owner.query(
      `insert into guildhall.${table} (${columns.join(', ')})
       select ${values.join(', ')} from (
         select ($3 || lpad(n::text, 12, '0'))::uuid as id from generate_series(0, $2::int - 1) n) c
       join guildhall.${table} t on t.${id} = $1::uuid order by c.id`,
      [instanceId, count, ID_PREFIX],
    );
  }
}

async function sampleOf(owner: pg.Client, instanceId: string): Promise<Sample> {
  const { rows } = await owner.query<{ sample: Sample }>(
    `select json_build_object('instance', json_build_object('version', i.version, 'state', i.state, 'snapshot', i.snapshot),
       'history', (select json_build_object('event', h.event, 'from_state', h.from_state, 'authority', h.authority)
          from guildhall.history h where h.instance_id = i.id and h.seq = i.version),
       'request_hash', (select k.request_hash from guildhall.idempotency k where k.instance_id = i.id and k.seq = i.version),
       'act', (select json_build_object('body', a.body, 'details_hash', a.details_hash, 'salt', a.salt, 'details', a.details)
          from guildhall.act a where a.instance_id = i.id and a.seq = i.version),
       'cancelled', (select t.name from guildhall.timer t where t.instance_id = i.id and t.status = 'cancelled' order by t.ended_at desc limit 1),
       'armed', (select json_build_object('name', t.name, 'event_type', t.event_type) from guildhall.timer t where t.instance_id = i.id and t.status = 'armed'),
       'deliveries', (select json_agg(json_build_object('type', d.type, 'params', d.params)) from guildhall.delivery d
          where d.instance_id = i.id and d.seq = i.version)) as sample
     from guildhall.instance i where i.id = $1`,
    [instanceId],
  );
  return rows[0]!.sample;
}

/** The same start for all: statistics are fresh, and no dirty page is left for the first to write out. */
export async function settle(database: BenchDatabase): Promise<void> {
  const client = await database.connect();
  try {
    await client.query('vacuum (analyze)');
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
}
