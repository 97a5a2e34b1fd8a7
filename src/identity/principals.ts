import type { Pool } from 'pg';
import { PublicError } from '../schema/index.js';
import type { Identity } from './tokens.js';

/**
 * The principal behind a token's identity. The pair changes its principal only when somebody was erased and comes back, so it is
 * kept for a minute; whether that principal is disabled or has lost a role is not kept anywhere and is read with every command.
 */
export class Principals {
  private readonly known = new Map<string, { readonly id: string; readonly readAt: number }>();

  constructor(
    private readonly pool: Pick<Pool, 'query'>,
    private readonly cacheSize = 50_000,
    private readonly keepMs = 60_000,
  ) {}

  /** @throws PublicError UNAUTHENTICATED when nobody is known by this identity */
  async idOf(identity: Identity): Promise<string> {
    const key = JSON.stringify([identity.issuer, identity.subject]);
    const known = this.known.get(key);
    if (known && performance.now() - known.readAt < this.keepMs) return known.id;
    const { rows } = await this.pool.query<{ id: string }>({
      name: 'identity.principal',
      text: 'select id from guildhall.principal where issuer = $1 and subject = $2',
      values: [identity.issuer, identity.subject],
    });
    const id = rows[0]?.id;
    if (!id) throw new PublicError('UNAUTHENTICATED', 'Nobody is known by this token.');
    if (this.known.size >= this.cacheSize) this.known.clear();
    this.known.set(key, { id, readAt: performance.now() });
    return id;
  }
}
