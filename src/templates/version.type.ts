import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime } from '../schema/index.js';
import { VARIABLE_TYPES, type VariableType } from './variable.js';

/** What versions of clauses and of templates have in common. */

export enum TemplateStatus {
  DRAFT = 'DRAFT',
  IN_REVIEW = 'IN_REVIEW',
  PUBLISHED = 'PUBLISHED',
  RETIRED = 'RETIRED',
}
registerEnumType(TemplateStatus, {
  name: 'TemplateStatus',
  description: 'Where a version of a clause or a template is on its way.',
  valuesConfig: {
    DRAFT: { description: 'Its author is writing it, or its reviewer has sent it back.' },
    IN_REVIEW: { description: 'Waiting for a second person of the policy staff.' },
    PUBLISHED: { description: 'Unchangeable.' },
    RETIRED: { description: 'No longer for new drafts and requests; what was made with it keeps it.' },
  },
});

export const VariableTypeEnum = Object.fromEntries(VARIABLE_TYPES.map((type) => [type, type])) as Record<
  VariableType,
  VariableType
>;
registerEnumType(VariableTypeEnum, {
  name: 'TemplateVariableType',
  description: 'What a variable holds, and how it is printed in the language of the text.',
  valuesConfig: {
    MONEY: { description: 'An amount with its currency. In a condition: minor units.' },
    PERCENTAGE: { description: 'Whole percent.' },
    DURATION: { description: 'A number of hours, days, months or years, with its unit.' },
    DATE: { description: 'A day.' },
    INSTANT: { description: "A day and time, in the region's time zone. In a condition: text in UTC, which sorts as time does." },
    INTEGER: { description: 'A whole number.' },
    ENUM: { description: 'One of a few options, by its words in the language.' },
    BOOLEAN: { description: 'True or false: for conditions, never printed.' },
    PARTY: { description: 'The name of somebody who takes part, as they write it.' },
    TEXT: { description: 'Other words.' },
  },
});

@ObjectType('TemplateEvent', {
  description: 'A step of a version of a clause or a template; none is ever changed or removed.',
  simpleResolvers: true,
})
export class TemplateEventType {
  @Field(() => Int, { description: 'Revision that the version got by it; dense, from 1.' })
  readonly revision!: number;

  @Field(() => DateTime, { description: 'When.' })
  readonly at!: Date;

  @Field(() => String, {
    description:
      '`CREATED`, `UPDATED`, `SUBMITTED`, `REJECTED`, `PUBLISHED`, `PERIOD_CHANGED` (by another version) or `RETIRED`.',
  })
  readonly action!: string;

  @Field(() => ID, { nullable: true, description: 'Opaque id of who did it; null: the owner of the database.' })
  readonly actorId!: string | null;

  @Field(() => String, { nullable: true, description: 'What was said with it, e.g. why a reviewer has rejected.' })
  readonly remark!: string | null;
}

/** Columns that both tables have, as they are read. */
export interface VersionRow {
  readonly id: string;
  readonly number: number;
  readonly status: TemplateStatus;
  readonly revision: number;
  readonly summary: string | null;
  readonly author_id: string | null;
  readonly reviewer_id: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly published_at: Date | null;
  readonly retired_at: Date | null;
}

@ObjectType()
export abstract class VersionFields {
  @Field(() => Int, { description: 'Counts the versions, from 1.', simple: true })
  readonly number!: number;

  @Field(() => TemplateStatus, { description: 'Where it is on its way.', simple: true })
  readonly status!: TemplateStatus;

  @Field(() => Int, { description: 'Counts up with every change: pass it as `expectedRevision`.', simple: true })
  readonly revision!: number;

  @Field(() => String, { nullable: true, description: 'What it is about, in the words of its author.', simple: true })
  readonly summary!: string | null;

  @Field(() => DateTime, { description: 'When the draft was made.', simple: true })
  readonly createdAt!: Date;

  @Field(() => DateTime, { description: 'When it last changed.', simple: true })
  readonly updatedAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it was approved; null before.', simple: true })
  readonly publishedAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was retired; null otherwise.', simple: true })
  readonly retiredAt!: Date | null;
}

export const versionFields = (row: VersionRow) => ({
  number: row.number,
  status: row.status,
  revision: row.revision,
  summary: row.summary,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  publishedAt: row.published_at,
  retiredAt: row.retired_at,
});
