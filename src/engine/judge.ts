import {
  advance,
  migrateByEvent,
  SYSTEM_ACTOR,
  type Actor,
  type Reason,
  type WorkflowDefinition,
  type WorkflowEvent,
} from '../../workflows/kernel/index.js';
import { actOf } from './act.js';
import { actingAs, Chained } from './chained.js';
import { canonicalText, parse, sha256 } from './chain.js';
import type { ReadRow } from './sql/read.js';
import type { AcceptedOutcome, RefusedOutcome, SendCommand } from './types.js';

export type Definitions = (kind: string, version: number) => WorkflowDefinition | undefined;

/** What a key stands for: another body under the same key is a mistake of the caller's, and is told so. */
export function requestHash(
  command: { readonly operation: string; readonly idempotencyKey?: string | undefined },
  body: unknown,
): string {
  return command.idempotencyKey === undefined ? '' : sha256(canonicalText(body));
}

export function refused(code: string, message: string, row?: ReadRow, instanceId?: string): RefusedOutcome {
  return withRow({ outcome: 'refused', code, reasons: [{ code, message }] }, row, instanceId);
}

function withRow(outcome: RefusedOutcome, row?: ReadRow, instanceId?: string): RefusedOutcome {
  return row?.kind ? { ...outcome, instanceId: instanceId!, version: row.version, state: row.state } : outcome;
}

/** The stored answer of the key, or a refusal of its misuse; undefined when the key is new. */
export function storedAnswer(row: ReadRow, hash: string): AcceptedOutcome | RefusedOutcome | undefined {
  if (row.key_hash === null) return undefined;
  if (row.key_hash !== hash) {
    return {
      outcome: 'refused',
      code: 'KEY_REUSED',
      reasons: [{ code: 'KEY_REUSED', message: 'This idempotency key was used with another body.' }],
    };
  }
  return { outcome: 'accepted', instanceId: row.key_instance!, version: row.key_seq!, state: row.key_state!, replayed: true };
}

/** Time never runs backwards within one instance, even where two servers' transactions began in the other order. */
export function timeOf(row: ReadRow): string {
  return new Date(Math.max(Number(row.now_ms), Number(row.updated_ms ?? 0))).toISOString();
}

export function openChain(row: ReadRow, instanceId: string, definitions: Definitions): Chained {
  const definition = definitions(row.kind!, row.machine_version);
  if (!definition)
    throw new Error(`Instance ${instanceId} needs ${row.kind!} v${String(row.machine_version)}, which is not registered.`);
  return new Chained(instanceId, definition, row.head_hash, {
    version: row.version,
    state: row.state,
    snapshot: parse(row.snapshot),
  });
}

/** Judges one command against what the batch has read. Pure but for nothing: no I/O happens here. */
export function judge(
  command: SendCommand,
  row: ReadRow,
  hash: string,
  definitions: Definitions,
): Chained | AcceptedOutcome | RefusedOutcome {
  // To somebody with no authority at all an instance that exists looks like one that does not.
  if (row.kind === null || row.authorities.length === 0)
    return refused('NOT_FOUND', 'There is no such request, or you may not see it.');
  const stored = storedAnswer(row, hash);
  if (stored) return withKnownRow(stored, row, command.instanceId);
  if (command.expectedVersion !== undefined && command.expectedVersion !== row.version) {
    return refused('STALE_VERSION', `The request is at version ${String(row.version)} by now.`, row, command.instanceId);
  }
  const chained = openChain(row, command.instanceId, definitions);
  const actor: Actor = { id: command.principalId, authorities: row.authorities };
  // Time, actor and act are ours to say; `dueAt` belongs to timers, and effects compute from it.
  const { dueAt: _dueAt, act: _act, ...said } = command.event;
  const forged = chained.definition.events[said.type]?.sealed?.find((field) => Object.hasOwn(said, field));
  if (forged !== undefined) {
    const reason = { code: 'INVALID_INPUT', message: `The field "${forged}" is not yours to say.`, field: forged };
    return withRow({ outcome: 'refused', code: 'INVALID_INPUT', reasons: [reason] }, row, command.instanceId);
  }
  const event: WorkflowEvent = { ...said, ...command.sealed, at: timeOf(row), actor };
  const { step, to } =
    event.type === 'MIGRATE_MACHINE'
      ? migrateByEvent(chained.definition, definitions, chained.snapshot, event)
      : { step: advance(chained.definition, chained.snapshot, event, 'outside'), to: chained.definition };
  if (!step.ok) return withRow({ outcome: 'refused', code: step.code, reasons: step.reasons }, row, command.instanceId);
  chained.add(step, event, 'outside', actingAs(chained.definition, event.type, actor), actOf(command));
  chained.definition = to;
  return chained;
}

function withKnownRow(
  outcome: AcceptedOutcome | RefusedOutcome,
  row: ReadRow,
  instanceId: string,
): AcceptedOutcome | RefusedOutcome {
  return outcome.outcome === 'refused' ? withRow(outcome, row, instanceId) : outcome;
}

/** A timer's, an effect's or another instance's event, applied to a chain. Reasons come back when the machine does not take it. */
export function applySystemEvent(
  chained: Chained,
  event: { readonly type: string; readonly [key: string]: unknown },
  at: string,
  source: 'timer' | 'effect' | 'link',
): readonly Reason[] {
  const full: WorkflowEvent = { ...event, at, actor: SYSTEM_ACTOR };
  const step = advance(chained.definition, chained.snapshot, full, source);
  if (!step.ok) return step.reasons;
  chained.add(step, full, source, 'SYSTEM');
  return [];
}
