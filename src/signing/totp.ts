import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** One-time codes of an authenticator app: RFC 6238 as every app knows it, SHA-1, six digits, thirty seconds. */

const STEP_MS = 30_000;
const DIGITS = 6;
/** A clock that is off, or a code typed at the end of its time, is one step away. */
const TOLERANCE = 1;

/** As long as the hash, as RFC 4226 recommends. */
export const newSecret = (): Buffer => randomBytes(20);

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET[parseInt(five.padEnd(5, '0'), 2)]!).join('');
}

/** What an app reads from a picture. */
export function otpauthUri(secret: Buffer, account: string): string {
  const query = new URLSearchParams({ secret: base32(secret), issuer: 'Guildhall', digits: String(DIGITS), period: '30' });
  return `otpauth://totp/Guildhall:${encodeURIComponent(account)}?${query.toString()}`;
}

export const stepAt = (atMs: number): number => Math.floor(atMs / STEP_MS);

export function codeOf(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac('sha1', secret).update(counter).digest();
  const offset = hash.at(-1)! & 0xf;
  const number = hash.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}

/** The step that a code belongs to; undefined: it is wrong, too old, or one that was used before: a code counts once. */
export function stepOfCode(secret: Buffer, code: string, atMs: number, lastUsed: number): number | undefined {
  const typed = Buffer.from(code.replace(/\s/g, ''));
  const now = stepAt(atMs);
  for (let step = Math.max(now - TOLERANCE, lastUsed + 1); step <= now + TOLERANCE; step += 1) {
    const expected = Buffer.from(codeOf(secret, step));
    if (typed.length === expected.length && timingSafeEqual(typed, expected)) return step;
  }
  return undefined;
}
