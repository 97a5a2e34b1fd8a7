import { accepted } from './chained.js';
import type { Engine } from './engine.js';
import { refused, requestHash, storedAnswer } from './judge.js';
import { linksOf } from './links.js';
import { openWithin } from './opening.js';
import type { ReadRow } from './sql/read.js';
import { Abandon, inTransaction } from './transaction.js';
import type { AcceptedOutcome, Outcome, StartCommand, Transaction } from './types.js';

const insertKeySql = `
insert into guildhall.idempotency (principal_id, operation, key, request_hash, instance_id, seq, created_at, expires_at)
values ($1, $2, $3, $4, $5, 1, transaction_timestamp(), case when $6 then null else transaction_timestamp() + interval '30 days' end)
on conflict do nothing`;

/**
 * A new instance: the feature opens it, the machine takes its first step, effects run, all in one transaction. The key is
 * taken first: a second caller with it waits there and then reads the first one's answer, instead of opening a twin.
 * `again`: an attempt with this id may have been committed although its reply was lost.
 */
export async function startInstance(engine: Engine, command: StartCommand, instanceId: string, again: boolean): Promise<Outcome> {
  const before = again ? await firstAnswer(engine.options.pool, instanceId) : undefined;
  if (before) return { ...before, replayed: false };
  const outcome = await open(engine, command, instanceId);
  // The earlier attempt may have landed just now, and be the very reason of this refusal.
  return again && outcome.outcome === 'refused' ? ((await firstAnswer(engine.options.pool, instanceId)) ?? outcome) : outcome;
}

async function open(engine: Engine, command: StartCommand, instanceId: string): Promise<Outcome> {
  const { pool, observer, wake } = engine.options;
  // Words count only where there are some: keys from before a start could have any stay good.
  const hash = requestHash(command, { kind: command.kind, input: command.input, ...(command.annex && { annex: command.annex }) });
  const outcome = await inTransaction<Outcome>(pool, async (client) => {
    if (command.idempotencyKey !== undefined) {
      const { principalId, operation, idempotencyKey, permanentKey = false } = command;
      const { rowCount } = await client.query(insertKeySql, [
        principalId,
        operation,
        idempotencyKey,
        hash,
        instanceId,
        permanentKey,
      ]);
      if (rowCount === 0) throw new Abandon(await answerOf(engine, command, hash, client));
    }
    const opened = await openWithin(engine, client, linksOf(engine, client), { ...command, linked: false }, instanceId);
    if ('outcome' in opened) throw new Abandon<Outcome>(opened);
    return accepted(opened);
  });
  await observer.onStep?.('committed');
  if (outcome.outcome === 'accepted' && !outcome.replayed) wake.announce();
  return outcome;
}

/** The stored answer, authorised again: the key's owner must still be somebody to the instance. */
async function answerOf(engine: Engine, command: StartCommand, hash: string, client: Transaction): Promise<Outcome> {
  const { rows: keys } = await client.query<{ instance_id: string }>(
    'select instance_id from guildhall.idempotency where principal_id = $1 and operation = $2 and key = $3',
    [command.principalId, command.operation, command.idempotencyKey],
  );
  const instanceId = keys[0]!.instance_id;
  const { rows } = await client.query<ReadRow>({
    name: 'engine.read',
    text: engine.readText,
    values: [[instanceId], [command.principalId], [command.operation], [command.idempotencyKey]],
  });
  const row = rows[0]!;
  const answer = storedAnswer(row, hash)!;
  if (answer.outcome === 'refused') return answer;
  if (row.authorities.length === 0) return refused('NOT_FOUND', 'There is no such request, or you may not see it.');
  return (await firstAnswer(client, instanceId)) ?? answer;
}

/**
 * Where the start itself came to rest, whatever has happened since. The key cannot say it: it is taken before the effects
 * have run, so it points to the first row.
 */
async function firstAnswer(db: Transaction, instanceId: string): Promise<AcceptedOutcome | undefined> {
  const { rows } = await db.query<{ seq: number; state: string }>(
    `select seq, state from guildhall.history where instance_id = $1 and seq < coalesce(
       (select min(seq) from guildhall.history where instance_id = $1 and source in ('outside', 'timer', 'link')), 2147483647)
     order by seq desc limit 1`,
    [instanceId],
  );
  return rows[0] && { outcome: 'accepted', instanceId, version: rows[0].seq, state: rows[0].state, replayed: true };
}
