import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime, Node } from '../schema/index.js';

export enum GuildStatus {
  ACTIVE = 'ACTIVE',
  SUSPENDED = 'SUSPENDED',
  CLOSED = 'CLOSED',
}
registerEnumType(GuildStatus, {
  name: 'GuildStatus',
  description: 'Whether a guild may take members.',
  valuesConfig: {
    ACTIVE: { description: 'Works normally.' },
    SUSPENDED: { description: 'May not take members; exits go on.' },
    CLOSED: { description: 'Has ended.' },
  },
});

@ObjectType('Region', { description: 'A legal region: its rules, its calendar, its currency.', simpleResolvers: true })
export class RegionType {
  @Field(() => ID, { description: 'Short code, e.g. `EU`.' })
  readonly code!: string;

  @Field(() => String, { description: 'Name in English.' })
  readonly name!: string;

  @Field(() => String, { description: 'IANA time zone in which days are counted, e.g. `Europe/Berlin`.' })
  readonly timeZone!: string;

  @Field(() => String, { description: 'ISO 4217 code of its currency.' })
  readonly currency!: string;

  @Field(() => String, { description: 'Language of texts where nobody asks for another one, BCP 47, e.g. `zh-CN`.' })
  readonly locale!: string;
}

@ObjectType('Guild', {
  description: 'A guild (agency) that broadcasters can be members of.',
  implements: Node,
  simpleResolvers: true,
})
export class GuildType implements Node {
  readonly id!: string;

  @Field(() => String, { description: 'Public name.' })
  readonly name!: string;

  @Field(() => GuildStatus, { description: 'Whether it may take members.' })
  readonly status!: GuildStatus;

  @Field(() => RegionType, { description: 'The region whose rules apply to it.' })
  readonly region!: RegionType;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When it goes over into another guild, null when it does not. Until then its members may leave without fee or notice.',
  })
  readonly mergesAt!: Date | null;

  /** Not fields: keys of loaders. */
  readonly uuid!: string;
  readonly mergedIntoUuid!: string | null;
}

@ObjectType('Broadcaster', { description: 'A person who broadcasts.', implements: Node, simpleResolvers: true })
export class BroadcasterType implements Node {
  readonly id!: string;

  @Field(() => String, { description: 'Public handle on the platform.' })
  readonly handle!: string;

  @Field(() => RegionType, { description: 'The region in which the broadcaster lives.' })
  readonly region!: RegionType;

  readonly uuid!: string;
}
