export type { Consequence, Consequences, ConsequenceType, Targets } from './consequences.js';
export { DirectoryCommands } from './commands.js';
export { DirectoryDoor, type DirectoryOutcome } from './door.js';
export { DirectoryMutations } from './directory.mutations.js';
export { BroadcasterFileResolver, DirectoryChangeResolver, DirectoryResolver } from './directory.resolver.js';
export { principalLoader } from './directory.loader.js';
export { grantPlatformRole, PLATFORM_ROLES, type GrantableRole } from './operator.js';
export { moveMembership, startMergers } from './merger.js';
export { OwnerPresence } from './presence.js';
