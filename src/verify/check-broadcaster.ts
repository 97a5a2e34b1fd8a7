import type { BroadcasterRecord, RequestRecord } from './record.js';
import type { Report } from './report.js';

/** States from which a membership is one that counts. */
const BEGUN: ReadonlySet<string> = new Set(['completed', 'withdrawable', 'settlement', 'released']);

/** A portable record: each membership against the request that began it, and the one that ended it. */
export function checkBroadcaster({ memberships }: BroadcasterRecord, records: readonly RequestRecord[], report: Report): void {
  const found = new Map(records.map((record) => [record.head.id, record]));
  for (const membership of memberships) {
    const where = `record.json: membership ${membership.id}`;
    const begun = membership.requestId === null ? undefined : found.get(membership.requestId);
    if (membership.requestId === null)
      report.note(`Membership ${membership.id} was entered by hand: there is no request that began it.`);
    else if (!begun) report.problem(where, 'the request that began it is missing');
    else if (!BEGUN.has(begun.head.state)) report.problem(where, `the request that began it is “${begun.head.state}”`);
    if (membership.endedByRequestId !== null && !found.has(membership.endedByRequestId))
      report.problem(where, 'the request that ended it is missing');
    if ((membership.endsAt === null) !== (membership.endKind === null))
      report.problem(where, 'it has an end without a kind, or a kind without an end');
    report.count('memberships');
  }
}
