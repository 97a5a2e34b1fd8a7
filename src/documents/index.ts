export { bundleDocuments } from './bundle-documents.js';
export { type ActEvidence } from './certificate.js';
export { type EvidenceReader } from './certificate-data.js';
export { type Attachment } from './pdf/pdf-job.js';
export { Documents, type DocumentsOptions } from './documents.js';
export { DocumentsResolver } from './documents.resolver.js';
export { developmentSigner } from './signature/development-signer.js';
export { readSigner } from './signature/read-signer.js';
export type { DocumentSigner } from './signature/signer.js';
