import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const KEY_BYTES = 32;
const IV_BYTES = 12;

/**
 * Encrypts what must be readable again, by AES-256-GCM: whoever has the database alone has nothing. `about` is bound to the text, so that it
 * cannot be moved to another row. The first key encrypts; older ones only decrypt, so that a key can be replaced.
 */
export class SecretBox {
  readonly #keys: ReadonlyMap<string, Buffer>;
  readonly #current: string;

  constructor(keys: readonly [Buffer, ...Buffer[]]) {
    for (const key of keys)
      if (key.length !== KEY_BYTES) throw new Error(`A key for secrets has ${String(KEY_BYTES)} bytes, in base64.`);
    this.#keys = new Map(keys.map((key) => [idOf(key), key]));
    this.#current = idOf(keys[0]);
  }

  seal(plain: Buffer, about: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#keys.get(this.#current)!, iv).setAAD(Buffer.from(about));
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
    return [this.#current, ...[iv, sealed, cipher.getAuthTag()].map((part) => part.toString('base64url'))].join('.');
  }

  /** Throws when a byte was changed, when it is about something else, or when its key is not here. */
  open(text: string, about: string): Buffer {
    const [id = '', ...parts] = text.split('.');
    const [iv, sealed, tag] = parts.map((part) => Buffer.from(part, 'base64url'));
    const key = this.#keys.get(id);
    if (!key || !iv || !sealed || !tag) throw new Error('The key of a secret is not configured any more.');
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 }).setAAD(Buffer.from(about)).setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed), decipher.final()]);
  }
}

const idOf = (key: Buffer): string => createHash('sha256').update(key).digest('base64url').slice(0, 8);
