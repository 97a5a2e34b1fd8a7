import { Field, ObjectType } from 'type-graphql';
import { ConnectionOf, Node } from '../schema/index.js';
import type { ClauseContent } from './content.js';
import type { VariableType } from './variable.js';
import { VariableTypeEnum, VersionFields, type VersionRow } from './version.type.js';

@ObjectType('ClauseVariable', { description: 'A variable that a clause declares.', simpleResolvers: true })
export class ClauseVariableType {
  @Field(() => String, { description: 'As it is written in the text: `{{name}}`, and in the condition: `v.name`.' })
  readonly name!: string;

  @Field(() => VariableTypeEnum, { description: 'What it holds.' })
  readonly type!: VariableType;
}

@ObjectType('ClauseText', { description: 'A clause in one language.', simpleResolvers: true })
export class ClauseTextType {
  @Field(() => String, { description: 'The language, BCP 47.' })
  readonly locale!: string;

  @Field(() => String, { description: 'The heading, with `{{variables}}`.' })
  readonly heading!: string;

  @Field(() => [String], { description: 'The paragraphs, with `{{variables}}`.' })
  readonly paragraphs!: readonly string[];
}

export interface ClauseVersionRow extends VersionRow {
  readonly key: string;
  readonly content: ClauseContent;
}

@ObjectType('ClauseVersion', {
  description: 'One version of a clause of the library: what it says in each language, and when it stands.',
  implements: Node,
})
export class ClauseVersionType extends VersionFields implements Node {
  readonly id!: string;

  @Field(() => String, { description: 'Name of the clause, the same in all of its versions.', simple: true })
  readonly key!: string;

  @Field(() => [ClauseVariableType], { description: 'What its texts and its condition may name.', simple: true })
  readonly variables!: readonly ClauseVariableType[];

  @Field(() => String, {
    nullable: true,
    description: 'In CEL over its variables, as `v.<name>`: the clause stands where it holds; null: always.',
    simple: true,
  })
  readonly condition!: string | null;

  @Field(() => [String], { description: 'Names of the terms that it states, e.g. `guildSharePercent`.', simple: true })
  readonly terms!: readonly string[];

  @Field(() => [ClauseTextType], { description: 'What it says, by language.', simple: true })
  readonly texts!: readonly ClauseTextType[];

  /** Not a field: what the others are resolved from. */
  readonly row!: ClauseVersionRow;
}

export const ClauseVersionConnection = ConnectionOf('ClauseVersion', () => ClauseVersionType);
