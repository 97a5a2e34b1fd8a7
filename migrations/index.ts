import { Initial1763900000000 } from './1763900000000-initial.js';
import { Workflows1763900000100 } from './1763900000100-workflows.js';
import { Policies1763900000200 } from './1763900000200-policies.js';
import { Desk1763900000300 } from './1763900000300-desk.js';
import { Directory1763900000400 } from './1763900000400-directory.js';
import { ExitReasons1763900000500 } from './1763900000500-exit-reasons.js';
import { TransferCodes1763900000600 } from './1763900000600-transfer-codes.js';
import { Plans1763900000700 } from './1763900000700-plans.js';
import { BulkOrder1763900000800 } from './1763900000800-bulk-order.js';
import { TermEnds1763900000950 } from './1763900000950-term-ends.js';
import { Templates1763900001000 } from './1763900001000-templates.js';
import { ClauseComments1763900001050 } from './1763900001050-clause-comments.js';

/** In the order in which they run. Never edit one that has landed. */
export const migrations = [
  Initial1763900000000,
  Workflows1763900000100,
  Policies1763900000200,
  Desk1763900000300,
  Directory1763900000400,
  ExitReasons1763900000500,
  TransferCodes1763900000600,
  Plans1763900000700,
  BulkOrder1763900000800,
  TermEnds1763900000950,
  Templates1763900001000,
  ClauseComments1763900001050,
];
