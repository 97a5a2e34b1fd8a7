import { encodeGlobalId } from '../../../src/schema/index.js';
import { apiState } from '../../../src/requests/request.type.js';
import { actionsFor } from '../act.js';
import { isMember, isTermOver, nextDeadline } from '../look.js';
import type { Concerned } from '../people.js';
import type { Reply } from '../real.js';
import { consequenceBreaches } from '../rules.js';
import type { Sequence } from '../sequence.js';
import type { Command } from './act.js';

/** The end of the 31st day is after that of the notice of 30, and of most that are published here. */
const MERGER_NOTICE_MS = 32 * 86_400_000;

const at = <T>(list: readonly T[], n: number): T => list[n % list.length]!;

/** Time passes: by so much, or up to the next deadline, or to the last moment before it. */
export class ClockCommand implements Command {
  constructor(readonly by: number | 'beforeDeadline' | 'deadline') {}

  check = () => true;

  async run(_model: object, sequence: Sequence): Promise<void> {
    const { real } = sequence;
    const now = sequence.look.now.getTime();
    const deadline = nextDeadline(sequence.look);
    if (typeof this.by !== 'number' && deadline === undefined) return;
    const to = typeof this.by === 'number' ? now + this.by : Math.max(now, deadline! - (this.by === 'deadline' ? 0 : 1));
    await real.clock.set(new Date(to));
    const over = isTermOver(sequence.look, to);
    await real.drain(sequence.delivers, over || sequence.merging.size > 0);
    sequence.told(`the clock: ${new Date(to).toISOString()}`);
    await sequence.changed((deadline !== undefined && deadline <= to) || over || sequence.merging.size > 0 ? {} : undefined);
    const overdue = nextDeadline(sequence.look);
    if (overdue !== undefined && overdue <= to) throw new Error(`A clock of ${new Date(overdue).toISOString()} is overdue.`);
  }

  toString = () => `Clock(${String(this.by)})`;
}

const directory = [
  'suspendGuild',
  'reinstateGuild',
  'banBroadcaster',
  'unbanBroadcaster',
  'revokeGuardianship',
  'assignGuardian',
] as const;
export type DirectoryAct = (typeof directory)[number];

const inputTypes: Readonly<Record<DirectoryAct, string>> = {
  suspendGuild: 'GuildInput',
  reinstateGuild: 'GuildInput',
  banBroadcaster: 'BroadcasterInput',
  unbanBroadcaster: 'BroadcasterInput',
  revokeGuardianship: 'BroadcasterInput',
  assignGuardian: 'AssignGuardianInput',
};

/** Changes of the directory reach the requests that run. */
export class DirectoryCommand implements Command {
  constructor(
    readonly act: DirectoryAct,
    readonly whom: number,
  ) {}

  check = () => true;

  async run(_model: object, sequence: Sequence): Promise<void> {
    const { world, real, suspended, banned, guardianships } = sequence;
    const guild = at(world.guilds, this.whom).id;
    const ward = world.guardian.wardId!;
    const broadcaster = this.act.includes('uardian') ? ward : at(world.broadcasters, this.whom).id;
    const [set, member, present] = (
      {
        suspendGuild: [suspended, guild, true],
        reinstateGuild: [suspended, guild, false],
        banBroadcaster: [banned, broadcaster, true],
        unbanBroadcaster: [banned, broadcaster, false],
        revokeGuardianship: [guardianships, ward, false],
        assignGuardian: [guardianships, ward, true],
      } as const
    )[this.act];
    const input = {
      reasonCode: 'OTHER',
      ...(this.act.endsWith('Guild')
        ? { guildId: encodeGlobalId('Guild', guild) }
        : { broadcasterId: encodeGlobalId('Broadcaster', broadcaster) }),
      ...(this.act === 'assignGuardian' && { principalId: encodeGlobalId('Principal', world.guardian.principalId) }),
    };
    const text = `mutation ($input: ${inputTypes[this.act]}!) { ${this.act}(input: $input) { __typename ... on Refusal { code reasons { code } } } }`;
    const support = world.people.find(({ platformRole }) => platformRole === 'SUPPORT')!;
    const data = await real.query<Record<string, Reply>>(support, text, { input });
    const reply = data[this.act]!;
    sequence.told(`${this.act}: ${reply.code ?? 'done'}`);
    sequence.tally.answered(this.act, reply.code ?? 'done');
    const done = reply.__typename === 'DirectoryChange';
    if (!this.act.includes('uardian') && done === (set.has(member) === present))
      throw new Error(
        `${this.act} was answered ${JSON.stringify(reply)}, although it was ${set.has(member) ? 'so' : 'not so'} before.`,
      );
    if (done && present) set.add(member);
    if (done && !present) set.delete(member);
    if (done && this.act.includes('uardian')) sequence.guardianChanged = true;
    await real.app.bulk.drain();
    const about: Partial<Concerned> = this.act.endsWith('Guild') ? { guildId: guild } : { broadcasterId: broadcaster };
    await sequence.changed(done ? about : undefined);
    const breaches = [...consequenceBreaches(sequence)];
    if (breaches.length > 0) throw new Error(breaches.join('\n'));
  }

