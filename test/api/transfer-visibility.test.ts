import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ViewerTransaction } from '../../src/database/index.js';
import { DEVELOPMENT_ISSUER } from '../../src/identity/index.js';
import { encodeCursor, encodeGlobalId } from '../../src/schema/index.js';
import { startApi, type TestApi } from '../support/api.js';
import { DAY_MS } from '../support/join-flow.js';
import { TransferFlow } from '../support/transfer-flow.js';
import type { TestBroadcaster, TestGuild } from '../support/world.js';

const uuidOf = (id: string) => Buffer.from(id, 'base64url').toString().split(':')[1]!;

describe('what a transfer shows to whom', () => {
  let api: TestApi;
  let transfer: TransferFlow;
  let app: Awaited<ReturnType<TestApi['db']['dataSource']>>;
  let losing: TestGuild;
  let gaining: TestGuild;
  let who: TestBroadcaster;
  let id: string;

  beforeAll(async () => {
    api = await startApi();
    transfer = new TransferFlow(api);
    app = await api.db.dataSource('app', { poolSize: 2 });
    [losing, gaining] = [await api.world.guild(), await api.world.guild()];
    who = await transfer.member(losing);
    ({ id } = await transfer.coolingOff(who, losing, gaining));
  });
  afterAll(() => api.stop());

  /** Whatever the app's role sees for somebody, without any WHERE: as if a service had forgotten its check. */
  const seenBy = async <Row extends object>(subject: string, sql: string): Promise<Row[]> => {
    const tx = await ViewerTransaction.open(app, { issuer: DEVELOPMENT_ISSUER, subject }, 'snapshot');
    try {
      return await tx.query<Row>(sql);
    } finally {
      await tx.end();
    }
  };
  const audiencesSeenBy = async (subject: string) =>
    (
      await seenBy<{ audience: string }>(
        subject,
        `select a.audience from guildhall.agreement_version a join guildhall.request r on r.id = a.request_id where r.kind = 'TRANSFER_AGREED' order by 1`,
      )
    ).map(({ audience }) => audience);

  test('the database shows each guild its own text, broadcaster, guardian, support and auditor both, and nobody else any', async () => {
    const guardian = await api.world.broadcaster();
    await api.world.owner.query('insert into guildhall.guardian (broadcaster_id, principal_id, since) values ($1, $2, now())', [
      who.uuid,
      guardian.principalUuid,
    ]);
    for (const subject of [losing.owner, losing.agent, losing.finance])
      expect([subject, await audiencesSeenBy(subject)]).toEqual([subject, ['GUILD']]);
    for (const subject of [gaining.owner, gaining.finance])
      expect([subject, await audiencesSeenBy(subject)]).toEqual([subject, ['GAINING_GUILD']]);
    for (const subject of [who.subject, guardian.subject, 'sam', 'ava'])
      expect([subject, await audiencesSeenBy(subject)]).toEqual([subject, ['GAINING_GUILD', 'GUILD']]);
    for (const subject of ['bela', 'olivia', 'pia']) expect([subject, await audiencesSeenBy(subject)]).toEqual([subject, []]);
  });

  test('the texts say so: the release does not hold what the broadcaster is offered', async () => {
    const [release, whole] = [
      (await transfer.see(losing.owner, id)).agreement!,
      (await transfer.see(gaining.owner, id)).agreement!,
    ];
    expect(whole.text).toContain('runs for 3 months; the guild receives 10%');
    expect(release.text).not.toMatch(/months|receives/);
    expect(release.sha256).not.toBe(whole.sha256);
    // The one who may read both is shown the whole as the agreement, which is what they sign.
    expect((await transfer.see(who.subject, id)).agreement!.sha256).toBe(whole.sha256);
  });

  test('the gaining guild sees the transfer, and of the losing guild’s affairs nothing: no membership, no other request, no agreement', async () => {
    const requests = await seenBy<{ kind: string }>(gaining.owner, 'select kind from guildhall.request');
    expect(requests).toEqual([{ kind: 'TRANSFER_AGREED' }]);
    for (const table of ['membership', 'membership_terms', 'statement'])
      expect([table, await seenBy(gaining.owner, `select from guildhall.${table}`)]).toEqual([table, []]);
    const seen = await transfer.see(gaining.owner, id);
    expect([seen.membership, seen.gainingGuild]).toEqual([null, { id: gaining.id }]);
    expect((await transfer.see(losing.owner, id)).membership).not.toBeNull();
  });

  test('it is in the lists and in the feed of both guilds', async () => {
    const listed = 'query ($guildId: ID!) { requests(guildId: $guildId) { nodes { id kind } } }';
    const { rows } = await api.world.owner.query<{ id: string }>('select id from guildhall.log_epoch');
    const after = encodeCursor([rows[0]!.id, '0', '0']);
    for (const guild of [losing, gaining]) {
      const { requests } = await api.gql<{ requests: { nodes: { id: string }[] } }>(guild.owner, listed, { guildId: guild.id });
      expect(requests.nodes.map((node) => node.id)).toContain(id);
      const client = await api.socket(guild.owner);
      const query = `subscription ($guildId: ID!, $after: String) { guildRequests(guildId: $guildId, after: $after) { request { id } entry { event } } }`;
      type Update = { guildRequests: { request: { id: string }; entry: { event: string } } };
      const events: string[] = [];
      for await (const { data } of client.iterate<Update>({ query, variables: { guildId: guild.id, after } })) {
        if (data?.guildRequests.request.id === id) events.push(data.guildRequests.entry.event);
        if (events.includes('CERTIFY_TRANSFER')) break;
      }
      await client.dispose();
      expect(events).toEqual([
        'START',
        'ENTER_TRANSFER_TERMS',
        'ENTER_TRANSFER_TERMS',
        'TRANSFER_RENDERED',
        'SIGN_AGREEMENT',
        'SIGN_AGREEMENT',
        'SIGN_AGREEMENT',
        'CERTIFY_TRANSFER',
      ]);
    }
  });

  test('everybody whom it concerns is told, the gaining guild’s people too', async () => {
    await api.pass(0);
    const inbox = async (subject: string) =>
      (
        await api.gql<{ notifications: { nodes: { template: string; requestId: string }[] } }>(
          subject,
          '{ notifications(first: 100) { nodes { template requestId } } }',
        )
      ).notifications.nodes
        .filter(({ requestId }) => requestId === id)
        .map(({ template }) => template);
    for (const subject of [who.subject, losing.owner, gaining.agent])
      expect([subject, await inbox(subject)]).toEqual([
        subject,
        expect.arrayContaining(['TRANSFER_ANNOUNCED', 'AGREEMENT_READY', 'COOLING_OFF_STARTED']),
      ]);
    expect(await inbox(gaining.finance)).toEqual([]);
  });

  test('the payment for the losing guild is not the gaining guild’s to see', async () => {
    await api.pass(40 * DAY_MS);
    const [link] = (await transfer.see(losing.owner, id)).links;
    expect(link).toMatchObject({ kind: 'PAYMENT' });
    const { rows } = await api.world.owner.query<{ id: string }>('select id from guildhall.request where parent_id = $1', [
      uuidOf(id),
    ]);
    const { request } = await api.gql<{ request: unknown }>(gaining.owner, 'query ($id: ID!) { request(id: $id) { id } }', {
      id: encodeGlobalId('Request', rows[0]!.id),
    });
    expect(request).toBeNull();
    expect(await seenBy(gaining.owner, 'select from guildhall.statement')).toEqual([]);
    expect(await seenBy(losing.owner, 'select from guildhall.statement')).toHaveLength(1);
  });
});
