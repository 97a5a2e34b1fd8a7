import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openPlatformKey } from '../../src/evidence/index.js';
import { KeySet, NOTHING_WITHHELD, pack, unpack, verifyBundle, type RequestHead } from '../../src/verify/index.js';
import { startApi, type TestApi } from '../support/api.js';
import { bundleOf, download, jsonIn, publishedKeys, textOf } from '../support/bundle.js';
import { DAY_MS, JoinFlow } from '../support/join-flow.js';
import { LeaveFlow } from '../support/leave-flow.js';
import { TransferFlow } from '../support/transfer-flow.js';

describe('An evidence bundle', () => {
  let api: TestApi;
  let join: JoinFlow;

  beforeAll(async () => {
    api = await startApi();
    join = new JoinFlow(api);
  });
  afterAll(() => api.stop());

  const verified = async (bundle: Uint8Array) => verifyBundle(bundle, { trusted: await publishedKeys(api) });

  test('verifies with the keys that the platform publishes, and says what it has checked', async () => {
    const [who, guild] = [await api.world.broadcaster(), await api.world.guild()];
    const request = await join.coolingOff(who, guild);
    const bundle = await bundleOf(api, who.subject, request.id);
    const report = await verified(bundle);
    expect(report.problems).toEqual([]);
    expect(Object.fromEntries(report.checked)).toMatchObject({
      'entries of history, each over the one before it': 5,
      'acts, whole': 2,
      'acts without their personal half': 2,
      'seals of the platform': 4,
      'texts of agreements': 1,
      'signatures of people, each over a text that is here': 2,
    });
    expect(textOf(bundle)).toContain(request.agreement!.text);
    expect(report.notes).toEqual(['There is no checkpoint in it: it was made before the first one.']);
  });

  test('is as whole as its reader: of the others’ acts the means, and not where they came from', async () => {
    const [who, guild] = [await api.world.broadcaster(), await api.world.guild()];
    const { id } = await join.coolingOff(who, guild);
    const [own, theirs, platform] = [
      await bundleOf(api, who.subject, id),
      await bundleOf(api, guild.owner, id),
      await bundleOf(api, 'sam', id),
    ];
    expect(jsonIn<RequestHead>(platform, 'request.json').withheld).toEqual(NOTHING_WITHHELD);
    expect(jsonIn<RequestHead>(own, 'request.json').withheld).toEqual({ ...NOTHING_WITHHELD, details: [3, 5] });
    expect(jsonIn<RequestHead>(theirs, 'request.json').withheld).toEqual({ ...NOTHING_WITHHELD, details: [1, 4] });
    expect(textOf(theirs)).not.toContain(`"${who.subject}"`);
    expect(textOf(own)).toContain(who.subject);
    for (const bundle of [own, theirs, platform]) expect((await verified(bundle)).problems).toEqual([]);
  });

  test('keeps from each guild of a transfer what is none of its business, and verifies all the same', async () => {
    const transfer = new TransferFlow(api);
    const [losing, gaining] = [await api.world.guild(), await api.world.guild()];
    const who = await transfer.member(losing);
    const { id } = await transfer.coolingOff(who, losing, gaining);
    const bundles = {
      losing: await bundleOf(api, losing.owner, id),
      gaining: await bundleOf(api, gaining.owner, id),
      who: await bundleOf(api, who.subject, id),
      platform: await bundleOf(api, 'sam', id),
    };
    for (const [reader, bundle] of Object.entries(bundles))
      expect([reader, (await verified(bundle)).problems]).toEqual([reader, []]);
    const whole = (await transfer.see(gaining.owner, id)).agreement!;
    const release = (await transfer.see(losing.owner, id)).agreement!;
    const idOf = async (sha256: string) =>
      (await api.world.owner.query<{ id: string }>('select id from guildhall.agreement_version where sha256 = $1', [sha256]))
        .rows[0]!.id;
    // The offer itself, its text, and the random id by which its hash could be found by trial.
    const offered = /termMonths|guildSharePercent|runs for 3 months/;
    expect(textOf(bundles.losing)).not.toMatch(offered);
    expect(textOf(bundles.losing)).not.toContain(await idOf(whole.sha256));
    expect(textOf(bundles.losing)).toContain(release.text);
    expect(textOf(bundles.gaining)).toMatch(offered);
    expect(textOf(bundles.gaining)).not.toContain(release.text);
    expect(jsonIn<RequestHead>(bundles.gaining, 'request.json').withheld.agreements).toEqual([await idOf(release.sha256)]);
    expect(jsonIn<RequestHead>(bundles.losing, 'request.json').withheld.events).not.toEqual([]);
    expect(jsonIn<RequestHead>(bundles.who, 'request.json').withheld).toMatchObject({ events: [], agreements: [] });
  });

  test('does not tell a guild why somebody leaves', async () => {
    const leave = new LeaveFlow(api);
    const guild = await api.world.guild();
    const member = await leave.memberOf(guild);
    const left = await leave.do(member.subject, 'requestLeave', {
      membershipId: member.membershipId,
      route: 'PROBATION',
      primaryReason: 'CONDUCT_HARASSMENT',
    });
    const [own, theirs] = [await bundleOf(api, member.subject, left.id), await bundleOf(api, guild.owner, left.id)];
    expect(textOf(own)).toContain('CONDUCT_HARASSMENT');
    expect(textOf(theirs)).not.toContain('CONDUCT_HARASSMENT');
    for (const bundle of [own, theirs]) expect((await verified(bundle)).problems).toEqual([]);
  });

  test('holds words for who wrote them and for the platform only', async () => {
    const [who, guild] = [await api.world.broadcaster(), await api.world.guild()];
    const { id } = await join.invite(guild, who);
    await join.do(who.subject, 'declineRequest', { requestId: id, reasonCode: 'OTHER', comment: 'My own words 自己的话.' });
    for (const [subject, there] of [
      [who.subject, true],
      ['sam', true],
      [guild.owner, false],
    ] as const) {
      const bundle = await bundleOf(api, subject, id);
      expect([subject, textOf(bundle).includes('My own words 自己的话.')]).toEqual([subject, there]);
      expect((await verified(bundle)).problems).toEqual([]);
    }
  });

  test('is for nobody who may not see the request', async () => {
    const { id } = await join.apply(await api.world.broadcaster(), await api.world.guild());
    const path = `/evidence/requests/${id}`;
    const stranger = (await api.world.broadcaster()).subject;
    expect((await download(api, stranger, path)).status).toBe(404);
    expect((await download(api, undefined, path)).status).toBe(401);
    expect((await download(api, 'sam', '/evidence/requests/nonsense')).status).toBe(404);
    const { headers, status } = await download(api, 'sam', path);
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([200, 'application/zip', 'no-store']);
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="guildhall-request-[0-9a-f-]{36}\.zip"$/);
  });

  test('of another platform’s key is whole in itself, and refused by who has the keys', async () => {
    const { id } = await join.apply(await api.world.broadcaster(), await api.world.guild());
    const bundle = await bundleOf(api, 'sam', id);
    const { privateKey } = generateKeyPairSync('ed25519');
    const other = await openPlatformKey({
      production: false,
      dataDir: '',
      platformKeyFile: undefined,
      platformKey: JSON.stringify(privateKey.export({ format: 'jwk' })),
    });
    const inItself = verifyBundle(bundle);
    expect(inItself.ok).toBe(true);
    expect(inItself.notes[0]).toContain('who made it is not shown');
    expect(verifyBundle(bundle, { trusted: new KeySet([other.jwk]) }).problems).toContainEqual({
      record: 'manifest.json',
      why: expect.stringContaining('is not among those that are trusted') as unknown,
    });
    expect(verifyBundle(bundle, { thumbprints: [other.jwk.kid] }).ok).toBe(false);
    expect(verifyBundle(bundle, { thumbprints: (await publishedKeys(api)).kids })).toMatchObject({
      notes: [expect.stringContaining('checkpoint')],
    });
  });
});

