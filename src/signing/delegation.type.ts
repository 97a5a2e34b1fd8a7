import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { ConnectionOf, DateTime, encodeGlobalId, resultUnion } from '../schema/index.js';
import type { DelegationRow } from './delegations.js';

@ObjectType('SigningDelegation', {
  description:
    'A signatory of a guild has left signing to a colleague. Whether both still may is looked at again with every signature.',
  simpleResolvers: true,
})
export class SigningDelegationType {
  @Field(() => ID, { description: 'For `revokeSigningDelegation`.' })
  readonly id!: string;

  @Field(() => ID, { description: 'Global id of the guild.' })
  readonly guildId!: string;

  @Field(() => ID, { description: 'Global id of the person in whose name is signed.' })
  readonly delegatorId!: string;

  @Field(() => ID, { description: 'Global id of the person who signs.' })
  readonly delegateId!: string;

  @Field(() => ID, { nullable: true, description: 'The one request that it is for; null: all of the guild.' })
  readonly requestId!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Until when; null: as long as the request runs.' })
  readonly until!: Date | null;

  @Field(() => DateTime, { description: 'Since when.' })
  readonly createdAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it was taken back; null: it stands.' })
  readonly revokedAt!: Date | null;
}

export const toDelegation = (row: DelegationRow): SigningDelegationType =>
  Object.assign(new SigningDelegationType(), {
    id: encodeGlobalId('SigningDelegation', row.id),
    guildId: encodeGlobalId('Guild', row.guild_id),
    delegatorId: encodeGlobalId('Principal', row.delegator_id),
    delegateId: encodeGlobalId('Principal', row.delegate_id),
    requestId: row.request_id === null ? null : encodeGlobalId('Request', row.request_id),
    until: row.until,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
  });

@InputType({ description: 'Leaving signing to a colleague: for one request, until a day, or both.' })
export class DelegateSigningInput {
  @Field(() => ID, { description: 'Global id of the guild for which the viewer signs.' })
  readonly guildId!: string;

  @Field(() => ID, { description: 'Global id of the colleague: see `guildStaff`.' })
  readonly delegateId!: string;

  @Field(() => ID, { nullable: true, description: 'Global id of the one request that it is for.' })
  readonly requestId?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Until when, at most 366 days from now; needed without a request.' })
  readonly until?: Date | null;
}

export const DelegationResult = resultUnion('DelegationResult', 'The delegation, or why not.', [SigningDelegationType]);
export const DelegationConnection = ConnectionOf('SigningDelegation', () => SigningDelegationType);
