import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const BYTES = 16;
const pool = new Uint8Array(256 * BYTES);
let used = pool.length;

/**
 * A UUIDv7 out of randomness that is drawn for 256 of them at once: one by one the system's call took 7 µs each, and every transition
 * needs an id for each of its deliveries. Ids of the same millisecond are in no order.
 */
export function deliveryId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, (used += BYTES));
  return v7({ random });
}
