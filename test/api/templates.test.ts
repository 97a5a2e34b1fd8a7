import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApi, type TestApi } from '../support/api.js';
import { DAY_MS } from '../support/join-flow.js';
import { clauseFields, step, TemplateFlow, templateFields, type VersionAnswer } from '../support/template-flow.js';

describe('clauses and templates over the API', () => {
  let api: TestApi;
  let flow: TemplateFlow;
  beforeAll(async () => {
    api = await startApi();
    flow = new TemplateFlow(api);
  });
  afterAll(() => api.stop());

  test('from a draft to a text that requests are drawn up from: written by one, published by another, told in the trail', async () => {
    const seeded = (await flow.inForce('LEAVE_MUTUAL', 'US'))!;
    expect(seeded).toMatchObject({ number: 1, region: null, effectiveTo: null, authorId: null });
    const draft = await flow.draftClause(flow.content('Version one'), { summary: 'Shorter' });
    expect(draft).toMatchObject({ number: 1, status: 'DRAFT', revision: 1, summary: 'Shorter' });
    const changed = await flow.do('pia', 'saveClauseDraft', {
      clauseVersionId: draft.id,
      expectedRevision: 1,
      content: flow.content('Between {{guild}} and {{broadcaster}}', {
        variables: [
          { name: 'guild', type: 'PARTY' },
          { name: 'broadcaster', type: 'PARTY' },
        ],
      }),
    });
    expect(changed).toMatchObject({ revision: 2, summary: 'Shorter' });
    // A template may be drafted with drafts, but not published with them.
    const template = await flow.do('pia', 'submitTemplateForReview', step(await flow.draftTemplate([changed], { region: 'US' })));
    const early = await flow.refused('pol', 'reviewTemplate', step(template, { decision: 'APPROVE' }));
    expect(early).toMatchObject({ code: 'CLAUSE_NOT_PUBLISHED', reasons: [{ place: { clause: changed.key, part: 'CLAUSES' } }] });
    const submitted = await flow.do('pia', 'submitClauseForReview', step(changed, { comment: 'Please look' }));
    const published = await flow.do('pol', 'reviewClause', step(submitted, { decision: 'APPROVE' }));
    expect(published.events.map(({ action, remark }) => [action, remark])).toEqual([
      ['CREATED', null],
      ['UPDATED', null],
      ['SUBMITTED', 'Please look'],
      ['PUBLISHED', null],
    ]);
    expect(published.authorId).not.toBe(published.reviewerId);
    const from = new Date((await api.clock.now()).getTime() + 10 * DAY_MS).toISOString();
    const done = await flow.do('pol', 'reviewTemplate', step(template, { decision: 'APPROVE', effectiveFrom: from }));
    expect(done).toMatchObject({
      status: 'PUBLISHED',
      region: { code: 'US' },
      effectiveFrom: from,
      clauses: [{ key: changed.key }],
    });
    expect((await flow.inForce('LEAVE_MUTUAL', 'US'))!.id).toBe(seeded.id);
    // The region's own goes before the one for everywhere.
    expect((await flow.inForce('LEAVE_MUTUAL', 'US', from))!.id).toBe(done.id);
    expect((await flow.inForce('LEAVE_MUTUAL', 'EU', from))!.id).toBe(seeded.id);
  });

  test('a template that could not be filled is refused when it is saved, with every place', async () => {
    const variables = [
      { name: 'guild', type: 'PARTY' },
      { name: 'leaveAt', type: 'INSTANT' },
    ];
    const bad = await flow.draftClause(flow.content('{{guild}} ends on {{leaveAt}}', { variables }));
    const money = await flow.draftClause(flow.content('{{fee}}', { variables: [{ name: 'fee', type: 'MONEY' }] }));
    const refused = await flow.refused('pia', 'saveTemplateDraft', {
      name: 'LEAVE_MUTUAL',
      content: flow.assembly([bad, money], ['en', 'zh-CN']),
    });
    expect(refused.code).toBe('INVALID_TEMPLATE');
    expect(refused.reasons.map(({ code, place }) => [code, place])).toEqual([
      ['OPTIONAL_VARIABLE', { template: 'LEAVE_MUTUAL', clause: bad.key, locale: 'en', part: 'PARAGRAPH', line: 1, column: 19 }],
      ['MISSING_LOCALE', { template: 'LEAVE_MUTUAL', clause: bad.key, locale: 'zh-CN', part: 'LOCALES', line: 1, column: 1 }],
      ['UNKNOWN_VARIABLE', { template: 'LEAVE_MUTUAL', clause: money.key, locale: null, part: 'VARIABLES', line: 1, column: 1 }],
    ]);
    expect(refused.reasons[0]!.message).toContain(`(${bad.key!}, en, paragraph, line 1, column 19).`);
    // The same clause fits another kind, and a condition mends it here.
    const mended = await flow.draftClause(
      flow.content('{{guild}} ends on {{leaveAt}}', { variables, condition: 'has(v.leaveAt)' }),
    );
    await flow.draftTemplate([mended]);
    await flow.draftTemplate([money], { name: 'TRANSFER' });
    const nothing = await flow.refused('pia', 'saveTemplateDraft', { name: 'NOTHING', content: flow.assembly([mended]) });
    expect(nothing).toMatchObject({ code: 'UNKNOWN_TEMPLATE', reasons: [{ field: 'name' }] });
  });

  test('a clause is refused for what is wrong with it by itself, and a query tells it without storing anything', async () => {
    const content = flow.content('{{nobody}} {{', { condition: 'v.x > 1' });
    const refused = await flow.refused('pia', 'saveClauseDraft', { key: 'Bad Key', content });
    expect(refused.reasons.map(({ code, field, place }) => [code, field, place?.part, place?.column])).toEqual([
      ['INVALID_INPUT', 'key', undefined, undefined],
      ['CONDITION_TYPE', null, 'CONDITION', 3],
      ['TEMPLATE_SYNTAX', null, 'PARAGRAPH', 12],
      ['UNKNOWN_VARIABLE', null, 'PARAGRAPH', 1],
    ]);
    const query = 'query ($content: ClauseContentInput!) { clauseProblems(content: $content) { code place { part column } } }';
    const { clauseProblems } = await api.gql<{ clauseProblems: object[] }>('pia', query, { content });
    expect(clauseProblems).toHaveLength(3);
  });

  test('what is published is never changed, and nobody publishes a word of their own', async () => {
    const draft = await flow.draftClause(flow.content('Mine'));
    const input = { clauseVersionId: draft.id, expectedRevision: draft.revision, content: flow.content('Yours') };
    expect(await flow.refused('pol', 'saveClauseDraft', input)).toMatchObject({ code: 'NOT_AUTHOR' });
    const submitted = await flow.do('pia', 'submitClauseForReview', step(draft));
    expect(await flow.refused('pia', 'reviewClause', step(submitted, { decision: 'APPROVE' }))).toMatchObject({
      code: 'SECOND_PERSON_NEEDED',
    });
    expect(await flow.refused('pol', 'reviewClause', step(draft, { decision: 'APPROVE' }))).toMatchObject({
      code: 'STALE_VERSION',
    });
    const back = await flow.do('pol', 'reviewClause', step(submitted, { decision: 'REJECT', comment: 'Not yet' }));
    expect(back).toMatchObject({ status: 'DRAFT', events: [{}, {}, { action: 'REJECTED', remark: 'Not yet' }] });
    const again = await flow.do('pia', 'submitClauseForReview', step(back));
    const published = await flow.do('pol', 'reviewClause', step(again, { decision: 'APPROVE' }));
    const late = { ...input, expectedRevision: published.revision };
    expect(await flow.refused('pia', 'saveClauseDraft', late)).toMatchObject({ code: 'WRONG_STATE', currentState: 'PUBLISHED' });
  });

  test('what is retired is for no new draft, and no region is left without a text that requests need', async () => {
    const clause = await flow.clause(flow.content('Old'));
    const template = await flow.template([clause], { region: 'JP' });
    const retired = await flow.do('pia', 'retireClause', step(clause, { comment: 'Outdated' }));
    expect(retired.status).toBe('RETIRED');
    const refused = await flow.refused('pia', 'saveTemplateDraft', { name: 'LEAVE_MUTUAL', content: flow.assembly([clause]) });
    expect(refused).toMatchObject({ code: 'CLAUSE_RETIRED', reasons: [{ place: { clause: clause.key } }] });
    expect((await flow.inForce('LEAVE_MUTUAL', 'JP'))!.id).toBe(template.id);
    await flow.do('pol', 'retireTemplate', step(template, { comment: 'Outdated' }));
    const everywhere = (await flow.inForce('LEAVE_MUTUAL', 'JP'))!;
    expect(everywhere.region).toBeNull();
    expect(await flow.refused('pol', 'retireTemplate', step(everywhere, { comment: 'All' }))).toMatchObject({
      code: 'NO_TEMPLATE_LEFT',
    });
  });

  test('a repeated creation makes one draft; a key stands for one command', async () => {
    const input = { key: 'repeated', content: flow.content('x'), idempotencyKey: 'k1' };
    const [one, two] = await Promise.all([flow.do('pia', 'saveClauseDraft', input), flow.do('pia', 'saveClauseDraft', input)]);
    expect(one.id).toBe(two.id);
    expect(await flow.refused('pia', 'saveClauseDraft', { ...input, key: 'other' })).toMatchObject({ code: 'KEY_REUSED' });
    const template = { name: 'AMEND', content: flow.assembly([one]), idempotencyKey: 'k1' };
    const [first, second] = [
      await flow.do('pia', 'saveTemplateDraft', template),
      await flow.do('pia', 'saveTemplateDraft', template),
    ];
    expect(first.id).toBe(second.id);
  });

  test('only policy staff write; drafts are for staff; what is published is for everybody who is known', async () => {
    const draft = await flow.draftClause(flow.content('Secret'));
    const content = flow.content('x');
    for (const subject of ['sam', 'ava', 'bela', 'olivia'])
      expect(await flow.refused(subject, 'saveClauseDraft', { key: 'x', content })).toMatchObject({ code: 'FORBIDDEN' });
    const see = async (subject: string) => {
      const query = `query ($id: ID!) { clauseVersion(id: $id) { ${clauseFields} } node(id: $id) { id } }`;
      return (await api.gql<{ clauseVersion: VersionAnswer | null }>(subject, query, { id: draft.id })).clauseVersion;
    };
    for (const subject of ['pia', 'pol', 'sam', 'ava']) expect(await see(subject)).toMatchObject({ id: draft.id });
    for (const subject of ['bela', 'olivia']) expect(await see(subject)).toBeNull();
    const list = `{ templateVersions(first: 100, name: "JOIN") { nodes { ${templateFields} } } clauseVersions(first: 2) { nodes { id status } pageInfo { hasNextPage } } }`;
    const seen = await api.gql<{ templateVersions: { nodes: VersionAnswer[] }; clauseVersions: { nodes: { status: string }[] } }>(
      'bela',
      list,
    );
    expect(seen.templateVersions.nodes).toMatchObject([{ name: 'JOIN', authorId: null, events: [] }]);
    for (const { status } of seen.clauseVersions.nodes) expect(['PUBLISHED', 'RETIRED']).toContain(status);
  });

  test('a preview with sample data, in each language; what does not fit is told', async () => {
    const { id } = (await flow.inForce('JOIN', 'EU'))!;
    const query = `query ($id: ID!, $locale: String!, $sample: JSON) { templatePreview(id: $id, locale: $locale, sample: $sample) {
      values document { locale title text clauses { key number } } problems { code message place { part clause } } } }`;
    interface PreviewAnswer {
      readonly templatePreview: {
        readonly values: Record<string, unknown>;
        readonly document: { readonly text: string; readonly clauses: { readonly key: string }[] } | null;
        readonly problems: object[];
      };
    }
    const show = async (locale: string, sample: object = {}) =>
      (await api.gql<PreviewAnswer>('pia', query, { id, locale, sample })).templatePreview;
    const english = await show('en', { guild: 'نور <b>{{x}}</b>', startAt: null });
    expect(english.problems).toEqual([]);
    expect(english.document!.text).toContain('"\u2068نور <b>{{x}}</b>\u2069"');
    expect(english.document!.clauses.map(({ key }) => key)).toContain('start-open');
    expect(english.values).not.toHaveProperty('startAt');
    const chinese = await show('zh-CN', { minor: false });
    expect(chinese.document).toMatchObject({ locale: 'zh-CN', title: '会员协议（样本）' });
    expect(chinese.document!.clauses.map(({ key }) => key)).not.toContain('guardian-consent');
    expect(await show('fr')).toMatchObject({ document: null, problems: [{ code: 'NOT_FILLABLE' }] });
    expect(await show('en', { termMonths: 'six', colour: 'red' })).toMatchObject({
      document: null,
      problems: [{ code: 'WRONG_TYPE' }, { code: 'UNKNOWN_VARIABLE' }],
    });
  });

  test('the difference of two versions: titles, and clauses that came, went, changed or moved', async () => {
    const [a, b, c, d] = await Promise.all(
      ['a', 'b', 'c', 'd'].map((key) => flow.draftClause(flow.content(key), { key: `diff-${key}` })),
    );
    const changed = await flow.draftClause(flow.content('a two'), { key: 'diff-a', basedOnId: a!.id });
    const before = await flow.draftTemplate([a!, b!, c!]);
    const after = await flow.draftTemplate([c!, changed, d!], { content: flow.assembly([c!, changed, d!], ['en']) });
    const query = `query ($from: ID!, $to: ID!) { templateDifference(from: $from, to: $to) { texts { locale }
      clauses { key moved before { number texts { paragraphs } } after { number } } } }`;
    const { templateDifference: difference } = await api.gql<{ templateDifference: object }>('pia', query, {
      from: before.id,
      to: after.id,
    });
    expect(difference).toEqual({
      texts: [],
      clauses: [
        { key: 'diff-c', moved: true, before: { number: 1, texts: [{ paragraphs: ['c'] }] }, after: { number: 1 } },
        { key: 'diff-a', moved: true, before: { number: 1, texts: [{ paragraphs: ['a'] }] }, after: { number: 2 } },
        { key: 'diff-d', moved: false, before: null, after: { number: 1 } },
        { key: 'diff-b', moved: false, before: { number: 1, texts: [{ paragraphs: ['b'] }] }, after: null },
      ],
    });
  });

  test('the catalogue says what each kind has, of which type, and what can be absent', async () => {
    const { templateDefinitions } = await api.gql<{ templateDefinitions: { name: string; variables: object[] }[] }>(
      'bela',
      '{ templateDefinitions { name description terms variables { name type optional options description } } }',
    );
    expect(templateDefinitions.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['JOIN', 'TRANSFER_RELEASE', 'GUARDIAN_CONSENT']),
    );
    const join = templateDefinitions.find(({ name }) => name === 'JOIN')!;
    expect(join.variables).toContainEqual(expect.objectContaining({ name: 'startAt', type: 'INSTANT', optional: true }));
  });
});
