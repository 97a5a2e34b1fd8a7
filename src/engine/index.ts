export { Engine, type EngineOptions } from './engine.js';
export { EngineWorkers } from './workers.js';
export { LogTail, type LogEntry, type LogPosition } from './tail.js';
export { linksOf } from './links.js';
export { inTransaction } from './transaction.js';
export { Wake } from './wake.js';
export { checkBoot } from './boot.js';
export { chainHash, canonicalText, GENESIS } from './chain.js';
export * from './types.js';
