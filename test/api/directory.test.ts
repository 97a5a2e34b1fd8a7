import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PLATFORM_PRINCIPAL_ID } from '../../src/directory/consequences.js';
import { DEVELOPMENT_ISSUER } from '../../src/identity/index.js';
import { encodeGlobalId } from '../../src/schema/index.js';
import { startApi, type TestApi } from '../support/api.js';
import { DirectoryFlow, type ChangeAnswer, type DirectoryMutation } from '../support/directory-flow.js';
import { DAY_MS, JoinFlow } from '../support/join-flow.js';
import type { TestBroadcaster, TestGuild } from '../support/world.js';

let api: TestApi;
let directory: DirectoryFlow;

beforeAll(async () => {
  api = await startApi();
  directory = new DirectoryFlow(api);
});
afterAll(() => api.stop());

describe('the first rows of an installation, entered by support', () => {
  test('a guild with owner, agent and a verified broadcaster: then the broadcaster joins', async () => {
    const ownerId = await directory.person('nora');
    const registered = await directory.do('sam', 'registerGuild', {
      name: 'Paper Crane',
      regionCode: 'EU',
      memberCap: 5,
      ownerId,
      reasonCode: 'REGISTRATION',
    });
    const guildId = registered.guild!.id;
    expect(registered.guild).toMatchObject({ name: 'Paper Crane', status: 'ACTIVE' });
    await directory.person('abel');
    const appointed = await directory.do('nora', 'appointStaff', {
      guildId,
      principalId: await directory.principalId('abel'),
      role: 'AGENT',
      reasonCode: 'STAFF_CHANGE',
    });
    expect(appointed.event).toMatchObject({ authority: 'GUILD_OWNER', actorId: ownerId, subjectId: guildId });

    await directory.person('bruno');
    const self = await directory.do('bruno', 'registerBroadcaster', { handle: 'bruno-bakes', regionCode: 'EU' });
    expect(self).toMatchObject({ event: { authority: 'SELF' }, broadcaster: { handle: 'bruno-bakes' }, file: null });
    const broadcasterId = self.broadcaster!.id;
    await directory.do('sam', 'verifyIdentity', { broadcasterId, reasonCode: 'DOCUMENTS_CHECKED' });
    const aged = await directory.do('sam', 'attestAge', { broadcasterId, birthDate: '1997-02-03' });
    expect(aged.file).toMatchObject({ birthDate: '1997-02-03', identityVerifiedAt: expect.any(String) as unknown });
    expect(JSON.stringify(aged.event)).not.toContain('1997');

    const join = new JoinFlow(api);
    const request = await join.do('bruno', 'requestJoin', { guildId, terms: { guildSharePercent: 10, termMonths: 6 } });
    expect(request.state).toBe('DRAFTING');
    expect((await join.do('abel', 'acceptTerms', { requestId: request.id, agreementVersion: 1 })).state).toBe('SIGNING');
  });

  test('support registers a broadcaster without an account', async () => {
    const { file, event } = await directory.do('sam', 'registerBroadcaster', { handle: 'no-account', regionCode: 'JP' });
    expect(file).toMatchObject({ identityVerifiedAt: null, birthDate: null });
    expect(event.details).toEqual({ regionCode: 'JP' });
    const attested = await directory.do('sam', 'attestAge', { broadcasterId: event.subjectId });
    expect(attested.file!.ofAgeAttestedAt).not.toBeNull();
  });

  test('every objection comes at once, and nothing stays of what was refused', async () => {
    await directory.do('sam', 'registerBroadcaster', {
      handle: 'taken',
      regionCode: 'EU',
      principalId: await directory.person('taken-person'),
    });
    const input = {
      handle: 'taken',
      regionCode: 'XX',
      principalId: await directory.principalId('taken-person'),
      idempotencyKey: 'refused-1',
    };
    const refusal = await directory.refused('sam', 'registerBroadcaster', input);
    expect(refusal.reasons).toMatchObject([
      { code: 'HANDLE_TAKEN', field: 'handle' },
      { code: 'REGION_UNKNOWN', field: 'regionCode' },
      { code: 'ALREADY_BROADCASTER', field: 'principalId' },
    ]);
    const { event } = await directory.do('sam', 'registerBroadcaster', {
      handle: 'free',
      regionCode: 'EU',
      idempotencyKey: 'refused-1',
    });
    expect(event.action).toBe('registerBroadcaster');
  });

  test('bad input is refused by field', async () => {
    const refusal = await directory.refused('sam', 'registerPrincipal', {
      issuer: '',
      subject: 'x'.repeat(256),
      displayName: 'two\nlines',
      comment: 'c'.repeat(2_001),
    });
    expect(refusal.code).toBe('INVALID_INPUT');
    expect(refusal.reasons.map(({ field }) => field)).toEqual(['issuer', 'subject', 'displayName', 'comment']);
    expect(await directory.objections('sam', 'registerBroadcaster', { handle: 'erased-x', regionCode: 'EU' })).toEqual([
      'INVALID_INPUT',
    ]);
    expect(await directory.objections('sam', 'suspendGuild', { guildId: 'nonsense' })).toEqual(['NOT_FOUND']);
  });
});

