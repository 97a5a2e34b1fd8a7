export type AuthenticationReason =
  | 'TOKEN_MISSING'
  | 'TOKEN_MALFORMED'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_NOT_YET_VALID'
  | 'TOKEN_FORGED'
  | 'WRONG_ISSUER'
  | 'WRONG_AUDIENCE'
  | 'ISSUER_UNAVAILABLE';

const MESSAGES: Readonly<Record<AuthenticationReason, string>> = {
  TOKEN_MISSING: 'A bearer token is needed: `Authorization: Bearer …`.',
  TOKEN_MALFORMED: 'This is not a signed JSON web token with the claims that are needed.',
  TOKEN_EXPIRED: 'This token has expired; get a new one from its issuer.',
  TOKEN_NOT_YET_VALID: 'This token is not valid yet.',
  TOKEN_FORGED: 'This token was not signed by its issuer.',
  WRONG_ISSUER: 'Tokens of this issuer are not accepted here.',
  WRONG_AUDIENCE: 'This token was issued for another service.',
  ISSUER_UNAVAILABLE: 'The keys of the issuer cannot be fetched at the moment; try again.',
};

/** Why a caller is not known. Never carries the token or anything out of it. */
export class AuthenticationFailure extends Error {
  override readonly name = 'AuthenticationFailure';

  constructor(readonly reason: AuthenticationReason) {
    super(MESSAGES[reason]);
  }
}
