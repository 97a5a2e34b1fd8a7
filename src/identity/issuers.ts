import type { CryptoKey, FlattenedJWSInput, JWSHeaderParameters } from 'jose';
import { createRemoteJWKSet } from 'jose';
import { AuthenticationFailure } from './authentication-failure.js';

export type KeyLookup = (header: JWSHeaderParameters, input: FlattenedJWSInput) => Promise<CryptoKey>;

/** An issuer whose tokens are accepted, with what is pinned for it: a token never chooses its own algorithm. */
export interface TrustedIssuer {
  readonly issuer: string;
  readonly algorithms: readonly string[];
  readonly keys: KeyLookup;
}

/** Asymmetric only: with HS256 among them, a public key would do as a secret. */
export const DEFAULT_ALGORITHMS = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const;

const FETCH_TIMEOUT_MS = 5_000;

/** An OpenID Connect issuer; its keys are looked up by discovery at the first token, so that a start does not depend on it. */
export const openIdIssuer = (
  issuer: string,
  jwksUrl?: string,
  algorithms: readonly string[] = DEFAULT_ALGORITHMS,
): TrustedIssuer => {
  let keySet: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;
  const discovered = (): NonNullable<typeof keySet> => {
    keySet ??= (jwksUrl === undefined ? discoverKeys(issuer) : Promise.resolve(keysAt(jwksUrl))).catch((error: unknown) => {
      keySet = undefined; // the next token tries again
      throw error;
    });
    return keySet;
  };
  return { issuer, algorithms, keys: async (header, input) => (await discovered())(header, input) };
};

const discoverKeys = async (issuer: string): Promise<ReturnType<typeof createRemoteJWKSet>> => {
  const document = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const jwksUri = document['jwks_uri'];
  if (document['issuer'] !== issuer || typeof jwksUri !== 'string') throw new AuthenticationFailure('ISSUER_UNAVAILABLE');
  return keysAt(jwksUri);
};

const keysAt = (jwksUrl: string): ReturnType<typeof createRemoteJWKSet> =>
  createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: FETCH_TIMEOUT_MS });

const fetchJson = async (url: string): Promise<Readonly<Record<string, unknown>>> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS), redirect: 'error' });
    const body: unknown = await response.json();
    if (response.ok && typeof body === 'object' && body !== null) return body as Record<string, unknown>;
  } catch {
    // Falls through: for the caller an issuer that answers nonsense is as unavailable as one that does not answer.
  }
  throw new AuthenticationFailure('ISSUER_UNAVAILABLE');
};
