import type { SnapshotMigration } from '../../kernel/index.js';
import type { JoinContext } from '../v1/context.js';
import type { JoinV2Context } from './context.js';

/**
 * The states of version 1 are states of version 2 under the same names, with the same clocks. What it did not know has the value
 * that it had in effect: two parties of age, no early start. In cooling-off and settlement version 2 knows by itself until when
 * the broadcaster may withdraw; version 1 left that to its clock, so there an instance stays.
 */
export const fromV1: SnapshotMigration = ({ state, context }) => {
  if (state !== 'drafting' && state !== 'signing') return null;
  const before = context as unknown as JoinContext;
  const { signatures } = before;
  const after: JoinV2Context = {
    ...before,
    signatures: Object.fromEntries(Object.entries(signatures).filter(([, signature]) => signature)),
    gainingGuildId: null,
    parentId: null,
    parties: ['BROADCASTER', 'GUILD'],
    minor: false,
    told: true,
    coolingOffEndsAt: null,
    startsEarly: false,
  };
  return { state, context: after as never };
};
