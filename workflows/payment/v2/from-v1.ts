import type { SnapshotMigration } from '../../kernel/index.js';
import { NOTHING_PAID } from './context.js';

/**
 * Up to the agreed statement both versions have the same states and the same clocks. What comes after needs parameters that version 1
 * did not pin, so nothing is moved without them.
 */
export const fromV1: SnapshotMigration = ({ state, context, policy }) => {
  if (policy === null || !['accruing', 'objection', 'disputed'].includes(state)) return null;
  const parties =
    context['minor'] === true ? ['BROADCASTER', 'GUARDIAN', 'GUILD', 'PLATFORM'] : ['BROADCASTER', 'GUILD', 'PLATFORM'];
  // What it has pinned stays as it is, whatever is said now.
  const pinned = { ...(policy as object), ...(context['policy'] as object) };
  return { state, context: { ...context, ...NOTHING_PAID, parties, policy: pinned } };
};
