import type { PoolClient } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { SYSTEM_ACTOR } from '../../workflows/kernel/index.js';
import type { Engine } from './engine.js';
import { applySystemEvent, openChain, timeOf } from './judge.js';
import type { ReadRow } from './sql/read.js';
import { openWithin } from './opening.js';
import { runEffects } from './transaction.js';
import { ExpectedRefusal, type Links } from './types.js';
import { write } from './write.js';

/** Locked before it is read: what is judged is what is written. The same columns as the read of a batch, without a person. */
const lockSql = `
select i.kind, i.machine_version, i.state, i.status, i.version, i.snapshot, i.head_hash,
  floor(extract(epoch from i.updated_at) * 1000)::bigint as updated_ms, '{}'::text[] as authorities,
  null as key_hash, null as key_instance, null as key_seq, null as key_state,
  floor(extract(epoch from guildhall.now()) * 1000)::bigint as now_ms
from guildhall.instance i where i.id = $1 for update`;

/**
 * Other instances, in the transaction of this one's step. Two steps that reach for each other's instances can meet in a deadlock;
 * PostgreSQL ends one of them, and it is tried again whole. Never reach back for the instance whose step is being made: its rows are
 * not written yet.
 */
export function linksOf(engine: Engine, client: PoolClient): Links {
  const { definitions, handlers, observer } = engine.options;
  const links: Links = {
    send: async (instanceId, event) => {
      const { rows } = await client.query<ReadRow>({ name: 'engine.lockLinked', text: lockSql, values: [instanceId] });
      const row = rows[0];
      if (!row) return [{ code: 'NOT_FOUND', message: 'There is no such request.' }];
      const chained = openChain(row, instanceId, definitions);
      const reasons = applySystemEvent(chained, event, timeOf(row), 'link');
      if (reasons.length > 0) return reasons;
      await runEffects(client, chained, handlers, links, observer.onStep);
      const written = await write(client, [{ chained }]);
      if (written.size !== 1) throw new Error('A locked instance moved under its link.');
      observer.onTransition?.(chained.definition.kind, event.type);
      return [];
    },
    start: async (kind, input) => {
      const instanceId = uuidv7();
      const opened = await openWithin(
        engine,
        client,
        links,
        { kind, input, principalId: SYSTEM_ACTOR.id, operation: 'link', linked: true },
        instanceId,
      );
      if ('outcome' in opened) throw new ExpectedRefusal(opened.reasons);
      return { instanceId, state: opened.state! };
    },
  };
  return links;
}
