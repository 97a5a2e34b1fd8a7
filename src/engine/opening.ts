import type { PoolClient } from 'pg';
import { begin, type WorkflowEvent } from '../../workflows/kernel/index.js';
import { actOf } from './act.js';
import { insertAnnex, referenceTo, salted } from './annex.js';
import { Chained } from './chained.js';
import { GENESIS } from './chain.js';
import type { Engine } from './engine.js';
import { refused } from './judge.js';
import { runEffects } from './transaction.js';
import type { Links, RefusedOutcome, StartCommand } from './types.js';
import { write } from './write.js';

/** Opens and writes a new instance in a transaction that the caller ends; a refusal is for the caller to roll back. */
export async function openWithin(
  engine: Engine,
  client: PoolClient,
  links: Links,
  command: Pick<StartCommand, 'kind' | 'input' | 'principalId' | 'annex' | 'evidence' | 'operation'> & {
    readonly linked: boolean;
  },
  instanceId: string,
): Promise<Chained | RefusedOutcome> {
  const { definitions, currentVersion, handlers, observer } = engine.options;
  const { kind, input, principalId, linked } = command;
  const version = currentVersion(kind);
  const definition = version === undefined ? undefined : definitions(kind, version);
  const opener = handlers.openers[kind];
  if (!definition || !opener) return refused('UNKNOWN_KIND', 'There is no such kind of request.');
  const { rows: times } = await client.query<{ ms: string }>(
    'select floor(extract(epoch from guildhall.now()) * 1000)::bigint as ms',
  );
  const at = new Date(Number(times[0]!.ms)).toISOString();
  await observer.onStep?.('read');
  const annex = command.annex && salted(command.annex);
  const opened = await opener(
    client,
    { instanceId, definition, input, principalId, at, linked, ...(annex && { annex: referenceTo(annex) }) },
    links,
  );
  if (!opened.ok) return { outcome: 'refused', code: opened.code, reasons: opened.reasons };
  const step = begin(definition, opened.input, at);
  if (!step.ok) return { outcome: 'refused', code: step.code, reasons: step.reasons };
  const chained = new Chained(instanceId, definition, GENESIS, { version: 0, state: null, snapshot: null });
  const event: WorkflowEvent = {
    type: 'START',
    at,
    actor: { id: principalId, authorities: [opened.authority] },
    input: opened.input,
  };
  // What another instance starts is nobody's act.
  chained.add(step, event, 'start', opened.authority, linked ? undefined : actOf(command));
  if (annex) await insertAnnex(client, annex, instanceId, 1);
  await runEffects(client, chained, handlers, links, observer.onStep);
  // An empty row for the write to lock and move: one statement writes first and later steps alike.
  await client.query(
    `insert into guildhall.instance (id, kind, machine_version, state, status, version, snapshot, head_hash, last_tx, created_at, updated_at)
     values ($1, $2, $3, '', 'active', 0, '', '', pg_current_xact_id(), guildhall.now(), guildhall.now())`,
    [instanceId, kind, definition.version],
  );
  const written = await write(client, [{ chained }]);
  if (written.size !== 1) throw new Error('A new instance was not written.');
  await observer.onStep?.('written');
  observer.onTransition?.(kind, chained.rows.at(-1)!.eventType);
  return chained;
}
