import type { Viewer } from '../database/index.js';

/** Who looks at a request: what of it is put into their bundle depends on it. */
export interface Side {
  readonly principalId: string;
  readonly everything: boolean;
  readonly losing: boolean;
  readonly gaining: boolean;
}

interface Parties {
  readonly broadcaster_id: string;
  readonly guild_id: string;
  readonly gaining_guild_id: string | null;
}

export const sideOf = (viewer: Viewer, parties: Parties): Side => ({
  principalId: viewer.principalId,
  everything:
    viewer.broadcasterId === parties.broadcaster_id ||
    viewer.wardIds.includes(parties.broadcaster_id) ||
    ['SUPPORT', 'AUDITOR'].includes(viewer.platformRole ?? ''),
  losing: viewer.guildIds.includes(parties.guild_id),
  gaining: parties.gaining_guild_id !== null && viewer.guildIds.includes(parties.gaining_guild_id),
});

export const nameOf = (viewer: Viewer, { everything, gaining }: Side): string =>
  viewer.platformRole ?? (everything ? 'BROADCASTER' : gaining ? 'GAINING_GUILD' : 'GUILD');

/** Kinds about which broadcaster and guild know the same from the first entry on. */
const OPEN_KINDS: ReadonlySet<string> = new Set(['JOIN', 'AMEND', 'RENEW']);

/**
 * Fields of events that tell a guild nothing which is not its own to know: ids, codes, hashes and instants of the procedure. A list of what may
 * be shown, so that a field that somebody adds is left out until somebody has thought about it. Not among them: why a broadcaster leaves,
 * what is offered in a transfer, and in its `START` what the opener has found.
 */
const PROCEDURE: ReadonlySet<string> = new Set([
  ...['type', 'at', 'actor', 'act', 'dueAt', 'armedAt'],
  ...['version', 'sha256', 'documentSha256', 'agreementId', 'as', 'reasonCode', 'annexId', 'annexHash', 'parties', 'minor'],
  ...['answer', 'ground', 'outcome', 'decision', 'verifiedCause', 'taken', 'disputeId', 'noticeId', 'paymentId', 'membershipId'],
  ...['requestId', 'byRequestId', 'policyVersionId', 'policy', 'fromVersion', 'toVersion', 'state', 'deadline', 'until'],
  ...['becomesNotice', 'acceptsExitFee'],
]);

interface Entry {
  readonly actor_id: string;
  readonly authority: string;
  readonly event: string;
}

/** Whether the event itself is this reader's, or only its hash. */
export function isDisclosed(kind: string, { actor_id: actorId, authority, event }: Entry, side: Side): boolean {
  if (side.everything || actorId === side.principalId || OPEN_KINDS.has(kind)) return true;
  if (side.losing && authority.startsWith('GUILD_')) return true;
  if (side.gaining && authority.startsWith('GAINING_GUILD_')) return true;
  const transfer = kind.startsWith('TRANSFER_');
  const payload = JSON.parse(event) as Readonly<Record<string, unknown>>;
  // The gaining guild reads both hashes; to the losing one the other text's random id would make the offer guessable.
  if (side.gaining && payload['type'] === 'TRANSFER_RENDERED') return true;
  return Object.keys(payload).every((key) => PROCEDURE.has(key) || (key === 'terms' && !transfer));
}
