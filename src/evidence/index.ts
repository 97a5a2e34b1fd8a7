export { CheckpointFolder } from './checkpoint-folder.js';
export { Checkpoints } from './checkpoints.js';
export { KeyStore } from './key-store.js';
export { TimestampAuthority } from './timestamp.js';
export { ActResolver } from './act.resolver.js';
export { Evidence, type CheckpointSettings } from './evidence.js';
export { openPlatformKey, type PlatformKey } from './platform-key.js';
export { BroadcasterEvidenceResolver, RequestEvidenceResolver } from './evidence.resolver.js';
export { LegalHoldResolver } from './legal-hold.resolver.js';
