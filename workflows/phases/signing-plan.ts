import { z } from 'zod';
import { partySchema, type Party } from './parties.js';
import { SIGNATURE_LEVELS } from './signature-levels.js';

/**
 * Who signs when, as data: stages one after the other, in a stage groups beside each other, in a group so many persons of one party.
 * Made from the policy when a request is opened and kept in its context, so that a later policy does not change the order under
 * somebody's hand. A request without a plan is signed by every party, one person each, in any order.
 */

/** An approver signs like anybody; until then nobody of a later stage can, and is told that it is an approval that is missing. */
export const SIGNING_ROLES = ['SIGNER', 'APPROVER'] as const;
export type SigningRole = (typeof SIGNING_ROLES)[number];

const group = z.strictObject({
  /** Unique in the plan: a signature remembers for which group it was given. */
  key: z.string().regex(/^[A-Z_]{1,40}$/),
  party: partySchema,
  role: z.enum(SIGNING_ROLES),
  /** How many different persons. */
  need: z.int().min(1).max(5),
  /** Only with one of these authorities; absent: whoever signs for the party. */
  by: z.array(z.string().max(40)).min(1).max(5).exactOptional(),
});

export const signingPlanSchema = z.strictObject({
  stages: z
    .array(z.strictObject({ groups: z.array(group).min(1).max(5) }))
    .min(1)
    .max(10),
  /** What a signature has to rest on; null: nothing beyond the login is looked at. */
  level: z.enum(SIGNATURE_LEVELS).nullable(),
  /** How many days before the window closes whoever has not signed is reminded; 0: not at all. */
  reminderDays: z.int().min(0).max(30),
});

export type SigningPlan = z.infer<typeof signingPlanSchema>;
export type SigningGroup = z.infer<typeof group>;
export interface SigningStage {
  readonly groups: readonly SigningGroup[];
}

export const SIGNING_ORDERS = ['ANY', 'BROADCASTER_FIRST', 'GUILD_FIRST'] as const;

/** The parameters of a policy version that a plan is made from; what an older version does not say is as it was before. */
const signingParameters = z.object({
  signingOrder: z.enum(SIGNING_ORDERS).default('ANY'),
  guildSignatories: z.int().min(1).max(3).default(1),
  guildOwnerApproves: z.boolean().default(false),
  signatureLevel: z.enum(SIGNATURE_LEVELS).default('CLICK'),
  signatureLevelEnforced: z.boolean().default(false),
  signatureReminderDays: z.int().min(0).max(30).default(0),
  signatureWindowDays: z.int().default(7),
});
type SigningParameters = z.infer<typeof signingParameters>;

const GUILDS: readonly Party[] = ['GUILD', 'GAINING_GUILD'];

const signers = (party: Party, { guildSignatories }: SigningParameters): SigningGroup => ({
  key: party,
  party,
  role: 'SIGNER',
  need: GUILDS.includes(party) ? guildSignatories : 1,
});

/** In any order the platform signs beside the others; in a given one it is the approver who comes last. */
const approver = (party: Party): SigningGroup => ({ key: party, party, role: 'APPROVER', need: 1 });
const ownerApproval = (party: Party): SigningGroup => ({
  key: `${party}_APPROVAL`,
  party,
  role: 'APPROVER',
  need: 1,
  by: [`${party}_OWNER`],
});

/** Who signs in which stage, before anything is known of how many; the guilds stand beside each other, as transfers need them. */
function ordered(parties: readonly Party[], { signingOrder }: SigningParameters): readonly Party[][] {
  const guilds = parties.filter((party) => GUILDS.includes(party));
  const broadcasterSide = parties.filter((party) => party === 'BROADCASTER' || party === 'GUARDIAN').map((party) => [party]);
  switch (signingOrder) {
    case 'ANY':
      return [[...parties]];
    case 'BROADCASTER_FIRST':
      return [...broadcasterSide, guilds];
    case 'GUILD_FIRST':
      return [guilds, ...broadcasterSide];
  }
}

/** The plan that a policy asks for; undefined where it asks for nothing but what a request without one does. */
export function signingPlanOf(policy: Readonly<Record<string, unknown>>, parties: readonly Party[]): SigningPlan | undefined {
  const parameters = signingParameters.parse(policy);
  const { signingOrder, guildSignatories, guildOwnerApproves, signatureLevel, signatureLevelEnforced } = parameters;
  // On the day on which the window opens a reminder would only repeat that it is open.
  const reminderDays = Math.min(parameters.signatureReminderDays, Math.max(0, parameters.signatureWindowDays - 1));
  const asUsual = signingOrder === 'ANY' && guildSignatories === 1 && !guildOwnerApproves;
  if (asUsual && !signatureLevelEnforced && reminderDays === 0) return undefined;
  const stages = ordered(parties, parameters).flatMap((stage): SigningStage[] => {
    const approvals = guildOwnerApproves ? stage.filter((party) => GUILDS.includes(party)).map(ownerApproval) : [];
    const groups = stage.map((party) => signers(party, parameters));
    return [{ groups: approvals }, { groups }];
  });
  const last = signingOrder !== 'ANY' && parties.includes('PLATFORM') ? [{ groups: [approver('PLATFORM')] }] : [];
  return signingPlanSchema.parse({
    stages: [...stages, ...last].filter(({ groups }) => groups.length > 0),
    level: signatureLevelEnforced ? signatureLevel : null,
    reminderDays,
  });
}

/**
 * The stages for the parties that sign now. A party may have gone since the plan was made (somebody has come of age) or come (a
 * guardian is needed again): who has come signs beside the own side, or at the end.
 */
export function stagesFor(plan: SigningPlan | undefined, parties: readonly Party[]): readonly SigningStage[] {
  const single = (party: Party): SigningGroup => ({ key: party, party, role: 'SIGNER', need: 1 });
  if (!plan) return [{ groups: parties.map(single) }];
  const planned = plan.stages
    .map(({ groups }) => ({ groups: groups.filter(({ party }) => parties.includes(party)) }))
    .filter(({ groups }) => groups.length > 0);
  const missing = parties.filter((party) => !planned.some(({ groups }) => groups.some((each) => each.party === party)));
  return missing.reduce<readonly SigningStage[]>((stages, party) => {
    const side = stages.findIndex(({ groups }) => party === 'GUARDIAN' && groups.some((each) => each.party === 'BROADCASTER'));
    if (side < 0) return [...stages, { groups: [single(party)] }];
    return stages.map((stage, index) => (index === side ? { groups: [...stage.groups, single(party)] } : stage));
  }, planned);
}