describe('a command that is sent again', () => {
  test('gives the first answer, and another body under its key is refused', async () => {
    const input = { issuer: DEVELOPMENT_ISSUER, subject: 'twice', displayName: 'Realname twice', idempotencyKey: 'twice' };
    const [first, second] = (await Promise.all([
      directory.send('sam', 'registerPrincipal', input),
      directory.send('sam', 'registerPrincipal', input),
    ])) as [ChangeAnswer, ChangeAnswer];
    expect(second.event).toEqual(first.event);
    expect((await directory.refused('sam', 'registerPrincipal', { ...input, subject: 'other' })).code).toBe('KEY_REUSED');
    const count = await api.world.owner.query(`select from guildhall.principal where subject in ('twice', 'other')`);
    expect(count.rowCount).toBe(1);
  });

  test('without keys, two registrations of one subject at once: one is told that it is known', async () => {
    const input = { issuer: DEVELOPMENT_ISSUER, subject: 'race', displayName: 'Realname race' };
    const answers = await Promise.all([1, 2, 3].map(() => directory.send('sam', 'registerPrincipal', input)));
    expect(answers.map((answer) => ('code' in answer ? answer.code : 'done')).sort()).toEqual([
      'ALREADY_KNOWN',
      'ALREADY_KNOWN',
      'done',
    ]);
  });
});

