import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const BYTES = 16;
const pool = Buffer.alloc(256 * BYTES);
let used = pool.length;

/** Drawn for 256 at once: one by one the system's call took 7 µs each. */
function randomBytes(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return pool.subarray(used, (used += BYTES));
}

/** 128 bits, hex. */
export const randomSalt = (): string => randomBytes().toString('hex');

/** A UUIDv7; every transition needs one for each of its deliveries. Ids of the same millisecond are in no order. */
export const deliveryId = (): string => v7({ random: randomBytes() });
