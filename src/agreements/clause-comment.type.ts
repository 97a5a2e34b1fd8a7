import { Field, ID, ObjectType } from 'type-graphql';
import type { Party } from '../../workflows/phases/index.js';
import { ConnectionOf, DateTime } from '../schema/index.js';

export interface ClauseCommentRow {
  readonly id: string;
  readonly agreement_version_id: string;
  readonly clause_key: string;
  readonly party: Party;
  readonly own: boolean;
  readonly body: string | null;
  readonly created_at: Date;
  readonly erased_at: Date | null;
}

@ObjectType('ClauseComment', {
  description:
    'What somebody has said about a clause. Seen by exactly those who see that text; part of no agreement and no history.',
  simpleResolvers: true,
})
export class ClauseCommentType {
  @Field(() => ID, { description: 'Opaque, stable.' })
  readonly id!: string;

  @Field(() => String, { description: 'Key of the clause.' })
  readonly clause!: string;

  @Field(() => String, {
    description: 'For whom it was said: `BROADCASTER`, `GUARDIAN`, `GUILD`, `GAINING_GUILD` or `PLATFORM`.',
  })
  readonly party!: Party;

  @Field(() => Boolean, { description: 'Whether the viewer has said it.' })
  readonly isOwn!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'The words, as they were written: escape them before they go into a page. Null: erased.',
  })
  readonly body!: string | null;

  @Field(() => DateTime, { description: 'When.' })
  readonly createdAt!: Date;
}

export const ClauseCommentConnection = ConnectionOf('ClauseComment', () => ClauseCommentType);
