import type pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { DEVELOPMENT_ISSUER } from '../../src/identity/index.js';
import { defaultParameters } from '../../src/policies/parameters.js';
import { defaultRules } from '../../src/policies/rule-catalogue.js';
import type { Broadcaster, Guild, Person, World } from './people.js';
import { beganBefore, writePremade, type Premade } from './premade.js';

/** When every sequence begins, whatever the time of the run is: a seed then means the same deadlines on any day. */
export const START = Date.parse('2026-03-02T10:00:00.000Z');

const AT_ONCE = 20;
const regions = [
  { like: 'EU', timeZone: 'Europe/Berlin' },
  { like: 'CN', timeZone: 'Asia/Shanghai' },
  { like: 'US', timeZone: 'America/New_York' },
] as const;

interface Rows {
  readonly region: object[];
  readonly policy_version: object[];
  readonly principal: object[];
  readonly guild: object[];
  readonly guild_staff: object[];
  readonly broadcaster: object[];
  readonly guardian: object[];
}

const columns: Readonly<Record<keyof Rows, string>> = {
  region: 'code, name, time_zone, currency',
  policy_version:
    'id, name, region_code, number, status, revision, effective, parameters, rules, published_at, created_at, updated_at',
  principal: 'id, issuer, subject, display_name',
  guild: 'id, name, region_code, status, member_cap, created_at',
  guild_staff: 'guild_id, principal_id, role, since',
  broadcaster: 'id, principal_id, handle, region_code, identity_verified_at, birth_date, created_at',
  guardian: 'broadcaster_id, principal_id, since',
};

/**
 * Worlds of a sequence's own, many in a few statements: a region with its policy, three guilds (one takes a single member), five
 * broadcasters (two members, one who waits for an answer, a minor with a guardian, who is a member in every second world, and a guild's
 * owner), and nobody else's business.
 */
export class Worlds {
  private readonly ready: World[] = [];
  private count = 0;
  private platform: { readonly staff: readonly Person[]; readonly strangers: readonly Person[] } | undefined;
  private templateVersionId = '';

  constructor(
    private readonly owner: pg.Pool,
    private readonly engine: pg.Pool,
  ) {}

  async next(): Promise<World> {
    if (this.ready.length === 0) this.ready.push(...(await this.make(AT_ONCE)));
    return this.ready.shift()!;
  }

  private async make(number: number): Promise<World[]> {
    this.platform ??= await this.readPlatform();
    const rows: Rows = {
      region: [],
      policy_version: [],
      principal: [],
      guild: [],
      guild_staff: [],
      broadcaster: [],
      guardian: [],
    };
    const premade: Premade[] = [];
    const worlds = Array.from({ length: number }, () => this.arrange(rows, premade));
    for (const [table, values] of Object.entries(rows)) {
      const names = columns[table as keyof Rows];
      await this.owner.query(
        `insert into guildhall.${table} (${names}) select ${names} from jsonb_populate_recordset(null::guildhall.${table}, $1)`,
        [JSON.stringify(values)],
      );
    }
    await writePremade(this.owner, this.engine, premade);
    return worlds;
  }

