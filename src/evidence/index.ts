export { ActResolver } from './act.resolver.js';
export { Evidence, type CheckpointSettings } from './evidence.js';
export { openPlatformKey, type PlatformKey } from './platform-key.js';
export { BroadcasterEvidenceResolver, RequestEvidenceResolver } from './evidence.resolver.js';
