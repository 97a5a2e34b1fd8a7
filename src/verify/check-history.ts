import { canonicalText, chainHash, GENESIS } from './chain.js';
import type { HistoryEntry, RequestRecord } from './record.js';
import type { Report } from './report.js';

/** An event as the chain holds it, read. */
export interface ChainedEvent {
  readonly seq: number;
  readonly source: string;
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The chain from its beginning to its head: dense, in order of time, each entry over the one before it. Gives the events that are shown. */
export function checkHistory({ head, history }: RequestRecord, where: string, report: Report): ChainedEvent[] {
  const events: ChainedEvent[] = [];
  const withheld = new Set(head.withheld.events);
  let previous = GENESIS;
  let state: string | null = null;
  let before = '';
  for (const [index, entry] of history.entries()) {
    const record = `${where}: entry ${String(index + 1)} of the history`;
    if (entry.seq !== index + 1)
      return fail(report, record, `it is numbered ${String(entry.seq)}: entries are missing, or out of order`);
    if (entry.fromState !== state)
      report.problem(record, `it comes from “${String(entry.fromState)}”, but the state was “${String(state)}”`);
    if ((entry.source === 'start') !== (index === 0)) report.problem(record, `it cannot be a ${entry.source}`);
    if (entry.event === undefined) {
      if (!withheld.delete(entry.seq)) report.problem(record, 'its event is missing, and is not named among what is left out');
      report.count('entries of history by their hash alone, because the event is not for the reader');
    } else {
      if (withheld.has(entry.seq)) report.problem(record, 'its event is there, although it is named among what is left out');
      const { event } = entry;
      if (chainHash(previous, { instanceId: head.id, ...entry, event }) !== entry.hash)
        report.problem(record, 'its hash does not follow from the entry and the one before it');
      const payload = read(event);
      if (!payload) report.problem(record, 'its event is not canonical JSON');
      else {
        if (!saysTheSame(entry, payload)) report.problem(record, 'what is told of it is not what its event says');
        events.push({ seq: entry.seq, source: entry.source, type: payload.type, payload });
      }
      report.count('entries of history, each over the one before it');
    }
    if (entry.at < before) report.problem(record, 'it is earlier than the one before it');
    before = entry.at;
    previous = entry.hash;
    state = entry.state;
  }
  for (const seq of withheld)
    report.problem(`${where}: entry ${String(seq)} of the history`, 'it is named among what is left out, and is not there');
  const record = `${where}: the head`;
  if (head.version !== history.length)
    report.problem(record, `it says version ${String(head.version)}; there are ${String(history.length)} entries`);
  if (head.headHash !== previous) report.problem(record, 'it is not the hash of the last entry');
  if (head.state !== state) report.problem(record, `it says “${head.state}”; the last entry leads to “${String(state)}”`);
  return events;
}

function saysTheSame({ at, type, actorId, authority, source }: HistoryEntry, payload: Payload): boolean {
  const { actor } = payload as { readonly actor?: { readonly id?: unknown; readonly authorities?: unknown } };
  const authorities: readonly unknown[] = Array.isArray(actor?.authorities) ? actor.authorities : [];
  return (
    payload.at === at &&
    payload.type === type &&
    actor?.id === actorId &&
    (source === 'outside' || source === 'start'
      ? authorities.includes(authority) || authority === 'NONE'
      : authority === 'SYSTEM')
  );
}

function fail(report: Report, record: string, why: string): ChainedEvent[] {
  report.problem(record, why);
  return [];
}

type Payload = Readonly<Record<string, unknown>> & { readonly type: string; readonly at: string };

function read(event: string): Payload | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(event);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || canonicalText(parsed) !== event) return undefined;
  const { type, at } = parsed as Readonly<Record<string, unknown>>;
  return typeof type === 'string' && typeof at === 'string' ? (parsed as Payload) : undefined;
}
