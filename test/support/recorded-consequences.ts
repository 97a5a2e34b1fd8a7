import type pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import type { Consequences } from '../../src/directory/index.js';

export interface Recorded {
  readonly id: string;
  readonly type: string;
  readonly reason_code: string;
  readonly params: unknown;
  readonly created_by: string;
  readonly targets: string[];
}

/** In the place of bulk work: writes down, in the transaction of the cause, what would be done to which requests. */
export async function recordedConsequences(owner: pg.Pool, rolePrefix: string): Promise<Consequences> {
  await owner.query(`create table guildhall.recorded (id uuid, type text, reason_code text, params jsonb, created_by uuid, targets uuid[]);
    grant select, insert on guildhall.recorded to "${rolePrefix}_engine"`);
  return {
    create: async (tx, { type, reasonCode, params, createdBy, sql, values }) => {
      const id = uuidv7();
      const { rows } = await tx.query<{ id: string }>(sql, [...values]);
      await tx.query('insert into guildhall.recorded values ($1, $2, $3, $4, $5, $6)', [
        id,
        type,
        reasonCode,
        JSON.stringify(params),
        createdBy,
        rows.map((row) => row.id),
      ]);
      return id;
    },
  };
}
