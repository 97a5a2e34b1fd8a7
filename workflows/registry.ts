import { join, joinV2 } from './join/index.js';
import { dispute } from './dispute/index.js';
import { expel } from './expel/index.js';
import { leaveCause } from './leave-cause/index.js';
import { amend } from './amend/index.js';
import { leaveLowActivity } from './leave-low-activity/index.js';
import { leaveMinor } from './leave-minor/index.js';
import { leaveMutual } from './leave-mutual/index.js';
import { leaveNotice } from './leave-notice/index.js';
import { leaveProbation } from './leave-probation/index.js';
import { renew } from './renew/index.js';
import { payment, paymentV2 } from './payment/index.js';
import { transferMerger } from './transfer-merger/index.js';
import { transferAgreed } from './transfer-agreed/index.js';
import { transferPortable } from './transfer-portable/index.js';
import type { RequestDefinition } from './phases/index.js';
import { release } from './release/index.js';
import { reopen } from './reopen/index.js';
import { reversal } from './reversal/index.js';

/** Every kind in every version that an instance may still be in. A version leaves only when its last instance has ended. */
export const registry: readonly RequestDefinition[] = [
  join,
  joinV2,
  amend,
  renew,
  leaveMutual,
  leaveProbation,
  leaveLowActivity,
  leaveNotice,
  leaveMinor,
  leaveCause,
  expel,
  release,
  payment,
  paymentV2,
  dispute,
  reopen,
  reversal,
  transferAgreed,
  transferPortable,
  transferMerger,
];

/** Throws when no such machine is deployed: an instance without its machine must not be touched. */
export function definitionOf(kind: string, version: number): RequestDefinition {
  const definition = registry.find((candidate) => candidate.kind === kind && candidate.version === version);
  if (!definition) throw new Error(`No machine is registered for ${kind} v${String(version)}.`);
  return definition;
}

/** The version that a new instance is started with; undefined for a kind that does not exist. */
export function currentVersion(kind: string): number | undefined {
  const versions = registry.filter((candidate) => candidate.kind === kind).map(({ version }) => version);
  return versions.length > 0 ? Math.max(...versions) : undefined;
}
