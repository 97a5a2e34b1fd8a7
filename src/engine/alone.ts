import type { Engine } from './engine.js';
import { insertAnnex, withAnnex } from './annex.js';
import { judge } from './judge.js';
import type { ReadRow } from './sql/read.js';
import { Abandon, inTransaction, runEffects } from './transaction.js';
import type { Outcome, SendCommand } from './types.js';
import { write, type KeyToStore } from './write.js';

/**
 * One command in a transaction of its own: for transitions whose effects must commit with them. The instance is locked
 * first, so what is judged is what is written. Undefined: the race for the key was lost, look again.
 */
export async function sendAlone(engine: Engine, command: SendCommand, hash: string, key: KeyToStore | undefined): Promise<Outcome | undefined> {
  const { pool, definitions, handlers, observer, wake } = engine.options;
  const outcome = await inTransaction<Outcome | undefined>(pool, async (client) => {
    await client.query('select from guildhall.instance where id = $1 for update', [command.instanceId]);
    const { rows } = await client.query<ReadRow>({
      name: 'engine.read',
      text: engine.readText,
      values: [[command.instanceId], [command.principalId], [command.operation], [command.idempotencyKey ?? null]],
    });
    await observer.onStep?.('read');
    const { event, annex } = withAnnex(command.event, command.annex);
    const judged = judge({ ...command, event }, rows[0]!, hash, definitions);
    if ('outcome' in judged) return judged;
    if (annex) await insertAnnex(client, annex, command.instanceId, judged.version);
    await runEffects(client, judged, handlers, observer.onStep);
    const written = await write(client, [{ chained: judged, key }]);
    if (written.size === 0) throw new Abandon<Outcome | undefined>(undefined);
    await observer.onStep?.('written');
    const last = judged.rows.at(-1)!;
    observer.onTransition?.(judged.definition.kind, last.eventType, last.state);
    return { outcome: 'accepted', instanceId: command.instanceId, version: judged.version, state: last.state, replayed: false };
  });
  await observer.onStep?.('committed');
  if (outcome?.outcome === 'accepted' && !outcome.replayed) wake.announce();
  return outcome;
}
