import { registry } from '../../workflows/registry.js';
import type { RequestDefinition } from '../../workflows/phases/index.js';
import { encodeGlobalId } from '../../src/schema/index.js';
import { apiState } from '../../src/requests/request.type.js';
import { assertInvariants } from '../support/invariants.js';
import { sampleOf } from '../support/samples/load.js';
import type { Sample } from '../support/samples/sample.js';
import { changesBetween, ruleBreaches, signatureBreaches } from './rules.js';
import type { Look, RequestNow } from './look.js';
import { notificationBreaches } from './notifications.js';
import { authoritiesOf, type Concerned, type Person, type PolicyNow, type World } from './people.js';
import type { Real, Reply } from './real.js';
import type { Tally } from './tally.js';

const DELIVER_EVERY = 4;

const FIELDS = `__typename ... on Request { id state version } ... on Refusal { code reasons { code } }`;
const MUTATIONS = {
  openRequest: 'OpenRequestInput',
  sendRequestEvent: 'SendRequestEventInput',
} as const;

/** A command that was carried out under a key. */
interface Kept {
  readonly person: Person;
  readonly mutation: keyof typeof MUTATIONS;
  readonly input: object;
  readonly requestId: string;
}

const samples = new Map<RequestDefinition, Sample>();
for (const definition of registry) samples.set(definition, await sampleOf(definition));

/**
 * One run of commands against the server, and what is believed meanwhile: who is what to whom, which guild is suspended and who is
 * banned, what was answered under which key. Of machines it knows nothing but what they say of themselves.
 */
export class Sequence {
  readonly suspended = new Set<string>();
  readonly banned = new Set<string>();
  /** By guild that goes over into another, that other one. */
  readonly merging = new Map<string, string>();
  /** Broadcasters with a guardian. */
  readonly guardianships: Set<string>;
  readonly kept: Kept[] = [];
  guardianChanged = false;
  /** The policy version in force. */
  newestPolicy: PolicyNow;
  private readonly story: string[] = [];
  private keys = 0;

  private constructor(
    readonly real: Real,
    readonly world: World,
    /** Notifications are delivered, and counted. */
    readonly delivers: boolean,
    readonly tally: Tally,
    public look: Look,
  ) {
    this.guardianships = new Set([world.guardian.wardId!]);
    this.newestPolicy = world.policy;
  }

  static async begin(real: Real, tally: Tally): Promise<Sequence> {
    const n = (tally.sequences += 1);
    const world = await real.world();
    return new Sequence(real, world, n % DELIVER_EVERY === 0, tally, await real.look(world));
  }

  /** For whoever has to read how a sequence failed. */
  told(line: string): void {
    this.story.push(line);
  }

  get tale(): string {
    return this.story.map((line) => `    ${line}`).join('\n');
  }

  globalId({ id }: { readonly id: string }): string {
    return encodeGlobalId('Request', id);
  }

  /** Somebody of these guilds' staff who also broadcasts stands on both sides of their requests. */
  isBothSides(staff: NonNullable<Person['staff']>): boolean {
    return this.world.people.some((person) => person.staff === staff && person.broadcasterId !== undefined);
  }

  async readPolicy(): Promise<void> {
    const { rows } = await this.real.pool.query<{ id: string; parameters: unknown; since: Date }>({
      name: 'model.policy',
      text: `select id, parameters, lower(effective) as since from guildhall.policy_version where region_code = $1 and status = 'PUBLISHED' and effective @> guildhall.now()`,
      values: [this.world.region],
    });
    this.newestPolicy = { policyVersionId: rows[0]!.id, parameters: rows[0]!.parameters, since: rows[0]!.since };
  }

  get requests(): RequestNow[] {
    return [...this.look.requests.values()];
  }

  get openRequests(): RequestNow[] {
    return this.requests.filter(({ done }) => !done);
  }

  get at(): string {
    return this.look.now.toISOString();
  }

  definitionOf({ kind, machineVersion }: RequestNow): RequestDefinition {
    return registry.find((each) => each.kind === kind && each.version === machineVersion)!;
  }

  sampleOf(definition: RequestDefinition): Sample {
    return samples.get(definition)!;
  }

  authorities(person: Person, about: Concerned): string[] {
    return authoritiesOf(person, about, this);
  }

  nextKey(): string {
    return `${this.world.region}-${String((this.keys += 1))}`;
  }

  async send(person: Person, mutation: keyof typeof MUTATIONS, input: object, place: 0 | 1 = 0): Promise<Reply> {
    const text = `mutation ($input: ${MUTATIONS[mutation]}!) { ${mutation}(input: $input) { ${FIELDS} } }`;
    const data = await this.real.query<Record<string, Reply>>(person, text, { input }, place);
    const reply = data[mutation]!;
    if (reply.__typename === 'Request') {
      if ('idempotencyKey' in input) this.kept.push({ person, mutation, input, requestId: reply.id! });
    } else if (reply.__typename !== 'Refusal' || !/^[A-Z_]+$/.test(reply.code ?? '') || reply.reasons?.length === 0)
      throw new Error(`A refusal without a code or a reason: ${JSON.stringify(reply)}`);
    return reply;
  }

  /** Looks again; what has changed since the last look has to be what may change. `about`: of whom a change may be; undefined: of nobody. */
  async changed(about: Partial<Concerned> | undefined): Promise<Look> {
    const before = this.look;
    this.look = await this.real.look(this.world);
    for (const { kind, machineVersion, state } of this.requests)
      this.tally.reached(`${kind} v${String(machineVersion)} ${state}`);
    const breaches = [...changesBetween(before, this.look, about), ...ruleBreaches(this, before)];
    if (breaches.length > 0) throw new Error(`After this command:\n${breaches.map((breach) => `  ${breach}`).join('\n')}`);
    return before;
  }

  /** After one command: a refusal has changed nothing, and an acceptance has moved its request to where the answer says. */
  async settled(reply: Reply, about: Concerned | undefined): Promise<void> {
    const before = await this.changed(reply.__typename === 'Request' ? about : undefined);
    if (reply.__typename !== 'Request') return;
    const now = this.requests.find(({ id }) => encodeGlobalId('Request', id) === reply.id);
    if (now?.version !== reply.version || apiState(now?.state ?? '') !== reply.state)
      throw new Error(`Answered ${JSON.stringify(reply)}, stored is ${JSON.stringify(now)}`);
    if (now!.version <= (before.requests.get(now!.id)?.version ?? 0)) throw new Error('It was accepted and has changed nothing.');
  }

  /** What has to hold when a sequence is over. */
  async finish(): Promise<void> {
    const ids = [...this.look.requests.keys()];
    const { events } = await assertInvariants(this.real.pool, registry, ids);
    this.tally.events(events);
    const unsigned = [...signatureBreaches(this)];
    if (unsigned.length > 0) throw new Error(unsigned.join('\n'));
    if (!this.delivers) return;
    await this.real.drain(true);
    const breaches = await notificationBreaches(this);
    if (breaches.length > 0) throw new Error(breaches.join('\n'));
  }
}
