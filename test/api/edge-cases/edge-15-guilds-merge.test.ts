import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { registry } from '../../../workflows/registry.js';
import { startApi, type ApiProcess, type TestApi } from '../../support/api.js';
import { CaseFlow } from '../../support/case-flow.js';
import { DirectoryFlow } from '../../support/directory-flow.js';
import { until } from '../../support/engine.js';
import { assertInvariants } from '../../support/invariants.js';
import { DAY_MS } from '../../support/join-flow.js';
import { LeaveFlow } from '../../support/leave-flow.js';
import { enroll, memberOf } from '../../support/membership.js';
import type { TestGuild } from '../../support/world.js';

describe('Edge case 15: guilds merge', () => {
  let api: TestApi;
  let other: ApiProcess;
  let directory: DirectoryFlow;
  let leave: LeaveFlow;
  let from: TestGuild;
  let into: TestGuild;

  beforeAll(async () => {
    api = await startApi();
    other = await api.another();
    directory = new DirectoryFlow(api);
    leave = new LeaveFlow(api);
  });
  beforeEach(async () => {
    from = await leave.guildUnder({ minTermMonths: 3 });
    // Full already: no cap stands in the way of a merger.
    into = await api.world.guild({ cap: 0, region: from.region });
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await other.stop();
    await api.stop();
  });

  const announce = async (days = 40): Promise<string> => {
    const effectiveAt = new Date((await api.clock.now()).getTime() + days * DAY_MS).toISOString();
    await directory.do('sam', 'mergeGuilds', { fromGuildId: from.id, intoGuildId: into.id, effectiveAt, reasonCode: 'MERGER' });
    return effectiveAt;
  };
  interface Row {
    readonly guild: string;
    readonly starts: Date;
    readonly ends: Date | null;
    readonly end_kind: string | null;
    readonly terms: object;
    readonly term_from: Date | null;
  }
  const membershipsOf = async (broadcasterUuid: string): Promise<Row[]> =>
    (
      await api.world.owner.query<Row>(
        `select m.guild_id as guild, m.starts_at as starts, m.ends_at as ends, m.end_kind, m.terms, t.term_from
         from guildhall.membership m join guildhall.membership_terms t on t.membership_id = m.id
         where m.broadcaster_id = $1 order by m.starts_at`,
        [broadcasterUuid],
      )
    ).rows;
  const count = async (guild: TestGuild): Promise<number> =>
    (await api.world.owner.query('select from guildhall.membership where guild_id = $1 and ends_at is null', [guild.uuid]))
      .rowCount!;
  interface Operation {
    readonly id: string;
    readonly status: string;
    readonly total: number;
    readonly done: number;
    readonly failed: number;
  }
  const operations = async (): Promise<Operation[]> =>
    (
      await api.world.owner.query<Operation>(
        `select o.id, o.status, o.total, o.done, o.failed from guildhall.bulk_operation o
         where o.type = 'MOVE_MEMBERSHIP' and o.params ->> 'intoGuildId' = $1`,
        [into.uuid],
      )
    ).rows;
  const moved = () => until(async () => (await operations())[0]?.status === 'DONE', 'the end of the merger');

  test('is announced with the notice of the policy, and a member leaves freely until then', async () => {
    const member = await leave.memberOf(from);
    const soon = new Date((await api.clock.now()).getTime() + 5 * DAY_MS).toISOString();
    const tooSoon = { fromGuildId: from.id, intoGuildId: into.id, effectiveAt: soon };
    expect(await directory.objections('sam', 'mergeGuilds', tooSoon)).toContain('NOTICE_TOO_SHORT');
    expect((await leave.options(member.subject, member))!['NOTICE']).toMatchObject({ isOpen: false });
    await announce();
    expect((await leave.options(member.subject, member))!['NOTICE']).toMatchObject({ isOpen: true, reasons: [] });
    const { id } = await leave.leave(member.subject, 'NOTICE');
    await api.pass(0);
    expect(await leave.join.see(member.subject, id)).toMatchObject({ state: 'COMPLETED' });
    expect(await leave.ended(member)).toMatchObject({ endKind: 'VOLUNTARY' });
  });

  test('those who remain go over at the announced instant, once, on the same terms, whichever process looks', async () => {
    const stays = await memberOf(api, from);
    const leaves = await leave.memberOf(from);
    const crowd = await enroll(api, from, 60);
    const effectiveAt = await announce();
    await leave.leave(leaves.subject, 'NOTICE');
    await api.pass(39 * DAY_MS);
    expect(await operations()).toEqual([]);
    await Promise.all([api.pass(2 * DAY_MS), other.app.bulk.drain()]);
    await moved();
    const [operation, ...more] = await operations();
    expect([operation, more]).toMatchObject([{ total: crowd.length + 1, done: crowd.length + 1, failed: 0 }, []]);
    expect([await count(from), await count(into)]).toEqual([0, crowd.length + 1]);
    const [before, after] = await membershipsOf(stays.who.uuid);
    expect(before).toMatchObject({ guild: from.uuid, ends: new Date(effectiveAt), end_kind: 'TRANSFER' });
    expect(after).toMatchObject({ guild: into.uuid, starts: new Date(effectiveAt), ends: null, terms: before!.terms });
    expect(after!.term_from).toEqual(before!.starts);
    expect(await membershipsOf(leaves.uuid)).toHaveLength(1);
    await Promise.all([api.pass(DAY_MS), other.app.bulk.drain()]);
    expect(await operations()).toHaveLength(1);
  });

  test('who is leaving at that time goes on leaving, and does not stop the rest', async () => {
    const [quiet, claimant] = [await memberOf(api, from), await memberOf(api, from)];
    await announce();
    await api.pass(35 * DAY_MS);
    const claim = { membershipId: claimant.id, cause: 'UNPAID', evidence: 'Unpaid in March.' };
    const { id } = await new CaseFlow(api).do(claimant.who.subject, 'requestLeaveForCause', claim);
    await api.pass(6 * DAY_MS);
    await moved();
    expect(await leave.join.see(claimant.who.subject, id)).toMatchObject({ state: 'CURING' });
    const { rows } = await api.world.owner.query<{ state: string; codes: string[] }>(
      `select i.state, array(select jsonb_array_elements(i.snapshot::jsonb #> '{context,reasons}') ->> 'code') as codes
       from guildhall.request r join guildhall.instance i on i.id = r.id where r.kind = 'TRANSFER_MERGER' and r.broadcaster_id = $1`,
      [claimant.who.uuid],
    );
    expect(rows).toEqual([{ state: 'rejected', codes: ['FLOW_OPEN'] }]);
    expect((await membershipsOf(quiet.who.uuid)).at(-1)).toMatchObject({ guild: into.uuid, ends: null });
    expect(await membershipsOf(claimant.who.uuid)).toHaveLength(1);
  });

  test('support takes it back until then and not after, and nobody is moved', async () => {
    const member = await memberOf(api, from);
    expect(await directory.objections('sam', 'cancelMerger', { guildId: from.id })).toEqual(['NOT_MERGING']);
    expect(await directory.objections(from.owner, 'cancelMerger', { guildId: from.id })).toEqual(['FORBIDDEN']);
    await announce();
    expect((await directory.do('sam', 'cancelMerger', { guildId: from.id })).guild).toMatchObject({ mergesAt: null });
    await api.pass(41 * DAY_MS);
    expect(await operations()).toEqual([]);
    expect(await membershipsOf(member.who.uuid)).toMatchObject([{ guild: from.uuid, ends: null }]);
    await announce();
    await api.pass(41 * DAY_MS);
    await moved();
    expect(await directory.objections('sam', 'cancelMerger', { guildId: from.id })).toEqual(['MERGER_BEGUN']);
  });

  test('a guild that others are still to come into goes over into no other one', async () => {
    await announce();
    const third = await api.world.guild({ region: from.region });
    const effectiveAt = new Date((await api.clock.now()).getTime() + 60 * DAY_MS).toISOString();
    const chain = { fromGuildId: into.id, intoGuildId: third.id, effectiveAt };
    expect(await directory.objections('sam', 'mergeGuilds', chain)).toEqual(['ALREADY_MERGING']);
  });
});
