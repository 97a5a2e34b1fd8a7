import type { Reason } from '../../workflows/kernel/index.js';
import { ExpectedRefusal, type Links, type Transaction } from '../engine/index.js';

export interface Membership {
  readonly id: string;
  readonly broadcasterId: string;
  readonly guildId: string;
  readonly startsAt: Date;
  readonly endsAt: Date | null;
}

/** A membership that counts, locked; undefined for one that was annulled or never was. */
export async function lockMembership(tx: Transaction, membershipId: string): Promise<Membership | undefined> {
  const { rows } = await tx.query<Membership>({
    name: 'settlement.lockMembership',
    text: `select id, broadcaster_id as "broadcasterId", guild_id as "guildId", starts_at as "startsAt", ends_at as "endsAt"
      from guildhall.membership where id = $1 and annulled_at is null for update`,
    values: [membershipId],
  });
  return rows[0];
}

export const NOT_A_MEMBER: Reason = { code: 'NOT_A_MEMBER', message: 'The membership has ended already.' };
export const ALREADY_MEMBER: Reason = {
  code: 'ALREADY_MEMBER',
  message: 'The broadcaster is a member of a guild at the time of the switch.',
};

/** What forbids a guild to take a member now. A switch that comes late also counts those who began after its instant: they are there. */
export async function objectionsOfGuild(tx: Transaction, guildId: string, broadcasterId: string, at: string): Promise<Reason[]> {
  const { rows } = await tx.query<{ readonly guild_status: string; readonly banned: boolean; readonly full: boolean }>({
    name: 'settlement.judge',
    text: `select g.status as guild_status, b.banned_at is not null as banned,
        g.member_cap is not null and (select count(*) from guildhall.membership m where m.guild_id = g.id and m.annulled_at is null
          and (m.ends_at is null or m.ends_at > $3)) >= g.member_cap as full
      from guildhall.guild g cross join guildhall.broadcaster b where g.id = $1 and b.id = $2`,
    values: [guildId, broadcasterId, at],
  });
  const judged = rows[0]!;
  return [
    ...(judged.guild_status === 'ACTIVE'
      ? []
      : [{ code: 'GUILD_NOT_ACTIVE', message: 'The guild does not take members at present.' }]),
    ...(judged.full ? [{ code: 'GUILD_FULL', message: 'The guild has reached its cap of members.' }] : []),
    ...(judged.banned ? [{ code: 'BANNED', message: 'The broadcaster is banned from the platform.' }] : []),
  ];
}

/** The database decides who is a member of what: its "no" becomes a refusal that the machine knows. */
export async function refusingOverlap(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if ((error as { constraint?: string }).constraint !== 'membership_one_active') throw error;
    throw new ExpectedRefusal([ALREADY_MEMBER]);
  }
}

export interface NewMembership {
  readonly id: string;
  readonly requestId: string;
  readonly broadcasterId: string;
  readonly guildId: string;
  readonly startsAt: string;
  readonly terms: object;
  /** From when the term counts, where that is not its beginning. */
  readonly termFrom?: string;
}

export async function beginMembership(tx: Transaction, membership: NewMembership): Promise<void> {
  const { id, requestId, broadcasterId, guildId, startsAt, terms, termFrom = null } = membership;
  await refusingOverlap(() =>
    tx.query({
      name: 'settlement.begin',
      text: `with m as (
          insert into guildhall.membership (id, request_id, broadcaster_id, guild_id, starts_at, terms) values ($1, $2, $3, $4, $5, $6) returning id)
        insert into guildhall.membership_terms (membership_id, request_id, effective_from, terms, term_from) select id, $2, $5, $6, $7 from m`,
      values: [id, requestId, broadcasterId, guildId, startsAt, JSON.stringify(terms), termFrom],
    }),
  );
}

export interface MembershipEnd {
  readonly requestId: string;
  readonly endsAt: string;
  readonly endKind: string;
  readonly endCause: string | null;
  readonly atFault: string | null;
}

/** Ends a membership, at its beginning at the earliest, and with it every other request that was about it. */
export async function finishMembership(tx: Transaction, links: Links, membership: Membership, end: MembershipEnd): Promise<void> {
  await tx.query({
    name: 'settlement.end',
    text: `update guildhall.membership set ends_at = greatest($2::timestamptz, starts_at), ended_by_request_id = $3, end_kind = $4, end_cause = $5,
        at_fault = $6 where id = $1`,
    values: [membership.id, end.endsAt, end.requestId, end.endKind, end.endCause, end.atFault],
  });
  await supersedeOthers(tx, links, membership.id, end.requestId);
}

/** Every other request about a membership ends when it does. */
export async function supersedeOthers(tx: Transaction, links: Links, membershipId: string, byRequestId: string): Promise<void> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'settlement.others',
    text: `select r.id from guildhall.request r join guildhall.instance i on i.id = r.id
      where r.membership_id = $1 and r.id <> $2 and i.status = 'active' order by r.id`,
    values: [membershipId, byRequestId],
  });
  // A kind that goes on after the membership (a dispute, a payment) does not take the event, and nothing happens to it.
  for (const { id } of rows) await links.send(id, { type: 'SUPERSEDE_REQUEST', byRequestId });
}
