export type * from './definition.js';
export { NEVER, SYSTEM_ACTOR } from './definition.js';
export { OTHER_OUTCOME, reasonsSchema, type Reason } from './reason.js';
export { permits, permitsGuard } from './guard.js';
export { advance, begin, type Source } from './advance.js';
export { restore, type Advance, type Accepted, type Refused, type TimerArmed } from './step.js';
export { defineMachine, effect, set, type StateConfig, type States } from './machine.js';
export {
  AFTER_HOLD,
  annexFields,
  HOLD_CODES,
  INTERVENTION_CODES,
  interventions,
  isIntervention,
  MIGRATORS,
} from './interventions.js';
export { migrateByEvent, migrateMachine } from './migrate.js';
export { delayOf, keptOf, type Hold, type Kept, type ProposedForce, type RunningTimer } from './stored.js';
export { bootProblems } from './boot.js';
export { arrowsOf, type Arrow } from './structure.js';
export { describe, deadlines, explain, type Deadline, type Description, type Explanation, type TimerRow } from './describe.js';
export { availableActions, type AvailableAction } from './actions.js';
export { diagram } from './diagram.js';
export { eventTime, endOfDayAfter, daysInMs, yearsInMs, monthsLater, localTime, isTimeZone } from './calendar.js';
export {
  outline,
  type ActOutline,
  type EventOutline,
  type StateOutline,
  type TimerOutline,
  type TransitionOutline,
  type WorkflowOutline,
} from './outline.js';
