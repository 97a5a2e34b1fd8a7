import type { TestApi } from './api.js';
import { DAY_MS, JoinFlow, requestFields, type Answer, type RefusalAnswer, type RequestAnswer } from './join-flow.js';
import type { TestBroadcaster, TestGuild } from './world.js';

interface Entry {
  readonly transferAt: string;
  readonly fee: { readonly amountMinor: number; readonly currency: string };
  readonly originSharePercent: number;
}

export interface TransferAnswer extends RequestAnswer {
  readonly gainingGuild: { readonly id: string } | null;
  readonly membership: { readonly id: string; readonly endKind: string | null } | null;
  readonly links: readonly { readonly kind: string; readonly relation: string; readonly parent: { readonly id: string } }[];
  readonly agreementVersions: readonly { readonly version: number; readonly audience: string; readonly text: string }[];
  readonly transferTerms: {
    readonly guildHasEntered: boolean;
    readonly gainingGuildHasEntered: boolean;
    readonly guild: Entry | null;
    readonly gainingGuild: Entry | null;
    readonly differences: readonly { readonly field: string; readonly guild: string; readonly gainingGuild: string }[];
    readonly isConsentDeemed: boolean;
    readonly agreed: Entry | null;
    readonly offer: { readonly guildSharePercent: number; readonly termMonths: number } | null;
    readonly objections: readonly string[];
  };
}

export interface CodeAnswer {
  readonly __typename: 'TransferCode';
  readonly code: string;
  readonly expiresAt: string;
  readonly unchecked: readonly { readonly code: string }[];
}

const inputTypes = {
  requestTransfer: 'RequestTransferInput',
  enterTransferTerms: 'EnterTransferTermsInput',
  offerMembership: 'OfferMembershipInput',
  certifyTransfer: 'CertifyTransferInput',
  refuseCertification: 'RefuseCertificationInput',
  objectToTransfer: 'ObjectToTransferInput',
  decideObjection: 'DecideObjectionInput',
  pullOutOfTransfer: 'PullOutInput',
  chooseAfterPullOut: 'ChooseAfterPullOutInput',
  redeemTransferCode: 'RedeemTransferCodeInput',
  signAgreement: 'SignAgreementInput',
  withdrawRequest: 'TakeBackInput',
  sendRequestEvent: 'SendRequestEventInput',
} as const;
type Mutation = keyof typeof inputTypes;

const entry = '{ transferAt fee { amountMinor currency } originSharePercent }';
const transferFields = `${requestFields} gainingGuild { id } membership { id endKind } links { kind relation parent { id } }
  agreementVersions { version audience text }
  transferTerms { guildHasEntered gainingGuildHasEntered guild ${entry} gainingGuild ${entry} differences { field guild gainingGuild }
    isConsentDeemed agreed ${entry} offer { guildSharePercent termMonths } objections }`;
const refusal = '__typename code message reasons { code message field until } currentState currentVersion';

export const offer = { guildSharePercent: 10, termMonths: 3 };

/** The commands of both kinds of transfer as their people give them, over HTTP. */
export class TransferFlow {
  constructor(readonly api: TestApi) {}

  async send(subject: string, name: Mutation, input: object): Promise<Answer> {
    const text = `mutation ($input: ${inputTypes[name]}!) { ${name}(input: $input) { ... on Request { ${transferFields} } ... on Refusal { ${refusal} } } }`;
    return (await this.api.gql<Record<string, Answer>>(subject, text, { input }))[name]!;
  }

  async do(subject: string, name: Mutation, input: object): Promise<TransferAnswer> {
    const answer = await this.send(subject, name, input);
    if (answer.__typename !== 'Request') throw new Error(`${name} was refused: ${JSON.stringify(answer)}`);
    return answer as TransferAnswer;
  }

  async refused(subject: string, name: Mutation, input: object): Promise<RefusalAnswer> {
    const answer = await this.send(subject, name, input);
    if (answer.__typename !== 'Refusal') throw new Error(`${name} was carried out: ${JSON.stringify(answer)}`);
    return answer;
  }

  async see(subject: string, id: string): Promise<TransferAnswer> {
    const query = `query ($id: ID!) { request(id: $id) { ${transferFields} } }`;
    const { request } = await this.api.gql<{ request: TransferAnswer | null }>(subject, query, { id });
    if (!request) throw new Error(`${subject} sees no such request.`);
    return request;
  }

  /** A member whose term binds for so many months; none: from the first day on nothing does. */
  async member(guild: TestGuild, termMonths = 0): Promise<TestBroadcaster> {
    const who = await this.api.world.broadcaster();
    await new JoinFlow(this.api).coolingOff(who, guild, { termMonths });
    await this.api.pass(16 * DAY_MS);
    return who;
  }

  async inDays(days: number): Promise<string> {
    return new Date((await this.api.clock.now()).getTime() + days * DAY_MS).toISOString();
  }

  request(who: TestBroadcaster, gaining: TestGuild): Promise<TransferAnswer> {
    return this.do(who.subject, 'requestTransfer', { gainingGuildId: gaining.id });
  }

  enter(subject: string, requestId: string, terms: object, more: object = {}): Promise<TransferAnswer> {
    return this.do(subject, 'enterTransferTerms', { requestId, ...terms, ...more });
  }

  async sign(subject: string, id: string): Promise<TransferAnswer> {
    const { agreement } = await this.see(subject, id);
    const shown = { agreementVersion: agreement!.version, sha256: agreement!.sha256 };
    return this.do(subject, 'signAgreement', { requestId: id, ...shown });
  }

  /** Both guilds have entered the same; everybody is to sign. */
  async matched(who: TestBroadcaster, losing: TestGuild, gaining: TestGuild, days = 30): Promise<TransferAnswer> {
    const { id } = await this.request(who, gaining);
    const terms = { transferAt: await this.inDays(days), feeMinor: 50_000, originSharePercent: 5 };
    await this.enter(gaining.owner, id, terms, { offer });
    return this.enter(losing.owner, id, terms);
  }

  async coolingOff(who: TestBroadcaster, losing: TestGuild, gaining: TestGuild): Promise<TransferAnswer> {
    const { id } = await this.matched(who, losing, gaining);
    for (const subject of [who.subject, gaining.agent, losing.agent]) await this.sign(subject, id);
    return this.do('sam', 'certifyTransfer', { requestId: id });
  }

  async askCode(subject: string, membershipId?: string): Promise<CodeAnswer | RefusalAnswer> {
    const text = `mutation ($input: RequestTransferCodeInput!) { requestTransferCode(input: $input) {
      ... on TransferCode { __typename code expiresAt unchecked { code } } ... on Refusal { ${refusal} } } }`;
    const data = await this.api.gql<{ requestTransferCode: CodeAnswer | RefusalAnswer }>(subject, text, {
      input: { membershipId },
    });
    return data.requestTransferCode;
  }

  async code(who: TestBroadcaster): Promise<string> {
    const answer = await this.askCode(who.subject);
    if (answer.__typename !== 'TransferCode') throw new Error(`No code: ${JSON.stringify(answer)}`);
    return answer.code;
  }

  async membershipsOf({ uuid }: TestBroadcaster): Promise<{ guild_id: string; ended: boolean; end_kind: string | null }[]> {
    const { rows } = await this.api.world.owner.query<{ guild_id: string; ended: boolean; end_kind: string | null }>(
      `select guild_id, ends_at is not null as ended, end_kind from guildhall.membership
       where broadcaster_id = $1 and annulled_at is null order by starts_at, id`,
      [uuid],
    );
    return rows;
  }
}
