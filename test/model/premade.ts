import type pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { actOf } from '../../src/engine/act.js';
import { Chained } from '../../src/engine/chained.js';
import { GENESIS, sha256 } from '../../src/engine/chain.js';
import { applySystemEvent } from '../../src/engine/judge.js';
import { write, type ToWrite } from '../../src/engine/write.js';
import { advance, begin, keptOf, type Json, type WorkflowEvent } from '../../workflows/kernel/index.js';
import { join, joinV2 } from '../../workflows/join/index.js';
import type { RequestDefinition } from '../../workflows/phases/index.js';

/** JOINs that lie behind when a sequence begins: driven through the pure kernel and written by the engine's own write, many at a time. */

export interface Premade {
  readonly region: string;
  readonly timeZone: string;
  readonly policyVersionId: string;
  readonly templateVersionId: string;
  readonly policy: Readonly<Record<string, unknown>>;
  readonly broadcaster: { readonly id: string; readonly principalId: string };
  readonly guild: { readonly id: string; readonly ownerId: string };
  readonly at: number;
  /** Of a minor the guardian and the platform sign too. */
  readonly consenting?: { readonly guardianId: string; readonly supportId: string };
  /** `member`: everything signed and switched. `drafting`: of the first version, with the guild to answer. */
  readonly until: 'member' | 'drafting';
}

const DAY_MS = 86_400_000;
export const TERMS = { guildSharePercent: 15, termMonths: 6 };
const BODY = 'MEMBERSHIP AGREEMENT of before';

type Step = (chained: Chained, at: string) => { readonly name: string; readonly armedSeq: number } | undefined;

class Before {
  readonly id = uuidv7();
  readonly agreementId = uuidv7();
  readonly membershipId = uuidv7();
  readonly definition: RequestDefinition;
  chained: Chained;
  at: number;
  private readonly steps: Step[];

  constructor(readonly of: Premade) {
    this.definition = of.until === 'member' ? joinV2 : join;
    this.at = of.at;
    this.chained = this.continued(GENESIS, { version: 0, state: null, snapshot: null });
    const signing = { version: 1, sha256: sha256(BODY) };
    this.steps = [
      (chained, at) => this.start(chained, at),
      ...(of.until === 'member'
        ? [
            this.act(of.guild.ownerId, 'GUILD_OWNER', { type: 'ACCEPT_TERMS', version: 1 }),
            this.act(of.broadcaster.principalId, 'BROADCASTER', { type: 'SIGN_AGREEMENT', ...signing }),
            ...(of.consenting
              ? [
                  this.act(of.consenting.guardianId, 'GUARDIAN', { type: 'SIGN_AGREEMENT', ...signing }),
                  this.act(of.consenting.supportId, 'SUPPORT', { type: 'SIGN_AGREEMENT', ...signing }),
                ]
              : []),
            this.act(of.guild.ownerId, 'GUILD_OWNER', { type: 'SIGN_AGREEMENT', ...signing }),
            this.clock,
            this.clock,
          ]
        : []),
    ];
  }

  /** The next step as it is to be written; undefined: there is none. */
  next(): ToWrite | undefined {
    const step = this.steps.shift();
    if (!step) return undefined;
    const { headHash, version, state, snapshot } = this.chained;
    if (version > 0) this.chained = this.continued(headHash, { version, state, snapshot });
    const fired = step(this.chained, new Date(this.at).toISOString());
    return { chained: this.chained, ...(fired && { fired }) };
  }

  get startsAt(): string | null {
    return (this.chained.snapshot as { context: { switchAt: string | null } }).context.switchAt;
  }

  private continued(head: string, from: { version: number; state: string | null; snapshot: Json }): Chained {
    return new Chained(this.id, this.definition, head, from);
  }

  private start(chained: Chained, at: string): undefined {
    const { broadcaster, guild, timeZone, policy, consenting } = this.of;
    const base = {
      requestId: this.id,
      broadcasterId: broadcaster.id,
      guildId: guild.id,
      gainingGuildId: null,
      membershipId: null,
      parentId: null,
      initiator: 'BROADCASTER',
      parties: consenting ? ['BROADCASTER', 'GUARDIAN', 'GUILD', 'PLATFORM'] : ['BROADCASTER', 'GUILD'],
      timeZone,
      currency: 'EUR',
      minor: consenting !== undefined,
      policy: this.definition.policy!.parse(policy),
      said: { terms: TERMS },
      eligibilityFailures: [],
    };
    const input = this.definition.opening.input?.(base, undefined as never) ?? base;
    const step = begin(this.definition, input, at);
    if (!step.ok) throw new Error(`A JOIN of before cannot begin: ${JSON.stringify(step.reasons)}`);
    const actor = { id: broadcaster.principalId, authorities: ['BROADCASTER'] };
    chained.add(step, { type: 'START', at, actor, input }, 'start', 'BROADCASTER', actOf({ operation: 'requestJoin' }));
    const rendered = { version: 1, sha256: sha256(BODY), agreementId: this.agreementId };
    answer(chained, { type: 'AGREEMENT_RENDERED', ...rendered }, at);
  }

