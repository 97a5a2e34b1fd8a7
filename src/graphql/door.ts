import type { OperationTypeNode } from 'graphql';
import type { Identity, TokenVerifier } from '../identity/index.js';
import { AuthenticationFailure } from '../identity/index.js';
import type { Admitted, Guard } from './guard.js';
import { unauthenticated } from './operation-refused.js';
import { readOperationRequest } from './operation-request.js';

export interface Entered {
  readonly admitted: Admitted;
  readonly identity: Identity | undefined;
}

/** Who somebody is and whether what they ask may be executed, in the order that costs least for a stranger. */
export class Door {
  constructor(
    readonly guard: Guard,
    readonly tokens: TokenVerifier,
  ) {}

  /** @throws OperationRefused */
  async enter(authorization: string | undefined, body: unknown, kinds: readonly `${OperationTypeNode}`[]): Promise<Entered> {
    const token = bearerToken(authorization);
    // Without a token only the schema can be had, and only where it is no secret: GraphiQL asks for it before anyone pastes one.
    const mayBeUnknown = this.guard.introspection && token === undefined;
    const identity = mayBeUnknown ? undefined : await this.identify(token);
    const admitted = this.guard.admit(readOperationRequest(body), kinds);
    if (!identity && !admitted.schemaOnly) throw unauthenticated(new AuthenticationFailure('TOKEN_MISSING'));
    return { admitted, identity };
  }

  /** @throws OperationRefused */
  async identify(token: string | undefined): Promise<Identity> {
    try {
      return await this.tokens.verify(token);
    } catch (error) {
      throw error instanceof AuthenticationFailure ? unauthenticated(error) : error;
    }
  }
}

export const bearerToken = (authorization: string | undefined): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];

const MAX_TIMER_MS = 2_147_483_647;

/** Calls back when the identity expires, unless it is cancelled before; a subscription must not outlive its token. */
export const whenExpired = (identity: Identity, callback: () => void): (() => void) => {
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const remaining = identity.expiresAt.getTime() - Date.now();
    // Node takes a longer delay for none at all.
    timer = setTimeout(() => (remaining > MAX_TIMER_MS ? arm() : callback()), Math.min(Math.max(remaining, 0), MAX_TIMER_MS));
    timer.unref();
  };
  arm();
  return () => clearTimeout(timer);
};
