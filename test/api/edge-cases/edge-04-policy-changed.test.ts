import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { registry } from '../../../workflows/registry.js';
import { startApi, type TestApi } from '../../support/api.js';
import { assertInvariants } from '../../support/invariants.js';
import { JoinFlow } from '../../support/join-flow.js';
import { settled } from '../../support/bulk-api.js';

const AUTHOR = 'pia';
const REVIEWER = 'pol';

describe('Edge case 4: the policy is changed while requests run', () => {
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

  interface Version {
    readonly id: string;
    readonly revision: number;
    readonly number: number;
  }
  const step = async (subject: string, name: string, type: string, input: object) => {
    const data = await api.gql<Record<string, Version & { readonly code?: string }>>(
      subject,
      `mutation ($input: ${type}!) { ${name}(input: $input) { ... on PolicyVersion { id revision number } ... on Refusal { code reasons { code message } } } }`,
      { input },
    );
    const answer = data[name]!;
    if (answer.code !== undefined) throw new Error(`${name}: ${JSON.stringify(answer)}`);
    return answer;
  };
  /** A new version of the region's policy, written by one person and published by another. */
  const publish = async (parameters: object): Promise<Version> => {
    const { policyInForce } = await api.gql<{ policyInForce: Version }>(
      AUTHOR,
      '{ policyInForce(region: "EU") { id revision number } }',
    );
    const draft = await step(AUTHOR, 'createPolicyDraft', 'CreatePolicyDraftInput', { basedOnId: policyInForce.id, parameters });
    const at = ({ id, revision }: Version) => ({ policyVersionId: id, expectedRevision: revision });
    const submitted = await step(AUTHOR, 'submitPolicyForReview', 'SubmitPolicyForReviewInput', at(draft));
    const effectiveFrom = new Date((await api.clock.now()).getTime() + 1_000).toISOString();
    const published = await step(REVIEWER, 'reviewPolicy', 'ReviewPolicyInput', {
      ...at(submitted),
      decision: 'APPROVE',
      effectiveFrom,
    });
    await api.pass(2_000);
    return published;
  };
  interface Plan {
    readonly affected: number;
    readonly wouldMove: number;
    readonly notBetter: number;
    readonly requests: readonly {
      readonly requestId: string;
      readonly effect: string;
      readonly wouldMove: boolean;
      readonly deadlines: readonly { readonly name: string; readonly before: string; readonly after: string }[];
      readonly reasons: readonly { readonly code: string }[];
    }[];
  }
  const planTo = async (to: Version, subject = AUTHOR) =>
    (
      await api.gql<{ policyMigrationPlan: Plan }>(
        subject,
        `query ($to: ID!) { policyMigrationPlan(toPolicyVersionId: $to) { affected wouldMove notBetter requests {
          requestId effect wouldMove deadlines { name before after } reasons { code } } } }`,
        { to: to.id },
      )
    ).policyMigrationPlan;
  const migrate = async (subject: string, to: Version, more: object = {}) =>
    (
      await api.gql<{ migratePolicy: { __typename: string; id: string; total?: number; code?: string } }>(
        subject,
        `mutation ($input: MigratePolicyInput!) { migratePolicy(input: $input) { __typename ... on BulkOperation { id total } ... on Refusal { code } } }`,
        { input: { toPolicyVersionId: to.id, reasonCode: 'LAW_CHANGED', ...more } },
      )
    ).migratePolicy;
  const policyOf = async (id: string) =>
    (
      await api.gql<{ request: { policy: { number: number } } }>(
        'sam',
        'query ($id: ID!) { request(id: $id) { policy { number } } }',
        { id },
      )
    ).request.policy.number;

  test('the version is pinned; a better one is taken over by a plan that was shown first, and deadlines move as it said', async () => {
    const guild = await api.world.guild();
    const who = await api.world.broadcaster();
    const before = await join.coolingOff(who, guild);
    const longer = await publish({ joinCoolingOffDays: 20 });
    expect(await policyOf(before.id)).toBe(1);
    expect((await join.see(who.subject, before.id)).deadlines).toEqual(before.deadlines);

    const plan = await planTo(longer);
    const planned = plan.requests.find(({ requestId }) => requestId === before.id)!;
    expect(planned).toMatchObject({
      effect: 'BETTER',
      wouldMove: true,
      deadlines: [{ name: 'coolingOffEnd', before: before.deadlines[0]!.dueAt }],
      reasons: [],
    });
    // Shown is not done.
    expect((await join.see(who.subject, before.id)).deadlines).toEqual(before.deadlines);

    const operation = await migrate(AUTHOR, longer);
    expect(operation).toMatchObject({ __typename: 'BulkOperation', total: plan.wouldMove });
    await settled(api, AUTHOR, operation.id);
    const after = await join.see(who.subject, before.id);
    expect(after.deadlines).toMatchObject([{ name: 'coolingOffEnd', dueAt: planned.deadlines[0]!.after }]);
    expect(after.history.nodes.at(-1)).toMatchObject({ event: 'MIGRATE_POLICY', authority: 'POLICY' });
    expect(await policyOf(before.id)).toBe(longer.number);
    expect((await planTo(longer)).requests.find(({ requestId }) => requestId === before.id)).toBeUndefined();
  });

  test('a worse one stays out, unless the law or a court asks for it, with a word which', async () => {
    const guild = await api.world.guild();
    const who = await api.world.broadcaster();
    const { id } = await join.coolingOff(who, guild);
    const shorter = await publish({ joinCoolingOffDays: 3 });
    const plan = await planTo(shorter);
    expect(plan.requests.find(({ requestId }) => requestId === id)).toMatchObject({
      effect: 'WORSE',
      wouldMove: false,
      reasons: [{ code: 'NOT_BETTER' }],
    });
    expect(await migrate(AUTHOR, shorter)).toMatchObject({ __typename: 'Refusal', code: 'NOTHING_TO_MOVE' });
    expect(await migrate(AUTHOR, shorter, { evenIfWorse: true })).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await migrate(AUTHOR, shorter, { evenIfWorse: true, comment: 'x', reasonCode: 'OTHER' })).toMatchObject({
      code: 'NOT_ALLOWED',
    });
    const operation = await migrate(AUTHOR, shorter, { evenIfWorse: true, comment: 'Act 12 of this year.' });
    await settled(api, AUTHOR, operation.id);
    expect(await policyOf(id)).toBe(shorter.number);
  });

  test('plans are for staff, and moving for policy staff and support', async () => {
    const guild = await api.world.guild();
    await join.apply(await api.world.broadcaster(), guild);
    const version = await publish({ guildResponseDays: 9 });
    for (const subject of [guild.owner, 'bela']) {
      const { body } = await api.raw(subject, 'query ($to: ID!) { policyMigrationPlan(toPolicyVersionId: $to) { affected } }', {
        to: version.id,
      });
      expect(body.errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['FORBIDDEN']);
      expect(await migrate(subject, version, { evenIfWorse: true, comment: 'x' })).toMatchObject({ code: 'FORBIDDEN' });
    }
    expect(await migrate('ava', version, { evenIfWorse: true, comment: 'x' })).toMatchObject({ code: 'FORBIDDEN' });
    expect((await planTo(version, 'ava')).affected).toBeGreaterThan(0);
  });
});
