import { Field, ID, InputType, Int } from 'type-graphql';
import { GuildRole } from '../guilds/guild.resolver.js';
import { DateTime, IdempotencyKey, MoneyInput } from '../schema/index.js';
import { DirectoryReason, IdentityChangeKind } from './directory.type.js';

@InputType()
abstract class DirectoryInput {
  @Field(() => DirectoryReason, { description: 'Why: goes into the audit trail.' })
  readonly reasonCode!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Words of your own, up to 2,000 characters; kept apart from the audit trail, so that they can be erased.',
  })
  readonly comment?: string | null;

  @Field(() => IdempotencyKey, {
    nullable: true,
    description: 'Send the command again with the same key after a lost answer: it is done once.',
  })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'Making somebody known.' })
export class RegisterPrincipalInput extends DirectoryInput {
  @Field(() => String, { description: 'Issuer of their tokens: `iss`.' })
  readonly issuer!: string;

  @Field(() => String, { description: 'Subject of their tokens: `sub`.' })
  readonly subject!: string;

  @Field(() => String, { description: 'Name as support knows it, up to 200 characters.' })
  readonly displayName!: string;
}

@InputType({ description: 'A command about an account.' })
export class PrincipalInput extends DirectoryInput {
  @Field(() => ID, { description: 'Global id of the principal.' })
  readonly principalId!: string;
}

@InputType({ description: 'A new guild.' })
export class RegisterGuildInput extends DirectoryInput {
  @Field(() => String, { description: 'Public name, up to 200 characters.' })
  readonly name!: string;

  @Field(() => String, { description: 'Code of the region whose rules apply to it, e.g. `EU`. For good.' })
  readonly regionCode!: string;

  @Field(() => Int, { nullable: true, description: 'How many members it may have; null: no limit.' })
  readonly memberCap?: number | null;

  @Field(() => ID, { nullable: true, description: 'Global id of the principal who owns it; can be appointed later.' })
  readonly ownerId?: string | null;
}

@InputType({ description: 'A command about a guild.' })
export class GuildInput extends DirectoryInput {
  @Field(() => ID, { description: 'Global id of the guild.' })
  readonly guildId!: string;
}

@InputType({ description: 'Another cap of members.' })
export class SetGuildCapInput extends GuildInput {
  @Field(() => Int, {
    nullable: true,
    description: 'How many members it may have; null: no limit. Nobody is put out by a lower one.',
  })
  readonly memberCap?: number | null;
}

@InputType({ description: 'A position in a guild.' })
export class StaffInput extends GuildInput {
  @Field(() => ID, { description: 'Global id of the principal; people find their own as `viewer.principalId`.' })
  readonly principalId!: string;

  @Field(() => GuildRole, { description: 'The position.' })
  readonly role!: GuildRole;
}

@InputType({ description: 'One guild going over into another.' })
export class MergeGuildsInput extends DirectoryInput {
  @Field(() => ID, { description: 'Global id of the guild that ends.' })
  readonly fromGuildId!: string;

  @Field(() => ID, { description: 'Global id of the guild that goes on.' })
  readonly intoGuildId!: string;

  @Field(() => DateTime, { description: "When; at least the policy's notice from now. Until then members leave freely." })
  readonly effectiveAt!: Date;
}

@InputType({ description: 'A new broadcaster.' })
export class RegisterBroadcasterInput extends DirectoryInput {
  @Field(() => String, { description: 'Public handle: 2 to 60 letters, digits, dots, hyphens or underscores.' })
  readonly handle!: string;

  @Field(() => String, { description: 'Code of the region in which the broadcaster lives, e.g. `EU`.' })
  readonly regionCode!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'Global id of the account; null: your own, or for support, none.',
  })
  readonly principalId?: string | null;
}

@InputType({ description: 'A command about a broadcaster.' })
export class BroadcasterInput extends DirectoryInput {
  @Field(() => ID, { description: 'Global id of the broadcaster.' })
  readonly broadcasterId!: string;
}

@InputType({ description: 'How old a broadcaster is.' })
export class AttestAgeInput extends BroadcasterInput {
  @Field(() => String, {
    nullable: true,
    description: 'Day of birth that a document shows, e.g. `1999-03-04`; null: it is only attested that the person is of age.',
  })
  readonly birthDate?: string | null;
}

@InputType({ description: 'A change of who is paid, or of who somebody is.' })
export class RecordIdentityChangeInput extends BroadcasterInput {
  @Field(() => IdentityChangeKind, { description: 'What changed.' })
  readonly change!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'Of a changed payee: the UUID under which the payout system knows the new one, if it tells. Never an account or a name.',
  })
  readonly payeeId?: string | null;
}

@InputType({ description: 'Somebody who consents for a minor.' })
export class AssignGuardianInput extends BroadcasterInput {
  @Field(() => ID, { description: 'Global id of the principal who is the guardian.' })
  readonly principalId!: string;
}

@InputType({ description: 'What one broadcaster did in one month.' })
export class ActivityLineInput {
  @Field(() => ID, { description: 'Global id of the broadcaster.' })
  readonly broadcasterId!: string;

  @Field(() => String, { description: 'The month, e.g. `2026-03`.' })
  readonly month!: string;

  @Field(() => Int, { description: 'Days with a broadcast, 0 to 31.' })
  readonly days!: number;

  @Field(() => Int, { description: 'Minutes on air.' })
  readonly minutes!: number;

  @Field(() => MoneyInput, { description: 'Gross income.' })
  readonly income!: MoneyInput;

  @Field(() => String, { description: 'Id of the line at the source: the same line again changes nothing.' })
  readonly lineId!: string;

  @Field(() => String, { nullable: true, description: 'Id of the earlier line about this month that this one corrects.' })
  readonly replaces?: string | null;
}

@InputType({ description: 'What broadcasters did, month by month.' })
export class ReportActivityInput extends DirectoryInput {
  @Field(() => String, { description: 'Who reports, e.g. `platform-statistics`; line ids are unique within it.' })
  readonly source!: string;

  @Field(() => [ActivityLineInput], { description: 'At most 1,000 lines; one bad line refuses them all.' })
  readonly lines!: ActivityLineInput[];
}
