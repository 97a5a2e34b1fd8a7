import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CheckpointFolder } from '../../src/evidence/checkpoint-folder.js';
import { Checkpoints } from '../../src/evidence/checkpoints.js';
import { openPlatformKey, type PlatformKey } from '../../src/evidence/index.js';
import { TimestampAuthority } from '../../src/evidence/timestamp.js';
import {
  checkCheckpoints,
  checkpointRecord,
  Report,
  sha256,
  verifyBundle,
  verifyTimestamp,
  type CheckpointBody,
  type CheckpointRecord,
} from '../../src/verify/index.js';
import { startApi, type TestApi } from '../support/api.js';
import { bundleOf, jsonIn, publishedKeys } from '../support/bundle.js';
import { JoinFlow } from '../support/join-flow.js';
import { startAuthority, type TestAuthority } from '../support/timestamp-authority.js';

describe('Checkpoints', () => {
  let api: TestApi;
  let join_: JoinFlow;
  let folder: string;
  let authority: TestAuthority;
  let key: PlatformKey;
  const log = { warn: () => undefined, error: () => undefined };

  beforeAll(async () => {
    authority = await startAuthority();
    folder = await mkdtemp(join(tmpdir(), 'guildhall-checkpoints-'));
    api = await startApi({ checkpoints: { checkpointDir: folder, checkpointMinutes: 0, timestampUrl: authority.url } });
    join_ = new JoinFlow(api);
    key = await openPlatformKey({ production: false, dataDir: folder, platformKey: undefined, platformKeyFile: undefined });
    await api.app.evidence.keys.remember(key);
  });
  afterAll(async () => {
    await api.stop();
    await authority.stop();
    await rm(folder, { recursive: true });
  });

  const checkpoints = () => api.app.evidence.checkpoints!;
  const exported = async (): Promise<CheckpointRecord[]> => {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
    return Promise.all(names.map(async (name) => checkpointRecord.parse(JSON.parse(await readFile(join(folder, name), 'utf8')))));
  };
  const reportOn = async (records: readonly CheckpointRecord[], authorities?: X509Certificate[]) => {
    const report = new Report();
    checkCheckpoints(records, { keys: await publishedKeys(api), authorities }, report);
    return report;
  };

  test('are over the heads of all requests, signed, stamped, exported, each over the one before it', async () => {
    for (let n = 0; n < 3; n += 1) {
      await join_.apply(await api.world.broadcaster(), await api.world.guild());
      const body = await checkpoints().make();
      expect(body).toMatchObject({ number: n + 1, treeSize: n + 1 });
    }
    const records = await exported();
    const bodies = records.map(({ body }) => JSON.parse(body) as CheckpointBody);
    expect(bodies.map(({ previous }) => previous)).toEqual([null, ...records.slice(0, 2).map(({ body }) => sha256(body))]);
    const report = await reportOn(records, [new X509Certificate(authority.root)]);
    expect(report.problems).toEqual([]);
    expect(Object.fromEntries(report.checked)).toEqual({ checkpoints: 3, timestamps: 3 });
    expect(report.notes[0]).toMatch(/^The checkpoint was there at 20\d\d-.*, says CN=Test Timestamps\.$/);
    expect(api.log()).not.toContain('the timestamp authority');
  });

  test('stand in a bundle, with the place of the request: what was cut off since is found', async () => {
    const request = await join_.coolingOff(await api.world.broadcaster(), await api.world.guild());
    await checkpoints().make();
    // What has gone on since is no matter: the checkpoint has seen an earlier entry of the same chain.
    await join_.do('sam', 'voidRequest', { requestId: request.id, reasonCode: 'PLATFORM_ERROR' });
    const bundle = await bundleOf(api, 'sam', request.id);
    const report = verifyBundle(bundle, { trusted: await publishedKeys(api) });
    expect(report.problems).toEqual([]);
    expect(report.checked.get('places in a checkpoint')).toBe(1);
    const { proofs } = jsonIn<{ proofs: { seq: number }[] }>(bundle, 'checkpoint.json');
    expect(proofs).toMatchObject([{ seq: 5 }]);

    const uuid = Buffer.from(request.id, 'base64url').toString().split(':')[1]!;
    const master = await api.db.pool('superuser', 1).connect();
    await master.query(`set session_replication_role = 'replica'`);
    for (const table of ['history', 'act', 'seal'])
      await master.query(`delete from guildhall.${table} where instance_id = $1 and seq > 4`, [uuid]);
    await master.query(
      `update guildhall.instance i set version = 4, state = h.state, head_hash = h.hash from guildhall.history h
       where i.id = $1 and h.instance_id = i.id and h.seq = 4`,
      [uuid],
    );
    master.release(true);
    const cut = verifyBundle(await bundleOf(api, 'sam', request.id), { trusted: await publishedKeys(api) });
    expect(cut.problems).toEqual([
      {
        record: `requests/${uuid}: its place in checkpoint 4`,
        why: 'the checkpoint has seen entry 5, which is not there any more',
      },
    ]);
  });

  test('that were forked, changed or taken away are found', async () => {
    const records = await exported();
    const forger = new Checkpoints({
      pool: api.app.engine.options.pool,
      key,
      log,
      folder: new CheckpointFolder(join(folder, 'fork')),
    });
    expect((await reportOn(records)).ok).toBe(true);
    // The same number once more, by the same platform, over something else.
    const body = JSON.parse(records[1]!.body) as CheckpointBody;
    const other = await forger.sign({ ...body, treeSize: 7 });
    expect((await reportOn([...records, other])).problems.map(({ why }) => why)).toContain(
      'there are two of this number: the history was forked',
    );
    const replaced = records.map((record, index) => (index === 1 ? other : record));
    expect((await reportOn(replaced)).problems).toContainEqual({
      record: 'checkpoint 3',
      why: 'it follows another checkpoint than the one that is here',
    });
    expect((await reportOn(records.slice(1))).notes).toContainEqual(expect.stringContaining('checkpoint 1 is not here'));
    const changed = records.map((record) => ({ ...record, body: record.body.replace('"treeSize":1', '"treeSize":2') }));
    expect((await reportOn(changed)).problems[0]).toEqual({ record: 'checkpoint file 1', why: 'the signature does not fit' });
    const moved = [{ ...records[0]!, timestamp: records[1]!.timestamp }];
    expect((await reportOn(moved)).problems[0]).toEqual({
      record: 'checkpoint file 1: its timestamp',
      why: 'it is over something else',
    });
  });

  test('are made by one process at a time, and what could not be stamped or exported comes with the next one', async () => {
    authority.down = true;
    const [one, two] = await Promise.all([checkpoints().make(), checkpoints().make()]);
    // The second waits for nothing: it finds the other at it, or comes after it.
    expect([one, two].filter((made) => made !== undefined).length).toBeGreaterThan(0);
    const count = (await exported()).length;
    expect((await exported()).at(-1)!.timestamp).toBeNull();
    expect(api.log()).toContain('the timestamp authority gave no timestamp');
    await rm(join(folder, 'checkpoint-00000001.json'));
    authority.down = false;
    await checkpoints().make();
    const records = await exported();
    expect(records).toHaveLength(count + 1);
    expect(records.map(({ timestamp }) => timestamp).filter((timestamp) => timestamp === null)).toEqual([]);
    expect((await reportOn(records)).problems).toEqual([]);
  });

  test('come by themselves when the last one is old enough', async () => {
    const own = await mkdtemp(join(tmpdir(), 'guildhall-checkpoints-'));
    const before = (await exported()).length;
    const scheduled = await api.another({ checkpoints: { checkpointDir: own, checkpointMinutes: 60, timestampUrl: undefined } });
    try {
      await scheduled.app.evidence.stop();
      expect((await readdir(own)).length).toBe(0);
      await api.clock.shift(3_600_000);
      scheduled.app.evidence.start();
      await scheduled.app.evidence.stop();
      expect((await readdir(own)).length).toBe(before + 1);
    } finally {
      await scheduled.stop();
      await rm(own, { recursive: true });
    }
  });
});

