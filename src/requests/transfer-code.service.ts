import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import type { Reason } from '../../workflows/kernel/index.js';
import { portableFailures, type Opening } from '../../workflows/phases/index.js';
import { inTransaction, type Transaction } from '../engine/index.js';
import { policyInForce } from '../policies/policy.service.js';
import { lockBroadcaster } from '../settlement/locks.js';
import { readFacts } from './facts.js';
import { authorityToOpen, readSubject } from './subject.js';
import { isSecretOf, makeCode, readCode } from './transfer-code.js';

export interface Refused {
  readonly code: string;
  readonly reasons: readonly Reason[];
}
const refused = (code: string, message: string, more: Partial<Reason> = {}): Refused => ({
  code,
  reasons: [{ code, message, ...more }],
});

const HOUR_MS = 3_600_000;
const after = (instant: Date | string, ms: number): string => new Date(new Date(instant).getTime() + ms).toISOString();

/** A code is about a membership, and made for the broadcaster's side alone. */
const asking: Pick<Opening, 'subject' | 'by'> = {
  subject: 'MEMBERSHIP',
  by: { BROADCASTER: ['BROADCASTER'], GUARDIAN: ['GUARDIAN'] },
};

/** One-time codes by which a broadcaster moves: made after a check, kept as salted hashes, and tried only so many times. */
export class TransferCodes {
  constructor(private readonly pool: Pool) {}

