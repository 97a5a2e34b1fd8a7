import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { defaultParameters, parameterDefinitions } from '../../src/policies/parameters.js';
import { defaultRules } from '../../src/policies/rule-catalogue.js';
import { startApi, type TestApi } from '../support/api.js';
import { DAY_MS, type RefusalAnswer } from '../support/join-flow.js';

interface PolicyAnswer {
  readonly __typename: 'PolicyVersion';
  readonly id: string;
  readonly name: string;
  readonly number: number;
  readonly region: { readonly code: string } | null;
  readonly status: string;
  readonly revision: number;
  readonly summary: string | null;
  readonly parameters: { readonly noticeDays: number; readonly signatureLevel: string; readonly autoRenew: boolean };
  readonly rules: readonly { readonly name: string; readonly expression: string }[];
  readonly effectiveFrom: string | null;
  readonly effectiveTo: string | null;
  readonly authorId: string | null;
  readonly reviewerId: string | null;
  readonly events: readonly {
    readonly revision: number;
    readonly action: string;
    readonly actorId: string;
    readonly remark: string | null;
  }[];
}

const fields = `__typename id name number region { code } status revision summary parameters { noticeDays signatureLevel autoRenew }
  rules { name expression } effectiveFrom effectiveTo authorId reviewerId events { revision action actorId remark }`;
const inputTypes = {
  createPolicyDraft: 'CreatePolicyDraftInput',
  updatePolicyDraft: 'UpdatePolicyDraftInput',
  submitPolicyForReview: 'SubmitPolicyForReviewInput',
  reviewPolicy: 'ReviewPolicyInput',
  retirePolicy: 'RetirePolicyInput',
} as const;
type Mutation = keyof typeof inputTypes;

