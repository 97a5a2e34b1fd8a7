import { z } from 'zod';
import { isTimeZone, reasonsSchema, type Reason } from '../kernel/index.js';
import { partySchema, type Party } from './parties.js';
import { signingPlanSchema, type SigningPlan } from './signing-plan.js';

/** What every request is about: ids, codes and instants only, because all of it stays in the chain for good. */

export interface RequestContext {
  readonly broadcasterId: string;
  /** Of a transfer: the guild that is left. */
  readonly guildId: string;
  readonly gainingGuildId: string | null;
  readonly membershipId: string | null;
  readonly parentId: string | null;
  readonly initiator: Party;
  /** Who takes part. */
  readonly parties: readonly Party[];
  /** IANA name of the region's time zone, in which days are counted. */
  readonly timeZone: string;
  readonly currency: string;
  /** The broadcaster was a minor when the request was opened. Never the birthday. */
  readonly minor: boolean;
  /** Why the request was rejected. */
  readonly reasons: readonly Reason[];
  /** Who signs when; absent: every party, in any order. */
  readonly signing?: SigningPlan;
}

/** Terms as any kind may have them, for who only reads them: flat, of codes, numbers and instants. */
export const flatTerms = z.record(z.string().max(40), z.union([z.string().max(40), z.number(), z.boolean()]));

const id = z.uuid();

/** The input of a machine, made by the opener. `Said` is what the person who opens it says. */
export const requestInput = <Shape extends z.ZodRawShape, Said extends z.ZodType>(policy: z.ZodObject<Shape>, said: Said) =>
  z.strictObject({
    requestId: id,
    broadcasterId: id,
    guildId: id,
    gainingGuildId: id.nullable(),
    membershipId: id.nullable(),
    parentId: id.nullable(),
    initiator: partySchema,
    parties: z.array(partySchema).min(1).max(5),
    timeZone: z
      .string()
      .max(64)
      .regex(/^[A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+)*$/)
      .refine(isTimeZone, 'This time zone is not known.'),
    currency: z.string().regex(/^[A-Z]{3}$/),
    minor: z.boolean(),
    policy: policy.strict(),
    signing: signingPlanSchema.exactOptional(),
    said,
    /** Everything that speaks against the request, found before its start; empty: eligible. */
    eligibilityFailures: reasonsSchema,
  });

export type RequestInput<Policy> = Omit<z.infer<ReturnType<typeof requestInput<z.ZodRawShape, z.ZodType>>>, 'policy'> & {
  readonly policy: Policy;
};

export function requestContext<Policy>(input: RequestInput<Policy>): RequestContext & { readonly policy: Policy } {
  const { broadcasterId, guildId, gainingGuildId, membershipId, parentId, initiator, parties, timeZone, currency, minor } = input;
  return {
    broadcasterId,
    guildId,
    gainingGuildId,
    membershipId,
    parentId,
    initiator,
    parties,
    timeZone,
    currency,
    minor,
    policy: input.policy,
    ...(input.signing && { signing: input.signing }),
    reasons: input.eligibilityFailures,
  };
}
