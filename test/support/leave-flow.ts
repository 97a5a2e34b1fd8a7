import { encodeGlobalId } from '../../src/schema/index.js';
import type { TestApi } from './api.js';
import {
  DAY_MS,
  JoinFlow,
  requestFields,
  type Answer,
  type ReasonAnswer,
  type RefusalAnswer,
  type RequestAnswer,
} from './join-flow.js';
import type { TestBroadcaster, TestGuild } from './world.js';

const inputTypes = {
  requestLeave: 'RequestLeaveInput',
  requestAmendment: 'NewTermsInput',
  requestRenewal: 'NewTermsInput',
  proposeLeaveDate: 'ProposeLeaveDateInput',
  wishNotice: 'WishNoticeInput',
  recordExitReason: 'RecordExitReasonInput',
} as const;
export type LeaveMutation = keyof typeof inputTypes;

export interface Member extends TestBroadcaster {
  readonly membershipUuid: string;
  readonly membershipId: string;
}

export interface OptionAnswer {
  readonly route: string;
  readonly isOpen: boolean;
  readonly reasons: readonly ReasonAnswer[];
  readonly opensAt: string | null;
  readonly earliestEnd: string | null;
  readonly awaits: readonly string[];
  readonly silence: string | null;
}

export interface ExitReasonAnswer {
  readonly source: string;
  readonly primaryReason: string;
  readonly secondaryReason: string | null;
}

let regions = 0;
const reasonFields = '{ code message field until }';
const text = (name: LeaveMutation) =>
  `mutation ($input: ${inputTypes[name]}!) { ${name}(input: $input) { ... on Request { ${requestFields} }
    ... on Refusal { __typename code message reasons ${reasonFields} currentState currentVersion } } }`;

/** The commands of leaving and of new terms as their people give them, over HTTP. */
export class LeaveFlow {
  readonly join: JoinFlow;

  constructor(readonly api: TestApi) {
    this.join = new JoinFlow(api);
  }

  /** Drives a JOIN to its end; the membership begins now. */
  async memberOf(guild: TestGuild, more: Parameters<TestApi['world']['broadcaster']>[0] = {}): Promise<Member> {
    const who = await this.api.world.broadcaster(more);
    await this.join.coolingOff(who, guild);
    await this.api.pass(16 * DAY_MS);
    const { rows } = await this.api.world.owner.query<{ id: string }>(
      'select id from guildhall.membership where broadcaster_id = $1',
      [who.uuid],
    );
    const membershipUuid = rows[0]!.id;
    return { ...who, membershipUuid, membershipId: encodeGlobalId('Membership', membershipUuid) };
  }

  /** Makes a member a minor with a guardian, as if they had been from the beginning; gives the guardian's subject. */
  async minor(who: TestBroadcaster): Promise<string> {
    const guardian = await this.api.world.broadcaster();
    const { owner } = this.api.world;
    await owner.query(
      `update guildhall.broadcaster set birth_date = (guildhall.now() - interval '17 years')::date where id = $1`,
      [who.uuid],
    );
    await owner.query('insert into guildhall.guardian (broadcaster_id, principal_id, since) values ($1, $2, guildhall.now())', [
      who.uuid,
      guardian.principalUuid,
    ]);
    return guardian.subject;
  }

  async send(subject: string, name: LeaveMutation, input: object): Promise<Answer> {
    return (await this.api.gql<Record<string, Answer>>(subject, text(name), { input }))[name]!;
  }

  async do(subject: string, name: LeaveMutation, input: object): Promise<RequestAnswer> {
    const answer = await this.send(subject, name, input);
    if (answer.__typename !== 'Request') throw new Error(`${name} was refused: ${JSON.stringify(answer)}`);
    return answer;
  }

  async refused(subject: string, name: LeaveMutation, input: object): Promise<RefusalAnswer> {
    const answer = await this.send(subject, name, input);
    if (answer.__typename !== 'Refusal') throw new Error(`${name} was carried out: ${JSON.stringify(answer)}`);
    return answer;
  }

  leave(subject: string, route: string, more: object = {}): Promise<RequestAnswer> {
    return this.do(subject, 'requestLeave', { route, primaryReason: 'GROWTH_INDEPENDENCE', ...more });
  }

  async kindOf(subject: string, id: string): Promise<string> {
    return (await this.api.gql<{ request: { kind: string } }>(subject, 'query ($id: ID!) { request(id: $id) { kind } }', { id }))
      .request.kind;
  }

  async options(subject: string, { membershipId }: Member, wishes: object = {}): Promise<Record<string, OptionAnswer> | null> {
    const query = `query ($id: ID!, $wishes: ExitWishesInput) { exitOptions(membershipId: $id, wishes: $wishes) {
      route isOpen reasons ${reasonFields} opensAt earliestEnd awaits silence } }`;
    const { exitOptions } = await this.api.gql<{ exitOptions: OptionAnswer[] | null }>(subject, query, {
      id: membershipId,
      wishes,
    });
    return exitOptions && Object.fromEntries(exitOptions.map((option) => [option.route, option]));
  }

  async exitReasons(subject: string, id: string): Promise<ExitReasonAnswer[]> {
    const query = 'query ($id: ID!) { request(id: $id) { exitReasons { source primaryReason secondaryReason } } }';
    return (await this.api.gql<{ request: { exitReasons: ExitReasonAnswer[] } }>(subject, query, { id })).request.exitReasons;
  }

  /** How a membership has ended, as it is stored. */
  async ended({ membershipUuid }: Member): Promise<{ endsAt: Date | null; endKind: string | null; endCause: string | null }> {
    const { rows } = await this.api.world.owner.query<{ endsAt: Date | null; endKind: string | null; endCause: string | null }>(
      'select ends_at as "endsAt", end_kind as "endKind", end_cause as "endCause" from guildhall.membership where id = $1',
      [membershipUuid],
    );
    return rows[0]!;
  }

  /** A guild in a region of its own, under a policy that differs from the defaults. */
  async guildUnder(parameters: Readonly<Record<string, number | boolean>>): Promise<TestGuild> {
    const { owner } = this.api.world;
    const code = `T${String((regions += 1))}`;
    await owner.query(`insert into guildhall.region (code, name, time_zone, currency) values ($1, $1, 'Europe/Berlin', 'EUR')`, [
      code,
    ]);
    await owner.query(
      `insert into guildhall.policy_version (id, name, region_code, number, status, effective, parameters, rules, published_at)
       values (gen_random_uuid(), 'test', $1, 1, 'PUBLISHED', tstzrange('2015-01-01', null), $2, '{}', '2015-01-01')`,
      [code, JSON.stringify(parameters)],
    );
    return this.api.world.guild({ region: code });
  }

  async now(): Promise<Date> {
    return this.api.clock.now();
  }

  async inDays(days: number): Promise<string> {
    return new Date((await this.now()).getTime() + days * DAY_MS).toISOString();
  }
}
