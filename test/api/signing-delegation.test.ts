import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { registry } from '../../workflows/registry.js';
import { startApi, type TestApi } from '../support/api.js';
import { assertInvariants } from '../support/invariants.js';
import { DAY_MS } from '../support/join-flow.js';
import { SigningFlow } from '../support/signing-flow.js';
import { offer, TransferFlow } from '../support/transfer-flow.js';

describe('Signing in the name of a colleague', () => {
  let api: TestApi;
  let flow: SigningFlow;

  beforeAll(async () => {
    api = await startApi();
    flow = new SigningFlow(api);
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await api.stop();
  });

  const signable = async (subject: string, id: string) =>
    (await flow.see(subject, id)).availableActions.find(({ event }) => event === 'SIGN_AGREEMENT')?.allowed ?? false;

  test('finance signs for the owner who has left it to them, and the history says for whom', async () => {
    const { guild, who } = await flow.under({});
    const request = await flow.signing(who, guild);
    expect(await flow.refused(guild.finance, 'signAgreement', flow.body(request))).toMatchObject({ code: 'FORBIDDEN' });
    expect(await signable(guild.finance, request.id)).toBe(false);
    await flow.delegated(guild.owner, guild, guild.finance, { requestId: request.id });
    expect(await signable(guild.finance, request.id)).toBe(true);
    await flow.sign(guild.finance, request);
    const [finance, owner] = [await flow.principalId(guild.finance), await flow.principalId(guild.owner)];
    expect((await flow.signingOf(guild.agent, request.id)).stages[0]!.groups[1]).toMatchObject({
      party: 'GUILD',
      complete: true,
      signatures: [{ signatoryId: finance, onBehalfOfId: owner, delegated: true }],
    });
    const { request: seen } = await api.gql<{ request: { history: { nodes: Record<string, unknown>[] } } }>(
      guild.agent,
      `query ($id: ID!) { request(id: $id) { history(first: 50) { nodes { event authority onBehalfOfId } } } }`,
      { id: request.id },
    );
    expect(seen.history.nodes.at(-1)).toEqual({
      event: 'SIGN_AGREEMENT',
      authority: 'GUILD_DELEGATE',
      onBehalfOfId: owner,
    });
    // Signing is all that was left to them.
    expect(await flow.refused(guild.finance, 'declineRequest', { requestId: request.id, reasonCode: 'TERMS' })).toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  test('edge case 19: the authority of both is looked at in the moment of signing', async () => {
    const { guild, who } = await flow.under({});
    const request = await flow.signing(who, guild);
    await flow.delegated(guild.agent, guild, guild.finance, { requestId: request.id });
    expect(await signable(guild.finance, request.id)).toBe(true);
    await api.world.dismiss(guild.uuid, guild.agent);
    // Who left it to them does not sign for the guild any more, so there is nothing that was left.
    expect(await flow.refused(guild.finance, 'signAgreement', flow.body(request))).toMatchObject({ code: 'FORBIDDEN' });

    await flow.delegated(guild.owner, guild, guild.finance, { requestId: request.id });
    await api.world.dismiss(guild.uuid, guild.finance);
    expect(await flow.refused(guild.finance, 'signAgreement', flow.body(request))).toMatchObject({ code: 'NOT_FOUND' });
    // Not only unseen: nothing was signed.
    expect((await flow.signingOf('sam', request.id)).stages[0]!.groups.flatMap(({ signatures }) => signatures)).toEqual([]);
  });

  test('a disabled account neither leaves anything to anybody nor takes it', async () => {
    const { guild, who } = await flow.under({});
    const request = await flow.signing(who, guild);
    await flow.delegated(guild.agent, guild, guild.finance, { requestId: request.id });
    await api.world.owner.query('update guildhall.principal set disabled_at = now() where subject = $1', [guild.agent]);
    expect(await flow.refused(guild.finance, 'signAgreement', flow.body(request))).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('it is for one request, or until a day, and can be taken back', async () => {
    const { guild, who, region } = await flow.under({});
    const [request, another] = [
      await flow.signing(who, guild),
      await flow.signing(await api.world.broadcaster({ region }), guild),
    ];
    const id = await flow.delegated(guild.owner, guild, guild.finance, { requestId: request.id });
    expect(await flow.refused(guild.finance, 'signAgreement', flow.body(another))).toMatchObject({ code: 'FORBIDDEN' });
    expect(await flow.revokeDelegation(guild.finance, id)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await flow.revokeDelegation(who.subject, id)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await flow.revokeDelegation(guild.owner, id)).toMatchObject({ __typename: 'SigningDelegation' });
    expect(await flow.refused(guild.finance, 'signAgreement', flow.body(request))).toMatchObject({ code: 'FORBIDDEN' });

    const until = new Date((await api.clock.now()).getTime() + DAY_MS).toISOString();
    await flow.delegated(guild.owner, guild, guild.finance, { until });
    await flow.sign(guild.finance, another);
    await api.pass(DAY_MS + 1_000);
    expect(await flow.refused(guild.finance, 'signAgreement', flow.body(request))).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('two people are two people, whoever they sign for', async () => {
    const { guild, who } = await flow.under({ guildSignatories: 2 });
    const request = await flow.signing(who, guild);
    await flow.delegated(guild.owner, guild, guild.agent, { requestId: request.id });
    const ownerId = await flow.principalId(guild.owner);
    await flow.sign(guild.agent, request);
    expect(await flow.refusedFor(guild.agent, request, { onBehalfOfId: ownerId })).toEqual(['ALREADY_SIGNED']);
    await flow.delegated(guild.owner, guild, guild.finance, { requestId: request.id });
    await flow.delegated(guild.agent, guild, guild.finance, { requestId: request.id });
    expect(await flow.refusedFor(guild.finance, request)).toEqual(['DELEGATOR_NEEDED']);
    expect(await flow.refusedFor(guild.finance, request, { onBehalfOfId: await flow.principalId(who.subject) })).toEqual([
      'NOT_DELEGATED',
    ]);
    await flow.do(guild.finance, 'signAgreement', flow.body(request, { onBehalfOfId: ownerId }));
    expect(await flow.sign(who.subject, request)).toMatchObject({ state: 'COOLING_OFF' });
  });

  test('only who signs for a guild leaves it, to a colleague, within bounds', async () => {
    const { guild, who } = await flow.under({});
    const elsewhere = await api.world.guild();
    const request = await flow.signing(who, guild);
    const requestId = request.id;
    const now = (await api.clock.now()).getTime();
    const codes = async (...[by, to, more]: [string, string, object]) => {
      const answer = await flow.delegate(by, guild, to, more);
      return answer.__typename === 'Refusal' ? answer.code : 'DONE';
    };
    expect(await codes(guild.finance, guild.agent, { requestId })).toBe('FORBIDDEN');
    expect(await codes(who.subject, guild.agent, { requestId })).toBe('NOT_FOUND');
    expect(await codes(guild.owner, elsewhere.agent, { requestId })).toBe('NOT_A_COLLEAGUE');
    expect(await codes(guild.owner, guild.owner, { requestId })).toBe('OWN_DELEGATE');
    expect(await codes(guild.owner, guild.finance, {})).toBe('DELEGATION_UNBOUNDED');
    expect(await codes(guild.owner, guild.finance, { until: new Date(now - 1_000).toISOString() })).toBe('NOT_IN_REACH');
    expect(await codes(guild.owner, guild.finance, { until: new Date(now + 400 * DAY_MS).toISOString() })).toBe('NOT_IN_REACH');
    const theirs = await flow.signing(await api.world.broadcaster(), elsewhere);
    expect(await codes(guild.owner, guild.finance, { requestId: theirs.id })).toBe('NOT_FOUND');
    // Said again it is the same one, and the other guild sees nothing of it.
    const id = await flow.delegated(guild.owner, guild, guild.finance, { requestId });
    expect(await flow.delegated(guild.owner, guild, guild.finance, { requestId })).toBe(id);
    const list = `query ($guildId: ID!) { signingDelegations(guildId: $guildId) { nodes { id delegateId revokedAt } } }`;
    const seenBy = async (subject: string) =>
      (await api.gql<{ signingDelegations: { nodes: unknown[] } }>(subject, list, { guildId: guild.id })).signingDelegations.nodes
        .length;
    expect([await seenBy(guild.agent), await seenBy('sam'), await seenBy(elsewhere.owner), await seenBy(who.subject)]).toEqual([
      1, 1, 0, 0,
    ]);
  });

  test('a delegate of the gaining guild signs a transfer for that guild, and for no other', async () => {
    const transfer = new TransferFlow(api);
    const [losing, gaining] = [await api.world.guild(), await api.world.guild()];
    const who = await transfer.member(losing);
    const code = await transfer.code(who);
    const { id } = await transfer.do(gaining.owner, 'redeemTransferCode', { guildId: gaining.id, code, offer });
    // What was left to somebody by a third guild is good for that guild's requests only.
    const third = await api.world.guild();
    const until = new Date((await api.clock.now()).getTime() + DAY_MS).toISOString();
    await flow.delegated(third.owner, third, third.finance, { until });
    const unsigned = await flow.see(gaining.owner, id);
    expect(await flow.refused(third.finance, 'signAgreement', flow.body(unsigned))).toMatchObject({ code: 'NOT_FOUND' });
    expect((await flow.signingOf('sam', id)).stages[0]!.groups.flatMap(({ signatures }) => signatures)).toEqual([]);
    await flow.delegated(gaining.owner, gaining, gaining.finance, { requestId: id });
    const request = await flow.see(gaining.finance, id);
    await flow.sign(gaining.finance, request);
    expect((await flow.signingOf(gaining.owner, id)).stages[0]!.groups).toMatchObject([
      { party: 'BROADCASTER', complete: false },
      { party: 'GAINING_GUILD', complete: true, signatures: [{ delegated: true }] },
    ]);
  });
});
