import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { partySchema } from '../../workflows/phases/index.js';
import type { DeliveryHandler } from '../engine/index.js';

const params = z.object({ audience: z.array(partySchema), template: z.string(), except: z.array(z.uuid()).default([]) });

/**
 * Puts a notification into the inbox of everybody whom it concerns. The delivery's id makes it once per person, however
 * often it is tried. Who is staff is judged when it is delivered: someone who has left the guild is not told.
 */
export const notifyParties: DeliveryHandler = async (delivery, tx) => {
  const { audience, template, except } = params.parse(delivery.params);
  const { rows } = await tx.query<{ principal_id: string }>({
    name: 'notifications.audience',
    text: `select a.principal_id from (select b.principal_id from guildhall.request r join guildhall.broadcaster b on b.id = r.broadcaster_id
        where r.id = $1 and b.principal_id is not null and 'BROADCASTER' = any ($2)
      union select w.principal_id from guildhall.request r join guildhall.guardian w on w.broadcaster_id = r.broadcaster_id
        where r.id = $1 and w.until is null and 'GUARDIAN' = any ($2)
      union select s.principal_id from guildhall.request r join guildhall.guild_staff s on s.guild_id in (r.guild_id, r.gaining_guild_id)
        where r.id = $1 and s.until is null and s.role in ('OWNER', 'AGENT')
          and case when s.guild_id = r.guild_id then 'GUILD' else 'GAINING_GUILD' end = any ($2)) a
      where a.principal_id <> all ($3)`,
    values: [delivery.instanceId, audience, except],
  });
  if (rows.length === 0) return;
  await tx.query({
    name: 'notifications.insert',
    text: `insert into guildhall.notification (id, delivery_id, principal_id, request_id, template, created_at)
      select n.id, $3, n.principal_id, $4, $5, guildhall.now() from unnest($1::uuid[], $2::uuid[]) as n (id, principal_id)
      on conflict (delivery_id, principal_id) do nothing`,
    values: [rows.map(() => uuidv7()), rows.map((row) => row.principal_id), delivery.id, delivery.instanceId, template],
  });
};
