import { z } from 'zod';
import type { EventSpec } from './definition.js';

/** Events that every supervised kind takes in every state but a final one. The kernel carries them out, not the machine. */

/** Reference to free text of a person: the text itself can be erased, and the chain stays whole. */
export const annexFields = { annexId: z.uuid().exactOptional(), annexHash: z.hash('sha256').exactOptional() };

export const HOLD_CODES = ['INVESTIGATION', 'COURT_ORDER', 'BAN', 'GUARDIAN_REVOKED', 'OTHER'] as const;
export const INTERVENTION_CODES = [
  'PLATFORM_ERROR',
  'PARTY_PREVENTED',
  'COURT_ORDER',
  'AGREED_BY_PARTIES',
  'RESOLVED',
  'LAW_CHANGED',
  'OTHER',
] as const;

/** Nobody needs more, and a mistyped year must not stop a request for good. */
export const MAX_EXTENSION_DAYS = 366;

const because = { reasonCode: z.enum(INTERVENTION_CODES), ...annexFields };
const stateName = z.string().regex(/^[a-zA-Z][a-zA-Z0-9]{0,59}$/);

const parameters = z.record(
  z.string().regex(/^[a-z][a-zA-Z]{0,59}$/),
  z.union([z.number(), z.string().regex(/^[A-Z][A-Z_]{0,39}$/), z.boolean()]),
);

/** By `supervision.by` of the kind, but for migrations: these are policy staff's. */
export const interventions = {
  HOLD_REQUEST: {
    title: 'Put on hold',
    input: z.strictObject({ reasonCode: z.enum(HOLD_CODES), ...annexFields }),
  },
  RESUME_REQUEST: { title: 'End the hold', input: z.strictObject(because) },
  EXTEND_DEADLINE: {
    title: 'Extend a deadline',
    input: z.strictObject({
      deadline: z.string().regex(/^[a-zA-Z][a-zA-Z0-9]{0,59}$/),
      until: z.iso.datetime().max(30),
      ...because,
    }),
  },
  PROPOSE_FORCE: { title: 'Propose to force a transition', input: z.strictObject({ state: stateName, ...because }) },
  APPROVE_FORCE: { title: 'Approve the forced transition', input: z.strictObject(because) },
  REJECT_FORCE: { title: 'Reject the forced transition', input: z.strictObject(because) },
  MIGRATE_POLICY: {
    title: 'Move to another policy version',
    input: z.strictObject({
      policyVersionId: z.uuid(),
      /** The parameters that the kind pins, under the new version. */
      policy: parameters,
      ...because,
    }),
  },
  MIGRATE_MACHINE: {
    title: 'Move to another machine version',
    input: z.strictObject({
      fromVersion: z.int().min(1).max(9999),
      toVersion: z.int().min(1).max(9999),
      /** Of the policy version that the instance runs by, for a machine that pins more than the one before. */
      policy: parameters.exactOptional(),
      ...because,
    }),
  },
} satisfies Record<string, Omit<EventSpec, 'by'>>;

/**
 * The effect by which a kind that has it looks, when a hold ends, whether another reason for one stands: it answers with HOLD_REQUEST,
 * or with nothing. A hold has one reason; whatever has come up meanwhile is found then.
 */
export const AFTER_HOLD = 'recheckHold';

export type InterventionType = keyof typeof interventions;

/** Who may move running instances to other rules. */
export const MIGRATORS = ['POLICY', 'SUPPORT'] as const;

export const isMigration = (type: InterventionType): boolean => type === 'MIGRATE_POLICY' || type === 'MIGRATE_MACHINE';

export const isIntervention = (type: string): type is InterventionType => Object.hasOwn(interventions, type);