describe('staff', () => {
  let guild: TestGuild;
  beforeAll(async () => {
    guild = await api.world.guild();
  });

  test('an owner appoints agents and finance of their own guild only', async () => {
    const principalId = await directory.person('candidate');
    const other = await api.world.guild();
    expect(await directory.objections(guild.owner, 'appointStaff', { guildId: guild.id, principalId, role: 'OWNER' })).toEqual([
      'FORBIDDEN',
    ]);
    expect(await directory.objections(guild.owner, 'appointStaff', { guildId: other.id, principalId, role: 'AGENT' })).toEqual([
      'FORBIDDEN',
    ]);
    expect(await directory.objections(guild.agent, 'appointStaff', { guildId: guild.id, principalId, role: 'AGENT' })).toEqual([
      'FORBIDDEN',
    ]);
    await directory.do(guild.owner, 'appointStaff', { guildId: guild.id, principalId, role: 'FINANCE' });
    expect(await directory.objections(guild.owner, 'appointStaff', { guildId: guild.id, principalId, role: 'FINANCE' })).toEqual([
      'ALREADY_APPOINTED',
    ]);
    await directory.do(guild.owner, 'dismissStaff', { guildId: guild.id, principalId, role: 'FINANCE' });
    await directory.do(guild.owner, 'appointStaff', { guildId: guild.id, principalId, role: 'FINANCE' });
    await directory.do('sam', 'disablePrincipal', { principalId });
    await directory.do('sam', 'dismissStaff', { guildId: guild.id, principalId, role: 'FINANCE' });
    expect(await directory.objections('sam', 'appointStaff', { guildId: guild.id, principalId, role: 'OWNER' })).toEqual([
      'PRINCIPAL_DISABLED',
    ]);
  });

  test('the last owner cannot be dismissed by the guild, two owners not by each other, and support can', async () => {
    const ownerId = await directory.principalId(guild.owner);
    const dismissOwner = { guildId: guild.id, principalId: ownerId, role: 'OWNER' };
    expect(await directory.objections(guild.owner, 'dismissStaff', dismissOwner)).toEqual(['LAST_OWNER']);
    const secondId = await directory.person('second-owner');
    await directory.do('sam', 'appointStaff', { guildId: guild.id, principalId: secondId, role: 'OWNER' });
    const answers = await Promise.all([
      directory.send(guild.owner, 'dismissStaff', { ...dismissOwner, principalId: secondId }),
      directory.send('second-owner', 'dismissStaff', dismissOwner),
    ]);
    expect(answers.filter(({ __typename }) => __typename === 'DirectoryChange')).toHaveLength(1);
    await Promise.all([
      directory.send('sam', 'dismissStaff', dismissOwner),
      directory.send('sam', 'dismissStaff', { ...dismissOwner, principalId: secondId }),
    ]);
    const left = await api.world.owner.query(
      `select from guildhall.guild_staff where guild_id = $1 and role = 'OWNER' and until is null`,
      [guild.uuid],
    );
    expect(left.rowCount).toBe(0);
  });

  test('who was dismissed is refused from the next command on', async () => {
    const own = await api.world.guild();
    const agentId = await directory.principalId(own.agent);
    const join = new JoinFlow(api);
    const request = await join.apply(await api.world.broadcaster(), own);
    await directory.do(own.owner, 'dismissStaff', { guildId: own.id, principalId: agentId, role: 'AGENT' });
    expect((await join.refused(own.agent, 'acceptTerms', { requestId: request.id, agreementVersion: 1 })).code).toBe('NOT_FOUND');
  });

  test('the staff of a guild is listed to it and to support, with names to support only', async () => {
    const own = await api.world.guild();
    const query = 'query ($id: ID!) { guildStaff(guildId: $id) { nodes { role displayName principalId until } } }';
    type Answer = { guildStaff: { nodes: { role: string; displayName: string | null }[] } };
    const staff = async (subject: string) => (await api.gql<Answer>(subject, query, { id: own.id })).guildStaff.nodes;
    expect((await staff('sam')).map(({ role, displayName }) => [role, displayName])).toEqual([
      ['AGENT', `Staffname ${own.agent}`],
      ['FINANCE', `Staffname ${own.finance}`],
      ['OWNER', `Staffname ${own.owner}`],
    ]);
    expect((await staff(own.finance)).map(({ displayName }) => displayName)).toEqual([null, `Staffname ${own.finance}`, null]);
    expect(await staff('bela')).toEqual([]);
  });
});