describe('policies over the API', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.stop());

  const send = async (subject: string, name: Mutation, input: object) => {
    const query = `mutation ($input: ${inputTypes[name]}!) { ${name}(input: $input) { ... on PolicyVersion { ${fields} }
      ... on Refusal { __typename code message currentState currentVersion reasons { code message field } } } }`;
    return (await api.gql<Record<string, PolicyAnswer | RefusalAnswer>>(subject, query, { input }))[name]!;
  };
  const act = async (subject: string, name: Mutation, input: object): Promise<PolicyAnswer> => {
    const answer = await send(subject, name, input);
    if (answer.__typename !== 'PolicyVersion') throw new Error(`${name} was refused: ${JSON.stringify(answer)}`);
    return answer;
  };
  const refused = async (subject: string, name: Mutation, input: object): Promise<RefusalAnswer> => {
    const answer = await send(subject, name, input);
    if (answer.__typename !== 'Refusal') throw new Error(`${name} was carried out: ${JSON.stringify(answer)}`);
    return answer;
  };
  const step = ({ id, revision }: PolicyAnswer, more: object = {}) => ({
    policyVersionId: id,
    expectedRevision: revision,
    ...more,
  });
  const see = async (subject: string, id: string) =>
    (
      await api.gql<{ policyVersion: PolicyAnswer | null }>(
        subject,
        `query ($id: ID!) { policyVersion(id: $id) { ${fields} } }`,
        { id },
      )
    ).policyVersion;
  const inForce = async (region: string, at?: string, subject = 'bela') =>
    (
      await api.gql<{ policyInForce: PolicyAnswer | null }>(
        subject,
        `query ($region: ID!, $at: DateTime) { policyInForce(region: $region, at: $at) { ${fields} } }`,
        { region, at },
      )
    ).policyInForce;

  const draft = (more: object = {}) =>
    act('pia', 'createPolicyDraft', { name: `n-${randomUUID().slice(0, 8)}`, region: 'EU', ...more });
  const inReview = async (more?: object) => act('pia', 'submitPolicyForReview', step(await draft(more)));
  const published = async (more?: object, effectiveFrom?: string) =>
    act('pol', 'reviewPolicy', step(await inReview(more), { decision: 'APPROVE', effectiveFrom }));
  const inDays = async (days: number) => new Date((await api.clock.now()).getTime() + days * DAY_MS).toISOString();

  test('from a draft to a rule that requests are run by: written by one, published by another, told in the trail', async () => {
    const seeded = (await inForce('JP'))!;
    expect(seeded).toMatchObject({ number: 1, effectiveTo: null, authorId: null });
    const written = await act('pia', 'createPolicyDraft', {
      basedOnId: seeded.id,
      parameters: { noticeDays: 20 },
      summary: 'Shorter notice',
    });
    expect(written).toMatchObject({
      name: 'standard',
      region: { code: 'JP' },
      number: 2,
      status: 'DRAFT',
      revision: 1,
      effectiveFrom: null,
    });
    const changed = await act('pia', 'updatePolicyDraft', step(written, { parameters: { noticeDays: 14, autoRenew: null } }));
    expect(changed).toMatchObject({ revision: 2, summary: 'Shorter notice', parameters: { noticeDays: 14, autoRenew: false } });
    const submitted = await act('pia', 'submitPolicyForReview', step(changed, { comment: 'Please look' }));
    expect((await inForce('JP'))!.id).toBe(seeded.id);
    const from = await inDays(10);
    const done = await act('pol', 'reviewPolicy', step(submitted, { decision: 'APPROVE', effectiveFrom: from }));
    expect(done).toMatchObject({ status: 'PUBLISHED', effectiveFrom: from, effectiveTo: null, revision: 4 });
    expect(done.events.map(({ action, remark }) => [action, remark])).toEqual([
      ['CREATED', null],
      ['UPDATED', null],
      ['SUBMITTED', 'Please look'],
      ['PUBLISHED', null],
    ]);
    expect([done.authorId, done.reviewerId]).toEqual([done.events[0]!.actorId, done.events[3]!.actorId]);
    expect(done.authorId).not.toBe(done.reviewerId);
    expect(await inForce('JP')).toMatchObject({ id: seeded.id, effectiveTo: from });
    expect((await inForce('JP', from))!.id).toBe(done.id);
    await api.pass(11 * DAY_MS);
    expect(await inForce('JP')).toMatchObject({ id: done.id, parameters: { noticeDays: 14 } });
  });

  test('a request submitted after the day is run by the successor', async () => {
    const seeded = (await inForce('CN'))!;
    const successor = await published({
      basedOnId: seeded.id,
      name: undefined,
      region: undefined,
      parameters: { guildShareMaxPercent: 10 },
    });
    expect((await inForce('CN'))!.id).toBe(successor.id);
    const [guild, who] = [await api.world.guild({ region: 'CN' }), await api.world.broadcaster({ region: 'CN' })];
    const join = `mutation ($input: RequestJoinInput!) { requestJoin(input: $input) { ... on Request { policy { number } } ... on Refusal { code reasons { field } } } }`;
    const apply = (guildSharePercent: number) =>
      api.gql(who.subject, join, { input: { guildId: guild.id, terms: { guildSharePercent, termMonths: 6 } } });
    expect(await apply(15)).toMatchObject({
      requestJoin: { code: 'NOT_ALLOWED', reasons: [{ field: 'terms.guildSharePercent' }] },
    });
    expect(await apply(10)).toEqual({ requestJoin: { policy: { number: 2 } } });
  });

  test('a reviewer may send it back with a reason, and the author tries again', async () => {
    const submitted = await inReview();
    expect(await refused('pol', 'reviewPolicy', step(submitted, { decision: 'REJECT' }))).toMatchObject({
      reasons: [{ code: 'INVALID_INPUT', field: 'comment' }],
    });
    const rejected = await act('pol', 'reviewPolicy', step(submitted, { decision: 'REJECT', comment: 'Too short' }));
    expect(rejected).toMatchObject({ status: 'DRAFT', reviewerId: null });
    expect(rejected.events.at(-1)).toMatchObject({ action: 'REJECTED', remark: 'Too short' });
    const again = await act(
      'pia',
      'submitPolicyForReview',
      step(await act('pia', 'updatePolicyDraft', step(rejected, { summary: 'Longer' }))),
    );
    expect(await act('pol', 'reviewPolicy', step(again, { decision: 'APPROVE' }))).toMatchObject({ status: 'PUBLISHED' });
  });

  test('nobody reviews what they have written, nor writes in what somebody else has', async () => {
    const written = await draft();
    expect(await refused('pol', 'updatePolicyDraft', step(written))).toMatchObject({ code: 'NOT_AUTHOR' });
    expect(await refused('pol', 'submitPolicyForReview', step(written))).toMatchObject({ code: 'NOT_AUTHOR' });
    const submitted = await act('pia', 'submitPolicyForReview', step(written));
    for (const decision of ['APPROVE', 'REJECT']) {
      expect(await refused('pia', 'reviewPolicy', step(submitted, { decision, comment: 'Fine' }))).toMatchObject({
        code: 'SECOND_PERSON_NEEDED',
      });
    }
  });

  test('a draft is refused with everything that is wrong with it, each with its field and a rule with its place', async () => {
    const input = {
      name: 'No Name',
      region: 'ATLANTIS',
      summary: 'x'.repeat(2_001),
      parameters: { noticeDays: 366, minTermMonths: 13, maxTermMonths: 12 },
      rules: [{ name: 'lowActivity', expression: 'activity.days < 3 &&\n activity.dayz < 3' }],
    };
    const refusal = await refused('pia', 'createPolicyDraft', input);
    expect(refusal.code).toBe('INVALID_POLICY');
    expect(refusal.reasons.map(({ code, field }) => [code, field])).toEqual([
      ['INVALID_INPUT', 'name'],
      ['INVALID_INPUT', 'region'],
      ['OUT_OF_BOUNDS', 'parameters.noticeDays'],
      ['INCONSISTENT', 'parameters.minTermMonths'],
      ['RULE_TYPE', 'rules.lowActivity'],
      ['INVALID_INPUT', 'summary'],
    ]);
    expect(refusal.reasons[4]!.message).toContain('line 2, column 11');
    const written = await draft();
    expect(await refused('pia', 'updatePolicyDraft', step(written, { parameters: { noticeDays: -1 } }))).toMatchObject({
      code: 'OUT_OF_BOUNDS',
    });
    expect((await see('pia', written.id))!.revision).toBe(1);
  });

  test('two who change one draft at a time: the second is told, and nothing is lost', async () => {
    const written = await draft();
    const answers = await Promise.all(
      [10, 11, 12].map((noticeDays) => send('pia', 'updatePolicyDraft', step(written, { parameters: { noticeDays } }))),
    );
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['PolicyVersion', 'Refusal', 'Refusal']);
    expect(answers.find(({ __typename }) => __typename === 'Refusal')).toMatchObject({
      code: 'STALE_VERSION',
      currentState: 'DRAFT',
      currentVersion: 2,
    });
  });

  test('one key makes one draft, however often and however simultaneously it is sent', async () => {
    const input = {
      name: `n-${randomUUID().slice(0, 8)}`,
      region: 'EU',
      idempotencyKey: 'lost answer',
      parameters: { noticeDays: 9 },
    };
    const answers = await Promise.all([1, 2, 3, 4].map(() => act('pia', 'createPolicyDraft', input)));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(await act('pia', 'createPolicyDraft', input)).toEqual(answers[0]);
    expect(await refused('pia', 'createPolicyDraft', { ...input, parameters: { noticeDays: 8 } })).toMatchObject({
      code: 'KEY_REUSED',
    });
    expect((await act('pol', 'createPolicyDraft', input)).id).not.toBe(answers[0]!.id);
  });

  test('drafts that are begun together get numbers one after the other', async () => {
    const name = `n-${randomUUID().slice(0, 8)}`;
    const numbers = (await Promise.all([1, 2, 3, 4].map(() => draft({ name, region: null })))).map(({ number }) => number);
    expect(numbers.sort()).toEqual([1, 2, 3, 4]);
  });

  test('a version comes into force from now on: not in the past, not at an instant that is taken, in between what is there', async () => {
    const name = `n-${randomUUID().slice(0, 8)}`;
    const [early, late] = [await inDays(10), await inDays(20)];
    const last = await published({ name }, late);
    const approve = async (effectiveFrom: string) => ({ ...step(await inReview({ name })), decision: 'APPROVE', effectiveFrom });
    expect(await refused('pol', 'reviewPolicy', await approve(await inDays(-1)))).toMatchObject({ code: 'EFFECTIVE_IN_PAST' });
    expect(await refused('pol', 'reviewPolicy', await approve(late))).toMatchObject({ code: 'INSTANT_TAKEN' });
    expect(await act('pol', 'reviewPolicy', await approve(early))).toMatchObject({ effectiveFrom: early, effectiveTo: late });
    expect(await see('pol', last.id)).toMatchObject({ effectiveFrom: late, effectiveTo: null });
  });

  test('each step wants its state, and a version that exists', async () => {
    const written = await draft();
    expect(await refused('pol', 'reviewPolicy', step(written, { decision: 'APPROVE' }))).toMatchObject({
      code: 'WRONG_STATE',
      currentState: 'DRAFT',
    });
    expect(await refused('pia', 'retirePolicy', step(written, { comment: 'x' }))).toMatchObject({ code: 'WRONG_STATE' });
    const done = await published();
    expect(await refused('pia', 'updatePolicyDraft', step(done))).toMatchObject({
      code: 'WRONG_STATE',
      currentState: 'PUBLISHED',
    });
    for (const policyVersionId of ['nonsense', Buffer.from(`PolicyVersion:${randomUUID()}`).toString('base64url')]) {
      expect(await refused('pia', 'updatePolicyDraft', { policyVersionId, expectedRevision: 1 })).toMatchObject({
        code: 'NOT_FOUND',
      });
    }
    expect(await refused('pia', 'createPolicyDraft', { basedOnId: 'nonsense' })).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a version is retired with a reason, unless a region would have no policy; a scheduled one gives its time back', async () => {
    const us = (await inForce('US'))!;
    expect(await refused('pol', 'retirePolicy', step(us, { comment: 'Enough' }))).toMatchObject({ code: 'NO_POLICY_LEFT' });
    expect(await refused('pol', 'retirePolicy', step(us, { comment: ' ' }))).toMatchObject({ reasons: [{ field: 'comment' }] });
    expect(await see('pol', us.id)).toMatchObject({ status: 'PUBLISHED', revision: us.revision });
    const scheduled = await published({ name: 'standard', region: 'US' }, await inDays(5));
    const calledOff = await act('pol', 'retirePolicy', step(scheduled, { comment: 'Not this year' }));
    expect(calledOff).toMatchObject({ status: 'RETIRED', effectiveFrom: null, effectiveTo: null });
    expect(calledOff.events.at(-1)).toMatchObject({ action: 'RETIRED', remark: 'Not this year' });
    expect(await inForce('US', await inDays(6))).toMatchObject({ id: us.id, effectiveTo: null });
    // With something for everywhere behind it, the region's own may go; what is run by it stays so.
    const everywhere = await published({ name: 'standard', region: null });
    const before = (await inForce('US'))!;
    expect(before.id).toBe(us.id);
    expect(await act('pol', 'retirePolicy', step(before, { comment: 'Superfluous' }))).toMatchObject({ status: 'RETIRED' });
    expect((await inForce('US', await inDays(1)))!.id).toBe(everywhere.id);
    expect((await inForce('US', '2020-01-01T00:00:00Z'))!.id).toBe(us.id);
    expect(await refused('pol', 'retirePolicy', step(everywhere, { comment: 'x' }))).toMatchObject({ code: 'NO_POLICY_LEFT' });
  });

  describe('who may what', () => {
    let hidden: PolicyAnswer;
    let open: PolicyAnswer;
    beforeAll(async () => {
      hidden = await draft();
      open = await published();
    });

    test.each(['sam', 'ava', 'bela', 'olivia'])('%s writes nothing', async (subject) => {
      const inputs: Record<Mutation, object> = {
        createPolicyDraft: {},
        updatePolicyDraft: step(hidden),
        submitPolicyForReview: step(hidden),
        reviewPolicy: step(hidden, { decision: 'APPROVE' }),
        retirePolicy: step(open, { comment: 'x' }),
      };
      for (const [name, input] of Object.entries(inputs) as [Mutation, object][]) {
        expect([name, (await refused(subject, name, input)).code]).toEqual([name, 'FORBIDDEN']);
      }
    });

    const list = async (subject: string, variables: object = {}) =>
      (
        await api.gql<{ policyVersions: { nodes: PolicyAnswer[]; pageInfo: { endCursor: string; hasNextPage: boolean } } }>(
          subject,
          `query ($region: ID, $status: PolicyStatus, $first: Int, $after: String) { policyVersions(region: $region, status: $status, first: $first, after: $after)
            { nodes { id status region { code } } pageInfo { endCursor hasNextPage } } }`,
          variables,
        )
      ).policyVersions;

    test.each(['pia', 'pol', 'sam', 'ava'])('%s reads drafts, and who wrote them', async (subject) => {
      expect(await see(subject, hidden.id)).toEqual(hidden);
      expect((await list(subject, { status: 'DRAFT', first: 100 })).nodes.map(({ id }) => id)).toContain(hidden.id);
      expect((await see(subject, open.id))!.authorId).toBe(open.authorId);
    });

    test.each(['bela', 'olivia', 'fiona'])('%s reads what is published, no draft, and nobody behind it', async (subject) => {
      expect(await see(subject, hidden.id)).toBeNull();
      expect(await see(subject, open.id)).toEqual({ ...open, authorId: null, reviewerId: null, events: [] });
      expect(
        (await list(subject, { first: 100 })).nodes.filter(({ status }) => !['PUBLISHED', 'RETIRED'].includes(status)),
      ).toEqual([]);
      const { node } = await api.gql<{ node: object | null }>(subject, 'query ($id: ID!) { node(id: $id) { id } }', {
        id: hidden.id,
      });
      expect(node).toBeNull();
    });

    test('lists are filtered, and turn pages without a gap', async () => {
      const all = await list('pia', { first: 100 });
      const ids: string[] = [];
      for (let after: string | undefined, more = true; more;) {
        const page = await list('pia', { first: 3, after });
        ids.push(...page.nodes.map(({ id }) => id));
        [after, more] = [page.pageInfo.endCursor, page.pageInfo.hasNextPage];
      }
      expect(ids).toEqual(all.nodes.map(({ id }) => id));
      const japanese = (await list('pia', { region: 'JP', first: 100 })).nodes;
      expect(new Set(japanese.map(({ region }) => region?.code))).toEqual(new Set(['JP']));
    });

    test('a stranger and a disabled account are told nothing', async () => {
      const { body } = await api.raw('nobody-known', `mutation { createPolicyDraft(input: {}) { __typename } }`);
      expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
    });
  });

  test('two versions are compared: what changed, in which unit, and for whom it is better', async () => {
    const before = await published();
    const after = await draft({
      parameters: { noticeDays: 45, guildShareMaxPercent: 10, signatureLevel: 'CLICK' },
      rules: [{ name: 'lowActivity', expression: 'activity.days < 5' }],
    });
    const query = `query ($from: ID!, $to: ID!) { policyDifference(from: $from, to: $to) {
      parameters { name unit before after effect } rules { name before after } } }`;
    const ids = { from: before.id, to: after.id };
    expect(await api.gql('ava', query, ids)).toEqual({
      policyDifference: {
        parameters: [
          { name: 'signatureLevel', unit: 'NONE', before: 'ADVANCED', after: 'CLICK', effect: 'NEUTRAL' },
          { name: 'guildShareMaxPercent', unit: 'PERCENT', before: '20', after: '10', effect: 'BETTER' },
          { name: 'noticeDays', unit: 'DAYS', before: '30', after: '45', effect: 'WORSE' },
        ],
        rules: [{ name: 'lowActivity', before: defaultRules('EU').lowActivity, after: 'activity.days < 5' }],
      },
    });
    expect(await api.gql('bela', query, ids)).toEqual({ policyDifference: null });
  });

  test('the catalogue is in the API: every parameter with its unit and bounds, every rule with its variables', async () => {
    const { policyParameterDefinitions: parameters, policyRuleDefinitions: rules } = await api.gql<{
      policyParameterDefinitions: { name: string }[];
      policyRuleDefinitions: { name: string }[];
    }>(
      'bela',
      `{ policyParameterDefinitions { name type unit min max options defaults { region value } description source betterForBroadcaster }
         policyRuleDefinitions { name description variables { name type description } defaultExpression } }`,
    );
    expect(parameters.map(({ name }) => name)).toEqual(parameterDefinitions.map(([name]) => name));
    expect(parameters.find(({ name }) => name === 'noticeDays')).toEqual({
      name: 'noticeDays',
      type: 'INTEGER',
      unit: 'DAYS',
      min: 0,
      max: 365,
      options: [],
      defaults: [{ region: null, value: '30' }],
      description: expect.any(String),
      source: 'RULE',
      betterForBroadcaster: 'LOWER',
    });
    expect(parameters.find(({ name }) => name === 'joinCoolingOffDays')).toMatchObject({
      defaults: [null, 'US', 'JP', 'EU', 'CN'].map((region) => ({
        region,
        value: String(defaultParameters(region).joinCoolingOffDays),
      })),
    });
    expect(rules.find(({ name }) => name === 'inactiveGuild')).toMatchObject({
      variables: expect.arrayContaining([{ name: 'guild.ownerSilentDays', type: 'int', description: expect.any(String) }]),
    });
  });

  test('an editor may ask what is wrong with a rule before anything is stored', async () => {
    const ask = (expression: string) =>
      api.gql(
        'pia',
        `query ($e: String!) { policyRuleProblems(name: lowActivity, expression: $e) { code message line column offset } }`,
        {
          e: expression,
        },
      );
    expect(await ask('activity.days < 3')).toEqual({ policyRuleProblems: [] });
    expect(await ask('activity.dayz < 3')).toEqual({
      policyRuleProblems: [{ code: 'RULE_TYPE', message: 'No such key: dayz.', line: 1, column: 10, offset: 9 }],
    });
  });
});
