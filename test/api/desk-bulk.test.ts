import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { progressOf } from '../support/bulk.js';
import { decodeGlobalId } from '../../src/schema/index.js';
import { startApi, type TestApi } from '../support/api.js';
import { prepareDesk } from '../support/desk.js';
import { until } from '../support/engine.js';
import { JoinFlow } from '../support/join-flow.js';
import type { TestGuild } from '../support/world.js';

interface Operation {
  readonly __typename: 'BulkOperation';
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly pending: number;
  readonly finishedAt: string | null;
}
interface Refused {
  readonly __typename: 'Refusal';
  readonly code: string;
  readonly reasons: readonly { readonly field: string | null }[];
}
interface Preview {
  readonly __typename: 'BulkPreview';
  readonly total: number;
  readonly accepted: number;
  readonly refused: readonly { readonly code: string; readonly count: number }[];
}

const operationFields = '__typename id type status total done failed cancelled pending finishedAt';
const refusalFields = '__typename code reasons { field }';
const act = `mutation ($input: BulkCaseActionInput!) { bulkCaseAction(input: $input) {
  ... on BulkOperation { ${operationFields} } ... on BulkPreview { __typename total accepted refused { code count } } ... on Refusal { ${refusalFields} } } }`;

describe('bulk actions of the desk', () => {
  let api: TestApi;
  let join: JoinFlow;
  let guild: TestGuild;

  beforeAll(async () => {
    api = await startApi();
    await prepareDesk(api);
    join = new JoinFlow(api);
    guild = await api.world.guild();
  });
  afterAll(() => api.stop());

  const opened = async (count: number, at: TestGuild = guild): Promise<string[]> => {
    const people = await Promise.all(Array.from({ length: count }, () => api.world.broadcaster()));
    return Promise.all(people.map(async (who) => (await join.apply(who, at)).id));
  };
  const send = async (input: object, subject = 'sam') =>
    (await api.gql<{ bulkCaseAction: Operation | Preview | Refused }>(subject, act, { input })).bulkCaseAction;
  const begun = async (input: object): Promise<Operation> => {
    const answer = await send({ action: 'VOID', reasonCode: 'PLATFORM_ERROR', ...input });
    if (answer.__typename !== 'BulkOperation') throw new Error(JSON.stringify(answer));
    return answer;
  };
  const see = async (id: string, subject = 'sam'): Promise<Operation | null> =>
    (
      await api.gql<{ bulkOperation: Operation | null }>(
        subject,
        `query ($id: ID!) { bulkOperation(id: $id) { ${operationFields} } }`,
        { id },
      )
    ).bulkOperation;
  const steer = async (mutation: string, id: string, subject = 'sam'): Promise<Operation | Refused> =>
    (
      await api.gql<Record<string, Operation | Refused>>(
        subject,
        `mutation ($id: ID!) { ${mutation}(id: $id) { ... on BulkOperation { ${operationFields} } ... on Refusal { ${refusalFields} } } }`,
        { id },
      )
    )[mutation]!;
  const finished = (id: string) => until(async () => (await see(id))?.finishedAt != null, 'the end of the operation');

  test('void many by id: each in its own history, the refused ones with their reasons, progress until the end', async () => {
    const ids = await opened(40);
    await join.do('sam', 'voidRequest', { requestId: ids[3], reasonCode: 'DUPLICATE' });
    const operation = await begun({ requestIds: ids, comment: 'They were all made by a broken client.' });
    expect(operation).toMatchObject({ type: 'VOID_REQUEST', total: 40 });
    const client = await api.socket('ava');
    const query = `subscription ($id: ID!) { bulkOperationUpdated(id: $id) { ${operationFields} } }`;
    const seen: Operation[] = [];
    for await (const { data } of client.iterate<{ bulkOperationUpdated: Operation }>({ query, variables: { id: operation.id } }))
      seen.push(data!.bulkOperationUpdated);
    await client.dispose();
    expect(seen.at(-1)).toMatchObject({ status: 'DONE', done: 39, failed: 1, pending: 0 });
    expect(seen.map(({ done }) => done)).toEqual([...seen.map(({ done }) => done)].sort((a, b) => a - b));
    const items = `query ($id: ID!) { bulkOperation(id: $id) { createdBy { displayName } comment
      items(statuses: [FAILED], first: 10) { nodes { number targetId refusalCode reasons { code } } } } }`;
    const data = await api.gql<{ bulkOperation: object }>('ava', items, { id: operation.id });
    expect(data.bulkOperation).toEqual({
      createdBy: { displayName: 'Sam Sample' },
      comment: 'They were all made by a broken client.',
      items: { nodes: [{ number: 4, targetId: ids[3], refusalCode: 'FINAL', reasons: [{ code: 'FINAL' }] }] },
    });
    const { history, state } = await join.see(guild.owner, ids[0]!);
    expect(state).toBe('VOIDED');
    expect(history.nodes.at(-1)).toMatchObject({ event: 'VOID_REQUEST', authority: 'SUPPORT' });
    const { rows } = await api.world.owner.query(`select from guildhall.history where event like '%broken client%'`);
    expect(rows).toEqual([]);
  });

  test('by filter: the running requests that meet it; a dry run says what would happen and writes nothing', async () => {
    const own = await api.world.guild();
    const ids = await opened(5, own);
    await join.do('sam', 'voidRequest', { requestId: ids[0], reasonCode: 'DUPLICATE' });
    const input = { filter: { guildId: own.id }, action: 'VOID', reasonCode: 'GUILD_SUSPENDED' };
    expect(await send({ ...input, dryRun: true })).toEqual({ __typename: 'BulkPreview', total: 4, accepted: 4, refused: [] });
    expect(await send({ ...input, dryRun: true, reasonCode: 'NO_SUCH_REASON' })).toMatchObject({
      accepted: 0,
      refused: [{ code: 'INVALID_INPUT', count: 4 }],
    });
    const ended = { requestIds: ids, action: 'VOID', reasonCode: 'FRAUD', dryRun: true };
    expect(await send(ended)).toMatchObject({ total: 5, accepted: 4, refused: [{ code: 'FINAL', count: 1 }] });
    expect((await join.see(own.owner, ids[1]!)).state).toBe('DRAFTING');
    const { id } = await begun(input);
    await finished(id);
    expect(await see(id)).toMatchObject({ total: 4, done: 4, failed: 0 });
  });

  test('the same key gives the same operation; another body under it is refused', async () => {
    const requestIds = await opened(2);
    const input = { requestIds, action: 'VOID', reasonCode: 'FRAUD', idempotencyKey: 'bulk-1' };
    const first = await begun(input);
    expect(await send(input)).toMatchObject({ id: first.id });
    expect(await send({ ...input, reasonCode: 'OTHER' })).toMatchObject({ code: 'KEY_REUSED' });
    const filter = { filter: { text: 'nobody-has-this-handle' }, action: 'VOID', reasonCode: 'FRAUD', idempotencyKey: 'bulk-2' };
    const empty = await begun(filter);
    expect(empty).toMatchObject({ total: 0, status: 'DONE' });
    expect(await send(filter)).toMatchObject({ id: empty.id });
  });

  test('what cannot be meant is refused, with the field', async () => {
    const requestIds = await opened(1);
    const input = { action: 'VOID', reasonCode: 'FRAUD' };
    const cases: [object, string][] = [
      [input, 'requestIds'],
      [{ ...input, requestIds, filter: {} }, 'requestIds'],
      [{ ...input, requestIds: [] }, 'requestIds'],
      [{ ...input, requestIds: [...requestIds, guild.id] }, 'requestIds.1'],
      [{ ...input, requestIds, reasonCode: 'because' }, 'reasonCode'],
      [{ ...input, requestIds, comment: 'x'.repeat(2001) }, 'comment'],
      [{ ...input, requestIds, until: '2027-01-01T00:00:00Z' }, 'until'],
      [{ ...input, requestIds, action: 'EXTEND' }, 'until'],
      [{ ...input, requestIds, action: 'EXTEND', until: '2027-01-01T00:00:00Z', deadline: 'a b' }, 'deadline'],
    ];
    for (const [wrong, field] of cases)
      expect(await send(wrong)).toMatchObject({ __typename: 'Refusal', code: 'INVALID_INPUT', reasons: [{ field }] });
  });

  test('paused, resumed, cancelled, tried again; and refused where the state does not allow it', async () => {
    await api.app.bulk.stop();
    const { id } = await begun({ requestIds: await opened(3), reasonCode: 'FRAUD' });
    expect(await steer('pauseBulkOperation', id)).toMatchObject({ status: 'PAUSED', pending: 3 });
    expect(await steer('pauseBulkOperation', id)).toMatchObject({ code: 'WRONG_STATE' });
    await api.app.bulk.drain();
    expect(await see(id)).toMatchObject({ status: 'PAUSED', done: 0 });
    expect(await steer('resumeBulkOperation', id)).toMatchObject({ status: 'RUNNING' });
    expect(await steer('retryFailedBulkItems', id)).toMatchObject({ code: 'WRONG_STATE' });
    expect(await steer('cancelBulkOperation', id)).toMatchObject({ status: 'CANCELLED', cancelled: 3, pending: 0 });
    const wrong = await begun({ requestIds: await opened(2), reasonCode: 'NO_SUCH_REASON' });
    await api.app.bulk.drain();
    expect(await see(wrong.id)).toMatchObject({ status: 'DONE', failed: 2 });
    expect(await steer('retryFailedBulkItems', wrong.id)).toMatchObject({ status: 'RUNNING', failed: 0, pending: 2 });
    await api.app.bulk.drain();
    expect(await see(wrong.id)).toMatchObject({ status: 'DONE', failed: 2 });
    expect(await progressOf(api.db.pool('superuser', 1), decodeGlobalId('BulkOperation', wrong.id)!)).toMatchObject({
      failed: 2,
    });
  });

  test('support begins and steers, an auditor only looks, and nobody else sees anything of it', async () => {
    const requestIds = await opened(1);
    const { id } = await begun({ requestIds });
    expect(await see(id, 'ava')).toMatchObject({ id });
    for (const subject of [guild.owner, 'pia', 'bela']) {
      expect(await see(id, subject)).toBeNull();
      const { bulkOperations } = await api.gql<{ bulkOperations: { nodes: unknown[] } }>(
        subject,
        '{ bulkOperations { nodes { id } } }',
      );
      expect(bulkOperations.nodes).toEqual([]);
      expect(await steer('cancelBulkOperation', id, subject)).toMatchObject({ code: 'NOT_FOUND' });
      expect(await send({ requestIds, action: 'VOID', reasonCode: 'FRAUD' }, subject)).toMatchObject({ code: 'FORBIDDEN' });
      const client = await api.socket(subject);
      const query = `subscription ($id: ID!) { bulkOperationUpdated(id: $id) { id } }`;
      const codes: unknown[] = [];
      for await (const { errors } of client.iterate({ query, variables: { id } })) codes.push(errors?.[0]?.extensions?.['code']);
      await client.dispose();
      expect(codes).toEqual(['NOT_FOUND']);
    }
    expect(await steer('cancelBulkOperation', id, 'ava')).toMatchObject({ code: 'FORBIDDEN' });
    expect(await send({ requestIds, action: 'VOID', reasonCode: 'FRAUD' }, 'ava')).toMatchObject({ code: 'FORBIDDEN' });
  });
});