  toString = () => `Directory(${this.act}, ${String(this.whom)})`;
}

/** A guild with members, if there is one, goes over into another at the end of the shortest notice. */
export class MergeCommand implements Command {
  constructor(readonly whom: number) {}

  check = () => true;

  async run(_model: object, sequence: Sequence): Promise<void> {
    const { world, look, merging, real } = sequence;
    const from = [...look.memberships.values()]
      .filter((membership) => isMember(membership, look.now))
      .map(({ guildId }) => guildId);
    const fromGuildId = from.length > 0 ? at(from, this.whom) : at(world.guilds, this.whom).id;
    const intoGuildId = at(
      world.guilds.filter(({ id }) => id !== fromGuildId),
      this.whom,
    ).id;
    const input = {
      reasonCode: 'OTHER',
      fromGuildId: encodeGlobalId('Guild', fromGuildId),
      intoGuildId: encodeGlobalId('Guild', intoGuildId),
      effectiveAt: new Date(look.now.getTime() + MERGER_NOTICE_MS).toISOString(),
    };
    const text =
      'mutation ($input: MergeGuildsInput!) { mergeGuilds(input: $input) { __typename ... on Refusal { code reasons { code } } } }';
    const support = world.people.find(({ platformRole }) => platformRole === 'SUPPORT')!;
    const { mergeGuilds: reply } = await real.query<{ mergeGuilds: Reply }>(support, text, { input });
    sequence.told(`mergeGuilds: ${reply.code ?? 'done'}`);
    sequence.tally.answered('mergeGuilds', reply.code ?? 'done');
    const done = reply.__typename === 'DirectoryChange';
    if (done && merging.has(fromGuildId)) throw new Error('A guild goes over twice.');
    if (done) merging.set(fromGuildId, intoGuildId);
    await real.app.bulk.drain();
    await sequence.changed(done ? { guildId: fromGuildId } : undefined);
  }

  toString = () => `Merge(${String(this.whom)})`;
}

export const directoryActs: readonly DirectoryAct[] = directory;

interface PolicyReply extends Reply {
  readonly revision?: number;
}

/** Another policy version comes into force: requests that run keep theirs, new ones get the new one. */
export class PublishPolicyCommand implements Command {
  constructor(readonly noticeDays: number) {}

  check = () => true;

