import type { BulkTransaction, CreatedBulk } from '../bulk/index.js';
import { createBulk } from '../bulk/index.js';
import type { ViewerTransaction } from '../database/index.js';
import { advance, type Actor, type Json, type WorkflowEvent } from '../../workflows/kernel/index.js';
import { registry } from '../../workflows/registry.js';
import { eventOf } from './bulk-types.js';
import type { CaseConditions } from './case-filter.js';
import { caseTables } from './case.loader.js';

/** More at once is a programme of its own, not a click. */
export const MAX_BULK_CASES = 10_000;
const PREVIEW_CHUNK = 1_000;

export interface CaseAction {
  readonly type: string;
  readonly reasonCode: string;
  readonly comment: string | undefined;
  readonly params: Readonly<Record<string, unknown>>;
  readonly idempotencyKey: string | undefined;
  /** Uuids, or the running cases that meet these conditions. */
  readonly targets: readonly string[] | CaseConditions;
}

const selectOf = ({ sql }: CaseConditions): string =>
  `select r.id from ${caseTables} where i.status = 'active' and (${sql}) order by r.created_at, r.id`;

/** A viewer's transaction in the form in which the engine's features have theirs. */
export const writing = (tx: ViewerTransaction): BulkTransaction => ({
  query: async (text, values) => ({ rows: await tx.query(text, values) }),
});

export function createCaseAction(tx: ViewerTransaction, action: CaseAction): Promise<CreatedBulk> {
  const { targets, ...bulk } = action;
  return createBulk(writing(tx), {
    ...bulk,
    createdBy: tx.viewer.principalId,
    targets: 'sql' in targets ? { sql: selectOf(targets), values: targets.values } : targets,
  });
}

export interface ActionPreview {
  readonly total: number;
  readonly accepted: number;
  /** By code, the most frequent first. */
  readonly refused: readonly { readonly code: string; readonly message: string; readonly count: number }[];
}

interface Judged {
  readonly id: string;
  readonly kind: string;
  readonly machine_version: number;
  readonly snapshot: string;
  readonly at: Date;
}

/** Judges every target by the same pure step that would carry it out, and writes nothing. */
export async function previewCaseAction(tx: ViewerTransaction, action: CaseAction): Promise<ActionPreview> {
  const { targets } = action;
  const ids =
    'sql' in targets
      ? (await tx.query<{ id: string }>(`${selectOf(targets)} limit ${String(MAX_BULK_CASES + 1)}`, targets.values)).map(
          ({ id }) => id,
        )
      : [...new Set(targets)];
  const actor: Actor = { id: tx.viewer.principalId, authorities: ['SUPPORT'] };
  const refused = new Map<string, { code: string; message: string; count: number }>();
  let accepted = 0;
  const refuse = (code: string, message: string) => {
    const known = refused.get(code);
    if (known) known.count += 1;
    else refused.set(code, { code, message, count: 1 });
  };
  for (let start = 0; start < ids.length; start += PREVIEW_CHUNK) {
    const chunk = ids.slice(start, start + PREVIEW_CHUNK);
    const rows = await tx.query<Judged>(
      `select i.id, i.kind, i.machine_version, i.snapshot, guildhall.now() as at from guildhall.instance i where i.id = any ($1::uuid[])`,
      [chunk],
    );
    for (const row of rows) {
      const definition = registry.find(({ kind, version }) => kind === row.kind && version === row.machine_version);
      const event: WorkflowEvent = { ...eventOf(action), at: row.at.toISOString(), actor };
      const step = definition && advance(definition, JSON.parse(row.snapshot) as Json, event, 'outside');
      if (!step) refuse('UNKNOWN_KIND', 'The machine of this request is no longer registered.');
      else if (step.ok) accepted += 1;
      else refuse(step.code, step.reasons[0]?.message ?? step.code);
    }
    for (let missing = rows.length; missing < chunk.length; missing += 1)
      refuse('NOT_FOUND', 'There is no such request, or you may not see it.');
  }
  return { total: ids.length, accepted, refused: [...refused.values()].sort((a, b) => b.count - a.count) };
}
