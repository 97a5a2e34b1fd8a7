export type * from './definition.js';
export { SYSTEM_ACTOR } from './definition.js';
export type { Reason } from './reason.js';
export { permits, permitsGuard, checksOf } from './guard.js';
export { advance, begin, restore, type Advance, type Accepted, type Refused, type TimerArmed } from './advance.js';
