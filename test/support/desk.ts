import { v7 as uuidv7 } from 'uuid';
import { decodeGlobalId, encodeGlobalId } from '../../src/schema/index.js';
import type { TestApi } from './api.js';
import type { RefusalAnswer } from './join-flow.js';

export interface CaseAnswer {
  readonly __typename: 'Case';
  readonly id: string;
  readonly revision: number;
  readonly priority: string | null;
  readonly followUpAt: string | null;
  readonly overdue: boolean;
  readonly heldSince: string | null;
  readonly assignee: { readonly displayName: string } | null;
  readonly request: { readonly id: string; readonly state: string };
  readonly openDisputes: readonly { readonly id: string }[];
  readonly notes: {
    readonly nodes: readonly { readonly body: string | null; readonly author: { readonly displayName: string } }[];
  };
}

export const caseFields = `__typename id revision priority followUpAt overdue heldSince assignee { displayName } request { id state }
  openDisputes { id } notes(first: 5) { nodes { body author { displayName } } }`;
const refusalFields = '__typename code message reasons { code field message }';

export interface Page {
  readonly nodes: readonly CaseAnswer[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** Fields of tables that the workflows keep; here until a test can cause them through the API. */
export async function prepareDesk(api: TestApi): Promise<void> {
  await api.db.pool('owner', 1).query(`
    alter table guildhall.instance add column if not exists held_since timestamptz;
    alter table guildhall.request add column if not exists parent_id uuid;
    alter table guildhall.request add column if not exists relation text;`);
}

export const uuidOf = (requestId: string): string => decodeGlobalId('Request', requestId)!;

/** The desk's commands as its people give them, over HTTP. */
export class Desk {
  constructor(readonly api: TestApi) {}

  async cases(filter: object, page: { first?: number; after?: string | null } = {}, subject = 'sam'): Promise<Page> {
    const { cases } = await this.api.gql<{ cases: Page }>(
      subject,
      `query ($filter: CaseFilter, $first: Int!, $after: String) { cases(filter: $filter, first: $first, after: $after) {
        nodes { ${caseFields} } pageInfo { hasNextPage endCursor } } }`,
      { filter, first: page.first ?? 50, after: page.after ?? null },
    );
    return cases;
  }

  /** Ids of the requests that are found. */
  async found(filter: object, subject = 'sam'): Promise<string[]> {
    return (await this.cases(filter, {}, subject)).nodes.map(({ request }) => request.id);
  }

  async queue(args = '', subject = 'sam'): Promise<CaseAnswer[]> {
    const { caseQueue } = await this.api.gql<{ caseQueue: Page }>(
      subject,
      `{ caseQueue(first: 50 ${args}) { nodes { ${caseFields} } } }`,
    );
    return [...caseQueue.nodes];
  }

  async send(subject: string, mutation: string, type: string, input: object): Promise<CaseAnswer | RefusalAnswer> {
    const data = await this.api.gql<Record<string, CaseAnswer | RefusalAnswer>>(
      subject,
      `mutation ($input: ${type}!) { ${mutation}(input: $input) { ... on Case { ${caseFields} } ... on Refusal { ${refusalFields} } } }`,
      { input },
    );
    return data[mutation]!;
  }

  assign = (subject: string, input: object) => this.send(subject, 'assignCase', 'AssignCaseInput', input);
  prioritise = (subject: string, input: object) => this.send(subject, 'setCasePriority', 'SetCasePriorityInput', input);
  followUp = (subject: string, input: object) => this.send(subject, 'setCaseFollowUp', 'SetCaseFollowUpInput', input);

  async takeNext(subject: string): Promise<CaseAnswer | RefusalAnswer> {
    const query = `mutation { takeNextCase { ... on Case { ${caseFields} } ... on Refusal { ${refusalFields} } } }`;
    return (await this.api.gql<{ takeNextCase: CaseAnswer | RefusalAnswer }>(subject, query)).takeNextCase;
  }

  async note(subject: string, input: object) {
    const query = `mutation ($input: AddCaseNoteInput!) { addCaseNote(input: $input) {
      ... on CaseNote { __typename id body author { displayName } } ... on Refusal { ${refusalFields} } } }`;
    const { addCaseNote } = await this.api.gql<{
      addCaseNote: { readonly __typename: string; readonly id: string; readonly body?: string; readonly code?: string };
    }>(subject, query, { input });
    return addCaseNote;
  }

  async hold(requestId: string): Promise<void> {
    await this.api.db
      .pool('superuser', 1)
      .query('update guildhall.instance set held_since = guildhall.now() where id = $1', [uuidOf(requestId)]);
  }

  /** A dispute about the request, as a row of its own: a running copy of it. */
  async dispute(requestId: string): Promise<string> {
    const id = uuidv7();
    await this.api.db.pool('superuser', 1).query(
      `with made as (
         insert into guildhall.request (id, kind, broadcaster_id, guild_id, region_code, initiator, policy_version_id, template_version_id,
           created_at, created_by, parent_id, relation)
         select '${id}', kind, broadcaster_id, guild_id, region_code, initiator, policy_version_id, template_version_id, created_at, created_by,
           id, 'DISPUTES' from guildhall.request where id = '${uuidOf(requestId)}')
       insert into guildhall.instance (id, kind, machine_version, state, status, version, snapshot, head_hash, last_tx, created_at, updated_at)
       select '${id}', kind, machine_version, state, status, version, snapshot, head_hash, last_tx, created_at, updated_at
       from guildhall.instance where id = '${uuidOf(requestId)}'`,
    );
    return encodeGlobalId('Request', id);
  }

  /** Another support agent. */
  async agent(subject: string): Promise<string> {
    const id = uuidv7();
    await this.api.world.owner.query(
      `insert into guildhall.principal (id, issuer, subject, display_name, platform_role)
       select $1, issuer, $2, $2, 'SUPPORT' from guildhall.principal where subject = 'sam'`,
      [id, subject],
    );
    return encodeGlobalId('Principal', id);
  }
}
