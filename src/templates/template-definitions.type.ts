import { Field, ObjectType } from 'type-graphql';
import { JsonObject, TextPlace } from '../schema/index.js';
import { ClauseVersionType } from './clause.type.js';
import { AgreementDocumentType } from './document.type.js';
import { TemplateTextType } from './template.type.js';
import type { VariableType } from './variable.js';
import { VariableTypeEnum } from './version.type.js';

@ObjectType('TemplateVariable', { description: 'Something that a template of one name may print or ask.', simpleResolvers: true })
export class TemplateVariableType {
  @Field(() => String, { description: 'As it is written: `{{name}}` in a text, `v.name` in a condition.' })
  readonly name!: string;

  @Field(() => VariableTypeEnum, { description: 'What it holds.' })
  readonly type!: VariableType;

  @Field(() => Boolean, {
    description: 'Absent in some requests: it can be printed only in a clause whose condition needs it, e.g. `has(v.startAt)`.',
  })
  readonly optional!: boolean;

  @Field(() => [String], { description: 'The options of an ENUM; empty otherwise.' })
  readonly options!: readonly string[];

  @Field(() => String, { description: 'What it is.' })
  readonly description!: string;
}

@ObjectType('TemplateDefinition', {
  description: 'What templates of one name are for, and what they may name.',
  simpleResolvers: true,
})
export class TemplateDefinitionType {
  @Field(() => String, { description: 'The name, e.g. `JOIN`.' })
  readonly name!: string;

  @Field(() => String, { description: 'What it is for.' })
  readonly description!: string;

  @Field(() => [TemplateVariableType], { description: 'What it may print or ask.' })
  readonly variables!: readonly TemplateVariableType[];

  @Field(() => [String], { description: 'Terms that its clauses may state.' })
  readonly terms!: readonly string[];
}

@ObjectType('TemplateProblem', { description: 'What is wrong with a clause or a template, and where.', simpleResolvers: true })
export class TemplateProblemType {
  @Field(() => String, { description: 'Stable, UPPER_SNAKE, e.g. `UNKNOWN_VARIABLE`, `OPTIONAL_VARIABLE`, `MISSING_LOCALE`.' })
  readonly code!: string;

  @Field(() => String, { description: 'One sentence for a person, in English.' })
  readonly message!: string;

  @Field(() => TextPlace, { description: 'Where.' })
  readonly place!: TextPlace;
}

@ObjectType('TemplatePreview', { description: 'A template, filled with sample data. Nothing is stored.', simpleResolvers: true })
export class TemplatePreviewType {
  @Field(() => JsonObject, { description: 'The values that were filled in: the given ones, and samples for the rest.' })
  readonly values!: Record<string, unknown>;

  @Field(() => AgreementDocumentType, { nullable: true, description: 'The text; null where there are problems.' })
  readonly document!: AgreementDocumentType | null;

  @Field(() => [TemplateProblemType], { description: 'Why it could not be filled with these values; empty: it could.' })
  readonly problems!: readonly TemplateProblemType[];
}

@ObjectType('TemplateTextChange', { description: 'A title or preamble in which two versions differ.', simpleResolvers: true })
export class TemplateTextChangeType {
  @Field(() => String, { description: 'The language.' })
  readonly locale!: string;

  @Field(() => TemplateTextType, { nullable: true, description: 'In the first version; null: not offered in this language.' })
  readonly before!: TemplateTextType | null;

  @Field(() => TemplateTextType, { nullable: true, description: 'In the second version; null: not offered in this language.' })
  readonly after!: TemplateTextType | null;
}

@ObjectType('TemplateClauseChange', { description: 'A clause in which two versions differ.', simpleResolvers: true })
export class TemplateClauseChangeType {
  @Field(() => String, { description: 'Key of the clause.' })
  readonly key!: string;

  @Field(() => ClauseVersionType, { nullable: true, description: 'In the first version; null: it was not there.' })
  readonly before!: ClauseVersionType | null;

  @Field(() => ClauseVersionType, { nullable: true, description: 'In the second version; null: it is not there any more.' })
  readonly after!: ClauseVersionType | null;

  @Field(() => Boolean, { description: 'Whether it stands at another place among those that both have.' })
  readonly moved!: boolean;
}

@ObjectType('TemplateDifference', { description: 'In what two template versions differ.', simpleResolvers: true })
export class TemplateDifferenceType {
  @Field(() => [TemplateTextChangeType], { description: 'Titles and preambles that differ, and languages that came or went.' })
  readonly texts!: readonly TemplateTextChangeType[];

  @Field(() => [TemplateClauseChangeType], { description: 'The clauses that differ, in the order of the second version.' })
  readonly clauses!: readonly TemplateClauseChangeType[];
}
