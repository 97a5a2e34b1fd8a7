import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { registry } from '../../workflows/registry.js';
import { startApi, type TestApi } from '../support/api.js';
import { assertInvariants } from '../support/invariants.js';
import { DAY_MS, JoinFlow } from '../support/join-flow.js';
import { offer, TransferFlow } from '../support/transfer-flow.js';
import type { TestGuild } from '../support/world.js';

describe('TRANSFER_AGREED over the API', () => {
  let api: TestApi;
  let transfer: TransferFlow;
  let losing: TestGuild;
  let gaining: TestGuild;

  beforeAll(async () => {
    api = await startApi();
    transfer = new TransferFlow(api);
    [losing, gaining] = [await api.world.guild(), await api.world.guild()];
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('engine', 1), registry);
    await api.stop();
  });

  test('from the request to the switch, which is a leave and a join in one, and to the statement for the guild that was left', async () => {
    const who = await transfer.member(losing, 6);
    const { id, deadlines } = await transfer.coolingOff(who, losing, gaining);
    expect(deadlines.map(({ name }) => name)).toEqual(['coolingOffEnd']);
    const transferAt = (await transfer.see(who.subject, id)).transferTerms.agreed!.transferAt;
    await api.pass(7 * DAY_MS);
    const waiting = await transfer.see(who.subject, id);
    expect([waiting.state, waiting.deadlines]).toMatchObject(['SETTLEMENT', [{ name: 'switchAt', dueAt: transferAt }]]);
    await api.pass(30 * DAY_MS);
    const done = await transfer.see(who.subject, id);
    expect([done.state, done.membership?.endKind]).toEqual(['COMPLETED', 'TRANSFER']);
    expect(done.links).toEqual([{ kind: 'PAYMENT', relation: 'PAYS', parent: { id } }]);
    const { rows } = await api.world.owner.query<{ starts_at: Date; ends_at: Date | null; terms: unknown; locked_until: Date }>(
      `select m.starts_at, m.ends_at, m.terms, b.locked_until from guildhall.membership m join guildhall.broadcaster b on b.id = m.broadcaster_id
       where b.id = $1 order by m.starts_at`,
      [who.uuid],
    );
    expect(rows[0]!.ends_at?.toISOString()).toBe(transferAt);
    expect(rows[1]).toMatchObject({ starts_at: new Date(transferAt), ends_at: null, terms: offer });
    expect(rows[1]!.locked_until.getTime()).toBe(Date.parse(transferAt) + 30 * DAY_MS);
  });

  test('opened by either guild or by the broadcaster, by nobody else', async () => {
    const who = await transfer.member(losing);
    const stranger = await api.world.guild();
    const input = { gainingGuildId: gaining.id, broadcasterHandle: who.handle };
    for (const subject of [stranger.owner, gaining.finance, losing.finance, 'sam', 'bela'])
      expect([subject, (await transfer.refused(subject, 'requestTransfer', input)).code]).toEqual([
        subject,
        expect.stringMatching(/^(NOT_FOUND|FORBIDDEN)$/),
      ]);
    for (const [subject, initiator] of [
      [gaining.agent, 'GAINING_GUILD'],
      [losing.owner, 'GUILD'],
      [who.subject, 'BROADCASTER'],
    ]) {
      const opened = await transfer.do(subject!, 'requestTransfer', input);
      expect(opened).toMatchObject({ state: 'ENTERING', initiator, gainingGuild: { id: gaining.id } });
      await transfer.do(subject!, 'withdrawRequest', { requestId: opened.id });
    }
    expect((await transfer.refused(gaining.owner, 'requestTransfer', { ...input, broadcasterHandle: 'nobody' })).code).toBe(
      'NOT_FOUND',
    );
    expect((await transfer.refused(gaining.owner, 'requestTransfer', { gainingGuildId: gaining.id })).code).toBe('FORBIDDEN');
  });

  test('is rejected with everything that speaks against it at once', async () => {
    const who = await transfer.member(losing);
    const closed = await api.world.guild({ cap: 0 });
    await api.world.setGuild(closed.uuid, 'SUSPENDED', 0);
    await api.world.owner.query(`update guildhall.broadcaster set identity_verified_at = null, locked_until = $2 where id = $1`, [
      who.uuid,
      await transfer.inDays(3),
    ]);
    const rejected = await transfer.request(who, closed);
    expect([rejected.state, rejected.rejectedFor.map(({ code }) => code)]).toEqual([
      'REJECTED',
      ['IDENTITY_UNKNOWN', 'LOCKED', 'GUILD_NOT_ACTIVE', 'GUILD_FULL'],
    ]);
    expect(rejected.rejectedFor[1]!.until).not.toBeNull();
    const same = await transfer.request(await transfer.member(losing), losing);
    expect(same.rejectedFor.map(({ code }) => code)).toContain('SAME_GUILD');
  });

  test('is the only one of its kind: a second transfer is rejected, and an exit by notice takes its place', async () => {
    const who = await transfer.member(losing);
    const first = await transfer.request(who, gaining);
    expect((await transfer.request(who, gaining)).rejectedFor.map(({ code }) => code)).toEqual(['FLOW_OPEN']);
    const open = `mutation ($input: OpenRequestInput!) { openRequest(input: $input) { ... on Request { state } } }`;
    const said = { primaryReason: 'LIFE_QUIT', acceptsExitFee: true };
    await api.gql(who.subject, open, { input: { kind: 'LEAVE_NOTICE', said } });
    expect((await transfer.see(who.subject, first.id)).state).toBe('SUPERSEDED');
  });

  test('a guild sees its own entry alone until both are in, then the difference; the losing one never sees the offer', async () => {
    const who = await transfer.member(losing);
    const { id } = await transfer.request(who, gaining);
    const terms = { transferAt: await transfer.inDays(30), feeMinor: 3_000_000_000, originSharePercent: 5 };
    await transfer.enter(gaining.owner, id, terms, { offer });
    const early = (await transfer.see(losing.owner, id)).transferTerms;
    expect(early).toMatchObject({ gainingGuildHasEntered: true, gainingGuild: null, offer: null, differences: [] });
    expect((await transfer.see(gaining.finance, id)).transferTerms).toMatchObject({
      gainingGuild: { originSharePercent: 5 },
      offer,
    });
    const differing = await transfer.enter(losing.owner, id, { ...terms, feeMinor: 4_000_000_000 });
    expect(differing).toMatchObject({ state: 'DIFFERING', explanation: { awaits: ['GUILD', 'GAINING_GUILD'] } });
    const difference = [{ field: 'feeMinor', guild: '4000000000', gainingGuild: '3000000000' }];
    for (const subject of [losing.agent, gaining.agent, who.subject, 'sam', 'ava'])
      expect((await transfer.see(subject, id)).transferTerms).toMatchObject({ differences: difference, agreed: null });
    expect((await transfer.see(losing.agent, id)).transferTerms.offer).toBeNull();
    for (const subject of [who.subject, 'sam', 'ava'])
      expect((await transfer.see(subject, id)).transferTerms.offer).toEqual(offer);
    const matched = await transfer.enter(gaining.owner, id, { ...terms, feeMinor: 4_000_000_000 });
    expect(matched).toMatchObject({
      state: 'SIGNING',
      transferTerms: { agreed: { fee: { amountMinor: 4_000_000_000, currency: 'EUR' } } },
    });
  });

  test('before both are in, broadcaster and support see every entry, and the losing guild’s is hidden from the gaining one', async () => {
    const who = await transfer.member(losing);
    const { id } = await transfer.request(who, gaining);
    await transfer.enter(losing.owner, id, { transferAt: await transfer.inDays(30), feeMinor: 7, originSharePercent: 0 });
    expect((await transfer.see(gaining.owner, id)).transferTerms).toMatchObject({ guildHasEntered: true, guild: null });
    for (const subject of [who.subject, 'sam'])
      expect((await transfer.see(subject, id)).transferTerms.guild).toMatchObject({ fee: { amountMinor: 7 } });
  });

  test('a losing guild that is silent has consented, without a fee; its signature is not needed, and it is told the terms', async () => {
    const who = await transfer.member(losing);
    const { id } = await transfer.request(who, gaining);
    const terms = { transferAt: await transfer.inDays(60), feeMinor: 50_000, originSharePercent: 5 };
    const { deadlines, explanation } = await transfer.enter(gaining.owner, id, terms, { offer });
    expect([deadlines.map(({ name }) => name), explanation.awaits]).toEqual([['losingGuildResponse'], ['GUILD']]);
    await api.pass(8 * DAY_MS);
    const deemed = await transfer.see(losing.owner, id);
    expect(deemed).toMatchObject({
      state: 'SIGNING',
      transferTerms: { isConsentDeemed: true, agreed: { fee: { amountMinor: 0 } } },
    });
    expect(deemed.agreement).toBeNull();
    await transfer.sign(who.subject, id);
    expect((await transfer.sign(gaining.owner, id)).state).toBe('CERTIFICATION');
  });

  test('each signs the own text: another one’s hash is refused', async () => {
    const who = await transfer.member(losing);
    const { id } = await transfer.matched(who, losing, gaining);
    const { agreement } = await transfer.see(who.subject, id);
    const input = { requestId: id, agreementVersion: 1, sha256: agreement!.sha256 };
    expect((await transfer.refused(losing.owner, 'signAgreement', input)).reasons).toMatchObject([
      { code: 'DIFFERENT_AGREEMENT' },
    ]);
    await transfer.sign(losing.owner, id);
    await transfer.do(gaining.owner, 'signAgreement', input);
    expect((await transfer.do(who.subject, 'signAgreement', input)).state).toBe('CERTIFICATION');
    for (const subject of [gaining.owner, losing.owner, who.subject, 'ava'])
      expect((await transfer.refused(subject, 'certifyTransfer', { requestId: id })).code).toBe('FORBIDDEN');
    const refusal = await transfer.do('sam', 'refuseCertification', {
      requestId: id,
      reasonCode: 'IDENTITY',
      comment: 'No papers of Jane Roe',
    });
    expect(refusal).toMatchObject({ state: 'REJECTED', rejectedFor: [{ code: 'IDENTITY' }] });
  });

  test('an objection on what is no ground is refused with a sentence, on a ground it is decided by the platform', async () => {
    const who = await transfer.member(losing);
    const { id } = await transfer.coolingOff(who, losing, gaining);
    const sentences = new Set<string>();
    for (const ground of ['NO_ANSWER', 'QUOTA', 'POPULARITY', 'DISPUTED_FEE']) {
      const { reasons } = await transfer.refused(losing.owner, 'objectToTransfer', { requestId: id, ground });
      expect(reasons).toMatchObject([{ code: 'NOT_A_GROUND', field: 'ground' }]);
      sentences.add(reasons[0]!.message);
    }
    expect(sentences.size).toBe(4);
    expect((await transfer.refused(gaining.owner, 'objectToTransfer', { requestId: id, ground: 'LOCK' })).code).toBe('FORBIDDEN');
    const objected = await transfer.do(losing.agent, 'objectToTransfer', {
      requestId: id,
      ground: 'UNDISPUTED_DEBT',
      comment: 'See annex',
    });
    expect(objected).toMatchObject({
      state: 'OBJECTED',
      explanation: { awaits: ['PLATFORM'] },
      transferTerms: { objections: ['UNDISPUTED_DEBT'] },
    });
    const decided = await transfer.do('sam', 'decideObjection', { requestId: id, decision: 'UPHELD' });
    expect(decided).toMatchObject({ state: 'REJECTED', rejectedFor: [{ code: 'UNDISPUTED_DEBT' }] });
    expect(await transfer.membershipsOf(who)).toMatchObject([{ guild_id: losing.uuid, ended: false }]);
  });

  test('a join that fails takes the leave back: the gaining guild is full at the switch, and nobody has moved', async () => {
    const small = await api.world.guild({ cap: 1 });
    const who = await transfer.member(losing);
    const { id } = await transfer.coolingOff(who, losing, small);
    await new JoinFlow(api).coolingOff(await api.world.broadcaster(), small);
    await api.pass(16 * DAY_MS);
    await api.pass(16 * DAY_MS);
    const ended = await transfer.see(who.subject, id);
    expect([ended.state, ended.rejectedFor.map(({ code }) => code), ended.links]).toEqual(['REJECTED', ['GUILD_FULL'], []]);
    expect(await transfer.membershipsOf(who)).toEqual([{ guild_id: losing.uuid, ended: false, end_kind: null }]);
    const { rows } = await api.world.owner.query('select from guildhall.broadcaster where id = $1 and locked_until is not null', [
      who.uuid,
    ]);
    expect(rows).toEqual([]);
  });

  test('a join that the database refuses, after the leave in the same transaction, takes the leave back', async () => {
    const who = await transfer.member(losing);
    const refusing = await api.world.guild();
    const { id } = await transfer.coolingOff(who, losing, refusing);
    // As the exclusion constraint would, for this guild: a membership in the way cannot be made while the old one has no end.
    await api.db.pool('superuser', 1).query(`
      create function guildhall.refuse_join() returns trigger language plpgsql as $$ begin
        if exists (select from guildhall.membership where broadcaster_id = new.broadcaster_id and ends_at is null) then raise 'the leave comes first'; end if;
        raise exclusion_violation using constraint = 'membership_one_active';
      end $$;
      create trigger refuse_join before insert on guildhall.membership for each row when (new.guild_id = '${refusing.uuid}')
        execute function guildhall.refuse_join();`);
    await api.pass(40 * DAY_MS);
    const ended = await transfer.see(who.subject, id);
    expect([ended.state, ended.rejectedFor.map(({ code }) => code)]).toEqual(['REJECTED', ['ALREADY_MEMBER']]);
    expect(await transfer.membershipsOf(who)).toEqual([{ guild_id: losing.uuid, ended: false, end_kind: null }]);
  });

  test('outbound transfers of a suspended guild go on: the platform stands in, and somebody else certifies', async () => {
    const suspended = await api.world.guild();
    const who = await transfer.member(suspended);
    const { id } = await transfer.matched(who, suspended, gaining);
    await api.world.setGuild(suspended.uuid, 'SUSPENDED');
    const standIn = { requestId: id, event: 'STAND_IN', input: { reasonCode: 'GUILD_SUSPENDED' } };
    expect((await transfer.refused(suspended.owner, 'sendRequestEvent', standIn)).code).toBe('FORBIDDEN');
    await transfer.do('sam', 'sendRequestEvent', standIn);
    const { agreementVersions: agreements } = await transfer.see('sam', id);
    expect(agreements.map(({ audience }) => audience)).toEqual(['GUILD', 'GAINING_GUILD']);
    const { rows } = await api.world.owner.query<{ sha256: string }>(
      `select a.sha256 from guildhall.agreement_version a join guildhall.request r on r.id = a.request_id
       where r.broadcaster_id = $1 and a.audience = 'GUILD'`,
      [who.uuid],
    );
    await transfer.do('sam', 'signAgreement', { requestId: id, agreementVersion: 1, sha256: rows[0]!.sha256 });
    await transfer.sign(who.subject, id);
    await transfer.sign(gaining.owner, id);
    expect((await transfer.refused('sam', 'certifyTransfer', { requestId: id })).reasons).toMatchObject([
      { code: 'SIGNED_THEMSELVES' },
    ]);
  });
});
