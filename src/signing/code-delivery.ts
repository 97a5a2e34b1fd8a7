import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeGlobalId } from '../schema/index.js';
import type { CodeToDeliver, SigningSettings } from './settings.js';

export interface CodeDeliveryOptions {
  /** The operator's own service for messages. */
  readonly url: string | undefined;
  /** What it knows this server by. */
  readonly token: string | undefined;
  readonly dataDir: string;
  readonly production: boolean;
}

const TIMEOUT_MS = 5_000;
/** Where codes go outside production, when nothing sends them. */
export const CODE_FILE = 'sent-codes.txt';

/**
 * How codes reach people: by the operator's service, which knows their telephones and mailboxes, as this server does not. It is asked once a code,
 * and whoever waits for it is told when it could not be handed over. Without one, production sends none, and a development server writes
 * them into a file of its data folder that only its user reads.
 */
export function openCodeDelivery({ url, token, dataDir, production }: CodeDeliveryOptions): SigningSettings['deliverCode'] {
  if (url !== undefined) return (code) => post(url, token, code);
  return production ? undefined : (code) => write(dataDir, code);
}

async function post(url: string, token: string | undefined, code: CodeToDeliver): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(message(code)),
    // To the configured address and no other: a code is a secret.
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`The service for messages answered ${String(response.status)}.`);
}

async function write(dataDir: string, code: CodeToDeliver): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  await appendFile(join(dataDir, CODE_FILE), `${JSON.stringify(message(code))}\n`, { mode: 0o600 });
}

/** Ids as the API has them. */
const message = ({ principalId, requestId, code, expiresAt }: CodeToDeliver) => ({
  principalId: encodeGlobalId('Principal', principalId),
  requestId: encodeGlobalId('Request', requestId),
  code,
  expiresAt,
});
