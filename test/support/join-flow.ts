import type { TestApi } from './api.js';
import type { TestBroadcaster, TestGuild } from './world.js';

export const DAY_MS = 86_400_000;

export interface ReasonAnswer {
  readonly code: string;
  readonly message: string;
  readonly field: string | null;
  readonly until: string | null;
}

export interface ActionAnswer {
  readonly event: string;
  readonly allowed: boolean;
  readonly reasons: readonly ReasonAnswer[];
  readonly deadline: string | null;
}

export interface RequestAnswer {
  readonly __typename: 'Request';
  readonly id: string;
  readonly state: string;
  readonly version: number;
  readonly initiator: string;
  readonly endedAt: string | null;
  readonly rejectedFor: readonly ReasonAnswer[];
  readonly agreement: {
    readonly version: number;
    readonly sha256: string;
    readonly text: string;
    readonly terms: { readonly guildSharePercent: number; readonly termMonths: number; readonly startAt: string | null };
  } | null;
  readonly availableActions: readonly ActionAnswer[];
  readonly deadlines: readonly { readonly name: string; readonly dueAt: string; readonly silence: string }[];
  readonly explanation: {
    readonly text: string;
    readonly awaits: readonly string[];
    readonly by: string | null;
    readonly silence: string | null;
  };
  readonly history: {
    readonly nodes: readonly {
      readonly version: number;
      readonly event: string;
      readonly source: string;
      readonly authority: string;
      readonly state: string;
    }[];
  };
}

export interface RefusalAnswer {
  readonly __typename: 'Refusal';
  readonly code: string;
  readonly message: string;
  readonly reasons: readonly ReasonAnswer[];
  readonly currentState: string | null;
  readonly currentVersion: number | null;
}

export type Answer = RequestAnswer | RefusalAnswer;

const reasonFields = '{ code message field until }';
export const requestFields = `__typename id state version initiator endedAt rejectedFor ${reasonFields}
  agreement { version sha256 text terms { guildSharePercent termMonths startAt } }
  availableActions { event allowed reasons ${reasonFields} deadline }
  deadlines { name dueAt silence } explanation { text awaits by silence }
  history(first: 50) { nodes { version event source authority state } }`;
const refusalFields = `__typename code message reasons ${reasonFields} currentState currentVersion`;

const inputTypes = {
  requestJoin: 'RequestJoinInput',
  inviteToJoin: 'InviteToJoinInput',
  proposeTerms: 'ProposeTermsInput',
  acceptTerms: 'AcceptTermsInput',
  signAgreement: 'SignAgreementInput',
  revokeSignature: 'TakeBackInput',
  withdrawRequest: 'TakeBackInput',
  declineRequest: 'DeclineRequestInput',
  voidRequest: 'VoidRequestInput',
  sendRequestEvent: 'SendRequestEventInput',
} as const;
export type Mutation = keyof typeof inputTypes;
export const mutations = Object.keys(inputTypes) as Mutation[];

export const mutationText = (name: Mutation): string =>
  `mutation ($input: ${inputTypes[name]}!) { ${name}(input: $input) { ... on Request { ${requestFields} } ... on Refusal { ${refusalFields} } } }`;

export const terms = { guildSharePercent: 15, termMonths: 6 };

/** The commands of a JOIN as its people give them, over HTTP. */
export class JoinFlow {
  constructor(readonly api: TestApi) {}

  async send(subject: string, name: Mutation, input: object, origin?: string): Promise<Answer> {
    const data = await this.api.gql<Record<string, Answer>>(subject, mutationText(name), { input }, origin);
    return data[name]!;
  }

  async do(subject: string, name: Mutation, input: object): Promise<RequestAnswer> {
    const answer = await this.send(subject, name, input);
    if (answer.__typename !== 'Request') throw new Error(`${name} was refused: ${JSON.stringify(answer)}`);
    return answer;
  }

  async refused(subject: string, name: Mutation, input: object): Promise<RefusalAnswer> {
    const answer = await this.send(subject, name, input);
    if (answer.__typename !== 'Refusal') throw new Error(`${name} was carried out: ${JSON.stringify(answer)}`);
    return answer;
  }

  async see(subject: string, id: string): Promise<RequestAnswer> {
    const { request } = await this.api.gql<{ request: RequestAnswer | null }>(
      subject,
      `query ($id: ID!) { request(id: $id) { ${requestFields} } }`,
      { id },
    );
    if (!request) throw new Error(`${subject} sees no such request.`);
    return request;
  }

  apply(who: TestBroadcaster, guild: TestGuild, more: object = {}): Promise<RequestAnswer> {
    return this.do(who.subject, 'requestJoin', { guildId: guild.id, terms: { ...terms, ...more } });
  }

  invite(guild: TestGuild, who: TestBroadcaster): Promise<RequestAnswer> {
    return this.do(guild.owner, 'inviteToJoin', { guildId: guild.id, broadcasterHandle: who.handle, terms });
  }

  async signing(who: TestBroadcaster, guild: TestGuild, more: object = {}): Promise<RequestAnswer> {
    const { id, agreement } = await this.apply(who, guild, more);
    return this.do(guild.owner, 'acceptTerms', { requestId: id, agreementVersion: agreement!.version });
  }

  sign(subject: string, { id, agreement }: RequestAnswer): Promise<RequestAnswer> {
    return this.do(subject, 'signAgreement', { requestId: id, agreementVersion: agreement!.version, sha256: agreement!.sha256 });
  }

  async coolingOff(who: TestBroadcaster, guild: TestGuild, more: object = {}): Promise<RequestAnswer> {
    const request = await this.signing(who, guild, more);
    await this.sign(who.subject, request);
    return this.sign(guild.owner, request);
  }

  async settlement(who: TestBroadcaster, guild: TestGuild): Promise<RequestAnswer> {
    const startAt = new Date((await this.api.clock.now()).getTime() + 40 * DAY_MS).toISOString();
    const { id } = await this.coolingOff(who, guild, { startAt });
    await this.api.pass(16 * DAY_MS);
    return this.see(who.subject, id);
  }

  /**
   * Resolves when the request is in this state, told by a subscription of support. It goes on from the version that was seen: one
   * that asked only for what comes would wait for good when the request gets there before the socket has subscribed.
   */
  async reached(id: string, state: string): Promise<void> {
    const seen = await this.see('sam', id);
    if (seen.state === state) return;
    const client = await this.api.socket('sam');
    const query = 'subscription ($id: ID!, $after: String) { requestUpdated(id: $id, after: $after) { request { state } } }';
    const variables = { id, after: String(seen.version) };
    try {
      const updates = client.iterate<{ requestUpdated: { request: { state: string } } }>({ query, variables });
      for await (const { data } of updates) if (data?.requestUpdated.request.state === state) return;
      throw new Error('The subscription ended.');
    } finally {
      await client.dispose();
    }
  }
}