  private act(principalId: string, authority: string, said: { readonly type: string; readonly [key: string]: unknown }): Step {
    return (chained, at) => {
      const event: WorkflowEvent = { ...said, at, actor: { id: principalId, authorities: [authority] } };
      const step = advance(this.definition, chained.snapshot, event, 'outside');
      if (!step.ok) throw new Error(`A JOIN of before cannot take ${said.type}: ${JSON.stringify(step.reasons)}`);
      chained.add(step, event, 'outside', authority, actOf({ operation: 'sendRequestEvent' }));
      return undefined;
    };
  }

  /** The one clock that runs ends, on time. */
  private readonly clock: Step = (chained) => {
    const [[name, timer] = []] = Object.entries(keptOf(chained.snapshot).timers);
    if (name === undefined || !timer) throw new Error('No clock runs in a JOIN of before.');
    const armedSeq = chained.version;
    this.at = Date.parse(timer.dueAt);
    answer(chained, { type: timer.event ?? name, dueAt: timer.dueAt }, timer.dueAt, 'timer');
    if (chained.state === 'switching') answer(chained, { type: 'SWITCHED', membershipId: this.membershipId }, timer.dueAt);
    return { name, armedSeq };
  };
}

function answer(
  chained: Chained,
  event: { readonly type: string; readonly [key: string]: unknown },
  at: string,
  source: 'timer' | 'effect' = 'effect',
): void {
  const reasons = applySystemEvent(chained, event, at, source);
  if (reasons.length > 0) throw new Error(`A JOIN of before does not take ${event.type}: ${JSON.stringify(reasons)}`);
}

/** Writes them all; everybody concerned is taken to have been told. */
export async function writePremade(owner: pg.Pool, engine: pg.Pool, wanted: readonly Premade[]): Promise<void> {
  const all = wanted.map((each) => new Before(each));
  const rows = (table: string, columns: string, values: readonly object[]) =>
    owner.query(
      `insert into guildhall.${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::guildhall.${table}, $1)`,
      [JSON.stringify(values)],
    );
  const iso = (ms: number) => new Date(ms).toISOString();
  await rows(
    'request',
    'id, kind, broadcaster_id, guild_id, region_code, initiator, policy_version_id, template_version_id, created_at, created_by',
    all.map(({ id, of, at }) => ({
      id,
      kind: 'JOIN',
      broadcaster_id: of.broadcaster.id,
      guild_id: of.guild.id,
      region_code: of.region,
      initiator: 'BROADCASTER',
      policy_version_id: of.policyVersionId,
      template_version_id: of.templateVersionId,
      created_at: iso(at),
      created_by: of.broadcaster.principalId,
    })),
  );
  await owner.query(
    `insert into guildhall.instance (id, kind, machine_version, state, status, version, snapshot, head_hash, last_tx, created_at, updated_at)
     select id, 'JOIN', 1, '', 'active', 0, '', '', pg_current_xact_id(), at, at from unnest($1::uuid[], $2::timestamptz[]) as n (id, at)`,
    [all.map(({ id }) => id), all.map(({ at }) => iso(at))],
  );
  await rows(
    'agreement_version',
    'id, request_id, version, terms, body, sha256, created_at, audience',
    all.map(({ id, agreementId, at }) => ({
      id: agreementId,
      request_id: id,
      version: 1,
      terms: TERMS,
      body: BODY,
      sha256: sha256(BODY),
      created_at: iso(at),
      audience: 'ALL',
    })),
  );
  for (let left = all; left.length > 0;) {
    const steps = left.flatMap((each) => {
      const step = each.next();
      return step ? [{ each, step }] : [];
    });
    if (steps.length > 0) {
      const written = await write(
        engine,
        steps.map(({ step }) => step),
      );
      if (written.size !== steps.length) throw new Error('A step of before was not written.');
    }
    left = steps.map(({ each }) => each);
  }
  const members = all.filter(({ of }) => of.until === 'member');
  await rows(
    'membership',
    'id, request_id, broadcaster_id, guild_id, starts_at, terms',
    members.map(({ id, membershipId, of, startsAt }) => ({
      id: membershipId,
      request_id: id,
      broadcaster_id: of.broadcaster.id,
      guild_id: of.guild.id,
      starts_at: startsAt,
      terms: TERMS,
    })),
  );
  await rows(
    'membership_terms',
    'membership_id, request_id, effective_from, terms',
    members.map(({ id, membershipId, startsAt }) => ({
      membership_id: membershipId,
      request_id: id,
      effective_from: startsAt,
      terms: TERMS,
    })),
  );
  await owner.query(
    `update guildhall.delivery set status = 'delivered', delivered_at = created_at where status = 'pending' and instance_id = any ($1)`,
    [all.map(({ id }) => id)],
  );
}

/** How long before the start of a sequence a JOIN begins whose membership is then this many days old; the cooling-off is in between. */
export const beganBefore = (start: number, memberForDays: number, coolingOffDays: number): number =>
  start - (memberForDays + coolingOffDays + 1) * DAY_MS;
