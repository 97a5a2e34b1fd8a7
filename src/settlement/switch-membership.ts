import { v7 as uuidv7 } from 'uuid';
import { switchParams } from '../../workflows/phases/index.js';
import { ExpectedRefusal, type TransactionEffect } from '../engine/index.js';

interface Judged {
  readonly broadcaster_id: string;
  readonly guild_id: string;
  readonly guild_status: string;
  readonly banned: boolean;
  readonly full: boolean;
}

/**
 * The switch: the membership begins, in the transaction of the transition. What was true when the request was submitted is
 * judged again here, under the guild's lock (its cap) and, for the broadcaster, by the exclusion constraint. A switch that comes
 * late also counts the members who began after its instant: they are there.
 */
export const switchMembership: TransactionEffect = async (tx, call) => {
  const { startsAt, terms } = switchParams.parse(call.params);
  await tx.query(
    `select pg_advisory_xact_lock(hashtextextended('guild:' || r.guild_id::text, 0)) from guildhall.request r where r.id = $1`,
    [call.instanceId],
  );
  const { rows } = await tx.query<Judged>({
    name: 'settlement.judge',
    text: `select r.broadcaster_id, r.guild_id, g.status as guild_status, b.banned_at is not null as banned,
        g.member_cap is not null and (select count(*) from guildhall.membership m where m.guild_id = g.id
          and (m.ends_at is null or m.ends_at > $2)) >= g.member_cap as full
      from guildhall.request r join guildhall.guild g on g.id = r.guild_id join guildhall.broadcaster b on b.id = r.broadcaster_id where r.id = $1`,
    values: [call.instanceId, startsAt],
  });
  const judged = rows[0]!;
  const reasons = [
    ...(judged.guild_status === 'ACTIVE'
      ? []
      : [{ code: 'GUILD_NOT_ACTIVE', message: 'The guild does not take members at present.' }]),
    ...(judged.full ? [{ code: 'GUILD_FULL', message: 'The guild has reached its cap of members.' }] : []),
    ...(judged.banned ? [{ code: 'BANNED', message: 'The broadcaster is banned from the platform.' }] : []),
  ];
  if (reasons.length > 0) throw new ExpectedRefusal(reasons);
  const membershipId = uuidv7();
  try {
    await tx.query(
      `insert into guildhall.membership (id, request_id, broadcaster_id, guild_id, starts_at, terms) values ($1, $2, $3, $4, $5, $6)`,
      [membershipId, call.instanceId, judged.broadcaster_id, judged.guild_id, startsAt, JSON.stringify(terms)],
    );
  } catch (error) {
    if ((error as { constraint?: string }).constraint !== 'membership_one_active') throw error;
    throw new ExpectedRefusal([
      { code: 'ALREADY_MEMBER', message: 'The broadcaster is a member of a guild at the time of the switch.' },
    ]);
  }
  return { type: 'SWITCHED', membershipId };
};
