import { Field, Int, ObjectType } from 'type-graphql';
import { AgreementClauseType } from '../templates/document.type.js';
import { TermChangeType } from './agreement.type.js';

@ObjectType('ClauseChange', { description: 'A clause in which two versions of an agreement differ.', simpleResolvers: true })
export class ClauseChangeType {
  @Field(() => String, { description: 'Key of the clause.' })
  readonly key!: string;

  @Field(() => AgreementClauseType, { nullable: true, description: 'As it was; null: it was not there.' })
  readonly before!: AgreementClauseType | null;

  @Field(() => AgreementClauseType, { nullable: true, description: 'As it is; null: it is not there any more.' })
  readonly after!: AgreementClauseType | null;
}

@ObjectType('AgreementDifference', { description: 'In what a version differs from an earlier one.', simpleResolvers: true })
export class AgreementDifferenceType {
  @Field(() => Int, { description: 'The earlier version.' })
  readonly against!: number;

  @Field(() => [TermChangeType], { description: 'Term by term, in the order of their names.' })
  readonly terms!: readonly TermChangeType[];

  @Field(() => [ClauseChangeType], {
    description:
      'Clause by clause, in the order of this version, both in the language that holds; empty where one of them was drawn up before there were clauses.',
  })
  readonly clauses!: readonly ClauseChangeType[];
}
