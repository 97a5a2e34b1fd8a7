import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { inTransaction, type Transaction } from '../engine/index.js';
import { now, refused, type Refused } from './refused.js';

export interface DelegationRow {
  readonly id: string;
  readonly guild_id: string;
  readonly delegator_id: string;
  readonly delegate_id: string;
  readonly request_id: string | null;
  readonly until: Date | null;
  readonly created_at: Date;
  readonly revoked_at: Date | null;
}

export const delegationColumns = 'id, guild_id, delegator_id, delegate_id, request_id, until, created_at, revoked_at';

export interface ToDelegate {
  readonly guildId: string;
  readonly delegateId: string;
  /** For this request alone. */
  readonly requestId: string | null;
  readonly until: Date | null;
}

/** Nobody is away for longer, and a mistyped year must not leave a guild's signature in other hands for good. */
const MAX_DAYS = 366;

/**
 * Who signs in whose name. What is written here gives no right by itself: whether both still have theirs is read again with every
 * signature, by the statement that reads all authority.
 */
export class SigningDelegations {
  constructor(private readonly pool: Pool) {}

  /** A delegation that stands already is the answer to its repetition. */
  delegate(principalId: string, wanted: ToDelegate): Promise<DelegationRow | Refused> {
    return inTransaction(this.pool, async (tx) => {
      const { guildId, delegateId, requestId, until } = wanted;
      const roles = await rolesIn(tx, guildId, [principalId, delegateId]);
      const own = roles.get(principalId) ?? [];
      if (own.length === 0)
        return refused('NOT_FOUND', 'There is no such guild, or you are not of its staff.', { field: 'guildId' });
      if (!own.some((role) => role === 'OWNER' || role === 'AGENT'))
        return refused('FORBIDDEN', 'You do not sign for this guild, so there is nothing to delegate.');
      if (principalId === delegateId) return refused('OWN_DELEGATE', 'That is you.', { field: 'delegateId' });
      if (!roles.has(delegateId))
        return refused('NOT_A_COLLEAGUE', 'Signing can be left to somebody of the same guild’s staff only.', {
          field: 'delegateId',
        });
      const at = await now(tx);
      if (requestId === null && until === null)
        return refused('DELEGATION_UNBOUNDED', 'Say for which request, or until when.', { field: 'until' });
      if (until && (until.toISOString() <= at || until.getTime() > Date.parse(at) + MAX_DAYS * 86_400_000)) {
        const message = `It can last from now on for at most ${String(MAX_DAYS)} days.`;
        return refused('NOT_IN_REACH', message, { field: 'until' });
      }
      if (requestId !== null && !(await runsWith(tx, requestId, guildId)))
        return refused('NOT_FOUND', 'There is no such request of this guild that still runs.', { field: 'requestId' });
      return (await standing(tx, principalId, wanted)) ?? insert(tx, principalId, wanted, at);
    });
  }

  /** By the delegator, by an owner of the guild or by support; undefined: there is none that this person may see. */
  revoke(principalId: string, id: string): Promise<DelegationRow | Refused> {
    return inTransaction(this.pool, async (tx) => {
      const { rows } = await tx.query<DelegationRow & { may: boolean | null; sees: boolean | null }>({
        name: 'signing.delegationToRevoke',
        text: `select d.*, d.delegator_id = p.id or p.platform_role = 'SUPPORT' or 'OWNER' = any (s.roles) as may,
            p.platform_role = 'SUPPORT' or s.roles <> '{}' as sees
          from (select ${delegationColumns} from guildhall.signing_delegation where id = $1 for update) d
          join guildhall.principal p on p.id = $2 and p.disabled_at is null
          cross join lateral (select coalesce(array_agg(t.role), '{}') as roles from guildhall.guild_staff t
            where t.guild_id = d.guild_id and t.principal_id = p.id and t.until is null) s`,
        values: [id, principalId],
      });
      const [found] = rows;
      if (!found || !(found.sees || found.may))
        return refused('NOT_FOUND', 'There is no such delegation, or you may not see it.');
      if (!found.may) return refused('FORBIDDEN', 'Who delegated, an owner of the guild or support can take it back.');
      if (found.revoked_at) return found;
      const revoked = await tx.query<DelegationRow>({
        name: 'signing.revokeDelegation',
        text: `update guildhall.signing_delegation set revoked_at = date_trunc('milliseconds', guildhall.now()), revoked_by = $2 where id = $1
          returning ${delegationColumns}`,
        values: [id, principalId],
      });
      return revoked.rows[0]!;
    });
  }
}

/** What each has in the guild; nobody whose account is disabled has anything. */
async function rolesIn(tx: Transaction, guildId: string, people: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await tx.query<{ principal_id: string; roles: string[] }>({
    name: 'signing.staff',
    text: `select s.principal_id, array_agg(s.role) as roles from guildhall.guild_staff s join guildhall.principal p on p.id = s.principal_id
      where s.guild_id = $1 and s.principal_id = any ($2) and s.until is null and p.disabled_at is null group by s.principal_id`,
    values: [guildId, people],
  });
  return new Map(rows.map(({ principal_id: id, roles }) => [id, roles]));
}

async function runsWith(tx: Transaction, requestId: string, guildId: string): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'signing.requestOfGuild',
    text: `select from guildhall.request r join guildhall.instance i on i.id = r.id
      where r.id = $1 and $2 in (r.guild_id, r.gaining_guild_id) and i.status = 'active'`,
    values: [requestId, guildId],
  });
  return rowCount === 1;
}

async function standing(tx: Transaction, delegatorId: string, wanted: ToDelegate): Promise<DelegationRow | undefined> {
  const { rows } = await tx.query<DelegationRow>({
    name: 'signing.standingDelegation',
    text: `select ${delegationColumns} from guildhall.signing_delegation where guild_id = $1 and delegator_id = $2 and delegate_id = $3
      and request_id is not distinct from $4 and until is not distinct from $5 and revoked_at is null`,
    values: [wanted.guildId, delegatorId, wanted.delegateId, wanted.requestId, wanted.until],
  });
  return rows[0];
}

async function insert(tx: Transaction, delegatorId: string, wanted: ToDelegate, at: string): Promise<DelegationRow> {
  const { rows } = await tx.query<DelegationRow>({
    name: 'signing.delegate',
    text: `insert into guildhall.signing_delegation (id, guild_id, delegator_id, delegate_id, request_id, until, created_at)
      values ($1, $2, $3, $4, $5, $6, $7) returning ${delegationColumns}`,
    values: [uuidv7(), wanted.guildId, delegatorId, wanted.delegateId, wanted.requestId, wanted.until, at],
  });
  return rows[0]!;
}
