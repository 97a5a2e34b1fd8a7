/** Verifies bundles of Guildhall offline: no database, no network. Also the hashes and signatures that the house itself writes. */
export * from './chain.js';
export * from './keys.js';
export * from './jws.js';
export * from './seal.js';
export * from './merkle.js';
export * from './record.js';
export { timestampRequest, tokenIn, verifyTimestamp, type Stamped } from './timestamp.js';
export { Report, type Problem } from './report.js';
export { checkRequest } from './check-request.js';
export { checkCheckpoint, checkCheckpoints, checkInclusion } from './check-checkpoint.js';
export { pack, unpack, NotABundle, type Files } from './archive.js';
export { agreementPath, verifyBundle, type VerifyOptions } from './bundle.js';
