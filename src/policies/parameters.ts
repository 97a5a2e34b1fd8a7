import { z } from 'zod';
import type { Reason } from '../../workflows/kernel/index.js';
import { columnOf, schemaOf, type ParameterDefinition, type ValueOf } from './parameter.js';
import { parameterCatalogue, type ParameterName } from './parameter-catalogue.js';

/** All parameters of one version. */
export type PolicyParameters = { readonly [Name in ParameterName]: ValueOf<(typeof parameterCatalogue)[Name]> };

/** The catalogue with the narrow types of its entries forgotten: for what goes over all of them. */
export const parameterDefinitions = Object.entries(parameterCatalogue) as readonly (readonly [
  ParameterName,
  ParameterDefinition,
])[];

export function defaultParameters(regionCode: string | null): PolicyParameters {
  const column = columnOf(regionCode);
  return Object.fromEntries(
    parameterDefinitions.map(([name, { defaults }]) => [name, defaults[column] ?? defaults.rest]),
  ) as unknown as PolicyParameters;
}

/** What a version from before a parameter existed is taken to say, where its region is not known. */
export const defaultParameter = <Name extends ParameterName>(name: Name): PolicyParameters[Name] => defaultParameters(null)[name];

/**
 * Type and bounds of each parameter. A version that was stored before a parameter existed has the default of `rest` for it, or
 * of its region when it is read by `readParameters`.
 */
export const policyParametersSchema = z.object(
  Object.fromEntries(
    parameterDefinitions.map(([name, definition]) => [name, schemaOf(definition).default(definition.defaults.rest)]),
  ),
) as unknown as z.ZodType<PolicyParameters>;

/** The parameters of a stored version, complete. Throws when it holds a value out of its bounds. */
export function readParameters(regionCode: string | null, stored: unknown): PolicyParameters {
  return policyParametersSchema.parse({ ...defaultParameters(regionCode), ...(stored as object) });
}

/** Relations between parameters that no version may break: what the first is may not exceed what the second allows. */
const relations: readonly {
  readonly field: ParameterName;
  readonly holds: (parameters: PolicyParameters) => boolean;
  readonly message: string;
}[] = [
  {
    field: 'signatureReminderDays',
    holds: (p) => p.signatureReminderDays < p.signatureWindowDays,
    message: '`signatureReminderDays` has to be less than `signatureWindowDays`.',
  },
  {
    field: 'minTermMonths',
    holds: (p) => p.minTermMonths <= p.maxTermMonths,
    message: '`minTermMonths` may not exceed `maxTermMonths`.',
  },
  {
    field: 'disputeAppealDays',
    holds: (p) => p.reopenWindowDays === 0 || p.disputeAppealDays <= p.reopenWindowDays,
    message: '`disputeAppealDays` may not exceed `reopenWindowDays`: a case is appealed before it is reopened.',
  },
  {
    field: 'reopenWindowDays',
    holds: (p) => p.reopenWindowDays <= p.retentionYears * 365,
    message: '`reopenWindowDays` may not exceed `retentionYears`: nothing would be left to judge by.',
  },
];

/** Everything that speaks against these parameters, at once. Pure. */
export function parameterViolations(parameters: PolicyParameters): Reason[] {
  const parsed = policyParametersSchema.safeParse(parameters);
  const outOfBounds = (parsed.error?.issues ?? []).map(({ path }) => {
    const name = path.map(String).join('.') as ParameterName;
    return { code: 'OUT_OF_BOUNDS', message: `\`${name}\` is ${expectation(name)}.`, field: `parameters.${name}` };
  });
  const inconsistent = relations
    .filter(({ holds }) => !holds(parameters))
    .map(({ field, message }) => ({ code: 'INCONSISTENT', message, field: `parameters.${field}` }));
  return [...outOfBounds, ...inconsistent];
}

const expectation = (name: ParameterName): string => {
  const definition: ParameterDefinition = parameterCatalogue[name];
  if (definition.type === 'BOOLEAN') return 'true or false';
  if (definition.type === 'ENUM') return `one of ${definition.options.join(', ')}`;
  return `a whole number from ${String(definition.min)} to ${String(definition.max)}`;
};
