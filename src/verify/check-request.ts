import { actHash, annexHash, detailsHash, sha256 } from './chain.js';
import { checkHistory, type ChainedEvent } from './check-history.js';
import { verifyDetached } from './jws.js';
import type { KeySet } from './keys.js';
import { textOfDocument } from './document.js';
import type { AgreementRecord, RequestRecord } from './record.js';
import type { Report } from './report.js';
import { isSealed, sealPayload } from './seal.js';

/** Everything about one request: the chain, and all that stands beside it, each against what the chain says of it. */
export function checkRequest(record: RequestRecord, keys: KeySet, report: Report, where = `requests/${record.head.id}`): void {
  const events = checkHistory(record, where, report);
  checkActs(record, events, where, report);
  checkSeals(record, keys, where, report);
  checkAnnexes(record, events, where, report);
  checkAgreements(record, events, where, report);
}

/** By the key, each once; a second one of the same key is told. */
function indexed<Key, Row>(rows: readonly Row[], keyOf: (row: Row) => Key, tell: (key: Key) => void): Map<Key, Row> {
  const found = new Map<Key, Row>();
  for (const row of rows) {
    if (found.has(keyOf(row))) tell(keyOf(row));
    found.set(keyOf(row), row);
  }
  return found;
}

function checkActs({ head, acts }: RequestRecord, events: readonly ChainedEvent[], where: string, report: Report): void {
  const name = (seq: number) => `${where}: the act of entry ${String(seq)}`;
  const found = indexed(
    acts,
    ({ seq }) => seq,
    (seq) => report.problem(name(seq), 'it is there twice'),
  );
  const shown = new Map(events.map((event) => [event.seq, event.payload['act']]));
  for (const [seq, expected] of shown) if (expected !== undefined && !found.has(seq)) report.problem(name(seq), 'it is missing');
  for (const [seq, act] of found) {
    if (shown.has(seq)) {
      if (shown.get(seq) !== actHash(act.body, act.detailsHash))
        report.problem(name(seq), 'it is not the one that the event names');
    } else if (!head.withheld.events.includes(seq)) report.problem(name(seq), 'there is no such entry');
    else report.count('acts of entries that are left out');
    const { salt, details, erasedAt } = act;
    const left = head.withheld.details.includes(seq);
    const states = [details !== undefined && salt !== undefined, erasedAt !== undefined, left].filter(Boolean).length;
    if (states !== 1 || (details === undefined) !== (salt === undefined))
      report.problem(name(seq), 'its personal half has to be there, or erased, or named among what is left out');
    if (details !== undefined && detailsHash(salt ?? '', details) !== act.detailsHash)
      report.problem(name(seq), 'its personal half is not the one that the act names');
    report.count(
      details !== undefined
        ? 'acts, whole'
        : erasedAt !== undefined
          ? 'acts whose personal half is erased'
          : 'acts without their personal half',
    );
  }
}

function checkSeals({ head, history, seals }: RequestRecord, keys: KeySet, where: string, report: Report): void {
  const name = (seq: number) => `${where}: the seal of entry ${String(seq)}`;
  const found = indexed(
    seals,
    ({ seq }) => seq,
    (seq) => report.problem(name(seq), 'it is there twice'),
  );
  for (const { seq, source, hash } of history) {
    const seal = found.get(seq);
    found.delete(seq);
    if (!seal) {
      if (isSealed(source)) report.problem(name(seq), 'it is missing');
      continue;
    }
    const signed = verifyDetached(
      seal.jws,
      'guildhall-seal',
      sealPayload({ instanceId: head.id, kind: head.kind, seq, hash }),
      keys,
    );
    if (!signed.ok) report.problem(name(seq), signed.why);
    report.count('seals of the platform');
  }
  for (const seq of found.keys()) report.problem(name(seq), 'there is no such entry');
}

function checkAnnexes({ head, annexes }: RequestRecord, events: readonly ChainedEvent[], where: string, report: Report): void {
  const name = (id: string) => `${where}: the words ${id}`;
  const found = indexed(
    annexes,
    ({ id }) => id,
    (id) => report.problem(name(id), 'they are there twice'),
  );
  const named = new Set<string>();
  for (const { seq, payload } of events) {
    for (const { id, hash } of annexesIn(payload)) {
      const annex = found.get(id);
      named.add(id);
      const left = head.withheld.annexes.includes(id);
      if (!annex) {
        if (!left) report.problem(name(id), 'they are missing, and not named among what is left out');
        continue;
      }
      if (left || annex.seq !== seq) report.problem(name(id), `they do not belong to entry ${String(annex.seq)}`);
      if (annex.erasedAt !== undefined ? annex.body !== undefined : annexHash(annex.salt ?? '', annex.body ?? '') !== hash)
        report.problem(name(id), 'they are not those that the event names');
      report.count(annex.erasedAt === undefined ? 'texts that people wrote' : 'texts that people wrote and that are erased');
    }
  }
  for (const [id, { seq }] of found)
    if (!named.has(id) && !head.withheld.events.includes(seq)) report.problem(name(id), 'no event names them');
}

