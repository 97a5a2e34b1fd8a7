import { Field, ObjectType } from 'type-graphql';
import { textOf, type AgreementDocument } from '../agreements/document.js';

@ObjectType('AgreementClause', { description: 'One clause of a text, as it is printed.', simpleResolvers: true })
export class AgreementClauseType {
  @Field(() => String, {
    description:
      'Its name in the library, the same in every language and version: differences, comments and refusals refer to it.',
  })
  readonly key!: string;

  @Field(() => String, { description: 'As printed, e.g. `3`.' })
  readonly number!: string;

  @Field(() => String, { description: 'Its heading.' })
  readonly heading!: string;

  @Field(() => [String], { description: 'Its paragraphs, plain text: escape it before it goes into a page.' })
  readonly paragraphs!: readonly string[];

  @Field(() => [String], { description: 'Names of the terms that it states, e.g. `guildSharePercent`.' })
  readonly terms!: readonly string[];
}

@ObjectType('AgreementDocument', {
  description: 'A text as data, for reading only: what is signed, and what holds, is `Agreement.text`.',
  simpleResolvers: true,
})
export class AgreementDocumentType {
  @Field(() => String, { description: 'Its language, BCP 47.' })
  readonly locale!: string;

  @Field(() => String, { description: 'The title.' })
  readonly title!: string;

  @Field(() => [String], { description: 'What stands under the title, line by line.' })
  readonly preamble!: readonly string[];

  @Field(() => [AgreementClauseType], { description: 'Its clauses, in order; those whose condition does not hold are left out.' })
  readonly clauses!: readonly AgreementClauseType[];

  @Field(() => String, { description: 'All of it as plain text.' })
  readonly text!: string;
}

export const toDocument = (document: AgreementDocument): AgreementDocumentType =>
  Object.assign(new AgreementDocumentType(), { ...document, text: textOf(document) });
