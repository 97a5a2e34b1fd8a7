import type { Pool } from 'pg';
import { algorithmOf, type Jwks, type PublicJwk } from '../verify/index.js';
import type { PlatformKey } from './platform-key.js';

interface KeyRow {
  readonly jwk: PublicJwk;
  readonly alg: string;
}

/** Every public key by which the platform has ever signed: what an old one has signed is verified by it for good. */
export class KeyStore {
  constructor(private readonly pool: Pick<Pool, 'query'>) {}

  async remember({ jwk }: PlatformKey): Promise<void> {
    await this.pool.query(
      `insert into guildhall.platform_key (kid, alg, jwk, first_used_at) values ($1, $2, $3, guildhall.now()) on conflict do nothing`,
      [jwk.kid, algorithmOf(jwk), JSON.stringify(jwk)],
    );
  }

  /** RFC 7517, the newest first. */
  async jwks(): Promise<Jwks> {
    const { rows } = await this.pool.query<KeyRow>(
      'select jwk, alg from guildhall.platform_key order by first_used_at desc, kid',
    );
    return { keys: rows.map(({ jwk, alg }) => ({ ...jwk, alg, use: 'sig' })) };
  }
}
