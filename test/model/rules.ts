import { isMember, type Look, type RequestNow } from './look.js';
import type { Concerned } from './people.js';
import type { Sequence } from './sequence.js';

/** What may change between two looks, and what has to hold at every look: the rules of the house, without a machine's help. */

const same = (a: RequestNow, b: RequestNow): boolean =>
  a.version === b.version && a.headHash === b.headHash && a.state === b.state;

const concerns = (about: Partial<Concerned>, of: Concerned): boolean =>
  (about.broadcasterId === undefined && about.guildId === undefined) ||
  about.broadcasterId === of.broadcasterId ||
  (about.broadcasterId === undefined && (about.guildId === of.guildId || about.guildId === of.gainingGuildId));

/** `about` undefined: nothing may change. Without a broadcaster and a guild: anything may. */
export function* changesBetween(before: Look, now: Look, about: Partial<Concerned> | undefined): Generator<string> {
  for (const [id, earlier] of before.requests) {
    const later = now.requests.get(id);
    const name = `${earlier.kind} ${id}`;
    if (!later) {
      yield `${name} is gone`;
      continue;
    }
    if (!same(earlier, later)) {
      if (earlier.done) yield `${name} had ended in ${earlier.state}, and moved to ${later.state} (${String(later.version)})`;
      if (later.version <= earlier.version) yield `${name} changed, and its version did not grow`;
      if (about === undefined || !concerns(about, later)) yield `${name} changed, and nobody had a reason to change it`;
    }
    if (later.machineVersion < earlier.machineVersion) yield `${name} went back to an older machine`;
    for (const field of ['kind', 'broadcasterId', 'guildId', 'parentId'] as const)
      if (earlier[field] !== later[field]) yield `${name} has another ${field}`;
  }
  for (const [id, later] of now.requests) {
    if (before.requests.has(id)) continue;
    if (about === undefined || !concerns(about, later)) yield `${later.kind} ${id} was opened, and nobody had a reason to`;
  }
  for (const [id, earlier] of before.memberships) {
    const later = now.memberships.get(id);
    if (!later) yield `the membership ${id} is gone`;
    else if (about === undefined && JSON.stringify(earlier) !== JSON.stringify(later)) yield `the membership ${id} changed`;
    else if (earlier.annulledAt !== null && later.annulledAt === null)
      yield `the membership ${id} was annulled, and counts again`;
  }
  for (const id of now.memberships.keys())
    if (about === undefined && !before.memberships.has(id)) yield `the membership ${id} came from nowhere`;
}

export function* ruleBreaches({ look, world, suspended, banned, merging }: Sequence, before: Look): Generator<string> {
  const members = [...look.memberships.values()].filter((membership) => isMember(membership, look.now));
  for (const { id } of world.broadcasters)
    if (members.filter(({ broadcasterId }) => broadcasterId === id).length > 1) yield `${id} is a member twice`;
  const kindsThatRestore = [...look.requests.values()].some(({ kind, state }) => kind === 'REVERSAL' && state === 'completed');
  const takesAll = new Set(merging.values());
  for (const { id, cap } of world.guilds)
    if (cap !== null && !kindsThatRestore && !takesAll.has(id) && members.filter(({ guildId }) => guildId === id).length > cap)
      yield `${id} has more members than its cap`;
  for (const membership of look.memberships.values()) {
    if (before.memberships.has(membership.id)) continue;
    if (suspended.has(membership.guildId)) yield `${membership.id} began in a guild that is suspended`;
    // A merger takes everybody along who is a member, on the terms that stand.
    const merger = look.requests.get(membership.requestId)?.kind === 'TRANSFER_MERGER';
    if (banned.has(membership.broadcasterId) && !merger) yield `${membership.id} began for a broadcaster who is banned`;
  }
}

/** Nobody is a member whom somebody else has signed for, or of whose guild nobody has signed; told by the signatures' own people. */
export function* signatureBreaches(sequence: Sequence): Generator<string> {
  for (const { id, requestId, annulledAt } of sequence.look.memberships.values()) {
    const request = sequence.look.requests.get(requestId);
    // In a merger nobody is asked.
    if (!request || annulledAt !== null || request.kind === 'TRANSFER_MERGER') continue;
    const { context } = JSON.parse(request.snapshot) as { readonly context: Signed };
    const needed = (context.parties ?? ['BROADCASTER', 'GUILD']).filter((party) => request.kind === 'JOIN' || party !== 'GUILD');
    for (const party of needed) {
      const by = context.signatures?.[party]?.by;
      const person = sequence.world.people.find(({ principalId }) => principalId === by);
      if (!person) yield `the membership ${id} began, and nobody has signed for ${party}`;
      else if (party !== 'GUARDIAN' && !sequence.authorities(person, request).some((each) => signers[party]?.includes(each)))
        yield `the membership ${id} began, and ${person.subject} has signed for ${party}`;
    }
  }
}

interface Signed {
  readonly parties?: readonly string[];
  readonly signatures?: Readonly<Record<string, { readonly by: string } | null>>;
}

const signers: Readonly<Record<string, readonly string[]>> = {
  BROADCASTER: ['BROADCASTER'],
  GUILD: ['GUILD_OWNER', 'GUILD_AGENT'],
  GAINING_GUILD: ['GAINING_GUILD_OWNER', 'GAINING_GUILD_AGENT'],
  PLATFORM: ['SUPPORT'],
};

/** What a suspension and a ban have to have done once their consequences are worked off. */
export function* consequenceBreaches(sequence: Sequence): Generator<string> {
  for (const request of sequence.openRequests) {
    const { kind, state, broadcasterId, guildId, gainingGuildId, heldSince } = request;
    const into = kind === 'JOIN' ? guildId : kind.startsWith('TRANSFER_') ? gainingGuildId : null;
    if (into === null) continue;
    const spared = sequence.sampleOf(sequence.definitionOf(request)).notVoidable?.includes(state) ?? false;
    if (sequence.suspended.has(into) && !spared) yield `${kind} ${request.id} is open (${state}), and its guild is suspended`;
    if (sequence.banned.has(broadcasterId) && heldSince === null)
      yield `${kind} ${request.id} is not held (${state}), and its broadcaster is banned`;
  }
}
