import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SecretBox } from '../../src/signing/secret-box.js';
import { openSecretBox } from '../../src/signing/secret-keys.js';
import { base32, codeOf, stepAt, stepOfCode } from '../../src/signing/totp.js';
import { levelOf, levelRequirements, SIGNATURE_LEVELS } from '../../workflows/phases/index.js';

describe('One-time codes', () => {
  // RFC 6238, appendix B, SHA-1; its eight digits cut to the last six.
  const secret = Buffer.from('12345678901234567890');
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('are those of RFC 6238 at %p s', (seconds, code) => {
    expect(codeOf(secret, stepAt(seconds * 1_000))).toBe(code);
  });

  it('are taken one step off, never two, and never again', () => {
    const at = 1_234_567_890_000;
    const now = stepAt(at);
    expect([-2, -1, 0, 1, 2].map((off) => stepOfCode(secret, codeOf(secret, now + off), at, 0))).toEqual([
      undefined,
      now - 1,
      now,
      now + 1,
      undefined,
    ]);
    expect(stepOfCode(secret, codeOf(secret, now), at, now)).toBeUndefined();
    expect(stepOfCode(secret, codeOf(secret, now - 1), at, now)).toBeUndefined();
    expect(stepOfCode(secret, '', at, 0)).toBeUndefined();
  });

  it('have a secret that apps can read', () => {
    expect(base32(Buffer.from('foobar'))).toBe('MZXW6YTBOI');
  });
});

describe('The box for secrets', () => {
  const [key, older] = [randomBytes(32), randomBytes(32)];

  it('opens what it sealed, for what it was about', () => {
    const sealed = new SecretBox([key]).seal(Buffer.from('secret'), 'row-1');
    expect(new SecretBox([key]).open(sealed, 'row-1').toString()).toBe('secret');
    expect(() => new SecretBox([key]).open(sealed, 'row-2')).toThrow();
    expect(() => new SecretBox([older]).open(sealed, 'row-1')).toThrow('not configured');
  });

  it('finds every changed character', () => {
    const sealed = new SecretBox([key]).seal(Buffer.from('secret'), 'row-1');
    for (let n = 0; n < sealed.length - 1; n += 1) {
      if (sealed[n] === '.') continue;
      const changed = sealed.slice(0, n) + (sealed[n] === 'A' ? 'B' : 'A') + sealed.slice(n + 1);
      const box = new SecretBox([key]);
      const isSame = changed
        .split('.')
        .every((part, index) => Buffer.from(part, 'base64url').equals(Buffer.from(sealed.split('.')[index]!, 'base64url')));
      // The last bits of a part may stand for nothing.
      if (!isSame) expect(() => box.open(changed, 'row-1')).toThrow();
    }
  });

  it('goes on reading with an older key, and writes with the first', () => {
    const before = new SecretBox([older]).seal(Buffer.from('secret'), 'row-1');
    const box = new SecretBox([key, older]);
    expect(box.open(before, 'row-1').toString()).toBe('secret');
    expect(() => new SecretBox([older]).open(box.seal(Buffer.from('x'), 'row-1'), 'row-1')).toThrow();
  });

  it('has its keys from the environment or a file, in production from nowhere else', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'guildhall-keys-'));
    try {
      const none = { keys: undefined, keyFile: undefined, dataDir };
      expect(await openSecretBox({ ...none, production: true })).toBeUndefined();
      const made = (await openSecretBox({ ...none, production: false }))!;
      const again = (await openSecretBox({ ...none, production: false }))!;
      expect(again.open(made.seal(Buffer.from('x'), 'a'), 'a').toString()).toBe('x');
      expect((await stat(join(dataDir, 'authenticator.key'))).mode & 0o077).toBe(0);
      const keyFile = join(dataDir, 'keys');
      await writeFile(keyFile, `${key.toString('base64')}\n${older.toString('base64')}\n`);
      const box = (await openSecretBox({ ...none, keyFile, production: true }))!;
      expect(box.open(new SecretBox([older]).seal(Buffer.from('y'), 'b'), 'b').toString()).toBe('y');
      await expect(openSecretBox({ ...none, keys: 'c2hvcnQ=', production: true })).rejects.toThrow('no usable key');
      await expect(openSecretBox({ ...none, keyFile: join(dataDir, 'no'), production: true })).rejects.toThrow('cannot be read');
    } finally {
      await rm(dataDir, { recursive: true });
    }
  });
});

describe('The levels', () => {
  it('are each the highest that a proof does for, by the one table', () => {
    expect(
      (['CLICK', 'DELIVERED_CODE', 'ONE_TIME_CODE', 'PASSKEY', 'EXTERNAL_KEY'] as const).map((method) => [
        method,
        levelOf(method, false),
        levelOf(method, true),
      ]),
    ).toEqual([
      ['CLICK', 'CLICK', 'CONSENT_AND_CLICK'],
      ['DELIVERED_CODE', 'CLICK', 'IDENTITY_AND_CLICK'],
      ['ONE_TIME_CODE', 'CLICK', 'IDENTITY_AND_CLICK'],
      ['PASSKEY', 'CLICK', 'ADVANCED'],
      ['EXTERNAL_KEY', 'CLICK', 'ADVANCED'],
    ]);
  });

  it('ask for no less than the one below', () => {
    SIGNATURE_LEVELS.slice(1).forEach((level, index) => {
      const below = levelRequirements[SIGNATURE_LEVELS[index]!];
      const { methods, consentText } = levelRequirements[level];
      expect(methods.every((method) => below.methods.includes(method))).toBe(true);
      expect(consentText || !below.consentText).toBe(true);
    });
  });
});
