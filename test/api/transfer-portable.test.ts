import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { encodeGlobalId } from '../../src/schema/index.js';
import { registry } from '../../workflows/registry.js';
import { startApi, type TestApi } from '../support/api.js';
import { assertInvariants } from '../support/invariants.js';
import { DAY_MS } from '../support/join-flow.js';
import { LeaveFlow } from '../support/leave-flow.js';
import { offer, TransferFlow, type CodeAnswer } from '../support/transfer-flow.js';
import type { TestGuild } from '../support/world.js';

const HOUR_MS = 3_600_000;
const FALSE_CODE = 'ABCD-ABCD-ABCD-ABCD-ABCD-ABCD';

describe('TRANSFER_PORTABLE over the API', () => {
  let api: TestApi;
  let transfer: TransferFlow;
  let losing: TestGuild;

  beforeAll(async () => {
    api = await startApi();
    transfer = new TransferFlow(api);
    losing = await api.world.guild();
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('engine', 1), registry);
    await api.stop();
  });

  const redemption = (guild: TestGuild, code: string, more: object = {}) => ({ guildId: guild.id, code, offer, ...more });

  test('a code opens the transfer; two signatures, the time to object, the switch', async () => {
    const who = await transfer.member(losing);
    const gaining = await api.world.guild();
    const made = (await transfer.askCode(who.subject)) as CodeAnswer;
    expect(made).toMatchObject({ __typename: 'TransferCode', unchecked: [{ code: 'UNDISPUTED_DEBT' }] });
    expect(made.code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(Date.parse(made.expiresAt) - (await api.clock.now()).getTime()).toBeLessThanOrEqual(336 * HOUR_MS);
    const { id, state } = await transfer.do(gaining.agent, 'redeemTransferCode', redemption(gaining, made.code));
    expect(state).toBe('SIGNING');
    await transfer.sign(gaining.agent, id);
    expect(await transfer.sign(who.subject, id)).toMatchObject({ state: 'COOLING_OFF', deadlines: [{ name: 'coolingOffEnd' }] });
    await api.pass(7 * DAY_MS);
    expect(await transfer.see(gaining.owner, id)).toMatchObject({ state: 'COMPLETED', links: [] });
    expect((await transfer.see(losing.owner, id)).links).toMatchObject([{ kind: 'PAYMENT' }]);
    expect(await transfer.membershipsOf(who)).toEqual([
      { guild_id: losing.uuid, ended: true, end_kind: 'TRANSFER' },
      { guild_id: gaining.uuid, ended: false, end_kind: null },
    ]);
  });

  test('the code is nowhere but in the answer: not in the database, in no snapshot, no history and no log', async () => {
    const who = await transfer.member(losing);
    const gaining = await api.world.guild();
    const code = await transfer.code(who);
    await transfer.refused(gaining.owner, 'redeemTransferCode', redemption(gaining, FALSE_CODE));
    await transfer.do(
      gaining.owner,
      'redeemTransferCode',
      redemption(gaining, code.toLowerCase(), { idempotencyKey: 'redeem-once' }),
    );
    const secret = code.replaceAll('-', '').slice(8);
    const forms = [code, code.toLowerCase(), code.replaceAll('-', ''), secret, code.slice(10)];
    const superuser = api.db.pool('superuser', 1);
    const { rows: tables } = await superuser.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'guildhall'::regnamespace and relkind = 'r'`,
    );
    for (const { name } of tables) {
      const { rows } = await superuser.query(
        `select from guildhall.${name} t join unnest($1::text[]) form on position(lower(form) in lower(t::text)) > 0`,
        [forms],
      );
      expect([name, rows.length]).toEqual([name, 0]);
    }
    for (const form of [...forms, FALSE_CODE]) expect(api.log().toLowerCase()).not.toContain(form.toLowerCase());
  });

  test('everything in the way of a code is told at once, with the time from which it no longer holds', async () => {
    const who = await transfer.member(await new LeaveFlow(api).guildUnder({ minTermMonths: 4 }), 6);
    const until = await transfer.inDays(5);
    await api.world.owner.query('update guildhall.broadcaster set identity_verified_at = null, locked_until = $2 where id = $1', [
      who.uuid,
      until,
    ]);
    const open = `mutation ($input: OpenRequestInput!) { openRequest(input: $input) { ... on Request { state } ... on Refusal { code } } }`;
    await api.world.owner.query('update guildhall.broadcaster set locked_until = null where id = $1', [who.uuid]);
    await api.gql(who.subject, open, {
      input: { kind: 'LEAVE_NOTICE', said: { primaryReason: 'LIFE_QUIT', acceptsExitFee: true } },
    });
    await api.world.owner.query('update guildhall.broadcaster set locked_until = $2 where id = $1', [who.uuid, until]);
    const refused = await transfer.askCode(who.subject);
    expect(refused).toMatchObject({ __typename: 'Refusal', code: 'NOT_ELIGIBLE' });
    const { reasons } = refused as Exclude<typeof refused, CodeAnswer>;
    expect(reasons.map(({ code }) => code)).toEqual(['MEMBERSHIP_ENDING', 'IDENTITY_UNKNOWN', 'LOCKED', 'FLOW_OPEN', 'MIN_TERM']);
    const times = Object.fromEntries(reasons.map((reason) => [reason.code, reason.until]));
    expect(times['LOCKED']).toBe(until);
    // The policy's minimum in calendar months from the beginning of the membership, not the term that was agreed.
    const { rows } = await api.world.owner.query<{ term: Date }>(
      `select (starts_at at time zone 'Europe/Berlin' + interval '4 months') at time zone 'Europe/Berlin' as term from guildhall.membership where broadcaster_id = $1`,
      [who.uuid],
    );
    expect(times['MIN_TERM']).toBe(rows[0]!.term.toISOString());
  });

  test('a code is made for the broadcaster and the guardian, for nobody else', async () => {
    const who = await transfer.member(losing);
    const { rows } = await api.world.owner.query<{ id: string }>(
      'select id from guildhall.membership where broadcaster_id = $1',
      [who.uuid],
    );
    const membershipId = encodeGlobalId('Membership', rows[0]!.id);
    for (const [subject, code] of [
      [losing.owner, 'FORBIDDEN'],
      ['sam', 'FORBIDDEN'],
      ['bela', 'NOT_FOUND'],
    ])
      expect(await transfer.askCode(subject!, membershipId)).toMatchObject({ code });
    expect(await transfer.askCode('bela')).toMatchObject({ code: 'NOT_FOUND' });
    const guardian = await api.world.broadcaster();
    await api.world.owner.query('insert into guildhall.guardian (broadcaster_id, principal_id, since) values ($1, $2, now())', [
      who.uuid,
      guardian.principalUuid,
    ]);
    expect(await transfer.askCode(guardian.subject, membershipId)).toMatchObject({ __typename: 'TransferCode' });
  });

  test('a new code voids the old one, and there are only so many in a day', async () => {
    const who = await transfer.member(losing);
    const gaining = await api.world.guild();
    const codes = [await transfer.code(who), await transfer.code(who), await transfer.code(who)];
    const refused = await transfer.askCode(who.subject);
    expect(refused).toMatchObject({ code: 'TOO_MANY_CODES', reasons: [{ until: expect.any(String) }] });
    for (const code of codes.slice(0, 2))
      expect((await transfer.refused(gaining.owner, 'redeemTransferCode', redemption(gaining, code))).code).toBe(
        'CODE_NOT_VALID',
      );
    const until = (refused as Exclude<typeof refused, CodeAnswer>).reasons[0]!.until!;
    await api.pass(Date.parse(until) - (await api.clock.now()).getTime() + 1_000);
    expect((await transfer.askCode(who.subject)).__typename).toBe('TransferCode');
  });

  test('unknown, used, voided and expired codes get one and the same answer', async () => {
    const [used, expired] = [await transfer.member(losing), await transfer.member(losing)];
    const gaining = await api.world.guild();
    const usedCode = await transfer.code(used);
    await transfer.do(gaining.owner, 'redeemTransferCode', redemption(gaining, usedCode));
    const guessed = await transfer.code(await transfer.member(losing));
    // Whoever knows the part that finds the row still has to know the part that is secret.
    const almost = guessed.slice(0, -1) + (guessed.endsWith('A') ? 'B' : 'A');
    const live = await transfer.refused(gaining.owner, 'redeemTransferCode', redemption(gaining, almost));
    const expiredCode = await transfer.code(expired);
    await api.pass(337 * HOUR_MS);
    const answers = [live];
    for (const code of [FALSE_CODE, usedCode, expiredCode, 'nonsense', ''])
      answers.push(await transfer.refused(gaining.owner, 'redeemTransferCode', redemption(gaining, code)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]!.code).toBe('CODE_NOT_VALID');
  });

  test('one of many who redeem a code at the same time gets it, and the same key gets its answer again', async () => {
    const who = await transfer.member(losing);
    const code = await transfer.code(who);
    const guilds = await Promise.all(Array.from({ length: 6 }, () => api.world.guild()));
    const answers = await Promise.all(
      guilds.flatMap((guild) =>
        [guild.owner, guild.agent].map(async (subject) => ({
          guild,
          subject,
          answer: await transfer.send(subject, 'redeemTransferCode', redemption(guild, code, { idempotencyKey: 'at-once' })),
        })),
      ),
    );
    const won = answers.filter(({ answer }) => answer.__typename === 'Request');
    expect(won).toHaveLength(1);
    expect(new Set(answers.filter((each) => each !== won[0]).map(({ answer }) => (answer as { code: string }).code))).toEqual(
      new Set(['CODE_NOT_VALID']),
    );
    const [{ guild, subject, answer }] = won as [(typeof won)[0]];
    const again = await transfer.do(subject, 'redeemTransferCode', redemption(guild, code, { idempotencyKey: 'at-once' }));
    expect(again.id).toBe((answer as { id: string }).id);
    const { rows } = await api.world.owner.query(
      `select from guildhall.request where broadcaster_id = $1 and kind = 'TRANSFER_PORTABLE'`,
      [who.uuid],
    );
    expect(rows).toHaveLength(1);
  });

  test('wrong attempts are counted for the person and for the guild, also when they come at once', async () => {
    const [gaining, other] = [await api.world.guild(), await api.world.guild()];
    const who = await transfer.member(losing);
    const code = await transfer.code(who);
    const attempts = await Promise.all(
      Array.from({ length: 8 }, () => transfer.refused(gaining.owner, 'redeemTransferCode', redemption(gaining, FALSE_CODE))),
    );
    expect(attempts.map((answer) => answer.code).sort()).toEqual([
      ...Array.from({ length: 5 }, () => 'CODE_NOT_VALID'),
      ...Array.from({ length: 3 }, () => 'TOO_MANY_ATTEMPTS'),
    ]);
    const blocked = await transfer.refused(gaining.agent, 'redeemTransferCode', redemption(gaining, code));
    expect(blocked).toMatchObject({ code: 'TOO_MANY_ATTEMPTS', reasons: [{ until: expect.any(String) }] });
    // The owner of one guild who is owner of another too has no more attempts there.
    await api.world.owner.query(
      `insert into guildhall.guild_staff (guild_id, principal_id, role, since) select $1, p.id, 'OWNER', now() from guildhall.principal p where p.subject = $2`,
      [other.uuid, gaining.owner],
    );
    expect((await transfer.refused(gaining.owner, 'redeemTransferCode', redemption(other, code))).code).toBe('TOO_MANY_ATTEMPTS');
    await api.pass(Date.parse(blocked.reasons[0]!.until!) - (await api.clock.now()).getTime() + 1_000);
    expect((await transfer.do(gaining.agent, 'redeemTransferCode', redemption(gaining, code))).state).toBe('SIGNING');
  });

  test('only who commits the guild redeems for it, and what was no fault of the code is no attempt', async () => {
    const who = await transfer.member(losing);
    const [gaining, other] = [await api.world.guild(), await api.world.guild()];
    const code = await transfer.code(who);
    for (const subject of [gaining.finance, other.owner, who.subject, 'sam'])
      expect((await transfer.refused(subject, 'redeemTransferCode', redemption(gaining, code))).code).toBe('FORBIDDEN');
    const bad = redemption(gaining, code, { offer: { guildSharePercent: 99, termMonths: 99 } });
    for (let attempt = 0; attempt < 7; attempt += 1)
      expect((await transfer.refused(gaining.owner, 'redeemTransferCode', bad)).reasons.map((reason) => reason.code)).toEqual([
        'GUILD_SHARE_TOO_HIGH',
        'TERM_TOO_LONG',
      ]);
    expect((await transfer.do(gaining.owner, 'redeemTransferCode', redemption(gaining, code))).state).toBe('SIGNING');
  });

  test('a guild that is full is told so, and the code is still good for another', async () => {
    const who = await transfer.member(losing);
    const [full, roomy] = [await api.world.guild({ cap: 0 }), await api.world.guild()];
    const code = await transfer.code(who);
    const rejected = await transfer.do(full.owner, 'redeemTransferCode', redemption(full, code));
    expect([rejected.state, rejected.rejectedFor.map((reason) => reason.code)]).toEqual(['REJECTED', ['GUILD_FULL']]);
    expect((await transfer.do(roomy.owner, 'redeemTransferCode', redemption(roomy, code))).state).toBe('SIGNING');
  });

  test('nobody starts one without a code, by whichever door', async () => {
    const who = await transfer.member(losing);
    const gaining = await api.world.guild();
    const open = `mutation ($input: OpenRequestInput!) { openRequest(input: $input) { ... on Request { state } ... on Refusal { code } } }`;
    const input = {
      kind: 'TRANSFER_PORTABLE',
      broadcasterId: who.id,
      gainingGuildId: gaining.id,
      said: { offer, codeId: '7f0a2f3c-3f49-4a53-9b5e-0d2f5b5f6a11' },
    };
    expect(await api.gql(gaining.owner, open, { input })).toEqual({ openRequest: { code: 'CODE_NOT_VALID' } });
  });
});
