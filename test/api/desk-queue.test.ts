import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DEVELOPMENT_ISSUER } from '../../src/identity/index.js';
import { startApi, type TestApi } from '../support/api.js';
import { Desk, prepareDesk, uuidOf, type CaseAnswer, type Page } from '../support/desk.js';
import { JoinFlow } from '../support/join-flow.js';
import type { TestGuild } from '../support/world.js';

describe('the queue of the desk', () => {
  let api: TestApi;
  let desk: Desk;
  let join: JoinFlow;
  let guild: TestGuild;
  let second: string;

  beforeAll(async () => {
    api = await startApi();
    await prepareDesk(api);
    desk = new Desk(api);
    join = new JoinFlow(api);
    guild = await api.world.guild();
    second = await desk.agent('second');
  });
  afterAll(() => api.stop());
  beforeEach(async () => {
    await api.db
      .pool('superuser', 1)
      .query('delete from guildhall.case_file; update guildhall.instance set held_since = null where held_since is not null');
  });

  const opened = async (): Promise<string> => (await join.apply(await api.world.broadcaster(), guild)).id;
  const some = (count: number) => Promise.all(Array.from({ length: count }, opened));
  const ids = (cases: readonly CaseAnswer[]) => cases.map(({ request }) => request.id);

  test('holds what asks for an agent, the most urgent first; what goes on by itself is not in it', async () => {
    const [quiet, low, urgent, held, due] = await some(5);
    await desk.prioritise('sam', { requestId: low, priority: 'LOW' });
    await desk.prioritise('sam', { requestId: urgent, priority: 'URGENT' });
    await desk.hold(held!);
    await desk.followUp('sam', { requestId: due, followUpAt: '2026-02-01T00:00:00Z' });
    expect(ids(await desk.queue())).toEqual([urgent, due, held, low]);
    expect(ids(await desk.queue('', 'ava'))).toEqual([urgent, due, held, low]);
    await desk.prioritise('sam', { requestId: low, priority: null });
    await join.do('sam', 'voidRequest', { requestId: urgent, reasonCode: 'OTHER' });
    expect(ids(await desk.queue())).toEqual([due, held]);
    expect(ids(await desk.queue())).not.toContain(quiet);
  });

  test('is turned page by page, each case once', async () => {
    for (const [index, requestId] of (await some(5)).entries())
      await desk.prioritise('sam', { requestId, priority: index % 2 === 0 ? 'HIGH' : 'NORMAL' });
    const all = ids(await desk.queue());
    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const query = `query ($after: String) { caseQueue(first: 2, after: $after) { nodes { request { id } } pageInfo { hasNextPage endCursor } } }`;
      const data: { caseQueue: Page } = await api.gql('sam', query, { after });
      seen.push(...ids(data.caseQueue.nodes));
      if (!data.caseQueue.pageInfo.hasNextPage) break;
      after = data.caseQueue.pageInfo.endCursor;
    }
    expect(seen).toEqual(all);
  });

  test('gives the most urgent case that nobody has, and says when there is none', async () => {
    const [first, next] = await some(2);
    await desk.prioritise('sam', { requestId: next, priority: 'HIGH' });
    await desk.prioritise('sam', { requestId: first, priority: 'URGENT' });
    expect(await desk.takeNext('sam')).toMatchObject({ request: { id: first }, assignee: { displayName: 'Sam Sample' } });
    expect(await desk.takeNext('second')).toMatchObject({ request: { id: next }, assignee: { displayName: 'second' } });
    expect(await desk.takeNext('sam')).toMatchObject({ __typename: 'Refusal', code: 'QUEUE_EMPTY' });
    expect(ids(await desk.queue('assignedTo: ME'))).toEqual([first]);
    expect(ids(await desk.queue('assignedTo: NOBODY'))).toEqual([]);
  });

  test('never gives one case to two agents, with files and without, however many ask at once', async () => {
    const requests = await some(24);
    for (const [index, requestId] of requests.entries()) {
      if (index % 3 === 0) await desk.prioritise('sam', { requestId, priority: 'HIGH' });
      else await desk.hold(requestId);
    }
    const taken = await Promise.all(
      Array.from({ length: 24 }, async (_, index) => desk.takeNext(index % 2 === 0 ? 'sam' : 'second')),
    );
    const given = taken.flatMap((one) => (one.__typename === 'Case' ? [one.request.id] : []));
    expect(new Set(given).size).toBe(given.length);
    // An agent may be told that the queue is empty while others hold the rest of it; nothing is lost for it.
    for (let more = await desk.takeNext('sam'); more.__typename === 'Case'; more = await desk.takeNext('sam'))
      given.push(more.request.id);
    expect([...given].sort()).toEqual([...requests].sort());
  });

  test('an agent who is just taking a case does not keep another one waiting', async () => {
    const [first, next] = await some(2);
    await desk.prioritise('sam', { requestId: first, priority: 'URGENT' });
    await desk.prioritise('sam', { requestId: next, priority: 'HIGH' });
    const other = await api.db.pool('superuser', 1).connect();
    await other.query('begin');
    await other.query('select from guildhall.case_file where request_id = $1 for update', [uuidOf(first!)]);
    expect(await desk.takeNext('second')).toMatchObject({ request: { id: next } });
    await other.query('rollback');
    other.release();
  });

  test('a case is assigned, given back and guarded by its revision', async () => {
    const requestId = await opened();
    expect(await desk.assign('sam', { requestId, to: 'AGENT', agentId: second, expectedRevision: 0 })).toMatchObject({
      revision: 1,
      assignee: { displayName: 'second' },
    });
    expect(await desk.assign('sam', { requestId, to: 'ME', expectedRevision: 0 })).toMatchObject({ code: 'STALE_REVISION' });
    expect(await desk.assign('second', { requestId, to: 'NOBODY', expectedRevision: 1 })).toMatchObject({
      revision: 2,
      assignee: null,
    });
    const { rows } = await api.world.owner.query<{ id: string }>(`select id from guildhall.principal where subject = 'ava'`);
    const ava = Buffer.from(`Principal:${rows[0]!.id}`).toString('base64url');
    expect(await desk.assign('sam', { requestId, to: 'AGENT', agentId: ava })).toMatchObject({ code: 'NOT_AN_AGENT' });
    expect(await desk.assign('sam', { requestId, to: 'AGENT' })).toMatchObject({ code: 'NOT_AN_AGENT' });
    expect(await desk.assign('sam', { requestId: guild.id, to: 'ME' })).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('only support writes at the desk, and the database says so too', async () => {
    const requestId = await opened();
    for (const subject of ['ava', 'pia', guild.owner]) {
      expect(await desk.assign(subject, { requestId, to: 'ME' })).toMatchObject({ code: 'FORBIDDEN' });
      expect(await desk.takeNext(subject)).toMatchObject({ code: 'FORBIDDEN' });
      expect(await desk.note(subject, { requestId, body: 'Hello.' })).toMatchObject({ code: 'FORBIDDEN' });
    }
    const client = await api.db.pool('app', 1).connect();
    const openFile = async (subject: string) => {
      await client.query('begin');
      try {
        const opening = 'select from guildhall.open_viewer($1, $2)';
        expect((await client.query(opening, [DEVELOPMENT_ISSUER, subject])).rowCount).toBe(1);
        await client.query('insert into guildhall.case_file (request_id, updated_at) values ($1, now())', [uuidOf(requestId)]);
      } finally {
        await client.query('rollback');
      }
    };
    for (const subject of ['ava', guild.owner]) await expect(openFile(subject)).rejects.toThrow('row-level security');
    await openFile('sam');
    client.release();
  });

  test('a note is written once a key, shown to the platform alone, and only erased', async () => {
    const requestId = await opened();
    const note = { requestId, body: 'Called her back. Ω', idempotencyKey: 'note-1' };
    const first = await desk.note('sam', note);
    expect(first).toMatchObject({ __typename: 'CaseNote', body: note.body, author: { displayName: 'Sam Sample' } });
    expect(await desk.note('sam', note)).toEqual(first);
    expect(await desk.note('sam', { ...note, body: 'Other' })).toMatchObject({ code: 'KEY_REUSED' });
    expect(await desk.note('sam', { requestId, body: '' })).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await desk.note('sam', { requestId, body: 'x'.repeat(4001) })).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await desk.note('second', { requestId, body: '𝄞'.repeat(4000) })).toMatchObject({ __typename: 'CaseNote' });
    const owner = api.world.owner;
    await expect(owner.query(`update guildhall.case_note set body = 'No.'`)).rejects.toThrow('append-only');
    await expect(owner.query('delete from guildhall.case_note')).rejects.toThrow('append-only');
    await owner.query(`update guildhall.case_note set body = null, erased_at = now() where idempotency_key = 'note-1'`);
    const [shown] = (await desk.cases({ text: requestId }, {}, 'ava')).nodes;
    expect(shown!.notes.nodes).toMatchObject([{ author: { displayName: 'second' } }, { body: null }]);
    expect(await desk.note('sam', note)).toMatchObject({ __typename: 'CaseNote', body: null });
  });
});