  private arrange(rows: Rows, premade: Premade[]): World {
    const n = (this.count += 1);
    const region = `M${String(n)}`;
    const { like, timeZone } = regions[n % regions.length]!;
    const long = '2015-01-01T00:00:00.000Z';
    const policy = {
      ...defaultParameters(like),
      minBroadcasterAgeYears: 16,
      majorityAgeYears: 18,
      minTermMonths: 1,
      guildShareMaxPercent: 30,
    };
    const policyVersionId = uuidv7();
    rows.region.push({ code: region, name: `Region ${region}`, time_zone: timeZone, currency: 'EUR' });
    rows.policy_version.push({
      id: policyVersionId,
      name: 'standard',
      region_code: region,
      number: 1,
      status: 'PUBLISHED',
      revision: 1,
      effective: `["${long}",)`,
      parameters: policy,
      rules: defaultRules(like),
      published_at: long,
      created_at: long,
      updated_at: long,
    });
    const principal = (name: string): { subject: string; principalId: string } => {
      const subject = `${region}-${name}`;
      const principalId = uuidv7();
      rows.principal.push({ id: principalId, issuer: DEVELOPMENT_ISSUER, subject, display_name: `Name of ${subject}` });
      return { subject, principalId };
    };
    const guild = (name: string, cap: number | null): Guild => {
      const id = uuidv7();
      rows.guild.push({
        id,
        name: `${name} of ${region}`,
        region_code: region,
        status: 'ACTIVE',
        member_cap: cap,
        created_at: long,
      });
      return { id, cap };
    };
    const broadcaster = ({ subject, principalId }: { subject: string; principalId: string }, birthDate: string): Broadcaster => {
      const id = uuidv7();
      rows.broadcaster.push({
        id,
        principal_id: principalId,
        handle: `${subject}-live`,
        region_code: region,
        identity_verified_at: long,
        birth_date: birthDate,
        created_at: long,
      });
      return { id, principalId, minor: birthDate > '2008-03-02' };
    };
    const employ = (person: { principalId: string }, { id }: Guild, role: 'OWNER' | 'AGENT' | 'FINANCE') => {
      rows.guild_staff.push({ guild_id: id, principal_id: person.principalId, role, since: long });
      return { [id]: role };
    };
    const [first, small, third] = [guild('First', null), guild('Small', 1), guild('Third', null)];
    const staff = (name: string, where: Guild, role: 'OWNER' | 'AGENT' | 'FINANCE'): Person => {
      const person = principal(name);
      return { ...person, staff: employ(person, where, role) };
    };
    const owner = staff('owner-1', first, 'OWNER');
    const ofGuilds = [
      owner,
      staff('agent-1', first, 'AGENT'),
      staff('finance-1', first, 'FINANCE'),
      staff('owner-2', small, 'OWNER'),
    ];
    const streamer = (name: string, birthDate: string) => {
      const person = principal(name);
      const made = broadcaster(person, birthDate);
      return { made, person: { ...person, broadcasterId: made.id } };
    };
    const [ann, bob, cat, mia, own] = [
      streamer('ann', '1990-01-01'),
      streamer('bob', '1991-01-01'),
      streamer('cat', '1992-01-01'),
      streamer('mia', '2009-03-20'),
      streamer('own', '1980-01-01'),
    ];
    const owning: Person = { ...own.person, staff: employ(own.person, third, 'OWNER') };
    const guardian: Person = { ...principal('guardian'), wardId: mia.made.id };
    rows.guardian.push({ broadcaster_id: mia.made.id, principal_id: guardian.principalId, since: long });
    const before = { region, timeZone, policyVersionId, templateVersionId: this.templateVersionId, policy };
    const { joinCoolingOffDays } = policy;
    premade.push(
      {
        ...before,
        broadcaster: ann.made,
        guild: { id: first.id, ownerId: owner.principalId },
        at: beganBefore(START, 120, joinCoolingOffDays),
        until: 'member',
      },
      {
        ...before,
        broadcaster: bob.made,
        guild: { id: first.id, ownerId: owner.principalId },
        at: beganBefore(START, 4, joinCoolingOffDays),
        until: 'member',
      },
      {
        ...before,
        broadcaster: cat.made,
        guild: { id: third.id, ownerId: owning.principalId },
        at: START - 3_600_000,
        until: 'drafting',
      },
    );
    if (n % 2 === 0) {
      premade.push({
        ...before,
        broadcaster: mia.made,
        guild: { id: third.id, ownerId: owning.principalId },
        consenting: { guardianId: guardian.principalId, supportId: this.platform!.staff[0]!.principalId },
        at: beganBefore(START, 60, joinCoolingOffDays),
        until: 'member',
      });
    }
    const streamers = [ann, bob, cat, mia];
    return {
      region,
      guilds: [first, small, third],
      broadcasters: [...streamers, own].map(({ made }) => made),
      people: [...streamers.map(({ person }) => person), owning, guardian, ...ofGuilds, ...this.platform!.staff],
      strangers: this.platform!.strangers,
      guardian,
      policy: { policyVersionId, parameters: policy, since: new Date(long) },
    };
  }

  /** The platform's people are the sample world's, with a second agent; strangers are its people too. */
  private async readPlatform() {
    await this.owner.query(
      `insert into guildhall.principal (id, issuer, subject, display_name, platform_role) values ($1, $2, 'sue', 'Sue Sample', 'SUPPORT')`,
      [uuidv7(), DEVELOPMENT_ISSUER],
    );
    const { rows: templates } = await this.owner.query<{ id: string }>(
      `select id from guildhall.template_version where name = 'JOIN' order by number desc limit 1`,
    );
    this.templateVersionId = templates[0]!.id;
    const { rows } = await this.owner.query<{ id: string; subject: string; platform_role: Person['platformRole'] | null }>(
      `select id, subject, platform_role from guildhall.principal where subject = any ($1) order by array_position($1, subject)`,
      [['sam', 'sue', 'pia', 'pol', 'ava', 'carlo', 'olivia']],
    );
    const all = rows.map(({ id, subject, platform_role: role }): Person => ({
      subject,
      principalId: id,
      ...(role && { platformRole: role }),
    }));
    return { staff: all.filter((each) => each.platformRole), strangers: all.filter((each) => !each.platformRole) };
  }
}
