import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { startApi, type TestApi } from '../support/api.js';
import { caseFields, Desk, prepareDesk, uuidOf } from '../support/desk.js';
import { DAY_MS, JoinFlow, type RequestAnswer } from '../support/join-flow.js';
import type { TestBroadcaster, TestGuild } from '../support/world.js';

describe('searching cases', () => {
  let api: TestApi;
  let desk: Desk;
  let join: JoinFlow;
  let [europe, china] = [] as unknown as [TestGuild, TestGuild];
  let people: TestBroadcaster[];
  /** In Europe drafting, signing and voided; in China drafting. */
  let [drafting, signing, voided, chinese] = [] as unknown as RequestAnswer[];

  beforeAll(async () => {
    api = await startApi();
    await prepareDesk(api);
    desk = new Desk(api);
    join = new JoinFlow(api);
    europe = await api.world.guild();
    china = await api.world.guild({ region: 'CN' });
    people = await Promise.all([0, 1, 2].map(() => api.world.broadcaster()));
    const mei = await api.world.broadcaster({ region: 'CN' });
    drafting = await join.apply(people[0]!, europe);
    signing = await join.signing(people[1]!, europe);
    voided = await join.apply(people[2]!, europe);
    await join.do('sam', 'voidRequest', { requestId: voided.id, reasonCode: 'FRAUD', comment: 'Forged 100%_proof PAPERS.' });
    chinese = await join.apply(mei, china);
  });
  afterAll(() => api.stop());

  test('by state, kind, guild, handle, region and time, alone and together', async () => {
    expect(await desk.found({})).toEqual([chinese!.id, voided!.id, signing!.id, drafting!.id]);
    expect(await desk.found({ states: ['DRAFTING'] })).toEqual([chinese!.id, drafting!.id]);
    expect(await desk.found({ states: ['SIGNING', 'VOIDED'], kinds: ['JOIN'] })).toEqual([voided!.id, signing!.id]);
    expect(await desk.found({ guildId: china.id })).toEqual([chinese!.id]);
    expect(await desk.found({ broadcasterHandle: people[1]!.handle })).toEqual([signing!.id]);
    expect(await desk.found({ region: 'EU', states: ['DRAFTING'] })).toEqual([drafting!.id]);
    expect(await desk.found({ createdBefore: '2026-01-01T00:00:00Z' })).toEqual([]);
    expect(await desk.found({ createdAfter: '2026-01-01T00:00:00Z', guildId: people[0]!.id })).toEqual([]);
  });

  test('by text in handle, guild, note, comment and id; wildcards are plain characters', async () => {
    await desk.note('sam', { requestId: drafting!.id, body: 'Asked for her Passport twice.' });
    expect(await desk.found({ text: people[1]!.handle.toUpperCase() })).toEqual([signing!.id]);
    const { rows } = await api.world.owner.query<{ name: string }>('select name from guildhall.guild where id = $1', [
      china.uuid,
    ]);
    expect(await desk.found({ text: rows[0]!.name })).toEqual([chinese!.id]);
    expect(await desk.found({ text: 'passport' })).toEqual([drafting!.id]);
    expect(await desk.found({ text: '100%_proof papers' })).toEqual([voided!.id]);
    expect(await desk.found({ text: '%_%' })).toEqual([]);
    expect(await desk.found({ text: signing!.id })).toEqual([signing!.id]);
    expect(await desk.found({ text: uuidOf(signing!.id).toUpperCase() })).toEqual([signing!.id]);
    const short = await api.raw('sam', '{ cases(filter: { text: "ab" }) { nodes { id } } }');
    expect(short.body.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'text' });
  });

  test('by being held, disputed, overdue and assigned', async () => {
    await desk.hold(signing!.id);
    expect(await desk.found({ held: true })).toEqual([signing!.id]);
    expect(await desk.found({ held: false, states: ['SIGNING'] })).toEqual([]);
    const dispute = await desk.dispute(drafting!.id);
    expect(await desk.found({ disputed: true })).toEqual([drafting!.id]);
    expect((await desk.cases({ disputed: true })).nodes[0]!.openDisputes).toEqual([{ id: dispute }]);
    expect(await desk.found({ overdue: true })).toEqual([]);
    await desk.followUp('sam', { requestId: chinese!.id, followUpAt: '2026-01-01T00:00:00Z' });
    expect(await desk.found({ overdue: true })).toEqual([chinese!.id]);
    await desk.assign('sam', { requestId: chinese!.id, to: 'ME' });
    expect(await desk.found({ assignedTo: 'ME' })).toEqual([chinese!.id]);
    expect(await desk.found({ assignedTo: 'ME' }, 'ava')).toEqual([]);
    expect(await desk.found({ assignedTo: 'NOBODY', region: 'CN' })).toEqual([]);
    const agentId = await desk.agent('second');
    expect(await desk.found({ assignedTo: 'AGENT', agentId })).toEqual([]);
  });

  test('an armed clock past its time makes a case overdue', async () => {
    // Without a worker nobody fires it.
    await api.app.workers.stop();
    await api.clock.shift(30 * DAY_MS);
    const overdue = await desk.cases({ overdue: true, states: ['SIGNING'] });
    expect(overdue.nodes).toMatchObject([{ request: { id: signing!.id }, overdue: true }]);
    expect(await desk.found({ overdue: false, states: ['VOIDED'] })).toEqual([voided!.id]);
  });

  test('page by page, each once', async () => {
    const all = await desk.found({});
    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const page = await desk.cases({}, { first: 2, after });
      seen.push(...page.nodes.map(({ request }) => request.id));
      if (!page.pageInfo.hasNextPage) break;
      after = page.pageInfo.endCursor;
    }
    expect(seen).toEqual(all);
  });

  test('is for the platform alone: auditors read, parties are refused', async () => {
    expect(await desk.found({ states: ['VOIDED'] }, 'ava')).toEqual([voided!.id]);
    for (const subject of [people[0]!.subject, europe.owner, 'pia']) {
      const answer = await api.raw(subject, '{ cases { nodes { id } } caseQueue { nodes { id } } }');
      expect(answer.body.errors?.map(({ extensions }) => extensions?.['code'])).toContain('FORBIDDEN');
      const { single } = await api.gql<{ single: unknown }>(subject, `{ single: case(requestId: "${drafting!.id}") { id } }`);
      expect(single).toBeNull();
    }
    const rows = await api.db.pool('app', 1).query('select guildhall.case_text_matches($1)', ['%passport%']);
    expect(rows.rows).toEqual([]);
  });

  test('costs a number of statements that does not grow with the list', async () => {
    const isViewers = (client: unknown) =>
      (client as { connectionParameters?: { application_name?: string } }).connectionParameters?.application_name ===
      'guildhall-app';
    const statementsOf = async (root: string, first: number) => {
      const spy = jest.spyOn(pg.Client.prototype, 'query');
      try {
        const query = `query ($first: Int!) { page: ${root}(first: $first) { nodes { ${caseFields} } } }`;
        const { page } = await api.gql<{ page: { nodes: unknown[] } }>('sam', query, { first });
        return { nodes: page.nodes.length, statements: spy.mock.calls.filter((_c, i) => isViewers(spy.mock.contexts[i])).length };
      } finally {
        spy.mockRestore();
      }
    };
    for (const root of ['cases', 'caseQueue']) {
      const [few, many] = [await statementsOf(root, 2), await statementsOf(root, 50)];
      expect(many.nodes).toBeGreaterThan(few.nodes);
      expect(many.statements).toBeLessThanOrEqual(9);
      expect(many.statements - few.statements).toBeLessThanOrEqual(1);
    }
  });
});
