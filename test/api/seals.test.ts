import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Sealer } from '../../src/evidence/sealer.js';
import { openPlatformKey, type PlatformKey } from '../../src/evidence/index.js';
import { KeySet, sealPayload, thumbprint, verifyDetached, type Jwks } from '../../src/verify/index.js';
import { startApi, type TestApi } from '../support/api.js';
import { until } from '../support/engine.js';
import { JoinFlow } from '../support/join-flow.js';

const nothing = { production: false, dataDir: '/nonexistent', platformKey: undefined, platformKeyFile: undefined };
const log = { warn: () => undefined, error: () => undefined };

interface SealRow {
  readonly instance_id: string;
  readonly kind: string;
  readonly seq: number;
  readonly hash: string;
  readonly kid: string | null;
  readonly jws: string;
}

const payloadOf = ({ instance_id: instanceId, kind, seq, hash }: SealRow) => sealPayload({ instanceId, kind, seq, hash });

describe('Seals', () => {
  let api: TestApi;
  let join: JoinFlow;

  beforeAll(async () => {
    api = await startApi();
    join = new JoinFlow(api);
  });
  afterAll(() => api.stop());

  const owner = () => api.world.owner;
  const jwks = async (origin = api.origin): Promise<Jwks> =>
    (await (await fetch(`${origin}/.well-known/jwks.json`)).json()) as Jwks;
  /** Every act of the request, with its seal where there is one. */
  const acts = async (id: string): Promise<SealRow[]> => {
    const uuid = Buffer.from(id, 'base64url').toString().split(':')[1];
    const { rows } = await owner().query<SealRow>(
      `select h.instance_id, i.kind, h.seq, h.hash, s.kid, s.jws from guildhall.history h join guildhall.instance i on i.id = h.instance_id left join guildhall.seal s using (instance_id, seq)
       where h.instance_id = $1 and h.source in ('start', 'outside') order by h.seq`,
      [uuid],
    );
    return rows;
  };
  const sealed = async (id: string) => {
    await until(async () => (await acts(id)).every(({ kid }) => kid !== null), 'a seal on every act');
    return acts(id);
  };
  const verified = (rows: readonly SealRow[], keys: KeySet) =>
    rows.map((row) => verifyDetached(row.jws, 'guildhall-seal', payloadOf(row), keys).ok);

  test('come soon after each act, and verify with the keys that are published, for nothing else', async () => {
    const { id } = await join.signing(await api.world.broadcaster(), await api.world.guild());
    const rows = await sealed(id);
    expect(rows).toHaveLength(2);
    const keys = new KeySet((await jwks()).keys);
    expect(verified(rows, keys)).toEqual([true, true]);
    const [{ jws }] = rows as [SealRow];
    const payload = payloadOf(rows[0]!);
    expect(verifyDetached(jws, 'guildhall-seal', payloadOf({ ...rows[0]!, kind: 'AMEND' }), keys)).toEqual({
      ok: false,
      why: 'the signature does not fit',
    });
    expect(verifyDetached(jws, 'guildhall-manifest', payload, keys)).toMatchObject({ ok: false });
    expect(verifyDetached(jws, 'guildhall-seal', payload, new KeySet([]))).toMatchObject({ ok: false });
  });

  test('of an old key verify after another has taken its place', async () => {
    const before = await join.signing(await api.world.broadcaster(), await api.world.guild());
    const old = await sealed(before.id);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const next = await openPlatformKey({ ...nothing, platformKey: JSON.stringify(privateKey.export({ format: 'jwk' })) });
    const rotated = await api.another({ platformKey: next, workers: false });
    try {
      await api.app.evidence.stop();
      const { id } = await join.signing(await api.world.broadcaster(), await api.world.guild());
      // An open transaction anywhere in the cluster holds the log back for a moment.
      await until(async () => {
        await rotated.app.evidence.drain();
        return (await acts(id)).every(({ kid }) => kid !== null);
      }, 'a seal on every act');
      const rows = await acts(id);
      expect(new Set(rows.map(({ kid }) => kid))).toEqual(new Set([next.jwk.kid]));
      expect(old.map(({ kid }) => kid)).not.toContain(next.jwk.kid);
      // Also from the server that has the old key.
      for (const origin of [api.origin, rotated.origin]) {
        const published = await jwks(origin);
        expect(published.keys).toContainEqual(
          expect.objectContaining({ kid: next.jwk.kid, kty: 'EC', alg: 'ES256', use: 'sig' }),
        );
        expect(JSON.stringify(published)).not.toContain('"d"');
        expect(verified([...old, ...rows], new KeySet(published.keys))).toEqual([true, true, true, true]);
      }
    } finally {
      await rotated.stop();
      api.app.evidence.start();
    }
  });

  test('are one an act, whichever processes make them, and none is passed over', async () => {
    await api.app.evidence.stop();
    const key = await openPlatformKey({ ...nothing, dataDir: await mkdtemp(join_('guildhall-key-')) });
    await api.app.evidence.keys.remember(key);
    const sealers = [1, 2, 3].map(() => {
      const { pool, wake } = api.app.engine.options;
      return new Sealer({ pool, wake, key, log, batchSize: 2 });
    });
    const ids = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const { id } = await join.signing(await api.world.broadcaster(), await api.world.guild());
        await Promise.all(sealers.map((sealer) => sealer.drain()));
        return id;
      }),
    );
    await until(async () => (await sealers[0]!.lagSeconds()) === 0 && (await sealers[0]!.drain(), true), 'the end of the log');
    for (const id of ids) expect((await acts(id)).map(({ kid }) => kid)).toEqual([key.jwk.kid, key.jwk.kid]);
    api.app.evidence.start();
  });

  test('tell how far behind they are', async () => {
    await api.app.evidence.stop();
    await join.signing(await api.world.broadcaster(), await api.world.guild());
    await api.clock.shift(90_000);
    const lag = async () =>
      Number(/^guildhall_seal_lag_seconds (\S+)$/m.exec(await (await fetch(`${api.origin}/metrics`)).text())![1]);
    expect(await lag()).toBeGreaterThan(89);
    await api.app.evidence.drain();
    expect(await lag()).toBe(0);
    api.app.evidence.start();
  });

  test('and public keys are changed, deleted or emptied by nobody, and no private key gets in', async () => {
    for (const table of ['seal', 'platform_key', 'checkpoint', 'checkpoint_timestamp']) {
      for (const statement of [`delete from guildhall.${table}`, `truncate guildhall.${table} cascade`]) {
        await expect(api.db.pool('engine', 1).query(statement)).rejects.toMatchObject({ code: '42501' });
      }
      await expect(owner().query(`truncate guildhall.${table} cascade`)).rejects.toMatchObject({ code: '23001' });
    }
    for (const statement of [`update guildhall.seal set jws = ''`, 'delete from guildhall.seal']) {
      await expect(owner().query(statement)).rejects.toMatchObject({ code: '23001', message: 'seal is append-only' });
    }
    await expect(
      owner().query(`insert into guildhall.platform_key values ('x', 'EdDSA', '{"kty":"OKP","d":"x"}', now())`),
    ).rejects.toMatchObject({ constraint: 'platform_key_public_check' });
  });
});

