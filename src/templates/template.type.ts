import { Field, ObjectType } from 'type-graphql';
import { RegionType } from '../guilds/guild.type.js';
import { ConnectionOf, DateTime, Node } from '../schema/index.js';
import type { TemplateContent } from './content.js';
import { VersionFields, type VersionRow } from './version.type.js';

@ObjectType('TemplateText', { description: 'What stands above the clauses, in one language.', simpleResolvers: true })
export class TemplateTextType {
  @Field(() => String, { description: 'The language, BCP 47.' })
  readonly locale!: string;

  @Field(() => String, { description: 'The title, with `{{variables}}` that are never absent.' })
  readonly title!: string;

  @Field(() => [String], { description: 'What stands under the title, line by line.' })
  readonly preamble!: readonly string[];
}

export interface TemplateVersionRow extends VersionRow {
  readonly name: string;
  readonly region_code: string | null;
  readonly region: RegionType | null;
  readonly body: string | null;
  readonly content: TemplateContent | null;
  readonly effective_from: Date | null;
  readonly effective_to: Date | null;
}

@ObjectType('TemplateVersion', {
  description: 'One version of a template: the clauses, in order, of which a text is put together.',
  implements: Node,
})
export class TemplateVersionType extends VersionFields implements Node {
  readonly id!: string;

  @Field(() => String, { description: 'What it is for, e.g. `JOIN`: see `templateDefinitions`.', simple: true })
  readonly name!: string;

  @Field(() => RegionType, {
    nullable: true,
    description: 'The region it is for; null: everywhere that has no version of its own.',
    simple: true,
  })
  readonly region!: RegionType | null;

  @Field(() => [TemplateTextType], {
    description: 'The languages it is offered in, the first one where nothing else is asked for; empty for a plain text.',
    simple: true,
  })
  readonly texts!: readonly TemplateTextType[];

  @Field(() => String, {
    nullable: true,
    description: 'The text of a version from before there were clauses; null otherwise.',
    simple: true,
  })
  readonly plainText!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'From when it is in force; null while unpublished, or when called off.',
    simple: true,
  })
  readonly effectiveFrom!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Until when it is in force, exclusive; null: no end is known.',
    simple: true,
  })
  readonly effectiveTo!: Date | null;

  /** Not a field: what the others are resolved from. */
  readonly row!: TemplateVersionRow;
}

export const TemplateVersionConnection = ConnectionOf('TemplateVersion', () => TemplateVersionType);