/** An event names the words that came with it, by its own fields; a first entry may carry them inside its input. */
function annexesIn(value: unknown): { readonly id: string; readonly hash: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const { annexId, annexHash: hash } = value as Readonly<Record<string, unknown>>;
  return [
    ...(typeof annexId === 'string' && typeof hash === 'string' ? [{ id: annexId, hash }] : []),
    ...Object.values(value).flatMap(annexesIn),
  ];
}

/** A text that an event has drawn up, as the chain tells it. */
interface Rendered {
  readonly id: string;
  readonly sha256: string;
  readonly version: unknown;
  readonly audience: string;
  readonly at: unknown;
  /** Undefined: it was drawn up as a text alone. */
  readonly documentSha256: unknown;
}

function checkAgreements(
  { head, agreements }: RequestRecord,
  events: readonly ChainedEvent[],
  where: string,
  report: Report,
): void {
  const name = (id: string) => `${where}: the agreement ${id}`;
  const found = indexed(
    agreements,
    ({ id }) => id,
    (id) => report.problem(name(id), 'it is there twice'),
  );
  const rendered = new Map(events.flatMap(renderedBy).map((each) => [each.id, each]));
  for (const id of rendered.keys())
    if (!found.has(id) && !head.withheld.agreements.includes(id))
      report.problem(name(id), 'it is missing, and not named among what is left out');
  for (const [id, agreement] of found) {
    if (head.withheld.agreements.includes(id))
      report.problem(name(id), 'it is there, although it is named among what is left out');
    const drawn = rendered.get(id);
    if (!drawn && head.withheld.events.length === 0) report.problem(name(id), 'no event has drawn it up');
    if (
      drawn &&
      (drawn.sha256 !== agreement.sha256 ||
        drawn.version !== agreement.version ||
        drawn.audience !== agreement.audience ||
        drawn.at !== agreement.createdAt)
    )
      report.problem(name(id), 'it is not the one that was drawn up');
    checkText(agreement, drawn, name(id), report);
  }
  checkSignatures(events, agreements, head.withheld, where, report);
}

function checkText(
  { sha256: hash, text, document, erasedAt }: AgreementRecord,
  drawn: Rendered | undefined,
  name: string,
  report: Report,
): void {
  if (erasedAt !== undefined) {
    if (text !== undefined || document !== undefined) report.problem(name, 'it is there, although it is erased');
    report.count('texts of agreements that are erased');
    return;
  }
  if (text === undefined || sha256(text) !== hash) report.problem(name, 'its text is not the one that was shown and signed');
  if (document !== undefined && textOfDocument(document) !== text) report.problem(name, 'its clauses do not give its text');
  if (drawn?.documentSha256 !== undefined && (document === undefined || sha256(document) !== drawn.documentSha256))
    report.problem(name, 'its clauses are not those that were drawn up');
  report.count('texts of agreements');
}

function renderedBy({ type, payload }: ChainedEvent): Rendered[] {
  const { version, at, agreement, release } = payload;
  const one = (part: unknown, audience: string): Rendered[] => {
    if (typeof part !== 'object' || part === null) return [];
    const { agreementId: id, sha256: hash, documentSha256 } = part as Readonly<Record<string, unknown>>;
    return typeof id === 'string' && typeof hash === 'string'
      ? [{ id, sha256: hash, version, audience, at, documentSha256 }]
      : [];
  };
  if (type === 'AGREEMENT_RENDERED') return one(payload, 'ALL');
  return type === 'TRANSFER_RENDERED' ? [...one(agreement, 'GAINING_GUILD'), ...one(release, 'GUILD')] : [];
}

/** Whoever signed has signed a text that was drawn up. */
function checkSignatures(
  events: readonly ChainedEvent[],
  agreements: RequestRecord['agreements'],
  withheld: RequestRecord['head']['withheld'],
  where: string,
  report: Report,
): void {
  for (const { seq, type, payload } of events) {
    if (type !== 'SIGN_AGREEMENT') continue;
    const known = agreements.some(({ version, sha256: hash }) => version === payload['version'] && hash === payload['sha256']);
    if (known) report.count('signatures of people, each over a text that is here');
    else if (withheld.agreements.length + withheld.events.length > 0)
      report.count('signatures of people over a text that is left out');
    else report.problem(`${where}: entry ${String(seq)} of the history`, 'it signs a text that is not here');
  }
}
