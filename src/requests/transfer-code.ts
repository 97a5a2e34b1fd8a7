import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * A code is read out and typed: 24 characters of Crockford's alphabet, in groups of four. The first eight find its row and are no
 * secret; the other sixteen are, with 80 bits. Guessing them at the rate that is allowed takes longer than anybody lives, so a fast
 * hash is enough; its salt keeps two rows with the same secret from looking alike.
 */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SELECTOR_LENGTH = 8;
const SECRET_LENGTH = 16;
const CODE = new RegExp(`^[${ALPHABET}]{${String(SELECTOR_LENGTH + SECRET_LENGTH)}}$`);

export interface MadeCode {
  /** Shown once, and kept nowhere. */
  readonly code: string;
  readonly selector: string;
  readonly salt: string;
  readonly hash: string;
}

const hashOf = (secret: string, salt: string): string => createHmac('sha256', salt).update(secret).digest('hex');

/** 256 is a multiple of 32: no character is more likely than another. */
const randomCharacters = (length: number): string => [...randomBytes(length)].map((byte) => ALPHABET[byte % 32]!).join('');

export function makeCode(): MadeCode {
  const [selector, secret, salt] = [
    randomCharacters(SELECTOR_LENGTH),
    randomCharacters(SECRET_LENGTH),
    randomBytes(16).toString('hex'),
  ];
  const code = (selector + secret).match(/.{4}/g)!.join('-');
  return { code, selector, salt, hash: hashOf(secret, salt) };
}

export interface TypedCode {
  readonly selector: string;
  readonly secret: string;
}

/** As people type it: any case, with or without dashes, O for 0 and I or L for 1. Undefined: that is no code. */
export function readCode(typed: string): TypedCode | undefined {
  if (typed.length > 100) return undefined;
  const plain = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  if (!CODE.test(plain)) return undefined;
  return { selector: plain.slice(0, SELECTOR_LENGTH), secret: plain.slice(SELECTOR_LENGTH) };
}

/** Takes as long for a wrong secret as for the right one. */
export function isSecretOf({ secret }: TypedCode, { salt, hash }: { readonly salt: string; readonly hash: string }): boolean {
  const [given, kept] = [Buffer.from(hashOf(secret, salt), 'hex'), Buffer.from(hash, 'hex')];
  return given.length === kept.length && timingSafeEqual(given, kept);
}