  /** A new code, which voids the one before; or everything that stands in its way. `membershipId` or the broadcaster's own. */
  make(
    principalId: string,
    about: { readonly membershipId?: string; readonly broadcasterId?: string },
  ): Promise<{ readonly code: string; readonly expiresAt: string } | Refused> {
    return inTransaction(this.pool, async (tx) => {
      const at = await now(tx);
      const subject = await readSubject(tx, asking, { ...about, said: {} }, at);
      const nothing = refused('NOT_FOUND', 'There is no such membership, or you may not see it.');
      if (!subject) return nothing;
      await lockBroadcaster(tx, subject.broadcasterId);
      const opener = await authorityToOpen(tx, asking as Opening, subject, principalId, undefined);
      if (opener === 'NOTHING') return nothing;
      if (!opener) return refused('FORBIDDEN', 'Only the broadcaster or the guardian can have a code made.');
      const policy = await policyInForce(tx, subject.regionCode, at);
      if (!policy) return refused('NO_POLICY', 'No policy is in force for this region.');
      const { parameters } = policy;
      const facts = await readFacts(tx, {
        ...subject,
        requestId: randomUUID(),
        principalId,
        at,
        policy: parameters as unknown as Readonly<Record<string, number>>,
      });
      const failures = portableFailures(facts);
      if (failures.length > 0) return { code: 'NOT_ELIGIBLE', reasons: failures };
      const { rows: made } = await tx.query<{ created_at: Date }>({
        name: 'transferCodes.made',
        text: `select created_at from guildhall.transfer_code where broadcaster_id = $1 and created_at > $2::timestamptz - interval '24 hours'
          order by created_at desc limit $3`,
        values: [subject.broadcasterId, at, parameters.transferCodesPerDay],
      });
      if (made.length >= parameters.transferCodesPerDay) {
        return refused('TOO_MANY_CODES', `In 24 hours at most ${String(parameters.transferCodesPerDay)} codes are made.`, {
          until: after(made.at(-1)!.created_at, 24 * HOUR_MS),
        });
      }
      const { code, selector, salt, hash } = makeCode();
      const expiresAt = after(at, parameters.transferCodeTtlHours * HOUR_MS);
      await tx.query({
        name: 'transferCodes.void',
        text: 'update guildhall.transfer_code set voided_at = $2 where broadcaster_id = $1 and voided_at is null and used_at is null',
        values: [subject.broadcasterId, at],
      });
      await tx.query({
        name: 'transferCodes.insert',
        text: `insert into guildhall.transfer_code (id, broadcaster_id, membership_id, selector, salt, hash, created_at, created_by, expires_at)
          values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        // Not the usual UUIDv7: whoever knows this id can start a transfer, so it holds no time and nothing else to go by.
        values: [randomUUID(), subject.broadcasterId, subject.membershipId, selector, salt, hash, at, principalId, expiresAt],
      });
      return { code, expiresAt };
    });
  }

  /**
   * Takes one of the attempts that a person and a guild have in an hour. It counts as failed until `succeeded` says otherwise, so that
   * attempts at the same time cannot be more than these.
   */
  attempt(principalId: string, guildId: string): Promise<{ readonly attemptId: string } | Refused> {
    return inTransaction(this.pool, async (tx) => {
      const { rows } = await tx.query<{ region_code: string; acts: boolean }>({
        name: 'transferCodes.guild',
        text: `select g.region_code, exists (select from guildhall.guild_staff s join guildhall.principal p on p.id = s.principal_id
            where s.guild_id = g.id and s.principal_id = $2 and s.until is null and s.role in ('OWNER', 'AGENT') and p.disabled_at is null) as acts
          from guildhall.guild g where g.id = $1`,
        values: [guildId, principalId],
      });
      const [guild] = rows;
      if (!guild) return refused('NOT_FOUND', 'There is no such guild.', { field: 'guildId' });
      if (!guild.acts) return refused('FORBIDDEN', 'You do not commit this guild.', { field: 'guildId' });
      // Always in this order: a person's attempts for two guilds wait for each other, and never in a ring.
      for (const key of [`principal:${principalId}`, `guild:${guildId}`])
        await tx.query(`select pg_advisory_xact_lock(hashtextextended('transfer-code:' || $1::text, 0))`, [key]);
      const at = await now(tx);
      const policy = await policyInForce(tx, guild.region_code, at);
      if (!policy) return refused('NO_POLICY', 'No policy is in force for this region.');
      const until = await blockedUntil(tx, principalId, guildId, at, policy.parameters.transferCodeAttempts);
      if (until !== undefined) return refused('TOO_MANY_ATTEMPTS', 'Too many codes were wrong; try again later.', { until });
      const attemptId = uuidv7();
      await tx.query({
        name: 'transferCodes.attempt',
        text: 'insert into guildhall.transfer_code_attempt (id, principal_id, guild_id, at) values ($1, $2, $3, $4)',
        values: [attemptId, principalId, guildId, at],
      });
      return { attemptId };
    });
  }

  async succeeded(attemptId: string): Promise<void> {
    await this.pool.query('update guildhall.transfer_code_attempt set succeeded_at = guildhall.now() where id = $1', [attemptId]);
  }

  /** Whose code was typed. Whether it is still good is judged where it is used up, so that a repeated command finds its first answer. */
  async find(typed: string): Promise<{ readonly codeId: string; readonly membershipId: string } | undefined> {
    const code = readCode(typed);
    const { rows } = await this.pool.query<{ id: string; membership_id: string; salt: string; hash: string }>({
      name: 'transferCodes.find',
      text: 'select id, membership_id, salt, hash from guildhall.transfer_code where selector = $1',
      values: [code?.selector ?? ''],
    });
    const found = code && rows.find((row) => isSecretOf(code, row));
    return found && { codeId: found.id, membershipId: found.membership_id };
  }
}

async function now(tx: Transaction): Promise<string> {
  const { rows } = await tx.query<{ at: Date }>(`select date_trunc('milliseconds', guildhall.now()) as at`);
  return rows[0]!.at.toISOString();
}

/** Until when a person, or everybody of a guild, has no attempt left; undefined: there is one. */
async function blockedUntil(
  tx: Transaction,
  principalId: string,
  guildId: string,
  at: string,
  limit: number,
): Promise<string | undefined> {
  const failed = (column: 'principal_id' | 'guild_id', parameter: string) =>
    `(select a.at from guildhall.transfer_code_attempt a where a.${column} = ${parameter} and a.succeeded_at is null
      and a.at > $3::timestamptz - interval '1 hour' order by a.at desc offset $4 limit 1)`;
  const { rows } = await tx.query<{ last: Date | null }>({
    name: 'transferCodes.failed',
    text: `select greatest(${failed('principal_id', '$1')}, ${failed('guild_id', '$2')}) as last`,
    values: [principalId, guildId, at, limit - 1],
  });
  const last = rows[0]?.last;
  return last ? after(last, HOUR_MS) : undefined;
}
