/** Who acts in a sequence, and what each is to a request: told from the world as it was arranged, never asked from the server. */

export interface Person {
  readonly subject: string;
  readonly principalId: string;
  readonly platformRole?: 'SUPPORT' | 'POLICY' | 'AUDITOR';
  readonly broadcasterId?: string;
  /** By guild. */
  readonly staff?: Readonly<Record<string, 'OWNER' | 'AGENT' | 'FINANCE'>>;
  /** Broadcaster whose guardian this is, while the guardianship lasts. */
  readonly wardId?: string;
}

export interface Guild {
  readonly id: string;
  readonly cap: number | null;
}

export interface Broadcaster {
  readonly id: string;
  readonly principalId: string;
  readonly minor: boolean;
}

export interface World {
  readonly region: string;
  readonly guilds: readonly Guild[];
  readonly broadcasters: readonly Broadcaster[];
  /** Everybody of this world and the platform's staff. */
  readonly people: readonly Person[];
  /** People who have nothing to do with this world. */
  readonly strangers: readonly Person[];
  readonly guardian: Person;
  /** In force when the sequence begins. */
  readonly policy: PolicyNow;
}

export interface PolicyNow {
  readonly policyVersionId: string;
  /** Every parameter. */
  readonly parameters: unknown;
  readonly since: Date;
}

/** What a request is about, for judging who stands how to it. */
export interface Concerned {
  readonly broadcasterId: string;
  readonly guildId: string;
  readonly gainingGuildId: string | null;
}

/** The authorities of a person towards a request, the plainest order first. */
export function authoritiesOf(
  person: Person,
  about: Concerned,
  { guardianships, suspended }: { readonly guardianships: ReadonlySet<string>; readonly suspended: ReadonlySet<string> },
): string[] {
  const { staff = {} } = person;
  const ofGuild = staff[about.guildId];
  const ofGaining = about.gainingGuildId === null ? undefined : staff[about.gainingGuildId];
  return [
    ...(person.platformRole ? [person.platformRole] : []),
    // The platform acts in the place of a guild that is suspended.
    ...(person.platformRole === 'SUPPORT' && suspended.has(about.guildId) ? ['STAND_IN'] : []),
    ...(person.broadcasterId === about.broadcasterId ? ['BROADCASTER'] : []),
    ...(person.wardId === about.broadcasterId && guardianships.has(about.broadcasterId) ? ['GUARDIAN'] : []),
    ...(ofGuild ? [`GUILD_${ofGuild}`] : []),
    ...(ofGaining && about.gainingGuildId !== about.guildId ? [`GAINING_GUILD_${ofGaining}`] : []),
  ];
}
