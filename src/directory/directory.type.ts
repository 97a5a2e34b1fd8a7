import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { GuildRole, PlatformRole } from '../guilds/guild.resolver.js';
import { DateTime, JsonObject, Money, Node, resultUnion } from '../schema/index.js';
import { REASON_CODES } from './reason-codes.js';

const enumOf = <Code extends string>(codes: readonly Code[]) =>
  Object.fromEntries(codes.map((code) => [code, code])) as Record<Code, Code>;

/** The codes are the directory's own list: the API can neither miss one nor offer another. */
export const DirectoryReason = enumOf(REASON_CODES);
registerEnumType(DirectoryReason, { name: 'DirectoryReason', description: 'Why the directory was changed.' });

export const DirectoryAuthorityEnum = enumOf(['SUPPORT', 'GUILD_OWNER', 'GUARDIAN', 'SELF', 'OPERATOR'] as const);
registerEnumType(DirectoryAuthorityEnum, {
  name: 'DirectoryAuthority',
  description: 'What somebody acted as when they changed the directory.',
  valuesConfig: { OPERATOR: { description: 'Whoever runs the server, by a command on its machine.' } },
});

export const IdentityChangeKind = enumOf(['PAYEE', 'IDENTITY'] as const);
registerEnumType(IdentityChangeKind, {
  name: 'IdentityChangeKind',
  description: 'What changed about a broadcaster.',
  valuesConfig: {
    PAYEE: { description: 'Who is paid, or into which account.' },
    IDENTITY: { description: 'The name or the documents of the person.' },
  },
});

@ObjectType('Principal', {
  description: 'Somebody whom an issuer of tokens knows. Visible to support, auditors and the person.',
  implements: Node,
  simpleResolvers: true,
})
export class PrincipalType implements Node {
  readonly id!: string;

  @Field(() => String, { description: 'Name as support knows it; empty once erased.' })
  readonly displayName!: string;

  @Field(() => String, { description: 'Issuer of the tokens: their `iss`.' })
  readonly issuer!: string;

  @Field(() => String, { description: 'Subject of the tokens: their `sub`.' })
  readonly subject!: string;

  @Field(() => PlatformRole, { nullable: true, description: 'Role on the platform itself, null for everybody else.' })
  readonly platformRole!: PlatformRole | null;

  @Field(() => DateTime, { nullable: true, description: 'Since when the account opens nothing, null when it is in use.' })
  readonly disabledAt!: Date | null;
}

@ObjectType('BroadcasterFile', {
  description: 'What support and auditors see of a broadcaster beside the public handle.',
  simpleResolvers: true,
})
export class BroadcasterFileType {
  /** Not fields: keys of loaders. */
  readonly uuid!: string;
  readonly principalUuid!: string | null;
  readonly guardianUuid!: string | null;

  @Field(() => DateTime, { description: 'When the broadcaster was registered.' })
  readonly createdAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When the identity was last verified, null when never.' })
  readonly identityVerifiedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Day of birth, e.g. `1999-03-04`; null when unknown or erased.' })
  readonly birthDate!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When support attested that the person is of age.' })
  readonly ofAgeAttestedAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Since when the broadcaster is banned, null when not.' })
  readonly bannedAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Until when nothing can be opened; may lie in the past.' })
  readonly lockedUntil!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When who is paid was last changed.' })
  readonly payeeChangedAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When erasure was asked for: nothing new is begun since.' })
  readonly restrictedAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When the person was erased.' })
  readonly erasedAt!: Date | null;

  @Field(() => Int, { description: 'Requests that have not ended.' })
  readonly openRequests!: number;
}

@ObjectType('DirectoryOperation', {
  description: 'Bulk work on requests that a change of the directory has set off.',
  simpleResolvers: true,
})
export class DirectoryOperation {
  @Field(() => ID, { description: 'Global id of the bulk operation.' })
  readonly id!: string;

  @Field(() => String, { description: 'Event that each request gets, e.g. `HOLD_REQUEST`.' })
  readonly type!: string;

  @Field(() => String, { description: 'Reason that each request gets with it.' })
  readonly reasonCode!: string;

  @Field(() => Int, { description: 'How many requests it concerns.' })
  readonly requests!: number;
}

@ObjectType('DirectoryEvent', {
  description: 'An entry of the audit trail of the directory: one for each change, never altered.',
  simpleResolvers: true,
})
export class DirectoryEventType {
  @Field(() => ID, { description: 'Id of the entry.' })
  readonly id!: string;

  @Field(() => DateTime, { description: 'When it happened.' })
  readonly at!: Date;

  @Field(() => ID, { nullable: true, description: 'Global id of the principal who did it; null for the operator.' })
  readonly actorId!: string | null;

  @Field(() => DirectoryAuthorityEnum, { description: 'What they acted as.' })
  readonly authority!: string;

  @Field(() => ID, { description: 'Global id of the principal, guild or broadcaster that it is about.' })
  readonly subjectId!: string;

  @Field(() => String, { description: 'Name of the mutation, e.g. `suspendGuild`.' })
  readonly action!: string;

  @Field(() => DirectoryReason, { description: 'The coded reason.' })
  readonly reasonCode!: string;

  @Field(() => JsonObject, { description: 'What changed, in ids, codes, numbers and instants.' })
  readonly details!: Readonly<Record<string, unknown>>;

  @Field(() => String, { nullable: true, description: 'Words of the actor; null when there are none, or they were erased.' })
  readonly comment!: string | null;

  @Field(() => [DirectoryOperation], { description: 'Bulk work that it has set off.' })
  readonly operations!: readonly DirectoryOperation[];
}

@ObjectType('DirectoryChange', { description: 'A change of the directory that was carried out.' })
export class DirectoryChangeType {
  @Field(() => DirectoryEventType, { description: 'Its entry in the audit trail.' })
  readonly event!: DirectoryEventType;

  /** Not fields: keys of loaders. */
  readonly subjectType!: string;
  readonly subjectUuid!: string;
}

export const DirectoryResult = resultUnion(
  'DirectoryResult',
  'The change with its entry in the audit trail, or why it was refused.',
  [DirectoryChangeType],
);

@ObjectType('StaffMember', { description: 'Somebody who holds, or held, a position in a guild.', simpleResolvers: true })
export class StaffMember {
  @Field(() => ID, { description: 'Global id of the principal.' })
  readonly principalId!: string;

  @Field(() => String, { nullable: true, description: 'Name; visible to support and auditors, and one’s own.' })
  readonly displayName!: string | null;

  @Field(() => GuildRole, { description: 'The position.' })
  readonly role!: string;

  @Field(() => DateTime, { description: 'Held since.' })
  readonly since!: Date;

  @Field(() => DateTime, { nullable: true, description: 'Held until, null while it is held.' })
  readonly until!: Date | null;
}

@ObjectType('ActivityMonth', { description: 'What a broadcaster did in a month, as reported.', simpleResolvers: true })
export class ActivityMonth {
  @Field(() => String, { description: 'The month, e.g. `2026-03`.' })
  readonly month!: string;

  @Field(() => Int, { description: 'Days with a broadcast.' })
  readonly days!: number;

  @Field(() => Int, { description: 'Minutes on air.' })
  readonly minutes!: number;

  @Field(() => Money, { description: 'Gross income.' })
  readonly income!: Money;

  @Field(() => String, { description: 'Who reported it.' })
  readonly source!: string;

  @Field(() => String, { description: 'Id of the line at the source.' })
  readonly lineId!: string;

  @Field(() => DateTime, { description: 'When it was reported or last corrected.' })
  readonly reportedAt!: Date;
}
