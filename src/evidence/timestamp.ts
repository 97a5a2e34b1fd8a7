import { randomBytes } from 'node:crypto';
import { timestampRequest, tokenIn, verifyTimestamp } from '../verify/index.js';

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 64 * 1024;

/** A timestamp authority (RFC 3161, section 3.4: over HTTP). */
export class TimestampAuthority {
  constructor(readonly url: string) {}

  /** @returns the token, base64; one that is not over this hash is not taken. */
  async stamp(sha256: string): Promise<string> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
      body: new Uint8Array(timestampRequest(sha256, randomBytes(8))),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
    if (!response.ok) throw new Error(`The timestamp authority answered ${String(response.status)}.`);
    const answer = Buffer.from(await response.arrayBuffer());
    if (answer.length > MAX_BYTES) throw new Error('The timestamp authority answered too much.');
    const token = tokenIn(answer);
    const stamped = verifyTimestamp(token, sha256);
    if (!stamped.ok) throw new Error(`The timestamp is of no use: ${stamped.why}.`);
    return token.toString('base64');
  }
}
