import type { Engine } from './engine.js';
import { accepted, type Chained } from './chained.js';
import { insertAnnex, withAnnex } from './annex.js';
import { judge } from './judge.js';
import { landed } from './landed.js';
import { linksOf } from './links.js';
import type { ReadRow } from './sql/read.js';
import { Abandon, inTransaction, runEffects } from './transaction.js';
import type { Outcome, SendCommand } from './types.js';
import { write, type KeyToStore } from './write.js';

/**
 * One command in a transaction of its own: for transitions whose effects must commit with them. The instance is locked
 * first, so what is judged is what is written. Undefined: the race for the key was lost, look again. `tried` remembers what
 * was sent: an attempt whose reply was lost still holds the lock or has ended, so behind the lock its rows are there or never.
 */
export async function sendAlone(
  engine: Engine,
  command: SendCommand,
  hash: string,
  key: KeyToStore | undefined,
  tried: Chained[],
): Promise<Outcome | undefined> {
  const { pool, definitions, handlers, observer, wake } = engine.options;
  const outcome = await inTransaction<Outcome | undefined>(pool, async (client) => {
    await client.query('select from guildhall.instance where id = $1 for update', [command.instanceId]);
    const { rows } = await client.query<ReadRow>({
      name: 'engine.read',
      text: engine.readText,
      values: [[command.instanceId], [command.principalId], [command.operation], [command.idempotencyKey ?? null]],
    });
    await observer.onStep?.('read');
    const there = await landed(client, tried);
    const before = tried.find(({ headHash }) => there.has(headHash));
    if (before) return accepted(before);
    const { event, annex } = withAnnex(command.event, command.annex);
    const judged = judge({ ...command, event }, rows[0]!, hash, definitions);
    if ('outcome' in judged) return judged;
    if (annex) await insertAnnex(client, annex, command.instanceId, judged.version);
    await runEffects(client, judged, handlers, linksOf(engine, client), observer.onStep);
    tried.push(judged);
    const written = await write(client, [{ chained: judged, key }]);
    if (written.size === 0) throw new Abandon<Outcome | undefined>(undefined);
    await observer.onStep?.('written');
    observer.onTransition?.(judged.definition.kind, judged.rows.at(-1)!.eventType);
    return accepted(judged);
  });
  await observer.onStep?.('committed');
  if (outcome?.outcome === 'accepted' && !outcome.replayed) wake.announce();
  return outcome;
}
