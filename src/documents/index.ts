export { Documents, type DocumentsOptions } from './documents.js';
export { DocumentsResolver } from './documents.resolver.js';
export { developmentSigner } from './signature/development-signer.js';
export { readSigner } from './signature/read-signer.js';
export type { DocumentSigner } from './signature/signer.js';