describe('A timestamp', () => {
  test.each(['rsa', 'ec'] as const)(
    'by a real authority (%s) verifies, and says nothing else when a byte is changed',
    async (algorithm) => {
      const authority = await startAuthority(algorithm);
      try {
        const digest = sha256('what is to be stamped');
        const token = Buffer.from(await new TimestampAuthority(authority.url).stamp(digest), 'base64');
        const root = new X509Certificate(authority.root);
        expect(verifyTimestamp(token, digest, [root])).toMatchObject({
          ok: true,
          trusted: true,
          authority: 'CN=Test Timestamps',
        });
        expect(verifyTimestamp(token, digest)).toMatchObject({ ok: true, trusted: false });
        expect(verifyTimestamp(token, sha256('something else'), [root])).toEqual({ ok: false, why: 'it is over something else' });
        const stranger = await startAuthority();
        await stranger.stop();
        expect(verifyTimestamp(token, digest, [new X509Certificate(stranger.root)])).toEqual({
          ok: false,
          why: 'its certificate does not lead to one that is trusted',
        });
        // Not all of a token is signed; but nothing of what it says can be changed.
        const good = verifyTimestamp(token, digest, [root]);
        let found = 0;
        for (let place = 0; place < token.length; place += 1) {
          const changed = Buffer.from(token);
          changed[place] = changed[place]! ^ 0xff;
          const stamped = verifyTimestamp(changed, digest, [root]);
          if (stamped.ok) expect(stamped).toEqual(good);
          else found += 1;
        }
        expect(found).toBeGreaterThan(token.length / 2);
      } finally {
        await authority.stop();
      }
    },
  );
});