describe('npm run verify', () => {
  let api: TestApi;
  let folder: string;
  beforeAll(async () => {
    api = await startApi();
    folder = await mkdtemp(joinPath(tmpdir(), 'guildhall-verify-'));
  });
  afterAll(async () => {
    await api.stop();
    await rm(folder, { recursive: true });
  });

  /** The program itself, in a process that knows of no database: its environment names none. */
  const run = (...args: string[]): Promise<{ status: number; output: string }> =>
    new Promise((resolve) => {
      const program = ['--import', './scripts/register-ts.mjs', 'scripts/verify.ts', ...args];
      // Elsewhere, too: a zip holds local times.
      const options = { cwd: new URL('../../', import.meta.url), env: { TZ: 'Pacific/Auckland' } };
      execFile(process.execPath, program, options, (error, stdout, stderr) =>
        resolve({ status: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr }),
      );
    });

  test('says what it has checked and ends with 0; says which record is wrong, and why, and ends with 1', async () => {
    const join = new JoinFlow(api);
    const { id } = await join.coolingOff(await api.world.broadcaster(), await api.world.guild());
    const bundle = await bundleOf(api, 'sam', id);
    const [good, bad, jwks] = ['good.zip', 'bad.zip', 'jwks.json'].map((name) => joinPath(folder, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(good, bundle);
    await writeFile(jwks, await (await fetch(`${api.origin}/.well-known/jwks.json`)).text());
    const files = unpack(bundle);
    const history = [...files.keys()].find((path) => path.endsWith('history.json'))!;
    files.set(history, Buffer.from(Buffer.from(files.get(history)!).toString().replace('"state":"signing"', '"state":"voided"')));
    await writeFile(bad, pack(files));

    const whole = await run(good, '--jwks', jwks);
    expect(whole).toMatchObject({ status: 0, output: expect.stringContaining('The records are whole.') as unknown });
    expect(whole.output).toMatch(/^checked {2}5 entries of history, each over the one before it$/m);
    const inItself = await run(good);
    expect([inItself.status, inItself.output]).toEqual([0, expect.stringContaining('who made it is not shown') as unknown]);
    const changed = await run(bad, '--jwks', jwks);
    expect(changed.status).toBe(1);
    expect(changed.output).toMatch(
      /^FAILED {3}requests\/[0-9a-f-]{36}\/history\.json: it was changed after the bundle was made$/m,
    );
    expect(changed.output).toMatch(/^FAILED {3}requests\/[0-9a-f-]{36}: entry 3 of the history: its hash does not follow/m);
    expect((await run(good, '--key', 'A'.repeat(43))).status).toBe(1);
    expect((await run()).status).toBe(2);
    expect((await run('/nonexistent')).status).toBe(2);
  });
});

describe('A broadcaster’s portable record', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.stop());

  test('holds memberships and their agreements, verifies, and is for the broadcaster and the platform', async () => {
    const leave = new LeaveFlow(api);
    const guild = await api.world.guild();
    const member = await leave.memberOf(guild);
    const left = await leave.do(member.subject, 'requestLeave', {
      membershipId: member.membershipId,
      route: 'PROBATION',
      primaryReason: 'LIFE_QUIT',
    });
    await api.pass(60 * DAY_MS);
    expect((await leave.join.see(member.subject, left.id)).state).toBe('COMPLETED');
    const query = 'query ($id: ID!) { node(id: $id) { ... on Broadcaster { portableRecord { path } } } }';
    const pathFor = async (subject: string) =>
      (await api.gql<{ node: { portableRecord: { path: string } | null } | null }>(subject, query, { id: member.id })).node
        ?.portableRecord?.path;
    const path = (await pathFor(member.subject))!;
    expect(await pathFor(guild.owner)).toBeUndefined();
    expect((await download(api, guild.owner, path)).status).toBe(404);
    for (const subject of [member.subject, 'sam']) {
      const { bytes, status } = await download(api, subject, path);
      expect(status).toBe(200);
      const report = verifyBundle(bytes, { trusted: await publishedKeys(api) });
      expect(report.problems).toEqual([]);
      expect(Object.fromEntries(report.checked)).toMatchObject({ memberships: 1, 'texts of agreements': 1 });
      const record = jsonIn<{ memberships: unknown[]; broadcaster: unknown }>(bytes, 'record.json');
      expect(record).toMatchObject({
        broadcaster: { handle: member.handle },
        memberships: [{ guild: { id: guild.uuid }, endKind: 'VOLUNTARY' }],
      });
    }
  });
});