const join_ = (name: string) => join(tmpdir(), name);

describe('The key of the platform', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join_('guildhall-key-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });

  test('is made once in the data folder, for its owner only, and stays', async () => {
    const [one, two] = await Promise.all([1, 2].map(() => openPlatformKey({ ...nothing, dataDir: folder })));
    expect(one!.jwk).toEqual(two!.jwk);
    expect((await openPlatformKey({ ...nothing, dataDir: folder })).jwk).toEqual(one!.jwk);
    expect((await stat(join(folder, 'platform-key.pem'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(folder, 'platform-key.pem'), 'utf8')).toContain('PRIVATE KEY');
  });

  test('comes as PEM or JWK, from the environment or a file, under the name that follows from it', async () => {
    const file = join(folder, 'key.pem');
    await writeFile(file, pem);
    const keys: PlatformKey[] = [
      await openPlatformKey({ ...nothing, platformKey: pem.toString() }),
      await openPlatformKey({ ...nothing, platformKey: pem.toString().replaceAll('\n', '\\n') }),
      await openPlatformKey({ ...nothing, platformKey: JSON.stringify(privateKey.export({ format: 'jwk' })) }),
      await openPlatformKey({ ...nothing, platformKeyFile: file }),
    ];
    for (const { jwk } of keys) expect(jwk).toEqual(keys[0]!.jwk);
    expect(keys[0]!.jwk.kid).toBe(thumbprint(keys[0]!.jwk));
  });

  test('is made nowhere in production, and a bad one is refused without being repeated', async () => {
    await expect(openPlatformKey({ ...nothing, production: true, dataDir: folder })).rejects.toThrow('must be set in production');
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
    for (const platformKey of ['secret nonsense', '{"secret":1}', rsa.toString()]) {
      const refusal = openPlatformKey({ ...nothing, platformKey });
      await expect(refusal).rejects.toThrow('The key of the platform is not usable');
      await expect(refusal).rejects.not.toThrow('secret');
    }
    await expect(openPlatformKey({ ...nothing, platformKeyFile: '/nonexistent' })).rejects.toThrow('cannot be read');
  });
});
