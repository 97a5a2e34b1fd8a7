import { Field, ID, InputType, Int, registerEnumType } from 'type-graphql';
import { DateTime, IdempotencyKey } from '../schema/index.js';
import type { ClauseContent } from './content.js';
import type { TemplateDraft } from './template.commands.js';
import type { VariableType } from './variable.js';
import { VariableTypeEnum } from './version.type.js';

export enum TemplateDecision {
  APPROVE = 'APPROVE',
  REJECT = 'REJECT',
}
registerEnumType(TemplateDecision, {
  name: 'TemplateDecision',
  description: 'What a reviewer says.',
  valuesConfig: {
    APPROVE: { description: 'Publishes the version: it can never be changed again.' },
    REJECT: { description: 'Sends it back to its author, with a comment.' },
  },
});

const COMMENT = 'In your own words, up to 2,000 characters; kept in the trail of the version.';
const KEY = 'Send the command again with the same key after a lost answer: it is done once. For a new draft.';

@InputType({ description: 'A variable that a clause declares.' })
class ClauseVariableInput {
  @Field(() => String, { description: 'One of those in `templateDefinitions`.' })
  readonly name!: string;

  @Field(() => VariableTypeEnum, { description: 'What it holds.' })
  readonly type!: VariableType;
}

@InputType({ description: 'A clause in one language.' })
class ClauseTextInput {
  @Field(() => String, { description: 'The language, BCP 47, e.g. `zh-CN`.' })
  readonly locale!: string;

  @Field(() => String, { description: 'One line, up to 200 characters.' })
  readonly heading!: string;

  @Field(() => [String], {
    description: 'One line each, up to 5,000 characters. `{{name}}` prints a variable; there is no other syntax.',
  })
  readonly paragraphs!: string[];
}

@InputType({ description: 'What a clause says, whole.' })
export class ClauseContentInput {
  @Field(() => [ClauseVariableInput], { description: 'What its texts and its condition may name.' })
  readonly variables!: ClauseVariableInput[];

  @Field(() => String, {
    nullable: true,
    description: 'In CEL, up to 500 characters, e.g. `has(v.startAt) && v.termMonths > 0`; null: it always stands.',
  })
  readonly condition?: string | null;

  @Field(() => [String], { description: 'Names of the terms that it states.' })
  readonly terms!: string[];

  @Field(() => [ClauseTextInput], { description: 'By language; the last of one counts.' })
  readonly texts!: ClauseTextInput[];
}

@InputType({ description: 'A new draft of a clause, or a change of a draft by its author.' })
export class SaveClauseDraftInput {
  @Field(() => ID, { nullable: true, description: 'Global id of the draft; omitted: a new one.' })
  readonly clauseVersionId?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'With `clauseVersionId`: refused as `STALE_VERSION` unless it is exactly at this revision.',
  })
  readonly expectedRevision?: number | null;

  @Field(() => String, { nullable: true, description: 'Of a new draft: name of the clause, e.g. `cooling-off`.' })
  readonly key?: string | null;

  @Field(() => ClauseContentInput, { description: 'What it says.' })
  readonly content!: ClauseContentInput;

  @Field(() => String, { nullable: true, description: 'What it is about, for its reviewer; up to 2,000 characters.' })
  readonly summary?: string | null;

  @Field(() => ID, { nullable: true, description: 'Of a new draft: global id of the version that it was made from.' })
  readonly basedOnId?: string | null;

  @Field(() => IdempotencyKey, { nullable: true, description: KEY })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'What stands above the clauses, in one language.' })
class TemplateTextInput {
  @Field(() => String, { description: 'The language, BCP 47, e.g. `zh-CN`.' })
  readonly locale!: string;

  @Field(() => String, { description: 'The title, one line.' })
  readonly title!: string;

  @Field(() => [String], { description: 'What stands under the title, at most 10 lines.' })
  readonly preamble!: string[];
}

@InputType({ description: 'What a template is put together from, whole.' })
export class TemplateContentInput {
  @Field(() => [TemplateTextInput], {
    description: 'The languages it is offered in, the first one where nothing else is asked for.',
  })
  readonly texts!: TemplateTextInput[];

  @Field(() => [ID], { description: 'Global ids of clause versions, in order; drafts too, until it is published.' })
  readonly clauses!: string[];
}

@InputType({ description: 'A new draft of a template, or a change of a draft by its author.' })
export class SaveTemplateDraftInput {
  @Field(() => ID, { nullable: true, description: 'Global id of the draft; omitted: a new one.' })
  readonly templateVersionId?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'With `templateVersionId`: refused as `STALE_VERSION` unless it is exactly at this revision.',
  })
  readonly expectedRevision?: number | null;

  @Field(() => String, { nullable: true, description: 'Of a new draft: what it is for, one of `templateDefinitions`.' })
  readonly name?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Of a new draft: code of its region; omitted: everywhere without one of its own.',
  })
  readonly region?: string | null;

  @Field(() => TemplateContentInput, { description: 'What it is put together from.' })
  readonly content!: TemplateContentInput;

  @Field(() => String, { nullable: true, description: 'What it is about, for its reviewer; up to 2,000 characters.' })
  readonly summary?: string | null;

  @Field(() => ID, { nullable: true, description: 'Of a new draft: global id of the version that it was made from.' })
  readonly basedOnId?: string | null;

  @Field(() => IdempotencyKey, { nullable: true, description: KEY })
  readonly idempotencyKey?: string | null;
}

@InputType()
abstract class StepInput {
  @Field(() => ID, { description: 'Global id of the version.' })
  readonly id!: string;

  @Field(() => Int, { description: 'Refused as `STALE_VERSION` unless the version is exactly at this revision.' })
  readonly expectedRevision!: number;
}

@InputType({ description: 'Handing a draft of a clause or a template to a second person.' })
export class SubmitDraftInput extends StepInput {
  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

@InputType({ description: 'The word of a second person on a clause.' })
export class ReviewClauseInput extends StepInput {
  @Field(() => TemplateDecision, { description: 'Yes or no.' })
  readonly decision!: TemplateDecision;

  @Field(() => String, { nullable: true, description: `${COMMENT} Required to reject.` })
  readonly comment?: string | null;
}

@InputType({ description: 'The word of a second person on a template.' })
export class ReviewTemplateInput extends ReviewClauseInput {
  @Field(() => DateTime, {
    nullable: true,
    description: 'With `APPROVE`: from when it is in force, not in the past; omitted: at once.',
  })
  readonly effectiveFrom?: Date | null;
}

@InputType({ description: 'Ending a published version of a clause or a template.' })
export class RetireVersionInput extends StepInput {
  @Field(() => String, { description: COMMENT })
  readonly comment!: string;
}

export const clauseContentOf = ({ variables, condition, terms, texts }: ClauseContentInput): ClauseContent => ({
  variables: variables.map(({ name, type }) => ({ name, type })),
  condition: condition ?? null,
  terms,
  texts: Object.fromEntries(texts.map(({ locale, heading, paragraphs }) => [locale, { heading, paragraphs }])),
});

export const templateDraftOf = ({ texts, clauses }: TemplateContentInput): TemplateDraft => ({
  texts: Object.fromEntries(texts.map(({ locale, title, preamble }) => [locale, { title, preamble }])),
  locales: [...new Set(texts.map(({ locale }) => locale))],
  clauses,
});
