import { reopenParams } from '../../workflows/reopen/index.js';
import { definitionOf } from '../../workflows/registry.js';
import type { Reason } from '../../workflows/kernel/index.js';
import { ExpectedRefusal, type Transaction, type TransactionEffect } from '../engine/index.js';

interface OriginalRow {
  readonly kind: string;
  readonly machine_version: number;
  readonly broadcaster_id: string;
  readonly guild_id: string;
  readonly gaining_guild_id: string | null;
  readonly membership_id: string | null;
  readonly parent_id: string | null;
  readonly initiator: string;
  readonly started: string;
  /** Who of the platform has acted in it: a dispute that is taken up again is decided by somebody else. */
  readonly agents: readonly string[];
}

const originalSql = `
select r.kind, i.machine_version, r.broadcaster_id, r.guild_id, r.gaining_guild_id, r.membership_id, r.parent_id, r.initiator, h.event as started,
  array(select distinct a.actor_id from guildhall.history a where a.instance_id = r.id and a.authority = 'SUPPORT') as agents
from guildhall.request r join guildhall.instance i on i.id = r.id join guildhall.history h on h.instance_id = r.id and h.seq = 1 where r.id = $1`;

/** What was said when the original was opened: its first entry holds it. The first version of JOIN had the terms beside the ids. */
function saidOf(started: string): object {
  const { input } = JSON.parse(started) as { input: { said?: object; terms?: object } };
  return input.said ?? { terms: input.terms };
}

const present = (fields: Readonly<Record<string, string | null>>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

/**
 * Takes the original up again as a new request of its kind, about the same, said in the same words; it follows the original, or,
 * where its kind is about another request, is about that one. What is no longer eligible is not reopened, and the reasons are told.
 */
export const reopenRequest: TransactionEffect = async (tx, call, links) => {
  const { originalId } = reopenParams.parse(call.params);
  const { rows } = await tx.query<OriginalRow>({ name: 'disputes.original', text: originalSql, values: [originalId] });
  const original = rows[0]!;
  const { subject } = definitionOf(original.kind, original.machine_version).opening;
  const { instanceId, state } = await links.start(original.kind, {
    ...present({
      broadcasterId: original.broadcaster_id,
      guildId: original.guild_id,
      gainingGuildId: original.gaining_guild_id,
      membershipId: original.membership_id,
      parentId: subject === 'REQUEST' ? original.parent_id : originalId,
    }),
    initiator: original.initiator,
    said: { ...saidOf(original.started), ...(original.kind === 'DISPUTE' && { excluded: original.agents }) },
  });
  if (state === 'rejected') throw new ExpectedRefusal(await reasonsOf(tx, instanceId));
  return { type: 'REOPENED', requestId: instanceId };
};

async function reasonsOf(tx: Transaction, instanceId: string): Promise<readonly Reason[]> {
  const { rows } = await tx.query<{ snapshot: string }>('select snapshot from guildhall.instance where id = $1', [instanceId]);
  return (JSON.parse(rows[0]!.snapshot) as { context: { reasons: Reason[] } }).context.reasons;
}
