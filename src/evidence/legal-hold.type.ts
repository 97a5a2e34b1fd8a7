import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime } from '../schema/index.js';

export enum LegalHoldReason {
  LITIGATION = 'LITIGATION',
  COURT_ORDER = 'COURT_ORDER',
  AUTHORITY = 'AUTHORITY',
  INVESTIGATION = 'INVESTIGATION',
  OTHER = 'OTHER',
}
registerEnumType(LegalHoldReason, {
  name: 'LegalHoldReason',
  description: 'Why nothing of a request may be erased.',
  valuesConfig: {
    LITIGATION: { description: 'A lawsuit about it is under way, or is to be expected.' },
    COURT_ORDER: { description: 'A court has ordered it.' },
    AUTHORITY: { description: 'An authority has asked for it.' },
    INVESTIGATION: { description: 'The platform looks into it.' },
    OTHER: { description: 'Something else, which the remark says.' },
  },
});

@ObjectType('LegalHold', {
  description: 'That nothing of a request is erased, whatever its retention says, until it is lifted. For platform staff.',
  simpleResolvers: true,
})
export class LegalHoldType {
  @Field(() => ID, { description: 'Global id.' })
  readonly id!: string;

  @Field(() => ID, { description: 'Global id of the request.' })
  readonly requestId!: string;

  @Field(() => LegalHoldReason, { description: 'Why.' })
  readonly reasonCode!: LegalHoldReason;

  @Field(() => String, { description: 'Why, in the words of who has set it.' })
  readonly remark!: string;

  @Field(() => DateTime, { description: 'Since when it stands.' })
  readonly setAt!: Date;

  @Field(() => ID, { description: 'Global id of who has set it.' })
  readonly setBy!: string;

  @Field(() => DateTime, { nullable: true, description: 'Since when it stands no more; null while it does.' })
  readonly liftedAt!: Date | null;

  @Field(() => ID, { nullable: true, description: 'Global id of who has lifted it.' })
  readonly liftedBy!: string | null;

  @Field(() => String, { nullable: true, description: 'Why it was lifted.' })
  readonly liftRemark!: string | null;
}
