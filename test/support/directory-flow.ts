import { DEVELOPMENT_ISSUER } from '../../src/identity/index.js';
import type { TestApi } from './api.js';
import type { RefusalAnswer } from './join-flow.js';

export interface ChangeAnswer {
  readonly __typename: 'DirectoryChange';
  readonly event: {
    readonly id: string;
    readonly at: string;
    readonly actorId: string | null;
    readonly authority: string;
    readonly subjectId: string;
    readonly action: string;
    readonly reasonCode: string;
    readonly details: Readonly<Record<string, unknown>>;
    readonly comment: string | null;
    readonly operations: readonly {
      readonly id: string;
      readonly type: string;
      readonly reasonCode: string;
      readonly requests: number;
    }[];
  };
  readonly principal: { readonly id: string; readonly displayName: string; readonly disabledAt: string | null } | null;
  readonly guild: {
    readonly id: string;
    readonly name: string;
    readonly status: string;
    readonly mergesAt: string | null;
  } | null;
  readonly broadcaster: { readonly id: string; readonly handle: string } | null;
  readonly file: FileAnswer | null;
}

export interface FileAnswer {
  readonly birthDate: string | null;
  readonly identityVerifiedAt: string | null;
  readonly ofAgeAttestedAt: string | null;
  readonly bannedAt: string | null;
  readonly lockedUntil: string | null;
  readonly payeeChangedAt: string | null;
  readonly restrictedAt: string | null;
  readonly erasedAt: string | null;
  readonly openRequests: number;
}

export const inputTypes = {
  registerPrincipal: 'RegisterPrincipalInput',
  disablePrincipal: 'PrincipalInput',
  enablePrincipal: 'PrincipalInput',
  registerGuild: 'RegisterGuildInput',
  setGuildCap: 'SetGuildCapInput',
  suspendGuild: 'GuildInput',
  reinstateGuild: 'GuildInput',
  closeGuild: 'GuildInput',
  mergeGuilds: 'MergeGuildsInput',
  cancelMerger: 'GuildInput',
  appointStaff: 'StaffInput',
  dismissStaff: 'StaffInput',
  registerBroadcaster: 'RegisterBroadcasterInput',
  verifyIdentity: 'BroadcasterInput',
  attestAge: 'AttestAgeInput',
  recordIdentityChange: 'RecordIdentityChangeInput',
  banBroadcaster: 'BroadcasterInput',
  unbanBroadcaster: 'BroadcasterInput',
  assignGuardian: 'AssignGuardianInput',
  revokeGuardianship: 'BroadcasterInput',
  reportActivity: 'ReportActivityInput',
  requestErasure: 'BroadcasterInput',
  completeErasure: 'BroadcasterInput',
} as const;
export type DirectoryMutation = keyof typeof inputTypes;

export const eventFields = `id at actorId authority subjectId action reasonCode details comment operations { id type reasonCode requests }`;
export const fileFields = `birthDate identityVerifiedAt ofAgeAttestedAt bannedAt lockedUntil payeeChangedAt restrictedAt erasedAt openRequests`;
const text = (name: DirectoryMutation) =>
  `mutation ($input: ${inputTypes[name]}!) { ${name}(input: $input) { __typename
    ... on DirectoryChange { event { ${eventFields} } principal { id displayName disabledAt } guild { id name status mergesAt }
      broadcaster { id handle } file { ${fileFields} } }
    ... on Refusal { code message reasons { code message field until } } } }`;

/** Changes of the directory as people send them, over HTTP. */
export class DirectoryFlow {
  constructor(readonly api: TestApi) {}

  async send(subject: string, name: DirectoryMutation, input: object): Promise<ChangeAnswer | RefusalAnswer> {
    const data = await this.api.gql<Record<string, ChangeAnswer | RefusalAnswer>>(subject, text(name), {
      input: { reasonCode: 'OTHER', ...input },
    });
    return data[name]!;
  }

  async do(subject: string, name: DirectoryMutation, input: object): Promise<ChangeAnswer> {
    const answer = await this.send(subject, name, input);
    if (answer.__typename !== 'DirectoryChange') throw new Error(`${name} was refused: ${JSON.stringify(answer)}`);
    return answer;
  }

  async refused(subject: string, name: DirectoryMutation, input: object): Promise<RefusalAnswer> {
    const answer = await this.send(subject, name, input);
    if (answer.__typename !== 'Refusal') throw new Error(`${name} was carried out: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** The codes of all objections, in order. */
  async objections(subject: string, name: DirectoryMutation, input: object): Promise<string[]> {
    return (await this.refused(subject, name, input)).reasons.map(({ code }) => code);
  }

  /** Makes somebody known, and gives the global id of the account. */
  async person(subject: string): Promise<string> {
    const { principal } = await this.do('sam', 'registerPrincipal', {
      issuer: DEVELOPMENT_ISSUER,
      subject,
      displayName: `Realname of ${subject}`,
    });
    return principal!.id;
  }

  async principalId(subject: string): Promise<string> {
    const { viewer } = await this.api.gql<{ viewer: { principalId: string } }>(subject, '{ viewer { principalId } }');
    return viewer.principalId;
  }

  async file(handle: string, subject = 'sam'): Promise<FileAnswer> {
    const query = `query ($handle: String) { broadcaster(handle: $handle) { ${fileFields} } }`;
    return (await this.api.gql<{ broadcaster: FileAnswer }>(subject, query, { handle })).broadcaster;
  }

  async events(subject: string, subjectId: string): Promise<ChangeAnswer['event'][]> {
    const query = `query ($id: ID!) { directoryEvents(subjectId: $id, first: 100) { nodes { ${eventFields} } } }`;
    return (await this.api.gql<{ directoryEvents: { nodes: ChangeAnswer['event'][] } }>(subject, query, { id: subjectId }))
      .directoryEvents.nodes;
  }
}
