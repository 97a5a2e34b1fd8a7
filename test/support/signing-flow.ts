import { JoinFlow, type Answer, type RefusalAnswer, type RequestAnswer } from './join-flow.js';
import type { TestBroadcaster, TestGuild } from './world.js';

export interface SigningAnswer {
  readonly stages: readonly {
    readonly number: number;
    readonly current: boolean;
    readonly complete: boolean;
    readonly groups: readonly {
      readonly party: string;
      readonly role: string;
      readonly required: number;
      readonly complete: boolean;
      readonly signatures: readonly {
        readonly signatoryId: string | null;
        readonly onBehalfOfId: string | null;
        readonly delegated: boolean;
        readonly level: string | null;
        readonly method: string | null;
      }[];
    }[];
  }[];
  readonly next: readonly string[];
  readonly level: string | null;
  readonly methods: readonly string[];
  readonly consentTextNeeded: boolean;
  readonly needs: readonly { readonly code: string; readonly message: string }[];
  readonly windowClosesAt: string | null;
  readonly reminderAt: string | null;
}

const signingText = `query ($id: ID!) { request(id: $id) { signing {
  stages { number current complete groups { party role required complete signatures { signatoryId onBehalfOfId delegated level method } } }
  next level methods consentTextNeeded needs { code message } windowClosesAt reminderAt } } }`;

const reasons = 'code reasons { code message field until }';
const delegateText = `mutation ($input: DelegateSigningInput!) { delegateSigning(input: $input) {
  __typename ... on SigningDelegation { id delegatorId delegateId requestId until revokedAt } ... on Refusal { ${reasons} } } }`;
const revokeText = `mutation ($id: ID!) { revokeSigningDelegation(id: $id) {
  __typename ... on SigningDelegation { id delegatorId delegateId requestId until revokedAt } ... on Refusal { ${reasons} } } }`;

export type DelegationAnswer =
  | {
      readonly __typename: 'SigningDelegation';
      readonly id: string;
      readonly delegatorId: string;
      readonly revokedAt: string | null;
    }
  | RefusalAnswer;

let regions = 0;

/** Signing under a policy of the test's own, over HTTP. */
export class SigningFlow extends JoinFlow {
  /** A guild and a broadcaster in a region of their own, whose policy differs from the defaults in these. */
  async under(
    parameters: Readonly<Record<string, unknown>>,
  ): Promise<{ guild: TestGuild; who: TestBroadcaster; region: string }> {
    const { owner } = this.api.world;
    const region = `S${String((regions += 1))}`;
    await owner.query(`insert into guildhall.region (code, name, time_zone, currency) values ($1, $1, 'Europe/Berlin', 'EUR')`, [
      region,
    ]);
    await this.publish(region, parameters);
    const [guild, who] = [await this.api.world.guild({ region }), await this.api.world.broadcaster({ region })];
    return { guild, who, region };
  }

  /** A policy of the region: the default but for these. A later one is for what is opened from now on. */
  async publish(region: string, parameters: Readonly<Record<string, unknown>>, number = 1): Promise<void> {
    await this.api.world.owner.query(
      `insert into guildhall.policy_version (id, name, region_code, number, status, effective, parameters, rules, published_at)
       values (gen_random_uuid(), $3, $1, 1, 'PUBLISHED', tstzrange($4::timestamptz, null), $2, '{}', $4)`,
      [region, JSON.stringify(parameters), `test${String(number)}`, `${String(2014 + number)}-01-01`],
    );
  }

  async signingOf(subject: string, id: string): Promise<SigningAnswer> {
    const { request } = await this.api.gql<{ request: { signing: SigningAnswer } }>(subject, signingText, { id });
    return request.signing;
  }

  body({ id, agreement }: RequestAnswer, more: object = {}): object {
    return { requestId: id, agreementVersion: agreement!.version, sha256: agreement!.sha256, ...more };
  }

  trySign(subject: string, request: RequestAnswer, more: object = {}): Promise<Answer> {
    return this.send(subject, 'signAgreement', this.body(request, more));
  }

  /** Codes of a refused signature. */
  async refusedFor(subject: string, request: RequestAnswer, more: object = {}): Promise<string[]> {
    return (await this.refused(subject, 'signAgreement', this.body(request, more))).reasons.map(({ code }) => code);
  }

  async principalId(subject: string): Promise<string> {
    const { viewer } = await this.api.gql<{ viewer: { principalId: string } }>(subject, '{ viewer { principalId } }');
    return viewer.principalId;
  }

  async delegate(subject: string, guild: TestGuild, to: string, more: object): Promise<DelegationAnswer> {
    const input = { guildId: guild.id, delegateId: await this.principalId(to), ...more };
    return (await this.api.gql<{ delegateSigning: DelegationAnswer }>(subject, delegateText, { input })).delegateSigning;
  }

  async delegated(subject: string, guild: TestGuild, to: string, more: object): Promise<string> {
    const answer = await this.delegate(subject, guild, to, more);
    if (answer.__typename !== 'SigningDelegation') throw new Error(JSON.stringify(answer));
    return answer.id;
  }

  async revokeDelegation(subject: string, id: string): Promise<DelegationAnswer> {
    return (await this.api.gql<{ revokeSigningDelegation: DelegationAnswer }>(subject, revokeText, { id }))
      .revokeSigningDelegation;
  }
}
