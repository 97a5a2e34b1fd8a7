export type { JoinContext, JoinEvent, JoinInput } from './v1/context.js';
export { join } from './v1/definition.js';
export { joinV2 } from './v2/definition.js';
export { joinFailures } from './opening.js';
