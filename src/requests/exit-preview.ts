import type { Pool } from 'pg';
import { daysInMs, monthsLater } from '../../workflows/kernel/index.js';
import { later } from '../../workflows/phases/index.js';
import { inTransaction, type Transaction } from '../engine/index.js';
import { policyInForce, policyVersion, pinnedPolicySql, type PinnedPolicy } from '../policies/policy.service.js';
import { NOBODY, optionsBy, type ExitOption, type Wishes } from './exit-options.js';
import { readFacts, withMinimum, type MembershipRow } from './facts.js';
import { membershipJson } from './membership-json.js';
import type { FoundSubject } from './subject.js';

/** What leaving would come to, were the terms signed as they stand. */
export interface ExitPreview {
  /** From when the terms would be in force, at the earliest. */
  readonly startsAt: string;
  readonly leavesAt: string;
  /** When the agreed term would be over; null: none is agreed. */
  readonly termEndsAt: string | null;
  /** The membership would be over by itself at that time. */
  readonly isOver: boolean;
  readonly options: readonly ExitOption[];
}

export type When = { readonly months: number } | { readonly at: string };

interface Agreed {
  readonly guildSharePercent: number;
  readonly termMonths: number;
  readonly startAt?: string;
}

/** The part of a snapshot that says what is being agreed on. */
interface Context {
  readonly terms?: Partial<Agreed>;
  readonly offer?: Omit<Agreed, 'startAt'> | null;
  readonly transferAt?: string | null;
}

interface RequestFound {
  readonly kind: string;
  readonly broadcaster_id: string;
  readonly guild_id: string;
  readonly gaining_guild_id: string | null;
  readonly policy_id: string;
  readonly snapshot: string;
  readonly now: Date;
  readonly membership: MembershipRow | null;
}

const requestSql = `select r.kind, r.broadcaster_id, r.guild_id, r.gaining_guild_id, ${pinnedPolicySql} as policy_id, i.snapshot, guildhall.now() as now,
    (select ${membershipJson} from guildhall.membership m where m.id = r.membership_id) as membership
  from guildhall.request r join guildhall.instance i on i.id = r.id where r.id = $1 and i.status = 'active'`;

/** Kinds whose texts end in a membership under the terms, and which guild it is with. */
const GUILD_OF: Readonly<Record<string, 'guild_id' | 'gaining_guild_id'>> = {
  JOIN: 'guild_id',
  AMEND: 'guild_id',
  RENEW: 'guild_id',
  TRANSFER_AGREED: 'gaining_guild_id',
  TRANSFER_PORTABLE: 'gaining_guild_id',
};

export const previewsExits = (kind: string): boolean => Object.hasOwn(GUILD_OF, kind);

/**
 * "If you leave in month 3, this happens": every way out of the membership that a request would lead to, judged by the openings and run in
 * the machines that will do it, under the policy that is in force by then as far as it is published. In a transaction that can write nothing.
 * Undefined: there are no terms yet.
 */
export async function exitPreview(pool: Pool, requestId: string, when: When, wishes: Wishes): Promise<ExitPreview | undefined> {
  return inTransaction(pool, async (tx) => {
    await tx.query('set transaction isolation level repeatable read read only');
    const { rows } = await tx.query<RequestFound>(requestSql, [requestId]);
    const request = rows[0];
    const column = request && GUILD_OF[request.kind];
    const guildId = column && request[column];
    const pinned = request && (await policyVersion(tx, request.policy_id));
    if (!guildId || !pinned) return undefined;
    const subject = await subjectOf(tx, request.broadcaster_id, guildId);
    const record = hypothetical(request, pinned, subject);
    if (!record) return undefined;
    const { startsAt, membership } = record;
    const at = 'at' in when ? later(startsAt, when.at) : monthsLater(startsAt, when.months, subject.timeZone);
    const policy = await policyInForce(tx, subject.regionCode, at);
    if (!policy) return undefined;
    const parameters = policy.parameters as unknown as Readonly<Record<string, number>>;
    const facts = await readFacts(tx, { ...subject, requestId: NOBODY, principalId: NOBODY, at, policy: parameters });
    const hasTerm = membership.termEndsAt > membership.termStartsAt;
    const isOver = hasTerm && membership.termEndsAt <= at && !pinned.parameters.autoRenew;
    const bound = withMinimum(membership, policy.parameters.minTermMonths, subject.timeZone);
    // By then this request and whatever else is open today have come to their ends.
    const then = { ...facts, openFlows: [], membership: isOver ? null : bound };
    return {
      startsAt,
      leavesAt: at,
      termEndsAt: hasTerm ? membership.termEndsAt : null,
      isOver,
      options: await optionsBy(tx, policy, then, subject, wishes),
    };
  });
}

async function subjectOf(tx: Transaction, broadcasterId: string, guildId: string): Promise<FoundSubject> {
  const { rows } = await tx.query<{ code: string; time_zone: string; currency: string; locale: string }>(
    `select r.code, r.time_zone, r.currency, r.locale from guildhall.guild g join guildhall.region r on r.code = g.region_code where g.id = $1`,
    [guildId],
  );
  const { code, time_zone: timeZone, currency, locale } = rows[0]!;
  const about = { broadcasterId, guildId, gainingGuildId: null, parentId: null, membershipId: NOBODY };
  return { ...about, regionCode: code, timeZone, currency, locale };
}

/** The membership that there would be, and from when its terms are in force: were everybody to sign now. */
function hypothetical(
  { kind, snapshot, now, membership: running }: RequestFound,
  { parameters: p }: PinnedPolicy,
  { guildId, timeZone }: FoundSubject,
): { readonly startsAt: string; readonly membership: MembershipRow } | undefined {
  const { terms, offer, transferAt } = (JSON.parse(snapshot) as { readonly context: Context }).context;
  const agreed = (offer ?? terms) as Agreed | undefined;
  if (agreed?.termMonths === undefined) return undefined;
  const at = now.toISOString();
  const after = (days: number) => new Date(now.getTime() + daysInMs(at, days, timeZone)).toISOString();
  const withTerms = (startsAt: string, { begins = startsAt, boundSince = startsAt, counts = startsAt } = {}) => ({
    startsAt,
    membership: {
      id: NOBODY,
      guildId,
      startsAt: begins,
      endsAt: null,
      terms: { ...agreed },
      boundSince,
      termStartsAt: counts,
      termEndsAt: monthsLater(counts, agreed.termMonths, timeZone),
    },
  });
  switch (kind) {
    case 'JOIN':
      return withTerms(later(after(p.joinCoolingOffDays), agreed.startAt));
    case 'AMEND':
      if (!running) return undefined;
      return withTerms(later(at, agreed.startAt), {
        begins: running.startsAt,
        boundSince: running.boundSince,
        counts: running.termStartsAt,
      });
    case 'RENEW':
      if (!running) return undefined;
      return withTerms(later(later(running.termEndsAt, after(p.joinCoolingOffDays)), agreed.startAt), {
        begins: running.startsAt,
        boundSince: running.boundSince,
      });
    default:
      return withTerms(later(after(p.transferCoolingOffDays), transferAt));
  }
}
