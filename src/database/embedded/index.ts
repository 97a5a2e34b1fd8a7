export { startEmbedded, startOrJoinEmbedded } from './embedded.js';
export type { EmbeddedOptions, EmbeddedPostgres } from './embedded.js';
