import { parse } from './chain.js';
import type { Engine } from './engine.js';
import { inTransaction } from './transaction.js';

interface Leased {
  readonly id: string;
  readonly instance_id: string;
  readonly seq: number;
  readonly type: string;
  readonly params: string;
  readonly attempts: number;
}

const LEASE = `interval '30 seconds'`;
export const MAX_DELIVERY_ATTEMPTS = 15;

/** The next attempt's time is the lease: a process that dies with a delivery in hand gives it back when the lease is over. */
const leaseSql = `
update guildhall.delivery d set attempts = attempts + 1, next_attempt_at = clock_timestamp() + ${LEASE}
where d.id in (
  select id from guildhall.delivery where status = 'pending' and next_attempt_at <= clock_timestamp()
  order by next_attempt_at limit $1 for update skip locked)
returning d.id, d.instance_id, d.seq, d.type, d.params, d.attempts`;

/**
 * Hands out what is due, at least once: the handler's own writes and the mark of success commit together, and the outside
 * world sees one id. Returns how many were tried.
 */
export async function deliverDue(engine: Engine, limit = 50): Promise<number> {
  const { pool, handlers, observer } = engine.options;
  const { rows } = await pool.query<Leased>({ name: 'engine.lease', text: leaseSql, values: [limit] });
  const queue = [...rows];
  const work = async () => {
    for (let delivery = queue.shift(); delivery; delivery = queue.shift()) await deliver(delivery);
  };
  const deliver = async (leased: Leased) => {
    const { id, instance_id: instanceId, seq, type, attempts } = leased;
    try {
      await inTransaction(pool, async (client) => {
        const handler = handlers.deliveries[type];
        if (!handler) throw new Error(`Delivery "${type}" has no handler.`);
        await handler({ id, instanceId, seq, type, attempts, params: parse(leased.params) }, client);
        await client.query(
          `update guildhall.delivery set status = 'delivered', delivered_at = clock_timestamp(), last_error = null where id = $1 and status = 'pending'`,
          [id],
        );
      });
      await observer.onStep?.('delivered');
    } catch (error) {
      observer.log.warn({ deliveryId: id, type, attempts, err: error }, 'a delivery failed');
      // What cannot be noted now is due again when its lease is over. The others of this round must not wait for theirs, nor may
      // the round end while the second of its two workers is still at it.
      const noted = pool.query(
        `update guildhall.delivery set last_error = left($2, 500), status = case when attempts >= $3 then 'failed' else 'pending' end,
           next_attempt_at = clock_timestamp() + interval '1 second' * power(2, least(attempts, 12)) where id = $1 and status = 'pending'`,
        [id, String(error), MAX_DELIVERY_ATTEMPTS],
      );
      await noted.catch((failure: unknown) => {
        observer.log.warn({ deliveryId: id, type, err: failure }, 'a failed delivery could not be noted; it keeps its lease');
      });
    }
  };
  await Promise.all([work(), work()]);
  return rows.length;
}
