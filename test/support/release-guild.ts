import type { TestApi } from './api.js';

export interface Progress {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly total: number;
  readonly done: number;
  readonly failed: number;
}

export type ReleaseAnswer = Progress & { readonly code?: string; readonly reasons?: readonly { readonly code: string }[] };

const fields = 'id type status total done failed';

/** The release of a guild as support asks for it: the bulk operation, or a refusal. */
export async function releaseGuild(api: Pick<TestApi, 'gql'>, subject: string, input: object): Promise<ReleaseAnswer> {
  const { releaseGuild: answer } = await api.gql<{ releaseGuild: ReleaseAnswer }>(
    subject,
    `mutation ($input: ReleaseGuildInput!) { releaseGuild(input: $input) {
      ... on BulkOperation { ${fields} } ... on Refusal { code reasons { code } } } }`,
    { input },
  );
  return answer;
}

/** What support sees while it is worked off, until so many have been released. */
export async function released(api: Pick<TestApi, 'socket'>, id: string, done: number): Promise<Progress[]> {
  const client = await api.socket('sam');
  const seen: Progress[] = [];
  try {
    const updates = client.iterate<{ bulkOperationUpdated: Progress }>({
      query: `subscription ($id: ID!) { bulkOperationUpdated(id: $id) { ${fields} } }`,
      variables: { id },
    });
    for await (const { data } of updates) {
      if (!data) break;
      seen.push(data.bulkOperationUpdated);
      if (data.bulkOperationUpdated.done >= done) return seen;
    }
    throw new Error(`The subscription ended: ${JSON.stringify(seen.at(-1))}`);
  } finally {
    await client.dispose();
  }
}
