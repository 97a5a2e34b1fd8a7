import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { registry } from '../../workflows/registry.js';
import { startExpiries } from '../../src/directory/index.js';
import { createBulk } from '../../src/bulk/index.js';
import { startApi, type TestApi } from '../support/api.js';
import { assertInvariants } from '../support/invariants.js';
import { DAY_MS } from '../support/join-flow.js';
import { LeaveFlow, type Member } from '../support/leave-flow.js';
import type { TestGuild } from '../support/world.js';

describe('the end of a term', () => {
  let api: TestApi;
  let flow: LeaveFlow;
  let guild: TestGuild;

  beforeAll(async () => {
    api = await startApi({ workers: false });
    flow = new LeaveFlow(api);
    guild = await api.world.guild();
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await api.stop();
  });

  const termEndsAt = async ({ subject, membershipId }: Member): Promise<string | null> =>
    (
      await api.gql<{ node: { termEndsAt: string | null } }>(
        subject,
        'query ($id: ID!) { node(id: $id) { ... on Membership { termEndsAt } } }',
        { id: membershipId },
      )
    ).node.termEndsAt;
  const passTo = async (instant: string, offsetMs = 0) =>
    api.pass(Date.parse(instant) + offsetMs - (await api.clock.now()).getTime());
  const releases = async ({ membershipUuid }: Member): Promise<string[]> =>
    (
      await api.world.owner.query<{ state: string }>(
        `select i.state from guildhall.request r join guildhall.instance i on i.id = r.id where r.membership_id = $1 and r.kind = 'RELEASE'`,
        [membershipUuid],
      )
    ).rows.map(({ state }) => state);
  const renewed = async (who: Member): Promise<string> => {
    const asked = await flow.do(who.subject, 'requestRenewal', { terms: { guildSharePercent: 10, termMonths: 6 } });
    const input = { requestId: asked.id, agreementVersion: asked.agreement!.version };
    const agreed = await flow.join.do(guild.owner, 'acceptTerms', input);
    await flow.join.sign(who.subject, agreed);
    await flow.join.sign(guild.owner, agreed);
    return asked.id;
  };

  test('ends the membership at that instant, not before, without anybody asking for it, and opens its statement', async () => {
    const who = await flow.memberOf(guild);
    const end = (await termEndsAt(who))!;
    await passTo(end, -60_000);
    expect(await releases(who)).toEqual([]);
    await passTo(end);
    expect(await flow.ended(who)).toMatchObject({ endsAt: new Date(end), endKind: 'EXPIRY', endCause: 'TERM_ENDED' });
    expect(await releases(who)).toEqual(['completed']);
    await api.pass(DAY_MS);
    expect(await releases(who)).toHaveLength(1);
  });

  test('a platform that comes a week late still ends it as of the end of the term', async () => {
    const who = await flow.memberOf(guild);
    const end = (await termEndsAt(who))!;
    await passTo(end, 7 * DAY_MS);
    expect(await flow.ended(who)).toMatchObject({ endsAt: new Date(end), endKind: 'EXPIRY' });
  });

  test('does not end it where the policy of its terms lets it go on by itself', async () => {
    const elsewhere = await flow.guildUnder({ autoRenew: true });
    const who = await flow.memberOf(elsewhere);
    await passTo((await termEndsAt(who))!, 40 * DAY_MS);
    expect(await flow.ended(who)).toMatchObject({ endsAt: null });
    expect(await releases(who)).toEqual([]);
  });

  test('does not end it when a renewal has been signed by all: that one’s term ends later', async () => {
    const who = await flow.memberOf(guild);
    const first = (await termEndsAt(who))!;
    await passTo(first, -30 * DAY_MS);
    await renewed(who);
    await passTo(first, DAY_MS);
    expect(await flow.ended(who)).toMatchObject({ endsAt: null });
    const second = (await termEndsAt(who))!;
    expect(Date.parse(second)).toBeGreaterThan(Date.parse(first) + 180 * DAY_MS);
    await passTo(second);
    expect(await flow.ended(who)).toMatchObject({ endsAt: new Date(second), endKind: 'EXPIRY' });
  });

  test('waits for a renewal in its cooling-off, and ends the membership once that is withdrawn', async () => {
    const who = await flow.memberOf(guild);
    const end = (await termEndsAt(who))!;
    await passTo(end, -DAY_MS);
    const renewal = await renewed(who);
    await passTo(end, DAY_MS);
    expect(await flow.ended(who)).toMatchObject({ endsAt: null });
    await flow.join.do(who.subject, 'withdrawRequest', { requestId: renewal });
    await api.pass(0);
    expect(await flow.ended(who)).toMatchObject({ endsAt: new Date(end), endKind: 'EXPIRY' });
  });

  test('takes a renewal that nobody has agreed to with it', async () => {
    const who = await flow.memberOf(guild);
    const end = (await termEndsAt(who))!;
    await passTo(end, -DAY_MS);
    const asked = await flow.do(who.subject, 'requestRenewal', { terms: { guildSharePercent: 10, termMonths: 6 } });
    await passTo(end);
    expect(await flow.join.see(who.subject, asked.id)).toMatchObject({ state: 'SUPERSEDED' });
    expect(await flow.ended(who)).toMatchObject({ endKind: 'EXPIRY' });
  });

  test('another process that looks while one writes it down leaves it to that one', async () => {
    const who = await flow.memberOf(guild);
    await api.clock.set(new Date((await termEndsAt(who))!));
    let begun = 0;
    const run = (meanwhile?: () => Promise<void>): Promise<void> =>
      startExpiries(api.db.pool('engine', 1), {
        create: async (tx, { sql, values, ...more }) => {
          begun += 1;
          await meanwhile?.();
          const created = await createBulk(tx, { ...more, targets: { sql, values } });
          return created.outcome === 'keyReused' ? '' : created.id;
        },
      });
    await run(() => run());
    expect(begun).toBe(1);
    await run();
    expect(begun).toBe(1);
    await api.pass(0);
    expect(await releases(who)).toEqual(['completed']);
  });
});
