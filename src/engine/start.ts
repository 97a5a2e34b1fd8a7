import { v7 as uuidv7 } from 'uuid';
import { begin, type WorkflowEvent } from '../../workflows/kernel/index.js';
import { Chained } from './chained.js';
import { GENESIS } from './chain.js';
import type { Engine } from './engine.js';
import { refused, requestHash, storedAnswer } from './judge.js';
import type { ReadRow } from './sql/read.js';
import { Abandon, inTransaction, runEffects } from './transaction.js';
import type { Outcome, StartCommand } from './types.js';
import { write } from './write.js';

const insertKeySql = `
insert into guildhall.idempotency (principal_id, operation, key, request_hash, instance_id, seq, created_at, expires_at)
values ($1, $2, $3, $4, $5, 1, transaction_timestamp(), case when $6 then null else transaction_timestamp() + interval '30 days' end)
on conflict do nothing`;

/**
 * A new instance: the feature opens it, the machine takes its first step, effects run, all in one transaction. The key is
 * taken first: a second caller with it waits there and then reads the first one's answer, instead of opening a twin.
 */
export async function startInstance(engine: Engine, command: StartCommand): Promise<Outcome> {
  const { pool, definitions, currentVersion, handlers, observer, wake } = engine.options;
  const version = currentVersion(command.kind);
  const definition = version === undefined ? undefined : definitions(command.kind, version);
  const opener = handlers.openers[command.kind];
  if (!definition || !opener) return refused('UNKNOWN_KIND', 'There is no such kind of request.');
  const instanceId = uuidv7();
  const hash = requestHash(command, { kind: command.kind, input: command.input });
  const outcome = await inTransaction<Outcome>(pool, async (client) => {
    if (command.idempotencyKey !== undefined) {
      const { principalId, operation, idempotencyKey, permanentKey = false } = command;
      const { rowCount } = await client.query(insertKeySql, [principalId, operation, idempotencyKey, hash, instanceId, permanentKey]);
      if (rowCount === 0) throw new Abandon(await answerOf(engine, command, hash, client));
    }
    const { rows: times } = await client.query<{ ms: string }>('select floor(extract(epoch from guildhall.now()) * 1000)::bigint as ms');
    const at = new Date(Number(times[0]!.ms)).toISOString();
    await observer.onStep?.('read');
    const opened = await opener(client, { instanceId, input: command.input, principalId: command.principalId, at });
    if (!opened.ok) throw new Abandon<Outcome>({ outcome: 'refused', code: opened.code, reasons: opened.reasons });
    const step = begin(definition, opened.input, at);
    if (!step.ok) throw new Abandon<Outcome>({ outcome: 'refused', code: step.code, reasons: step.reasons });
    const chained = new Chained(instanceId, definition, GENESIS, { version: 0, state: null, snapshot: null });
    const event: WorkflowEvent = { type: 'START', at, actor: { id: command.principalId, authorities: [opened.authority] }, input: opened.input };
    chained.add(step, event, 'start', opened.authority);
    await runEffects(client, chained, handlers, observer.onStep);
    // An empty row for the write to lock and move: one statement writes first and later steps alike.
    await client.query(
      `insert into guildhall.instance (id, kind, machine_version, state, status, version, snapshot, head_hash, last_tx, created_at, updated_at)
       values ($1, $2, $3, '', 'active', 0, '', '', pg_current_xact_id(), guildhall.now(), guildhall.now())`,
      [instanceId, command.kind, definition.version],
    );
    const written = await write(client, [{ chained }]);
    if (written.size !== 1) throw new Error('A new instance was not written.');
    await observer.onStep?.('written');
    const last = chained.rows.at(-1)!;
    observer.onTransition?.(command.kind, last.eventType, last.state);
    return { outcome: 'accepted', instanceId, version: chained.version, state: last.state, replayed: false };
  });
  await observer.onStep?.('committed');
  if (outcome.outcome === 'accepted' && !outcome.replayed) wake.announce();
  return outcome;
}

/** The stored answer, authorised again: the key's owner must still be somebody to the instance. */
async function answerOf(engine: Engine, command: StartCommand, hash: string, client: { query: Engine['options']['pool']['query'] }): Promise<Outcome> {
  const { rows: keys } = await client.query<{ instance_id: string }>(
    'select instance_id from guildhall.idempotency where principal_id = $1 and operation = $2 and key = $3',
    [command.principalId, command.operation, command.idempotencyKey],
  );
  const { rows } = await client.query<ReadRow>({
    name: 'engine.read',
    text: engine.readText,
    values: [[keys[0]!.instance_id], [command.principalId], [command.operation], [command.idempotencyKey]],
  });
  const row = rows[0]!;
  const answer = storedAnswer(row, hash)!;
  if (answer.outcome === 'refused') return answer;
  if (row.authorities.length === 0) return refused('NOT_FOUND', 'There is no such request, or you may not see it.');
  return { ...answer, version: row.version, state: row.state };
}
