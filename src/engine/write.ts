import type { Chained } from './chained.js';
import { canonicalText } from './chain.js';
import { writeSql } from './sql/write.js';

export interface KeyToStore {
  readonly principalId: string;
  readonly operation: string;
  readonly key: string;
  readonly requestHash: string;
  readonly permanent: boolean;
}

export interface FiredTimer {
  readonly name: string;
  readonly armedSeq: number;
}

export interface ToWrite {
  readonly chained: Chained;
  readonly key?: KeyToStore | undefined;
  readonly fired?: FiredTimer | undefined;
}

type Queryable = { query(config: { name: string; text: string; values: unknown[] }): Promise<{ rows: unknown[] }> };

/** Writes all members in one statement; the ids that come back are those that were written. */
export async function write(db: Queryable, members: readonly ToWrite[]): Promise<Set<string>> {
  const columns: unknown[][] = Array.from({ length: 39 }, () => []);
  const push = (start: number, values: readonly unknown[]) => {
    values.forEach((value, offset) => columns[start + offset]!.push(value));
  };
  for (const [index, { chained, key, fired }] of members.entries()) {
    // Arrays of SQL begin at 1.
    const n = index + 1;
    const last = chained.rows.at(-1)!;
    push(0, [
      chained.instanceId,
      chained.expected,
      chained.version,
      canonicalText(chained.snapshot),
      chained.state,
      chained.done ? 'done' : 'active',
    ]);
    push(6, [chained.headHash, last.atMs]);
    push(8, [
      key?.principalId ?? null,
      key?.operation ?? null,
      key?.key ?? null,
      key?.requestHash ?? null,
      key?.permanent ?? null,
    ]);
    push(37, [chained.definition.version, chained.heldMs]);
    for (const row of chained.rows) {
      push(13, [
        n,
        row.seq,
        row.atMs,
        row.source,
        row.eventType,
        row.event,
        row.fromState,
        row.state,
        row.actorId,
        row.authority,
        row.hash,
      ]);
    }
    if (fired) push(24, [n, fired.name, fired.armedSeq]);
    for (const name of chained.cancelled) if (name !== fired?.name) push(24, [n, name, null]);
    for (const [name, timer] of chained.armed) push(27, [n, name, timer.armedSeq, timer.eventType, timer.dueMs]);
    for (const delivery of chained.deliveries) push(32, [delivery.id, n, delivery.seq, delivery.type, delivery.params]);
  }
  const { rows } = await db.query({ name: 'engine.write', text: writeSql, values: columns });
  return new Set(rows.map((row) => (row as { id: string }).id));
}
