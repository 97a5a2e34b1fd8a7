import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '../errors.js';
import { SecretBox } from './secret-box.js';

export interface SecretKeyOptions {
  /** Base64 keys, the one that encrypts first, separated by commas or line breaks. */
  readonly keys: string | undefined;
  /** Where they are instead. */
  readonly keyFile: string | undefined;
  readonly dataDir: string;
  readonly production: boolean;
}

/**
 * The box for secrets that must be readable again. Its keys come from the environment or a file, never from the database. Without any, a
 * production server keeps no such secrets; elsewhere a key is made once, beside the embedded database's folder.
 */
export async function openSecretBox({ keys, keyFile, dataDir, production }: SecretKeyOptions): Promise<SecretBox | undefined> {
  const given = keys ?? (keyFile === undefined ? undefined : await read(keyFile));
  if (given === undefined && production) return undefined;
  const text = given ?? (await developmentKey(dataDir));
  const [first, ...rest] = text
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map((part) => Buffer.from(part, 'base64'));
  if (!first || [first, ...rest].some(({ length }) => length !== 32)) {
    throw new ConfigurationError(
      'AUTHENTICATOR_KEY holds no usable key.',
      'Each is 32 random bytes in base64, e.g. by `openssl rand -base64 32`; the first one encrypts.',
    );
  }
  return new SecretBox([first, ...rest]);
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError(
      `AUTHENTICATOR_KEY_FILE cannot be read: ${(error as Error).message}`,
      'It has to name a file that this process may read.',
    );
  }
}

async function developmentKey(dataDir: string): Promise<string> {
  const file = join(dataDir, 'authenticator.key');
  await mkdir(dataDir, { recursive: true });
  // Only one of two first starts makes it; both read the same one.
  await writeFile(file, `${randomBytes(32).toString('base64')}\n`, { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
    if ((error as { code?: string }).code !== 'EEXIST') throw error;
  });
  return readFile(file, 'utf8');
}
