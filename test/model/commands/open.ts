import { currentVersion, definitionOf } from '../../../workflows/registry.js';
import { encodeGlobalId } from '../../../src/schema/index.js';
import { kinds } from '../act.js';
import { isMember, type RequestNow } from '../look.js';
import type { Concerned, Person } from '../people.js';
import type { Sequence } from '../sequence.js';
import type { Command } from './act.js';

const at = <T>(list: readonly T[], n: number): T | undefined => list[n % list.length];

export interface OpenChoice {
  readonly kind: number;
  readonly about: number;
  readonly guild: number;
  readonly who: number;
  readonly said: number;
  /** By somebody who may, if there is one. */
  readonly rightful: boolean;
  readonly keyed: boolean;
}

interface Subject extends Concerned {
  readonly fields: object;
}

/** Opens a request of any kind that there is, about anything that there is. */
export class OpenCommand implements Command {
  constructor(readonly choice: OpenChoice) {}

  check = () => true;

  async run(_model: object, sequence: Sequence): Promise<void> {
    const { choice } = this;
    const kind = at(kinds, choice.kind)!;
    const definition = definitionOf(kind, currentVersion(kind)!);
    const { opening } = definition;
    const subject = subjectOf(sequence, opening.subject, choice);
    if (!subject) return;
    const authorities = Object.values(opening.by).flat();
    const everybody = [...sequence.world.people, ...sequence.world.strangers];
    const mayOpen = (person: Person) => sequence.authorities(person, subject).some((each) => authorities.includes(each));
    const rightful = everybody.filter(mayOpen);
    const person = at(choice.rightful && rightful.length > 0 ? rightful : everybody, choice.who)!;
    const starts = Object.values(sequence.sampleOf(definition).starts) as { readonly said?: Record<string, unknown> }[];
    const { annexId: words, annexHash: _hash, ...sample } = at(starts, choice.said)!.said ?? {};
    const said = 'codeId' in sample ? { ...sample, codeId: await transferCode(sequence, subject) } : sample;
    const input = {
      kind,
      ...subject.fields,
      said,
      ...(words !== undefined && { comment: 'In my own words.' }),
      ...(choice.keyed && { idempotencyKey: sequence.nextKey() }),
    };
    const reply = await sequence.send(person, 'openRequest', input);
    const name = `${kind} by ${person.subject}`;
    sequence.told(`open ${name}: ${reply.state ?? JSON.stringify(reply.reasons)}`);
    sequence.tally.answered(`open ${kind}`, reply.state ?? reply.code!);
    if (reply.__typename === 'Request' && !mayOpen(person)) throw new Error(`${name} was opened, and they may not.`);
    await sequence.settled(reply, subject);
  }

  toString = () => `Open(${at(kinds, this.choice.kind)!} ${JSON.stringify(this.choice)})`;
}

function subjectOf(sequence: Sequence, subject: string, { about, guild }: OpenChoice): Subject | undefined {
  const { world, look } = sequence;
  const gaining = at(world.guilds, guild)!.id;
  if (subject === 'GUILD') {
    const { id } = at(world.broadcasters, about)!;
    const fields = { broadcasterId: encodeGlobalId('Broadcaster', id), guildId: encodeGlobalId('Guild', gaining) };
    return { broadcasterId: id, guildId: gaining, gainingGuildId: null, fields };
  }
  if (subject === 'REQUEST') {
    const parent: RequestNow = at([...sequence.requests].reverse(), about)!;
    return { ...concernedBy(parent), fields: { parentId: sequence.globalId(parent) } };
  }
  const all = [...look.memberships.values()];
  const current = all.filter((membership) => isMember(membership, look.now));
  const membership = at(current.length > 0 ? current : all, about);
  if (!membership) return undefined;
  const { broadcasterId, guildId } = membership;
  const transfer = subject === 'TRANSFER';
  return {
    broadcasterId,
    guildId,
    gainingGuildId: transfer ? gaining : null,
    fields: {
      membershipId: encodeGlobalId('Membership', membership.id),
      ...(transfer && { gainingGuildId: encodeGlobalId('Guild', gaining) }),
    },
  };
}

const concernedBy = ({ broadcasterId, guildId, gainingGuildId }: RequestNow): Concerned => ({
  broadcasterId,
  guildId,
  gainingGuildId,
});

/** Has a code made by the broadcaster; its id, which nobody is ever told, is read past the server. */
async function transferCode(sequence: Sequence, { broadcasterId }: Concerned): Promise<string> {
  const person = sequence.world.people.find((each) => each.broadcasterId === broadcasterId)!;
  const text = 'mutation { requestTransferCode(input: {}) { __typename } }';
  await sequence.real.query(person, text, {});
  const { rows } = await sequence.real.pool.query<{ id: string }>(
    'select id from guildhall.transfer_code where broadcaster_id = $1 order by created_at desc, voided_at nulls first limit 1',
    [broadcasterId],
  );
  return rows[0]?.id ?? sequence.world.guilds[0]!.id;
}
