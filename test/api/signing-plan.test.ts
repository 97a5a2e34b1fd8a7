import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { registry } from '../../workflows/registry.js';
import { startApi, type ApiProcess, type TestApi } from '../support/api.js';
import { DirectoryFlow } from '../support/directory-flow.js';
import { assertInvariants } from '../support/invariants.js';
import { DAY_MS, JoinFlow } from '../support/join-flow.js';
import { SigningFlow } from '../support/signing-flow.js';
import { Meeting } from '../model/meeting.js';

describe('A signing plan over the API', () => {
  let api: TestApi;
  let other: ApiProcess;
  let flow: SigningFlow;
  const meeting = new Meeting();

  beforeAll(async () => {
    api = await startApi({ onStep: meeting.arrive });
    other = await api.another({ onStep: meeting.arrive, workers: false });
    flow = new SigningFlow(api);
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await other.stop();
    await api.stop();
  });

  test('a request without one is signed in any order, and says so', async () => {
    const { guild, who } = await flow.under({});
    const request = await flow.signing(who, guild);
    expect(await flow.signingOf(who.subject, request.id)).toMatchObject({
      stages: [
        {
          number: 1,
          current: true,
          groups: [
            { party: 'BROADCASTER', role: 'SIGNER', required: 1, complete: false, signatures: [] },
            { party: 'GUILD', role: 'SIGNER', required: 1, complete: false, signatures: [] },
          ],
        },
      ],
      next: ['BROADCASTER', 'GUILD'],
      level: null,
      needs: [],
      windowClosesAt: request.deadlines[0]!.dueAt,
      reminderAt: null,
    });
  });

  test('stages come one after the other; who has signed is shown, and who it was to the own side alone', async () => {
    const { guild, who } = await flow.under({ signingOrder: 'GUILD_FIRST', guildSignatories: 2 });
    const request = await flow.signing(who, guild);
    expect(await flow.refusedFor(who.subject, request)).toEqual(['NOT_YOUR_TURN']);
    expect(await flow.sign(guild.owner, request)).toMatchObject({ state: 'SIGNING' });
    expect(await flow.refusedFor(guild.owner, request)).toEqual(['ALREADY_SIGNED']);
    const seenByGuild = await flow.signingOf(guild.agent, request.id);
    const ownerId = await flow.principalId(guild.owner);
    expect(seenByGuild.stages[0]).toMatchObject({
      current: true,
      complete: false,
      groups: [{ party: 'GUILD', required: 2, signatures: [{ signatoryId: ownerId, onBehalfOfId: null }] }],
    });
    expect((await flow.signingOf(who.subject, request.id)).stages[0]!.groups[0]!.signatures).toEqual([
      { signatoryId: null, onBehalfOfId: null, delegated: false, level: null, method: null },
    ]);
    await flow.sign(guild.agent, request);
    expect(await flow.signingOf(who.subject, request.id)).toMatchObject({
      stages: [
        { current: false, complete: true },
        { current: true, complete: false },
      ],
      next: ['BROADCASTER'],
    });
    expect(await flow.sign(who.subject, request)).toMatchObject({ state: 'COOLING_OFF' });
  });

  test('a plan is pinned: a later policy does not change the order of a request that runs', async () => {
    const { guild, who, region } = await flow.under({ signingOrder: 'GUILD_FIRST' });
    const request = await flow.signing(who, guild);
    await flow.publish(region, { signingOrder: 'BROADCASTER_FIRST' }, 2);
    const later = await flow.signing(await api.world.broadcaster({ region }), guild);
    expect(await flow.signingOf('sam', later.id)).toMatchObject({ next: ['BROADCASTER'] });
    expect(await flow.refusedFor(who.subject, request)).toEqual(['NOT_YOUR_TURN']);
  });

  test('an approval of the owner comes before anybody signs, and can be taken back until the last signature is in', async () => {
    const { guild, who } = await flow.under({ guildOwnerApproves: true });
    const request = await flow.signing(who, guild);
    expect(await flow.refusedFor(guild.agent, request)).toEqual(['APPROVAL_MISSING']);
    expect(await flow.refusedFor(who.subject, request)).toEqual(['APPROVAL_MISSING']);
    await flow.sign(guild.owner, request);
    await flow.sign(guild.agent, request);
    await flow.do(guild.owner, 'revokeSignature', { requestId: request.id });
    // The broadcaster's signature waits for the approval; the agent's stands.
    expect(await flow.refusedFor(who.subject, request)).toEqual(['APPROVAL_MISSING']);
    expect(await flow.refusedFor(guild.agent, request)).toEqual(['NOT_A_SIGNATORY']);
    await flow.sign(guild.owner, request);
    expect(await flow.sign(who.subject, request)).toMatchObject({ state: 'COOLING_OFF' });
    expect(await flow.refused(guild.owner, 'revokeSignature', { requestId: request.id })).toMatchObject({ code: 'WRONG_STATE' });
  });

  test('of a minor: the broadcaster, the guardian, the guild, and the platform as who approves', async () => {
    const { guild, region } = await flow.under({ signingOrder: 'BROADCASTER_FIRST', minBroadcasterAgeYears: 16 });
    const born = new Date((await api.clock.now()).getTime() - 17 * 365.25 * DAY_MS).toISOString().slice(0, 10);
    const minor = await api.world.broadcaster({ region, birthDate: born });
    const directory = new DirectoryFlow(api);
    const guardian = 'guardian-of-a-plan';
    await directory.do('sam', 'assignGuardian', { broadcasterId: minor.id, principalId: await directory.person(guardian) });
    const request = await flow.signing(minor, guild);
    const next = async () => (await flow.signingOf('sam', request.id)).next;
    for (const [subject, party] of [
      [minor.subject, 'BROADCASTER'],
      [guardian, 'GUARDIAN'],
      [guild.agent, 'GUILD'],
    ] as const) {
      expect(await next()).toEqual([party]);
      expect(await flow.refusedFor('sam', request)).toEqual(['NOT_YOUR_TURN']);
      await flow.sign(subject, request);
    }
    expect((await flow.signingOf(minor.subject, request.id)).stages.at(-1)).toMatchObject({
      number: 4,
      current: true,
      groups: [{ party: 'PLATFORM', role: 'APPROVER', complete: false }],
    });
    expect(await flow.sign('sam', request)).toMatchObject({ state: 'COOLING_OFF' });
  });

  test('whoever has not signed is reminded once, before the window closes', async () => {
    const { guild, who } = await flow.under({ signatureReminderDays: 2 });
    const request = await flow.signing(who, guild);
    await flow.sign(guild.owner, request);
    const { reminderAt, windowClosesAt } = await flow.signingOf(who.subject, request.id);
    expect(Date.parse(windowClosesAt!) - Date.parse(reminderAt!)).toBe(2 * DAY_MS);
    expect(request).toMatchObject({ explanation: { by: windowClosesAt } });
    const reminders = async (subject: string) => {
      const { notifications } = await api.gql<{ notifications: { nodes: { template: string; requestId: string }[] } }>(
        subject,
        '{ notifications(first: 50) { nodes { template requestId } } }',
      );
      return notifications.nodes.filter(({ template, requestId }) => template === 'SIGNATURE_DUE' && requestId === request.id);
    };
    await api.pass(Date.parse(reminderAt!) - (await api.clock.now()).getTime() - 60_000);
    expect(await reminders(who.subject)).toHaveLength(0);
    await api.pass(60_000);
    expect(await reminders(who.subject)).toHaveLength(1);
    expect(await reminders(guild.owner)).toHaveLength(0);
    const seen = await flow.see(who.subject, request.id);
    expect(seen).toMatchObject({ state: 'SIGNING', deadlines: [{ name: 'signatureWindow', dueAt: windowClosesAt }] });
    expect(seen.history.nodes.at(-1)).toMatchObject({ event: 'signatureReminder', source: 'timer' });
    await api.pass(2 * DAY_MS);
    expect(await flow.see(who.subject, request.id)).toMatchObject({ state: 'EXPIRED' });
    expect(await reminders(who.subject)).toHaveLength(1);
  });

  test('a party declines, and support voids, with a coded reason and words beside the chain', async () => {
    const { guild, who } = await flow.under({ signingOrder: 'GUILD_FIRST' });
    const declined = await flow.signing(who, guild);
    const answer = await flow.do(guild.agent, 'declineRequest', {
      requestId: declined.id,
      reasonCode: 'CHANGED_MIND',
      comment: 'We have thought again.',
    });
    expect(answer).toMatchObject({ state: 'DECLINED' });
    const voided = await flow.signing(await api.world.broadcaster(), guild);
    await flow.sign(guild.owner, voided);
    expect(
      await flow.do('sam', 'voidRequest', { requestId: voided.id, reasonCode: 'COURT_ORDER', comment: 'Order 12.' }),
    ).toMatchObject({ state: 'VOIDED' });
    const { rows } = await api.db.pool('superuser', 1).query<{ event: string; body: string }>(
      `select h.event, a.body from guildhall.history h join guildhall.annex a on a.instance_id = h.instance_id and a.seq = h.seq
       where h.event_type in ('DECLINE_REQUEST', 'VOID_REQUEST') order by h.at, h.seq`,
    );
    expect(rows.map(({ body }) => body)).toEqual(['We have thought again.', 'Order 12.']);
    expect(rows.map(({ event }) => (JSON.parse(event) as { reasonCode: string }).reasonCode)).toEqual([
      'CHANGED_MIND',
      'COURT_ORDER',
    ]);
    expect(rows.some(({ event, body }) => event.includes(body))).toBe(false);
  });

  test('a correction by support voids every signature, shows what has changed and begins the window anew', async () => {
    const { guild, who } = await flow.under({ guildSignatories: 2, signatureReminderDays: 2 });
    const request = await flow.signing(who, guild);
    await flow.sign(guild.owner, request);
    const before = await flow.signingOf(who.subject, request.id);
    await api.pass(2 * DAY_MS);
    await flow.do('sam', 'sendRequestEvent', {
      requestId: request.id,
      event: 'CORRECT_REQUEST',
      input: { terms: { guildSharePercent: 12, termMonths: 6 }, reasonCode: 'PLATFORM_ERROR' },
    });
    const { request: seen } = await api.gql<{ request: { agreementVersions: { changes: unknown[] }[] } }>(
      who.subject,
      `query ($id: ID!) { request(id: $id) { agreementVersions { changes { term before after } } } }`,
      { id: request.id },
    );
    expect(seen.agreementVersions.at(-1)).toEqual({ changes: [{ term: 'guildSharePercent', before: '15', after: '12' }] });
    const again = await flow.do(guild.owner, 'acceptTerms', { requestId: request.id, agreementVersion: 2 });
    expect(await flow.refusedFor(guild.agent, request)).toEqual(['DIFFERENT_AGREEMENT', 'OUTDATED_VERSION']);
    const after = await flow.signingOf(who.subject, request.id);
    expect(after.stages[0]!.groups.flatMap(({ signatures }) => signatures)).toEqual([]);
    expect(Date.parse(after.windowClosesAt!) - Date.parse(before.windowClosesAt!)).toBe(2 * DAY_MS);
    expect(Date.parse(after.reminderAt!) - Date.parse(before.reminderAt!)).toBe(2 * DAY_MS);
    await flow.sign(guild.owner, again);
    await flow.sign(guild.agent, again);
    expect(await flow.sign(who.subject, again)).toMatchObject({ state: 'COOLING_OFF' });
  });

  describe('meets itself', () => {
    const at = (origin: string, subject: string, request: Parameters<SigningFlow['body']>[0]) => () =>
      flow.send(subject, 'signAgreement', flow.body(request), origin);

    test('two of one guild at the same instant: one of two is one, and the second is told that the party has signed', async () => {
      for (let round = 0; round < 5; round += 1) {
        const { guild, who } = await flow.under({ signatureReminderDays: 1 });
        const request = await flow.signing(who, guild);
        const answers = await meeting.of([at(api.origin, guild.owner, request), at(other.origin, guild.agent, request)]);
        const refusals = answers.filter(({ __typename }) => __typename === 'Refusal');
        expect(refusals).toMatchObject([{ code: 'NOT_ALLOWED', reasons: [{ code: 'ALREADY_SIGNED' }] }]);
        expect((await flow.signingOf('sam', request.id)).stages[0]!.groups[1]).toMatchObject({
          party: 'GUILD',
          signatures: [{ delegated: false }],
        });
      }
    });

    test('two of two at the same instant both count', async () => {
      for (let round = 0; round < 5; round += 1) {
        const { guild, who } = await flow.under({ guildSignatories: 2 });
        const request = await flow.signing(who, guild);
        const answers = await meeting.of([at(api.origin, guild.owner, request), at(other.origin, guild.agent, request)]);
        expect(answers.map(({ __typename }) => __typename)).toEqual(['Request', 'Request']);
        expect(await flow.sign(who.subject, request)).toMatchObject({ state: 'COOLING_OFF' });
      }
    });

    test('the last of a stage and the first of the next: whoever the database puts first decides, and the other is told', async () => {
      for (let round = 0; round < 8; round += 1) {
        const { guild, who } = await flow.under({ signingOrder: 'GUILD_FIRST' });
        const request = await flow.signing(who, guild);
        const [first, second] = await meeting.of([at(api.origin, guild.owner, request), at(other.origin, who.subject, request)]);
        expect(first!.__typename).toBe('Request');
        const { history } = await flow.see('sam', request.id);
        const signed = history.nodes.filter(({ event }) => event === 'SIGN_AGREEMENT').map(({ authority }) => authority);
        if (second!.__typename === 'Request') expect(signed).toEqual(['GUILD_OWNER', 'BROADCASTER']);
        else {
          expect(second).toMatchObject({ reasons: [{ code: 'NOT_YOUR_TURN' }] });
          expect(signed).toEqual(['GUILD_OWNER']);
        }
      }
    });

    test('other terms against the last signature: either all is signed, or nothing is signed on the new text', async () => {
      for (let round = 0; round < 8; round += 1) {
        const { guild, who } = await flow.under({ signingOrder: 'GUILD_FIRST' });
        const request = await flow.signing(who, guild);
        await flow.sign(guild.owner, request);
        const works = [
          at(api.origin, who.subject, request),
          () =>
            flow.send(
              guild.agent,
              'proposeTerms',
              { requestId: request.id, terms: { guildSharePercent: 11, termMonths: 6 } },
              other.origin,
            ),
        ];
        const [signature, amendment] = await meeting
          .of(round % 2 === 0 ? works : works.toReversed())
          .then((answers) => (round % 2 === 0 ? answers : answers.toReversed()));
        const state = await flow.see('sam', request.id);
        const { stages } = await flow.signingOf('sam', request.id);
        const signatures = stages.flatMap(({ groups }) => groups.flatMap((group) => group.signatures));
        if (state.state === 'COOLING_OFF') {
          expect(signature!.__typename).toBe('Request');
          expect(amendment).toMatchObject({ __typename: 'Refusal', code: 'WRONG_STATE' });
          expect([signatures.length, state.agreement!.version]).toEqual([2, 1]);
        } else {
          expect(state.state).toBe('DRAFTING');
          expect(amendment!.__typename).toBe('Request');
          expect(signature).toMatchObject({ __typename: 'Refusal', code: 'WRONG_STATE' });
          expect([signatures.length, state.agreement!.version]).toEqual([0, 2]);
        }
      }
    });

    test('a signature of a stage against the window’s timer: the request is signed or expired, never both', async () => {
      const { guild, region } = await flow.under({ signingOrder: 'GUILD_FIRST' });
      const join = new JoinFlow(api);
      const requests = await Promise.all(
        Array.from({ length: 6 }, async () => {
          const who = await api.world.broadcaster({ region });
          const request = await flow.signing(who, guild);
          await flow.sign(guild.owner, request);
          return { who, request };
        }),
      );
      await api.clock.shift(9 * DAY_MS);
      const answers = await Promise.all([
        ...requests.map(({ who, request }) => join.send(who.subject, 'signAgreement', flow.body(request))),
        api.app.workers.drain().then(() => undefined),
      ]);
      await api.pass(0);
      for (const [index, { request }] of requests.entries()) {
        const { state, history } = await flow.see('sam', request.id);
        const events = history.nodes.map(({ event }) => event);
        if (answers[index]!.__typename === 'Request') {
          expect([state, events.includes('signatureWindow')]).toEqual(['COOLING_OFF', false]);
        } else {
          expect(answers[index]).toMatchObject({ code: 'FINAL', currentState: 'EXPIRED' });
          expect([state, events.filter((event) => event === 'SIGN_AGREEMENT').length]).toEqual(['EXPIRED', 1]);
        }
      }
    });
  });
});
