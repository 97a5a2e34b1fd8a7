import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeGlobalId, encodeGlobalId } from '../../src/schema/index.js';
import { currentVersion, registry } from '../../workflows/registry.js';
import { startApi, type TestApi } from '../support/api.js';
import { settled } from '../support/bulk-api.js';
import { DirectoryFlow } from '../support/directory-flow.js';
import { assertInvariants } from '../support/invariants.js';
import { DAY_MS } from '../support/join-flow.js';
import { PaymentFlow } from '../support/payment-flow.js';
import type { TestGuild } from '../support/world.js';

describe('payments of both versions side by side', () => {
  let api: TestApi;
  let payments: PaymentFlow;
  let guild: TestGuild;

  beforeAll(async () => {
    api = await startApi({ currentVersion: (kind) => (kind === 'PAYMENT' ? 1 : currentVersion(kind)) });
    payments = new PaymentFlow(api);
    guild = await api.world.guild();
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await api.stop();
  });

  const versionOf = async (id: string) =>
    (
      await api.gql<{ request: { definition: { version: number } } }>(
        'sam',
        'query ($id: ID!) { request(id: $id) { definition { version } } }',
        { id },
      )
    ).request.definition.version;

  /** Global id of the policy version that it has pinned. */
  const policyOf = async (id: string): Promise<string> => {
    const { rows } = await api.world.owner.query<{ id: string }>(
      'select policy_version_id as id from guildhall.request where id = $1',
      [decodeGlobalId('Request', id)],
    );
    return encodeGlobalId('PolicyVersion', rows[0]!.id);
  };

  test('one of version 1 ends when its statement stands, whatever happens to the payee meanwhile', async () => {
    const { member, paymentId } = await payments.opened(guild);
    await new DirectoryFlow(api).do('sam', 'recordIdentityChange', { broadcasterId: member.who.id, change: 'PAYEE' });
    await api.pass(32 * DAY_MS);
    await payments.agree(guild, member, paymentId);
    expect([await versionOf(paymentId), await payments.cases.state(paymentId)]).toEqual([1, 'COMPLETED']);
  });

  test('a plan moves one with the parameters of its own policy version, and without them none', async () => {
    const { member, paymentId } = await payments.opened(guild);
    const before = await payments.cases.see('sam', paymentId);
    const policyVersionId = await policyOf(paymentId);
    const planned = async (more: string) =>
      (
        await api.gql<{ machineMigrationPlan: { wouldMove: number; states: object[] } | null }>(
          'pia',
          `{ machineMigrationPlan(kind: PAYMENT, fromVersion: 1, toVersion: 2 ${more}) { wouldMove states { state movable reasons { code } } } }`,
        )
      ).machineMigrationPlan;
    expect(await planned('')).toMatchObject({
      wouldMove: 0,
      states: [{ state: 'accruing', movable: 0, reasons: [{ code: 'STAYS' }] }],
    });
    expect(await planned(`policyVersionId: "${policyVersionId}"`)).toMatchObject({ wouldMove: 1 });
    expect(await planned('policyVersionId: "nobody"')).toBeNull();

    const migrate = async (more: object) =>
      (
        await api.gql<{ migrateMachine: { id?: string; total?: number; code?: string } }>(
          'pia',
          'mutation ($input: MigrateMachineInput!) { migrateMachine(input: $input) { ... on BulkOperation { id total } ... on Refusal { code } } }',
          { input: { kind: 'PAYMENT', fromVersion: 1, toVersion: 2, reasonCode: 'OTHER', ...more } },
        )
      ).migrateMachine;
    expect(await migrate({})).toEqual({ code: 'NOTHING_TO_MOVE' });
    expect(await migrate({ policyVersionId: 'nobody' })).toEqual({ code: 'NOT_FOUND' });
    const { id, total } = await migrate({ policyVersionId });
    expect(total).toBe(1);
    expect(await settled(api, 'pia', id!)).toMatchObject({ failed: 0, done: 1 });

    const after = await payments.cases.see('sam', paymentId);
    expect(await versionOf(paymentId)).toBe(2);
    expect(after).toMatchObject({ state: 'ACCRUING', deadlines: before.deadlines });
    await api.pass(32 * DAY_MS);
    await payments.agree(guild, member, paymentId);
    expect(await payments.cases.state(paymentId)).toBe('PAYING');
    expect(await payments.report(paymentId)).toMatchObject({ state: 'COMPLETED' });
  });
});
