import type { SecretBox } from './secret-box.js';

/** A code on its way to somebody, by whatever reaches them. */
export interface CodeToDeliver {
  readonly principalId: string;
  readonly requestId: string;
  /** Never logged or kept. */
  readonly code: string;
  readonly expiresAt: string;
}

/** What the operator says of signing. */
export interface SigningSettings {
  /** Undefined: no authenticator app can be enrolled. */
  readonly secrets?: SecretBox | undefined;
  /** The domain that passkeys belong to, e.g. `guildhall.example`. */
  readonly rpId: string;
  /** Addresses of the pages that use them, e.g. `https://guildhall.example`. */
  readonly origins: readonly string[];
  /** How a code reaches people; undefined: no code can be asked for. Rejects when it could not be handed over. */
  readonly deliverCode?: ((code: CodeToDeliver) => Promise<void>) | undefined;
}
