import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApi, type TestApi } from '../support/api.js';
import { DAY_MS, JoinFlow, type RefusalAnswer } from '../support/join-flow.js';
import { LeaveFlow, type OptionAnswer } from '../support/leave-flow.js';
import { offer, TransferFlow } from '../support/transfer-flow.js';
import type { TestBroadcaster, TestGuild } from '../support/world.js';

interface CommentAnswer {
  readonly __typename: 'ClauseComment';
  readonly id: string;
  readonly clause: string;
  readonly party: string;
  readonly isOwn: boolean;
  readonly body: string | null;
}

interface PreviewAnswer {
  readonly startsAt: string;
  readonly leavesAt: string;
  readonly termEndsAt: string | null;
  readonly isOver: boolean;
  readonly options: readonly OptionAnswer[];
}

const reasons = '__typename code reasons { code message field clause }';
const comment = '__typename id clause party isOwn body';

describe('negotiating an agreement', () => {
  let api: TestApi;
  let join: JoinFlow;
  let leave: LeaveFlow;
  let transfer: TransferFlow;
  let guild: TestGuild;
  let who: TestBroadcaster;
  beforeAll(async () => {
    api = await startApi();
    join = new JoinFlow(api);
    leave = new LeaveFlow(api);
    transfer = new TransferFlow(api);
    guild = await api.world.guild();
    who = await api.world.broadcaster();
  });
  afterAll(() => api.stop());

  type Refused = Omit<RefusalAnswer, 'reasons'> & {
    readonly reasons: readonly { readonly code: string; readonly field: string; readonly clause: string | null }[];
  };
  const refused = async (subject: string, mutation: string, type: string, input: object) => {
    const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { ... on Refusal { ${reasons} } } }`;
    return (await api.gql<Record<string, Refused>>(subject, query, { input }))[mutation]!;
  };
  const say = async (subject: string, input: object) => {
    const query = `mutation ($input: CommentOnClauseInput!) { commentOnClause(input: $input) { ... on ClauseComment { ${comment} } ... on Refusal { ${reasons} } } }`;
    return (await api.gql<{ commentOnClause: CommentAnswer | Refused }>(subject, query, { input })).commentOnClause;
  };
  const commentsOn = async (subject: string, id: string, clause?: string) => {
    const query = `query ($id: ID!, $clause: String) { request(id: $id) { agreement { audience comments(first: 100, clause: $clause) { nodes { ${comment} } } } } }`;
    interface Answer {
      readonly request: { readonly agreement: { readonly comments: { readonly nodes: readonly CommentAnswer[] } } } | null;
    }
    return (await api.gql<Answer>(subject, query, { id, clause })).request?.agreement.comments.nodes;
  };
  const preview = async (subject: string, id: string, args = 'afterMonths: 3') => {
    const query = `query ($id: ID!) { request(id: $id) { exitPreview(${args}) { startsAt leavesAt termEndsAt isOver
      options { route isOpen reasons { code message field until } opensAt earliestEnd awaits silence } } } }`;
    return (await api.gql<{ request: { exitPreview: PreviewAnswer | null } | null }>(subject, query, { id })).request
      ?.exitPreview;
  };
  const routes = ({ options }: PreviewAnswer) => Object.fromEntries(options.map((option) => [option.route, option]));

  test('terms that break the policy are refused with everything at once, and the clause that each concerns', async () => {
    const { id } = await join.apply(who, guild);
    const terms = { guildSharePercent: 99, termMonths: 60, nonCompeteMonths: 6 };
    const answer = await refused(guild.owner, 'proposeTerms', 'ProposeTermsInput', { requestId: id, terms });
    expect(answer.code).toBe('NOT_ALLOWED');
    expect(answer.reasons.map(({ code, field, clause }) => [code, field, clause])).toEqual([
      ['GUILD_SHARE_TOO_HIGH', 'terms.guildSharePercent', 'revenue'],
      ['TERM_TOO_LONG', 'terms.termMonths', 'term'],
      ['NON_COMPETE_TOO_LONG', 'terms.nonCompeteMonths', 'free-afterwards'],
    ]);
    // Likewise before there is a text: by the template that it would be made from.
    const other = await api.world.broadcaster();
    const opening = await refused(other.subject, 'requestJoin', 'RequestJoinInput', { guildId: guild.id, terms });
    expect(opening.reasons.map(({ code, clause }) => [code, clause])).toEqual([
      ['GUILD_SHARE_TOO_HIGH', 'revenue'],
      ['TERM_TOO_LONG', 'term'],
      ['NON_COMPETE_TOO_LONG', 'non-compete'],
    ]);
    const own = await refused(who.subject, 'proposeTerms', 'ProposeTermsInput', {
      requestId: id,
      terms: { guildSharePercent: 10, termMonths: 6 },
    });
    expect(own.reasons).toMatchObject([{ code: 'OWN_PROPOSAL', clause: null }]);
  });

  test('a restriction of competition is a term: under a policy that allows it, it is in the text', async () => {
    const lenient = await leave.guildUnder({ nonCompeteMaxMonths: 3 });
    const someone = await api.world.broadcaster();
    const input = { guildId: lenient.id, terms: { guildSharePercent: 15, termMonths: 6, nonCompeteMonths: 3 } };
    const { id, agreement } = await join.do(someone.subject, 'requestJoin', input);
    expect(agreement!.text).toContain('For 3 months after the end of the membership the broadcaster joins no other guild');
    const again = await refused(lenient.owner, 'proposeTerms', 'ProposeTermsInput', {
      requestId: id,
      terms: { ...input.terms, nonCompeteMonths: 4 },
    });
    expect(again.reasons).toMatchObject([{ code: 'NON_COMPETE_TOO_LONG', clause: 'non-compete' }]);
    const without = await join.do(lenient.owner, 'proposeTerms', {
      requestId: id,
      terms: { guildSharePercent: 15, termMonths: 6 },
    });
    expect(without.agreement!.text).not.toContain('For 3 months after');
  });

  test('versions differ by term and by clause, against any earlier one', async () => {
    const someone = await api.world.broadcaster();
    const { id } = await join.apply(someone, guild);
    const startAt = new Date((await api.clock.now()).getTime() + 60 * DAY_MS).toISOString();
    await join.do(guild.owner, 'proposeTerms', { requestId: id, terms: { guildSharePercent: 12, termMonths: 6 } });
    await join.do(someone.subject, 'proposeTerms', { requestId: id, terms: { guildSharePercent: 12, termMonths: 0, startAt } });
    const clause = '{ heading paragraphs }';
    const query = `query ($id: ID!, $against: Int) { request(id: $id) { agreement { changes { term } difference(against: $against) { against terms { term before after }
      clauses { key before ${clause} after ${clause} } } } agreementVersions { difference { against } } } }`;
    interface Clause {
      readonly heading: string;
      readonly paragraphs: readonly string[];
    }
    interface Answer {
      readonly request: {
        readonly agreement: {
          readonly changes: readonly { readonly term: string }[];
          readonly difference: {
            readonly against: number;
            readonly terms: object[];
            readonly clauses: { readonly key: string; readonly before: Clause | null; readonly after: Clause | null }[];
          } | null;
        };
        readonly agreementVersions: readonly { readonly difference: { readonly against: number } | null }[];
      };
    }
    const see = async (against?: number) => (await api.gql<Answer>(someone.subject, query, { id, against })).request;
    const { agreement, agreementVersions } = await see();
    expect(agreementVersions.map(({ difference }) => difference?.against)).toEqual([undefined, 1, 2]);
    expect(agreement.changes).toEqual([{ term: 'startAt' }, { term: 'termMonths' }]);
    expect(agreement.difference!.clauses.map(({ key, before, after }) => [key, before !== null, after !== null])).toEqual([
      ['start-chosen', false, true],
      ['no-term', false, true],
      ['start-open', true, false],
      ['term', true, false],
    ]);
    const first = (await see(1)).agreement.difference!;
    const revenue = first.clauses.find(({ key }) => key === 'revenue')!;
    expect(revenue.before!.paragraphs[0]).toContain('15%');
    expect(revenue.after!.paragraphs[0]).toContain('12%');
    expect(first.terms).toContainEqual({ term: 'guildSharePercent', before: '15', after: '12' });
    for (const against of [0, 3, 9]) expect((await see(against)).agreement.difference).toBeNull();
  });

  test('comments on a clause: seen by who sees the text, bounded, and not after the end', async () => {
    const someone = await api.world.broadcaster();
    const { id, version } = await join.apply(someone, guild);
    const on = { requestId: id, agreementVersion: 1, clause: 'revenue' };
    const words = 'Too much. <script> {{share}} نور \u202E';
    const said = await say(someone.subject, { ...on, body: words, idempotencyKey: 'c1' });
    expect(said).toMatchObject({ clause: 'revenue', party: 'BROADCASTER', isOwn: true, body: words });
    expect(await say(someone.subject, { ...on, body: words, idempotencyKey: 'c1' })).toEqual(said);
    expect(await say(someone.subject, { ...on, body: 'Other', idempotencyKey: 'c1' })).toMatchObject({ code: 'KEY_REUSED' });
    expect(await say(guild.finance, { ...on, body: 'It is what it is.' })).toMatchObject({ party: 'GUILD' });
    expect(await say('sam', { ...on, clause: 'term', body: 'The policy allows it.' })).toMatchObject({ party: 'PLATFORM' });
    for (const subject of [someone.subject, guild.owner, 'sam', 'ava'])
      expect((await commentsOn(subject, id))!.map(({ party, isOwn }) => [party, isOwn])).toEqual([
        ['BROADCASTER', subject === someone.subject],
        ['GUILD', false],
        ['PLATFORM', subject === 'sam'],
      ]);
    expect(await commentsOn(guild.owner, id, 'term')).toHaveLength(1);
    for (const subject of ['bela', 'olivia', 'pia']) {
      expect(await commentsOn(subject, id)).toBeUndefined();
      expect(await say(subject, { ...on, body: 'x' })).toMatchObject({ code: 'NOT_FOUND' });
    }
    expect(await say('ava', { ...on, body: 'x' })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await say(someone.subject, { ...on, clause: 'nothing', body: 'x' })).toMatchObject({
      code: 'NOT_FOUND',
      reasons: [{ field: 'clause' }],
    });
    expect(await say(someone.subject, { ...on, agreementVersion: 2, body: 'x' })).toMatchObject({ code: 'NOT_FOUND' });
    for (const body of ['', '  ', 'x'.repeat(2_001), 'a\0b', 'a\uD800'])
      expect(await say(someone.subject, { ...on, body })).toMatchObject({ code: 'INVALID_INPUT' });
    // Nothing of it is in the request: it has neither moved nor been told anything.
    expect((await join.see(someone.subject, id)).version).toBe(version);
    const { rows } = await api.world.owner.query(`select from guildhall.history where event::text like '%Too much%'`);
    expect(rows).toEqual([]);
    await join.do(someone.subject, 'withdrawRequest', { requestId: id });
    expect(await say(someone.subject, { ...on, body: 'Too late' })).toMatchObject({ code: 'REQUEST_ENDED' });
    expect(await commentsOn(guild.owner, id)).toHaveLength(3);
  });

  test('what is said about the whole of a transfer is not for the guild that is left', async () => {
    const losing = await api.world.guild();
    const gaining = await api.world.guild();
    const member = await leave.memberOf(losing);
    const { id } = await transfer.do(member.subject, 'requestTransfer', { gainingGuildId: gaining.id });
    const entry = { requestId: id, transferAt: await leave.inDays(30), feeMinor: 50_000, originSharePercent: 5 };
    await transfer.do(losing.owner, 'enterTransferTerms', entry);
    const bad = await refused(gaining.owner, 'enterTransferTerms', 'EnterTransferTermsInput', {
      ...entry,
      originSharePercent: 50,
      offer: { ...offer, guildSharePercent: 90 },
    });
    expect(bad.reasons.map(({ code, clause }) => [code, clause])).toEqual([
      ['ORIGIN_SHARE_TOO_HIGH', 'transfer-fee'],
      ['GUILD_SHARE_TOO_HIGH', 'offered-membership'],
    ]);
    await transfer.do(gaining.owner, 'enterTransferTerms', { ...entry, offer });
    const on = { requestId: id, agreementVersion: 1 };
    await say(member.subject, { ...on, clause: 'offered-membership', body: 'For the gaining guild' });
    await say(losing.owner, { ...on, clause: 'transfer-fee', body: 'Of the guild that is left' });
    await say(member.subject, { ...on, audience: 'GUILD', clause: 'objections', body: 'For the guild that is left' });
    expect(await say(losing.owner, { ...on, clause: 'offered-membership', body: 'x' })).toMatchObject({ code: 'NOT_FOUND' });
    const bodies = async (subject: string) => (await commentsOn(subject, id))!.map(({ body }) => body);
    expect(await bodies(gaining.owner)).toEqual(['For the gaining guild']);
    expect(await bodies(losing.owner)).toEqual(['Of the guild that is left', 'For the guild that is left']);
    // The clause checker is for who moves: what the offer comes to is nobody else's to ask.
    expect(await preview(losing.owner, id)).toBeNull();
    expect(await preview(gaining.owner, id)).toBeNull();
    expect((await preview(member.subject, id))!.termEndsAt).not.toBeNull();
  });

  test('if you leave in month 3: what the checker says before the signature is what the machines then do', async () => {
    const strict = await leave.guildUnder({
      minTermMonths: 6,
      joinCoolingOffDays: 3,
      probationDays: 10,
      noticeDays: 20,
      exitFeeCapMonths: 2,
    });
    const someone = await api.world.broadcaster();
    const asked = await join.do(someone.subject, 'requestJoin', {
      guildId: strict.id,
      terms: { guildSharePercent: 15, termMonths: 12 },
    });
    const early = (await preview(someone.subject, asked.id, 'afterMonths: 0'))!;
    expect(routes(early)).toMatchObject({
      PROBATION: { isOpen: true },
      MUTUAL: { isOpen: true, awaits: ['GUILD'] },
      MINOR: { isOpen: false },
    });
    const told = (await preview(someone.subject, asked.id))!;
    expect(told).toMatchObject({ isOver: false, startsAt: early.startsAt });
    expect(routes(told)).toMatchObject({
      NOTICE: { isOpen: false, reasons: [{ code: 'MIN_TERM', until: expect.any(String) }] },
      PROBATION: { isOpen: false, reasons: [{ code: 'PROBATION_OVER' }] },
    });
    const paid = routes((await preview(someone.subject, asked.id, 'afterMonths: 3, wishes: { acceptsExitFee: true }'))!);
    expect(paid['NOTICE']).toMatchObject({ isOpen: true, reasons: [] });
    const free = (await preview(someone.subject, asked.id, 'afterMonths: 7'))!;
    expect(routes(free)['NOTICE']).toMatchObject({ isOpen: true });
    const over = (await preview(someone.subject, asked.id, 'afterMonths: 12'))!;
    expect(over).toMatchObject({ isOver: true, leavesAt: over.termEndsAt });
    expect(over.options.every(({ isOpen }) => !isOpen)).toBe(true);
    expect(await preview(strict.owner, asked.id)).toBeNull();
    expect(await preview('sam', asked.id)).toEqual(told);
    expect(await preview('bela', asked.id)).toBeUndefined();
    // Now for real: the same day, the same answers.
    await join.do(strict.owner, 'acceptTerms', { requestId: asked.id, agreementVersion: 1 });
    const signing = await join.see(someone.subject, asked.id);
    expect(await preview(someone.subject, asked.id)).toMatchObject({ leavesAt: told.leavesAt });
    for (const subject of [someone.subject, strict.owner]) await join.sign(subject, signing);
    expect(await preview(someone.subject, asked.id)).toBeNull();
    await api.pass(Date.parse(told.leavesAt) - (await api.clock.now()).getTime());
    const { rows } = await api.world.owner.query<{ id: string }>(
      'select id from guildhall.membership where broadcaster_id = $1',
      [someone.uuid],
    );
    const membershipId = Buffer.from(`Membership:${rows[0]!.id}`).toString('base64url');
    const real = (await leave.options(someone.subject, { ...someone, membershipId, membershipUuid: rows[0]!.id }))!;
    for (const [route, { isOpen, reasons: objections }] of Object.entries(routes(told)))
      expect([route, real[route]!.isOpen, real[route]!.reasons.map(({ code }) => code)]).toEqual([
        route,
        isOpen,
        objections.map(({ code }) => code),
      ]);
    expect(real['NOTICE']!.reasons[0]!.until).toBe(routes(told)['NOTICE']!.reasons[0]!.until);
  });

  test('the checker knows a renewal from its beginning, and asks for months within reason', async () => {
    const member = await leave.memberOf(guild);
    const asked = await leave.do(member.subject, 'requestRenewal', { terms: { guildSharePercent: 15, termMonths: 6 } });
    const told = (await preview(member.subject, asked.id, 'afterMonths: 1'))!;
    expect(Date.parse(told.startsAt)).toBeGreaterThan(Date.now() + 120 * DAY_MS);
    expect(routes(told)['NOTICE']).toMatchObject({ isOpen: true });
    const { body } = await api.raw(
      member.subject,
      `query ($id: ID!) { request(id: $id) { exitPreview(afterMonths: 121) { isOver } } }`,
      { id: asked.id },
    );
    expect(body.errors![0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});
