export { AuthenticationFailure } from './authentication-failure.js';
export type { AuthenticationReason } from './authentication-failure.js';
export type { Context, ViewerTransactions } from './context.js';
export { DEVELOPMENT_ISSUER, DevelopmentIssuer } from './development-issuer.js';
export type { DevelopmentIssuerOptions } from './development-issuer.js';
export { DEFAULT_ALGORITHMS, openIdIssuer } from './issuers.js';
export type { TrustedIssuer } from './issuers.js';
export { TokenVerifier } from './tokens.js';
export type { Identity, TokenVerifierOptions } from './tokens.js';
