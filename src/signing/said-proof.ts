/** What a signer says of themselves, as it came. At most one of the methods. */
export interface SaidProof {
  readonly consent?: { readonly textId: string; readonly sha256: string } | undefined;
  readonly oneTimeCode?: { readonly authenticatorId: string | undefined; readonly code: string } | undefined;
  readonly deliveredCode?: { readonly challengeId: string; readonly code: string } | undefined;
  readonly passkey?: { readonly challengeId: string; readonly response: Readonly<Record<string, unknown>> } | undefined;
  readonly externalKey?: { readonly authenticatorId: string; readonly jws: string } | undefined;
}

/** What is signed, and the key under which the command may be repeated. */
export interface Signing {
  readonly requestId: string;
  /** Of the text as it was shown. */
  readonly sha256: string;
  readonly idempotencyKey: string | undefined;
}
