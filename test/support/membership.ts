import { v7 as uuidv7 } from 'uuid';
import { DEVELOPMENT_ISSUER } from '../../src/identity/index.js';
import { encodeGlobalId } from '../../src/schema/index.js';
import type { TestApi } from './api.js';
import { DAY_MS, JoinFlow } from './join-flow.js';
import type { TestBroadcaster, TestGuild } from './world.js';

export interface TestMembership {
  readonly uuid: string;
  readonly id: string;
}

export interface TestMember extends TestMembership {
  readonly who: TestBroadcaster;
  /** Global id of the JOIN that began it. */
  readonly joinId: string;
}

/** A member who has come in as everybody does: by a JOIN that is driven to its end. The clock moves on by the cooling-off. */
export async function memberOf(api: TestApi, guild: TestGuild, who?: TestBroadcaster): Promise<TestMember> {
  const broadcaster = who ?? (await api.world.broadcaster());
  const { id } = await new JoinFlow(api).coolingOff(broadcaster, guild);
  await api.pass(16 * DAY_MS);
  const { rows } = await api.world.owner.query<{ id: string }>(
    'select id from guildhall.membership where broadcaster_id = $1 and guild_id = $2 and ends_at is null and annulled_at is null',
    [broadcaster.uuid, guild.uuid],
  );
  const uuid = rows[0]!.id;
  return { uuid, id: encodeGlobalId('Membership', uuid), who: broadcaster, joinId: id };
}

/** Many members at once, written by the owner: people without accounts, who joined a year ago for as long as both like. */
export async function enroll(api: TestApi, guild: TestGuild, count: number): Promise<TestMembership[]> {
  const ids = Array.from({ length: count }, () => uuidv7());
  await api.world.owner.query(
    `with people as (
       insert into guildhall.broadcaster (id, handle, region_code, identity_verified_at, birth_date, created_at)
       select n.id, 'member-' || n.id, 'EU', now(), '1999-03-04', now() from unnest($1::uuid[]) as n (id) returning id
     ), requests as (
       insert into guildhall.request (id, kind, broadcaster_id, guild_id, region_code, initiator, policy_version_id, template_version_id, created_at, created_by)
       select p.id, 'JOIN', p.id, $2, 'EU', 'GUILD', v.id, t.id, now(), p.id from people p
       cross join (select id from guildhall.policy_version where region_code = 'EU' limit 1) v
       cross join (select id from guildhall.template_version where name = 'JOIN' limit 1) t returning id
     ), members as (
       insert into guildhall.membership (id, request_id, broadcaster_id, guild_id, starts_at, terms)
       select r.id, r.id, r.id, $2, guildhall.now() - interval '1 year', '{"guildSharePercent": 15, "termMonths": 0}' from requests r
       returning id, request_id, starts_at, terms
     )
     insert into guildhall.membership_terms (membership_id, request_id, effective_from, terms) select id, request_id, starts_at, terms from members`,
    [ids, guild.uuid],
  );
  return ids.map((uuid) => ({ uuid, id: encodeGlobalId('Membership', uuid) }));
}

/** An agent of the platform beside the sample world's `sam`. */
export async function agent(api: TestApi, subject: string): Promise<string> {
  await api.world.owner.query(
    `insert into guildhall.principal (id, issuer, subject, display_name, platform_role) values ($1, $2, $3, $3, 'SUPPORT')`,
    [uuidv7(), DEVELOPMENT_ISSUER, subject],
  );
  return subject;
}

export interface MembershipRow {
  readonly ended: string | null;
  readonly end_kind: string | null;
  readonly end_cause: string | null;
  readonly at_fault: string | null;
  readonly annulled: boolean;
}

export async function membershipRow(api: TestApi, uuid: string): Promise<MembershipRow> {
  const { rows } = await api.world.owner.query<MembershipRow>(
    `select to_char(ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as ended, end_kind, end_cause, at_fault, annulled_at is not null as annulled
     from guildhall.membership where id = $1`,
    [uuid],
  );
  return rows[0]!;
}