describe('accounts', () => {
  test('a disabled account opens nothing, until it is enabled again', async () => {
    const principalId = await directory.person('paused');
    await directory.do('sam', 'disablePrincipal', { principalId });
    const answer = await api.raw('paused', '{ viewer { principalId } }');
    expect(answer.body.errors![0]!.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await directory.objections('paused', 'registerBroadcaster', { handle: 'paused-one', regionCode: 'EU' })).toEqual([
      'FORBIDDEN',
    ]);
    expect(await directory.objections('sam', 'disablePrincipal', { principalId })).toEqual(['ALREADY_DISABLED']);
    expect((await directory.do('sam', 'enablePrincipal', { principalId })).principal).toMatchObject({ disabledAt: null });
    expect(await directory.principalId('paused')).toBe(principalId);
  });

  test('nobody shuts themselves or the platform out', async () => {
    const principalId = await directory.principalId('sam');
    expect(await directory.objections('sam', 'disablePrincipal', { principalId })).toEqual(['OWN_ACCOUNT']);
    const platform = encodeGlobalId('Principal', PLATFORM_PRINCIPAL_ID);
    expect(await directory.objections('sam', 'disablePrincipal', { principalId: platform })).toEqual(['PLATFORM_ACCOUNT']);
  });

  test('somebody is found by issuer and subject, by support and auditors only', async () => {
    const query = 'query ($s: String!, $i: String!) { principal(issuer: $i, subject: $s) { displayName platformRole } }';
    const variables = { i: DEVELOPMENT_ISSUER, s: 'pia' };
    expect(await api.gql('ava', query, variables)).toEqual({ principal: { displayName: 'Pia Sample', platformRole: 'POLICY' } });
    const { body } = await api.raw('olivia', query, variables);
    expect(body.errors![0]!.extensions).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('guilds', () => {
  test('suspended, reinstated, capped and closed, each from the right state only', async () => {
    const guild = await api.world.guild();
    const only = { guildId: guild.id };
    expect(await directory.objections('sam', 'reinstateGuild', only)).toEqual(['NOT_SUSPENDED']);
    expect((await directory.do('sam', 'suspendGuild', { ...only, reasonCode: 'INVESTIGATION' })).guild!.status).toBe('SUSPENDED');
    expect(await directory.objections('sam', 'suspendGuild', only)).toEqual(['ALREADY_SUSPENDED']);
    expect((await directory.do('sam', 'reinstateGuild', { ...only, reasonCode: 'CLEARED' })).guild!.status).toBe('ACTIVE');
    expect((await directory.do('sam', 'setGuildCap', { ...only, memberCap: 0 })).event.details).toEqual({
      before: null,
      after: 0,
    });
    expect(await directory.objections('sam', 'setGuildCap', { ...only, memberCap: 0 })).toEqual(['UNCHANGED']);
    expect((await directory.do('sam', 'closeGuild', only)).guild!.status).toBe('CLOSED');
    for (const name of ['suspendGuild', 'reinstateGuild', 'closeGuild', 'setGuildCap'] as const)
      expect(await directory.objections('sam', name, only)).toContain('GUILD_CLOSED');
  });

  test('a merger gives notice to everybody, and tells all that stands against it', async () => {
    const [from, into, elsewhere] = [await api.world.guild(), await api.world.guild(), await api.world.guild({ region: 'JP' })];
    const now = (await api.clock.now()).getTime();
    const soon = new Date(now + DAY_MS).toISOString();
    const refusal = await directory.refused('sam', 'mergeGuilds', {
      fromGuildId: from.id,
      intoGuildId: elsewhere.id,
      effectiveAt: soon,
    });
    expect(refusal.reasons.map(({ code }) => code)).toEqual(['OTHER_REGION', 'NOTICE_TOO_SHORT']);
    const earliest = refusal.reasons[1]!.until!;
    expect(Date.parse(earliest)).toBeGreaterThan(now + 30 * DAY_MS);
    const merger = { fromGuildId: from.id, intoGuildId: into.id, effectiveAt: earliest };
    expect((await directory.do('sam', 'mergeGuilds', merger)).guild).toMatchObject({ mergesAt: earliest });
    expect(await directory.objections('sam', 'mergeGuilds', merger)).toEqual(['ALREADY_MERGING']);
    const query = 'query ($id: ID!) { guild(id: $id) { mergesAt mergedInto { id } } }';
    expect(await api.gql('bela', query, { id: from.id })).toEqual({ guild: { mergesAt: earliest, mergedInto: { id: into.id } } });
  });
});

describe('who may change the directory', () => {
  let guild: TestGuild;
  let who: TestBroadcaster;
  let inputs: Record<DirectoryMutation, object>;
  beforeAll(async () => {
    guild = await api.world.guild();
    who = await api.world.broadcaster();
    const principalId = await directory.person('bystander');
    const broadcasterId = who.id;
    inputs = {
      registerPrincipal: { issuer: DEVELOPMENT_ISSUER, subject: 'smuggled', displayName: 'Smuggled' },
      disablePrincipal: { principalId },
      enablePrincipal: { principalId },
      registerGuild: { name: 'Smuggled', regionCode: 'EU' },
      setGuildCap: { guildId: guild.id, memberCap: 1 },
      suspendGuild: { guildId: guild.id },
      reinstateGuild: { guildId: guild.id },
      closeGuild: { guildId: guild.id },
      mergeGuilds: {
        fromGuildId: guild.id,
        intoGuildId: encodeGlobalId('Guild', guild.uuid),
        effectiveAt: '2199-01-01T00:00:00Z',
      },
      cancelMerger: { guildId: guild.id },
      appointStaff: { guildId: guild.id, principalId, role: 'OWNER' },
      dismissStaff: { guildId: (await api.world.guild()).id, principalId, role: 'AGENT' },
      registerBroadcaster: { handle: 'smuggled', regionCode: 'EU', principalId },
      verifyIdentity: { broadcasterId },
      attestAge: { broadcasterId },
      recordIdentityChange: { broadcasterId, change: 'PAYEE' },
      banBroadcaster: { broadcasterId },
      unbanBroadcaster: { broadcasterId },
      assignGuardian: { broadcasterId, principalId },
      revokeGuardianship: { broadcasterId },
      reportActivity: {
        source: 's',
        lines: [
          { broadcasterId, month: '2026-01', days: 1, minutes: 1, income: { amountMinor: 1, currency: 'EUR' }, lineId: '1' },
        ],
      },
      requestErasure: { broadcasterId: encodeGlobalId('Broadcaster', guild.uuid) },
      completeErasure: { broadcasterId },
    };
  });

  test.each(['auditor', 'policy', 'owner', 'agent', 'finance', 'broadcaster'] as const)(
    'the %s changes nothing that is not theirs',
    async (role) => {
      const subject = {
        auditor: 'ava',
        policy: 'pia',
        owner: guild.owner,
        agent: guild.agent,
        finance: guild.finance,
        broadcaster: who.subject,
      }[role];
      const count = async () => (await api.world.owner.query('select from guildhall.directory_event')).rowCount;
      const before = await count();
      const answers: Record<string, string> = {};
      for (const [name, input] of Object.entries(inputs))
        answers[name] = (await directory.refused(subject, name as DirectoryMutation, input)).code;
      expect(answers).toEqual(Object.fromEntries(Object.keys(inputs).map((name) => [name, 'FORBIDDEN'])));
      expect(await count()).toBe(before);
    },
  );

  test('a token that nobody is known by is not answered at all', async () => {
    await expect(directory.send('nobody-known', 'suspendGuild', { guildId: guild.id })).rejects.toThrow(/UNAUTHENTICATED/);
  });

  test('an agent whose account was disabled a moment ago has lost the authority', async () => {
    await api.world.owner.query(`update guildhall.principal set disabled_at = now() where subject = 'sam'`);
    expect(await directory.objections('sam', 'suspendGuild', { guildId: guild.id })).toEqual(['FORBIDDEN']);
    await api.world.owner.query(`update guildhall.principal set disabled_at = null where subject = 'sam'`);
  });
});

describe('the audit trail', () => {
  test('tells every change of a subject, the latest first, to support and auditors, and to others what they did', async () => {
    const guild = await api.world.guild();
    const principalId = await directory.person('trailed');
    await directory.do(guild.owner, 'appointStaff', {
      guildId: guild.id,
      principalId,
      role: 'AGENT',
      reasonCode: 'STAFF_CHANGE',
    });
    await directory.do('sam', 'suspendGuild', { guildId: guild.id, reasonCode: 'FRAUD', comment: 'Jane Roe called.' });
    const seen = await directory.events('ava', guild.id);
    expect(seen.map(({ action, reasonCode, comment }) => [action, reasonCode, comment])).toEqual([
      ['suspendGuild', 'FRAUD', 'Jane Roe called.'],
      ['appointStaff', 'STAFF_CHANGE', null],
    ]);
    expect((await directory.events(guild.owner, guild.id)).map(({ action }) => action)).toEqual(['appointStaff']);
    expect(await directory.events('pia', guild.id)).toEqual([]);
  });

  test('holds no name, subject, handle, birthday or words of anybody; neither does the log', async () => {
    const { rows } = await api.world.owner.query<{ text: string }>(`select e::text as text from guildhall.directory_event e`);
    expect(rows.length).toBeGreaterThan(20);
    for (const personal of ['Realname', 'bruno', 'nora', '1997-02-03', 'Jane Roe', 'taken']) {
      expect(rows.filter(({ text }) => text.includes(personal))).toEqual([]);
      expect(api.log()).not.toContain(personal);
    }
  });
});