  async run(_model: object, sequence: Sequence): Promise<void> {
    // Of two that come into force at one instant the second is refused, and nothing would be learnt by asking again.
    if (sequence.newestPolicy.since.getTime() === sequence.look.now.getTime()) return;
    const [author, reviewer] = sequence.world.people.filter(({ platformRole }) => platformRole === 'POLICY');
    const pinned = new Map(sequence.requests.map(({ id, policyVersionId }) => [id, policyVersionId]));
    const parameters = { noticeDays: this.noticeDays, guildResponseDays: 1 + (this.noticeDays % 9) };
    const draft = await this.step(sequence, author!, 'createPolicyDraft', 'CreatePolicyDraftInput', {
      basedOnId: encodeGlobalId('PolicyVersion', sequence.newestPolicy.policyVersionId),
      parameters,
    });
    const of = (reply: PolicyReply) => ({ policyVersionId: reply.id, expectedRevision: reply.revision });
    const handed = await this.step(sequence, author!, 'submitPolicyForReview', 'SubmitPolicyForReviewInput', of(draft));
    await this.step(sequence, reviewer!, 'reviewPolicy', 'ReviewPolicyInput', { ...of(handed), decision: 'APPROVE' });
    await sequence.readPolicy();
    await sequence.changed(undefined);
    for (const { id, policyVersionId } of sequence.requests)
      if (pinned.get(id) !== policyVersionId) throw new Error(`${id} has another policy, because one was published.`);
  }

  private async step(sequence: Sequence, person: Parameters<Sequence['send']>[0], name: string, type: string, input: object) {
    const text = `mutation ($input: ${type}!) { ${name}(input: $input) { __typename ... on PolicyVersion { id revision } ... on Refusal { code reasons { code message } } } }`;
    const data = await sequence.real.query<Record<string, PolicyReply>>(person, text, { input });
    const reply = data[name]!;
    sequence.tally.answered(name, reply.code ?? 'done');
    if (reply.__typename !== 'PolicyVersion') throw new Error(`${name} was refused: ${JSON.stringify(reply)}`);
    return reply;
  }

  toString = () => `PublishPolicy(${String(this.noticeDays)})`;
}

/** What somebody sees: nothing of what is none of their business, and of the rest what they can do, as the model knows it. */
export class SeeCommand implements Command {
  constructor(
    readonly which: number,
    readonly who: number,
  ) {}

  check = () => true;

  async run(_model: object, sequence: Sequence): Promise<void> {
    const { world, real, requests } = sequence;
    const person = at([...world.people, ...world.strangers], this.who);
    const request = at(requests, this.which);
    const authorities = (of: Concerned) => sequence.authorities(person, of).filter((each) => each !== 'POLICY');
    interface Seen {
      readonly request: {
        readonly state: string;
        readonly version: number;
        readonly availableActions: readonly { event: string; allowed: boolean }[];
      } | null;
      readonly requests: { readonly nodes: readonly { readonly id: string }[] };
    }
    const seen = await real.query<Seen>(
      person,
      'query ($id: ID!) { request(id: $id) { state version availableActions { event allowed } } requests(first: 50) { nodes { id } } }',
      { id: sequence.globalId(request) },
    );
    const visible = authorities(request).length > 0;
    if ((seen.request !== null) !== visible)
      throw new Error(`${person.subject} sees ${seen.request ? 'a' : 'no'} ${request.kind}, as ${authorities(request).join()}.`);
    if (seen.request) {
      const expected = actionsFor(sequence, request, person).map(({ event, allowed }) => ({ event, allowed }));
      const stored = { state: apiState(request.state), version: request.version, availableActions: expected };
      if (JSON.stringify(seen.request) !== JSON.stringify(stored))
        throw new Error(`${person.subject} sees ${JSON.stringify(seen.request)}, not ${JSON.stringify(stored)}.`);
    }
    if (person.platformRole === 'SUPPORT' || person.platformRole === 'AUDITOR' || world.strangers.includes(person)) {
      const known = new Set(requests.map((each) => sequence.globalId(each)));
      if (world.strangers.includes(person) && seen.requests.nodes.some(({ id }) => known.has(id)))
        throw new Error(`${person.subject}, a stranger, has requests of this world in the list.`);
      return;
    }
    const listed = seen.requests.nodes.map(({ id }) => id).sort();
    const theirs = requests
      .filter((each) => authorities(each).length > 0)
      .map((each) => sequence.globalId(each))
      .sort();
    if (listed.join() !== theirs.join())
      throw new Error(`${person.subject} has ${String(listed.length)} requests in the list, not ${String(theirs.length)}.`);
  }

  toString = () => `See(${String(this.which)}, ${String(this.who)})`;
}
