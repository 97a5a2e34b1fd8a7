import { createHash } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { decodeJwt, errors, jwtVerify } from 'jose';
import { AuthenticationFailure } from './authentication-failure.js';
import type { TrustedIssuer } from './issuers.js';

/** Who a token speaks for. What that person may do is decided in the database, at every operation. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  readonly expiresAt: Date;
  /** How the person had logged in, where the issuer says so: methods (RFC 8176), class, and instant (ISO 8601). */
  readonly amr?: readonly string[];
  readonly acr?: string;
  readonly authTime?: string;
}

export interface TokenVerifierOptions {
  readonly issuers: readonly TrustedIssuer[];
  readonly audience: string;
  /** How far an issuer's clock may be off, for `nbf` only; a token is never accepted after its `exp`. */
  readonly skewSeconds?: number;
  readonly cacheSize?: number;
  readonly now?: () => number;
}

const MAX_TOKEN_CHARACTERS = 8_192;
const MAX_SUBJECT_CHARACTERS = 255;

/** Verifies bearer tokens. A signature costs about 100 µs, so what was verified is kept, by hash, until it expires. */
export class TokenVerifier {
  readonly #issuers: ReadonlyMap<string, TrustedIssuer>;
  readonly #audience: string;
  readonly #skewSeconds: number;
  readonly #cacheSize: number;
  readonly #now: () => number;
  /** In order of use; keyed by hash so that a heap dump holds no tokens. */
  readonly #verified = new Map<string, Identity>();

  constructor(options: TokenVerifierOptions) {
    this.#issuers = new Map(options.issuers.map((issuer) => [issuer.issuer, issuer]));
    this.#audience = options.audience;
    this.#skewSeconds = options.skewSeconds ?? 5;
    this.#cacheSize = options.cacheSize ?? 10_000;
    this.#now = options.now ?? Date.now;
  }

  /** @throws AuthenticationFailure */
  async verify(token: string | undefined): Promise<Identity> {
    if (!token) throw new AuthenticationFailure('TOKEN_MISSING');
    if (token.length > MAX_TOKEN_CHARACTERS) throw new AuthenticationFailure('TOKEN_MALFORMED');
    const hash = createHash('sha256').update(token).digest('base64');
    const known = this.#verified.get(hash);
    if (known) {
      this.#verified.delete(hash);
      if (known.expiresAt.getTime() <= this.#now()) throw new AuthenticationFailure('TOKEN_EXPIRED');
      this.#verified.set(hash, known);
      return known;
    }
    const identity = await this.#verifySignature(token);
    this.#remember(hash, identity);
    return identity;
  }

  async #verifySignature(token: string): Promise<Identity> {
    try {
      // Read before it is verified only to choose whose keys to verify with; `jwtVerify` then checks the same claim.
      const trusted = this.#issuers.get(decodeJwt(token).iss ?? '');
      if (!trusted) throw new AuthenticationFailure('WRONG_ISSUER');
      const { payload } = await jwtVerify(token, trusted.keys, {
        algorithms: [...trusted.algorithms],
        issuer: trusted.issuer,
        audience: this.#audience,
        requiredClaims: ['sub', 'exp'],
        clockTolerance: this.#skewSeconds,
        currentDate: new Date(this.#now()),
      });
      return this.#identityOf(trusted, payload);
    } catch (error) {
      throw error instanceof AuthenticationFailure ? error : new AuthenticationFailure(reasonOf(error));
    }
  }

  #identityOf(trusted: TrustedIssuer, payload: JWTPayload): Identity {
    const { sub = '', exp = 0 } = payload;
    if (sub.length === 0 || sub.length > MAX_SUBJECT_CHARACTERS) throw new AuthenticationFailure('TOKEN_MALFORMED');
    if (exp * 1_000 <= this.#now()) throw new AuthenticationFailure('TOKEN_EXPIRED');
    return { issuer: trusted.issuer, subject: sub, expiresAt: new Date(exp * 1_000), ...loginOf(payload) };
  }

  #remember(hash: string, identity: Identity): void {
    this.#verified.set(hash, identity);
    if (this.#verified.size <= this.#cacheSize) return;
    const oldest = this.#verified.keys().next();
    if (!oldest.done) this.#verified.delete(oldest.value);
  }
}

const MAX_METHODS = 10;
const MAX_METHOD_CHARACTERS = 100;

/** Claims of the wrong shape are left out: they are evidence, and decide nothing here. */
function loginOf({ amr, acr, auth_time: authTime }: JWTPayload): Pick<Identity, 'amr' | 'acr' | 'authTime'> {
  const isShort = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_METHOD_CHARACTERS;
  const methods = Array.isArray(amr) && amr.length <= MAX_METHODS && amr.every(isShort) ? amr : undefined;
  const seconds = typeof authTime === 'number' && authTime >= 0 && authTime < MAX_SECONDS ? authTime : undefined;
  return {
    ...(methods && { amr: methods }),
    ...(isShort(acr) && { acr }),
    ...(seconds !== undefined && { authTime: new Date(seconds * 1_000).toISOString() }),
  };
}

/** The last second of the year 9999. */
const MAX_SECONDS = 253_402_300_799;

const reasonOf = (error: unknown): AuthenticationFailure['reason'] => {
  if (error instanceof errors.JWTExpired) return 'TOKEN_EXPIRED';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud') return 'WRONG_AUDIENCE';
    return error.claim === 'nbf' ? 'TOKEN_NOT_YET_VALID' : 'TOKEN_MALFORMED';
  }
  const forged = [errors.JWSSignatureVerificationFailed, errors.JOSEAlgNotAllowed, errors.JWKSNoMatchingKey];
  if (forged.some((type) => error instanceof type)) return 'TOKEN_FORGED';
  if (error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid) return 'TOKEN_MALFORMED';
  // A key set that times out, answers 500 or is no key set: the token may be good, so this is not held against it.
  return 'ISSUER_UNAVAILABLE';
};
