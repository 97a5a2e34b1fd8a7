import { Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { ParameterDefinition } from './parameter.js';
import { parameterDefinitions } from './parameters.js';

/** Fields are `PolicyParameters`: made below from the catalogue, so that neither can miss what the other has. */
@ObjectType('PolicyParameters', {
  description: 'Every number and switch of a policy version; units are in the names. See `policyParameterDefinitions`.',
  simpleResolvers: true,
})
export class PolicyParametersType {}

@InputType('PolicyParametersInput', { description: 'The parameters to set; what is left out or null stays as it is.' })
export class PolicyParametersInput {}

const graphqlType = (name: string, definition: ParameterDefinition): object => {
  if (definition.type === 'INTEGER') return Int;
  if (definition.type === 'BOOLEAN') return Boolean;
  const values = Object.fromEntries(definition.options.map((value) => [value, value]));
  const enumName = `Policy${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  registerEnumType(values, { name: enumName, description: definition.description });
  return values;
};

for (const [name, definition] of parameterDefinitions) {
  const type = graphqlType(name, definition);
  const bounds = definition.type === 'INTEGER' ? ` From ${String(definition.min)} to ${String(definition.max)}.` : '';
  const description = `${definition.description}${bounds}`;
  Field(() => type, { description })(PolicyParametersType.prototype, name);
  Field(() => type, { description, nullable: true })(PolicyParametersInput.prototype, name);
}
