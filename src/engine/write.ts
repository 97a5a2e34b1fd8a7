import type { Chained } from './chained.js';
import { canonicalText } from './chain.js';
import { jsonLines, plainArray, textArray } from './sql/arrays.js';
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

type Cell = string | number | boolean | null;

/** How each parameter of the statement is written as text, in its order. */
const encodings: readonly ((values: never[]) => string)[] = [
  // The members.
  ...[plainArray, plainArray, plainArray, jsonLines, textArray, textArray, textArray, plainArray],
  ...[plainArray, textArray, textArray, textArray, plainArray],
  // Their history.
  ...[
    plainArray,
    plainArray,
    plainArray,
    textArray,
    textArray,
    jsonLines,
    textArray,
    textArray,
    plainArray,
    textArray,
    textArray,
  ],
  // Timers that ended, and that were armed.
  ...[plainArray, textArray, plainArray],
  ...[plainArray, textArray, plainArray, textArray, plainArray],
  // Deliveries.
  ...[plainArray, plainArray, plainArray, textArray, jsonLines],
  // The members' machine version and hold.
  ...[plainArray, plainArray],
  // Acts.
  ...[plainArray, plainArray, jsonLines, plainArray, jsonLines, plainArray],
];

/** Writes all members in one statement; the ids that come back are those that were written. */
export async function write(db: Queryable, members: readonly ToWrite[]): Promise<Set<string>> {
  const columns: Cell[][] = encodings.map(() => []);
  const push = (start: number, ...values: readonly Cell[]) => {
    for (let i = 0; i < values.length; i += 1) columns[start + i]!.push(values[i]!);
  };
  for (const [index, { chained, key, fired }] of members.entries()) {
    // Arrays of SQL begin at 1.
    const n = index + 1;
    const last = chained.rows.at(-1)!;
    const status = chained.done ? 'done' : 'active';
    push(0, chained.instanceId, chained.expected, chained.version, canonicalText(chained.snapshot), chained.state, status);
    push(6, chained.headHash, last.atMs);
    if (key) push(8, key.principalId, key.operation, key.key, key.requestHash, key.permanent);
    else push(8, null, null, null, null, null);
    push(37, chained.definition.version, chained.heldMs);
    for (const row of chained.rows) {
      push(13, n, row.seq, row.atMs, row.source, row.eventType, row.event, row.fromState, row.state);
      push(21, row.actorId, row.authority, row.hash);
    }
    if (fired) push(24, n, fired.name, fired.armedSeq);
    for (const name of chained.cancelled) if (name !== fired?.name) push(24, n, name, null);
    for (const [name, timer] of chained.armed) push(27, n, name, timer.armedSeq, timer.eventType, timer.dueMs);
    for (const act of chained.acts) push(39, n, act.seq, act.body, act.salt, act.details, act.detailsHash);
    for (const delivery of chained.deliveries) push(32, delivery.id, n, delivery.seq, delivery.type, delivery.params);
  }
  const values = columns.map((column, index) => encodings[index]!(column as never[]));
  const { rows } = await db.query({ name: 'engine.write', text: writeSql, values });
  return new Set(rows.map((row) => (row as { id: string }).id));
}
