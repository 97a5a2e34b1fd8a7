export { BulkSignal } from './bulk-signal.js';
export { BulkWorker, type BulkStep, type BulkWorkerOptions } from './bulk-worker.js';
export { createBulk, type BulkTransaction, type CreatedBulk, type NewBulk } from './create-bulk.js';
export { steerBulk, type BulkControl } from './control.js';
export type * from './types.js';
