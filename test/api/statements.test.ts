import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { startApi, type TestApi } from '../support/api.js';
import { JoinFlow } from '../support/join-flow.js';
import type { TestGuild } from '../support/world.js';

const listed = `query ($first: Int!) { requests(first: $first) { pageInfo { hasNextPage } nodes {
  id state version guild { name region { code } } broadcaster { handle region { code } } agreement { sha256 terms { termMonths } }
  availableActions { event allowed reasons { code } } deadlines { name dueAt } explanation { text } rejectedFor { code } } } }`;
const others = `query ($first: Int!) { guilds(first: $first) { nodes { name region { code } } }
  memberships(first: $first) { nodes { guild { name } broadcaster { handle } } } notifications(first: $first) { nodes { template requestId } } }`;

describe('the number of statements', () => {
  let api: TestApi;
  let guild: TestGuild;

  beforeAll(async () => {
    api = await startApi();
    const join = new JoinFlow(api);
    guild = await api.world.guild();
    const people = await Promise.all(Array.from({ length: 30 }, () => api.world.broadcaster()));
    for (const [index, who] of people.entries()) await (index % 2 === 0 ? join.apply(who, guild) : join.signing(who, guild));
    await api.pass(0);
    await api.app.workers.stop();
  });
  afterAll(() => api.stop());

  /** The engine's pool goes its own ways in the background; an operation that only reads uses the viewers' alone. */
  const isViewers = (client: unknown) =>
    (client as { connectionParameters?: { application_name?: string } }).connectionParameters?.application_name ===
    'guildhall-app';

  /** Whatever this process sends for one operation. */
  const statementsOf = async (query: string, variables: object) => {
    const spy = jest.spyOn(pg.Client.prototype, 'query');
    try {
      const data = await api.gql<Record<string, { nodes: unknown[] }>>(guild.owner, query, variables);
      const texts = spy.mock.calls
        .filter((_call, index) => isViewers(spy.mock.contexts[index]))
        .map(([statement]: unknown[]) => (typeof statement === 'string' ? statement : (statement as { text: string }).text));
      return {
        nodes: Object.values(data).reduce((sum, { nodes }) => sum + nodes.length, 0),
        texts,
      };
    } finally {
      spy.mockRestore();
    }
  };

  test.each([
    ['requests with everything nested', listed],
    ['guilds, memberships and notifications', others],
  ])('of a list of %s does not grow with the list', async (_what, query) => {
    const few = await statementsOf(query, { first: 2 });
    const many = await statementsOf(query, { first: 30 });
    expect(many.nodes).toBeGreaterThan(few.nodes);
    expect(few.texts.length).toBeGreaterThan(2);
    expect(many.texts).toEqual(few.texts);
  });

  test('of a page is small: begin, viewer, list, one a kind of nested thing, commit', async () => {
    // Requests, guilds, broadcasters, clocks, agreements, and who may sign in whose name.
    expect((await statementsOf(listed, { first: 30 })).texts.length).toBeLessThanOrEqual(3 + 6);
  });
});
