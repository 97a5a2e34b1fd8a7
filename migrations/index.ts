import { Initial1763900000000 } from './1763900000000-initial.js';
import { Desk1763900000300 } from './1763900000300-desk.js';

/** In the order in which they run. Never edit one that has landed. */
export const migrations = [Initial1763900000000, Desk1763900000300];
