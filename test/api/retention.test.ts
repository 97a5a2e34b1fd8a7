import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { registry } from '../../workflows/registry.js';
import { RETENTION_LOCK } from '../../src/evidence/retention.js';
import { verifyBundle } from '../../src/verify/index.js';
import { startApi, type TestApi } from '../support/api.js';
import { bundleOf, download, publishedKeys, textOf } from '../support/bundle.js';
import { DirectoryFlow } from '../support/directory-flow.js';
import { until, waiters } from '../support/engine.js';
import { assertInvariants } from '../support/invariants.js';
import { DAY_MS, JoinFlow } from '../support/join-flow.js';
import { LeaveFlow } from '../support/leave-flow.js';

const YEARS_MS = 366 * DAY_MS;
const holdFields = '__typename ... on LegalHold { id requestId reasonCode remark liftedAt liftRemark } ... on Refusal { code }';

interface Hold {
  readonly __typename: string;
  readonly id: string;
  readonly code?: string;
}

describe('Retention', () => {
  let api: TestApi;
  let join: JoinFlow;

  beforeAll(async () => {
    api = await startApi();
    join = new JoinFlow(api);
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await api.stop();
  });

  const uuidOf = (id: string) => Buffer.from(id, 'base64url').toString().split(':')[1]!;
  const erase = async () => {
    while ((await api.app.evidence.retention.round()) > 0);
  };
  /** How much of what people left behind is still there. */
  const kept = async (id: string) => {
    const { rows } = await api.world.owner.query<{ acts: number; words: number; texts: number; comments: number; notes: number }>(
      `select (select count(*)::int from guildhall.act where instance_id = $1 and details is not null) as acts,
         (select count(*)::int from guildhall.annex where instance_id = $1 and body is not null) as words,
         (select count(*)::int from guildhall.agreement_version where request_id = $1
            and (body <> '' or document is not null or filled_with is not null)) as texts,
         (select count(*)::int from guildhall.clause_comment where request_id = $1 and body is not null) as comments,
         (select count(*)::int from guildhall.case_note where request_id = $1 and body is not null) as notes`,
      [uuidOf(id)],
    );
    return rows[0]!;
  };
  const set = async (subject: string, input: object) =>
    (
      await api.gql<{ setLegalHold: Hold }>(
        subject,
        `mutation ($input: SetLegalHoldInput!) { setLegalHold(input: $input) { ${holdFields} } }`,
        { input: { reasonCode: 'LITIGATION', remark: 'Az. 7 O 12/26', ...input } },
      )
    ).setLegalHold;
  const lift = async (subject: string, legalHoldId: string) =>
    (
      await api.gql<{ liftLegalHold: Hold }>(
        subject,
        `mutation ($input: LiftLegalHoldInput!) { liftLegalHold(input: $input) { ${holdFields} } }`,
        { input: { legalHoldId, remark: 'Settled out of court.' } },
      )
    ).liftLegalHold;

  async function declined(): Promise<{ id: string; subject: string; guildOwner: string }> {
    const [guild, who] = [await api.world.guild(), await api.world.broadcaster()];
    const { id } = await join.invite(guild, who);
    await api.gql(
      who.subject,
      'mutation ($input: CommentOnClauseInput!) { commentOnClause(input: $input) { __typename ... on Refusal { code } } }',
      {
        input: { requestId: id, agreementVersion: 1, clause: 'revenue', body: `I am ${who.handle}, and ask for less.` },
      },
    );
    await join.do(who.subject, 'declineRequest', { requestId: id, reasonCode: 'OTHER', comment: `I am ${who.handle}.` });
    await api.gql('sam', `mutation ($input: AddCaseNoteInput!) { addCaseNote(input: $input) { __typename } }`, {
      input: { requestId: id, body: `Has called: ${who.handle}` },
    });
    return { id, subject: who.subject, guildOwner: guild.owner };
  }

  test('takes people out of what has ended long enough ago; chain and bundle verify and say so', async () => {
    const { id, subject, guildOwner } = await declined();
    await api.pass(9 * YEARS_MS);
    await erase();
    expect(await kept(id)).toEqual({ acts: 2, words: 1, texts: 1, comments: 1, notes: 1 });
    await api.pass(2 * YEARS_MS);
    await erase();
    expect(await kept(id)).toEqual({ acts: 0, words: 0, texts: 0, comments: 0, notes: 0 });
    for (const reader of [subject, guildOwner, 'sam']) {
      const bundle = await bundleOf(api, reader, id);
      const report = verifyBundle(bundle, { trusted: await publishedKeys(api) });
      expect([reader, report.problems]).toEqual([reader, []]);
      expect(report.lines()).toEqual(
        expect.arrayContaining([
          'checked  2 acts whose personal half is erased',
          'checked  1 texts that people wrote and that are erased',
          'checked  1 texts of agreements that are erased',
        ]),
      );
      expect(textOf(bundle)).not.toMatch(/127\.0\.0\.1|I am /);
    }
    const { status } = await download(api, subject, `/requests/${id}/agreement.html`);
    expect(status).toBe(404);
    const { rows } = await api.world.owner.query(
      'select retention_years, acts, notes from guildhall.erasure where request_id = $1',
      [uuidOf(id)],
    );
    expect(rows).toEqual([{ retention_years: 10, acts: 2, notes: 1 }]);
    expect(await set('sam', { requestId: id })).toEqual({ __typename: 'Refusal', code: 'ALREADY_ERASED' });
  });

  test('waits while a legal hold stands, of several the last one', async () => {
    const { id, subject } = await declined();
    const first = await set('sam', { requestId: id, idempotencyKey: 'one' });
    expect(await set('sam', { requestId: id, idempotencyKey: 'one' })).toEqual(first);
    expect((await set('sam', { requestId: id, idempotencyKey: 'one', remark: 'another' })).code).toBe('KEY_REUSED');
    const second = await set('sam', { requestId: id, reasonCode: 'AUTHORITY', remark: 'Ofcom 12' });
    for (const stranger of [subject, await api.world.platform('AUDITOR')]) {
      expect((await set(stranger, { requestId: id })).code).toBe('FORBIDDEN');
      expect((await lift(stranger, first.id)).code).toBe('FORBIDDEN');
    }
    expect((await set('sam', { requestId: id, remark: '' })).code).toBe('INVALID_INPUT');
    await api.pass(11 * YEARS_MS);
    await erase();
    expect((await kept(id)).acts).toBe(2);
    expect(await lift('sam', first.id)).toMatchObject({ __typename: 'LegalHold', liftRemark: 'Settled out of court.' });
    expect((await lift('sam', first.id)).code).toBe('ALREADY_LIFTED');
    await erase();
    expect((await kept(id)).acts).toBe(2);
    await lift('sam', second.id);
    await erase();
    expect((await kept(id)).acts).toBe(0);
    const holds = 'query ($id: ID!) { request(id: $id) { legalHolds { reasonCode liftedAt } } }';
    const shown = await api.gql<{ request: { legalHolds: { reasonCode: string }[] } }>('sam', holds, { id });
    expect(shown.request.legalHolds.map(({ reasonCode }) => reasonCode)).toEqual(['AUTHORITY', 'LITIGATION']);
    expect(await api.gql(subject, holds, { id })).toEqual({ request: { legalHolds: [] } });
  });

  test('looks again behind the lock of a hold that is just being set', async () => {
    const { id } = await declined();
    await api.pass(11 * YEARS_MS);
    const admin = api.db.pool('superuser', 3);
    const setter = await admin.connect();
    await setter.query('begin');
    await setter.query(RETENTION_LOCK, [uuidOf(id)]);
    const erasing = api.app.evidence.retention.round();
    await until(async () => (await waiters(admin)) > 0, 'the erasure to wait for the hold');
    await setter.query(
      `insert into guildhall.legal_hold (id, request_id, reason_code, remark, set_at, set_by)
       select gen_random_uuid(), $1, 'OTHER', 'just in time', now(), p.id from guildhall.principal p limit 1`,
      [uuidOf(id)],
    );
    await setter.query('commit');
    setter.release();
    expect(await erasing).toBe(0);
    expect(await kept(id)).toMatchObject({ acts: 2, words: 1 });
  });

  test('does not begin while the membership goes on that a request has begun', async () => {
    const leave = new LeaveFlow(api);
    const member = await leave.memberOf(await api.world.guild());
    const { rows } = await api.world.owner.query<{ id: string }>(
      'select request_id as id from guildhall.membership where id = $1',
      [member.membershipUuid],
    );
    const id = Buffer.from(`Request:${rows[0]!.id}`).toString('base64url');
    // A membership whose term is over would be ended by whoever plans bulk work.
    await api.app.bulk.stop();
    await api.clock.shift(11 * YEARS_MS);
    await erase();
    expect(await kept(id)).toMatchObject({ acts: 4, texts: 1 });
  });

  test('a legal hold also keeps a person from being erased', async () => {
    const directory = new DirectoryFlow(api);
    const who = await api.world.broadcaster();
    const { id } = await join.invite(await api.world.guild(), who);
    await join.do(who.subject, 'declineRequest', { requestId: id, reasonCode: 'OTHER' });
    await directory.do(who.subject, 'requestErasure', { broadcasterId: who.id, reasonCode: 'DATA_PROTECTION' });
    const hold = await set('sam', { requestId: id });
    expect(await directory.objections('sam', 'completeErasure', { broadcasterId: who.id })).toEqual(['LEGAL_HOLD']);
    await lift('sam', hold.id);
    await directory.do('sam', 'completeErasure', { broadcasterId: who.id, reasonCode: 'DATA_PROTECTION' });
  });

  test('is the only way in which any of it changes, once', async () => {
    const { id } = await declined();
    const owner = api.world.owner;
    for (const [sql, message] of [
      [`update guildhall.annex set body = 'x' where instance_id = $1`, 'annex is append-only but for erasure'],
      ['delete from guildhall.annex where instance_id = $1', 'annex is append-only but for erasure'],
      [`update guildhall.agreement_version set body = 'x' where request_id = $1`, 'agreement_version is append-only'],
      [
        `update guildhall.agreement_version set body = '', erased_at = now(), sha256 = '' where request_id = $1`,
        'agreement_version is append-only',
      ],
      ['delete from guildhall.agreement_version where request_id = $1', 'agreement_version is append-only'],
      [`update guildhall.legal_hold set remark = 'x' where request_id = $1`, 'legal_hold is append-only but for its end'],
    ] as const) {
      if (sql.includes('legal_hold')) await set('sam', { requestId: id });
      await expect(owner.query(sql, [uuidOf(id)])).rejects.toMatchObject({ code: '23001', message });
    }
    await expect(owner.query('delete from guildhall.erasure')).rejects.toMatchObject({ code: '23001' });
  });
});
