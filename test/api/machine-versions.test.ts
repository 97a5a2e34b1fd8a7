import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { currentVersion, registry } from '../../workflows/registry.js';
import { startApi, type ApiProcess, type TestApi } from '../support/api.js';
import { settled } from '../support/bulk-api.js';
import { assertInvariants } from '../support/invariants.js';
import { JoinFlow, requestFields } from '../support/join-flow.js';
import type { TestGuild } from '../support/world.js';

describe('two versions of one machine side by side', () => {
  /** The release before: new instances still get version 1. */
  let api: TestApi;
  /** The next one, over the same database. */
  let next: ApiProcess;
  let join: JoinFlow;
  let guild: TestGuild;

  beforeAll(async () => {
    api = await startApi({ currentVersion: (kind) => (kind === 'JOIN' ? 1 : currentVersion(kind)) });
    next = await api.another();
    join = new JoinFlow(api);
    guild = await api.world.guild();
  });
  afterAll(async () => {
    await next.stop();
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await api.stop();
  });

  const versionOf = async (id: string) => {
    const { request } = await api.gql<{ request: { definition: { version: number } } }>(
      'sam',
      'query ($id: ID!) { request(id: $id) { definition { version } } }',
      { id },
    );
    return request.definition.version;
  };
  const newJoin = async (origin: string) => {
    const who = await api.world.broadcaster();
    const { requestJoin } = await api.gql<{ requestJoin: { id: string } }>(
      who.subject,
      `mutation ($input: RequestJoinInput!) { requestJoin(input: $input) { ... on Request { ${requestFields} } } }`,
      { input: { guildId: guild.id, terms: { guildSharePercent: 15, termMonths: 6 } } },
      origin,
    );
    return { who, id: requestJoin.id };
  };

  test('instances keep the version that they were started with, and both versions come to their end', async () => {
    const old = await newJoin(api.origin);
    const young = await newJoin(next.origin);
    expect([await versionOf(old.id), await versionOf(young.id)]).toEqual([1, 2]);
    for (const { who, id } of [old, young]) {
      const request = await join.do(guild.owner, 'acceptTerms', { requestId: id, agreementVersion: 1 });
      await join.sign(who.subject, request);
      await join.sign(guild.owner, request);
    }
    await api.pass(20 * 86_400_000);
    for (const { id } of [old, young]) expect(await join.see('sam', id)).toMatchObject({ state: 'COMPLETED' });
    expect([await versionOf(old.id), await versionOf(young.id)]).toEqual([1, 2]);
  });

  test('the report tells what still runs in which version, and where it could go', async () => {
    await newJoin(api.origin);
    const { machineVersions } = await api.gql<{ machineVersions: { kind: string; version: number }[] }>(
      'pia',
      '{ machineVersions { kind version state count isCurrent stranded migratesTo } }',
    );
    expect(machineVersions).toContainEqual(
      expect.objectContaining({
        kind: 'JOIN',
        version: 1,
        state: 'drafting',
        isCurrent: false,
        stranded: false,
        migratesTo: [2],
      }),
    );
    const { body } = await api.raw(guild.owner, '{ machineVersions { kind } }');
    expect(body.errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
  });

  test('a plan says what would be moved; carried out, deadlines stay and the new version goes on', async () => {
    const { who, id } = await newJoin(api.origin);
    const cooling = await newJoin(api.origin);
    const request = await join.do(guild.owner, 'acceptTerms', { requestId: cooling.id, agreementVersion: 1 });
    await join.sign(cooling.who.subject, request);
    await join.sign(guild.owner, request);
    const before = await join.see(who.subject, id);
    const { machineMigrationPlan: plan } = await api.gql<{
      machineMigrationPlan: { wouldMove: number; states: { state: string; movable: number; reasons: { code: string }[] }[] };
    }>(
      'pia',
      `{ machineMigrationPlan(kind: JOIN, fromVersion: 1, toVersion: 2) { affected wouldMove states { state count movable toState reasons { code } } } }`,
    );
    expect(plan.states).toContainEqual(
      expect.objectContaining({ state: 'coolingOff', movable: 0, reasons: [{ code: 'STAYS' }] }),
    );
    const { migrateMachine } = await api.gql<{ migrateMachine: { id: string; total: number } }>(
      'pia',
      `mutation ($input: MigrateMachineInput!) { migrateMachine(input: $input) { ... on BulkOperation { id total } ... on Refusal { code } } }`,
      { input: { kind: 'JOIN', fromVersion: 1, toVersion: 2, reasonCode: 'OTHER', idempotencyKey: 'to-version-two' } },
    );
    expect(migrateMachine.total).toBe(plan.wouldMove);
    expect(await settled(api, 'pia', migrateMachine.id)).toMatchObject({ failed: 0, done: plan.wouldMove });

    expect([await versionOf(id), await versionOf(cooling.id)]).toEqual([2, 1]);
    const after = await join.see(who.subject, id);
    expect(after).toMatchObject({ state: 'DRAFTING', deadlines: before.deadlines, version: before.version + 1 });
    expect(after.history.nodes.at(-1)).toMatchObject({ event: 'MIGRATE_MACHINE' });
    // What only the second version knows works from here on.
    const signing = await join.do(guild.owner, 'acceptTerms', { requestId: id, agreementVersion: 1 });
    await join.sign(who.subject, signing);
    await join.sign(guild.owner, signing);
    const { requestEarlyStart } = await api.gql<{ requestEarlyStart: { state: string } }>(
      who.subject,
      'mutation ($input: RequestEarlyStartInput!) { requestEarlyStart(input: $input) { ... on Request { state } ... on Refusal { code } } }',
      { input: { requestId: id } },
    );
    expect(requestEarlyStart.state).toBe('SETTLEMENT');
  });
});
