import type { Person } from './people.js';
import type { Sequence } from './sequence.js';

interface Delivered {
  readonly id: string;
  readonly instance_id: string;
  readonly status: string;
  readonly attempts: number;
  readonly params: string;
  readonly last_error: string | null;
  readonly told: readonly string[];
}

/** Each delivery was made once, and told everybody whom it concerns exactly once. Those of before the sequence have no attempt. */
export async function notificationBreaches(sequence: Sequence): Promise<string[]> {
  const { rows } = await sequence.real.pool.query<Delivered>({
    name: 'model.deliveries',
    text: `select d.id, d.instance_id, d.status, d.attempts, d.params, d.last_error,
        array(select n.principal_id::text from guildhall.notification n where n.delivery_id = d.id and n.request_id = d.instance_id) as told
      from guildhall.delivery d where d.instance_id = any ($1) and d.type = 'notifyParties' and (d.status <> 'delivered' or d.attempts > 0)`,
    values: [[...sequence.look.requests.keys()]],
  });
  return rows.flatMap(({ id, instance_id: requestId, status, attempts, params, last_error: error, told }) => {
    if (status !== 'delivered' || attempts !== 1)
      return [`delivery ${id} is ${status} after ${String(attempts)} attempts: ${String(error)}`];
    const request = sequence.look.requests.get(requestId)!;
    const { audience } = JSON.parse(params) as { readonly audience: readonly string[] };
    const concerned = (person: Person) =>
      sequence.authorities(person, request).some((authority) => audience.includes(partyOf[authority] ?? ''));
    const expected = sequence.world.people.filter(concerned).map(({ principalId }) => principalId);
    const guardian = sequence.world.guardian.principalId;
    // Whether there was a guardian at the time nobody remembers here.
    const known = (ids: readonly string[]) =>
      ids
        .filter((each) => !sequence.guardianChanged || each !== guardian)
        .sort()
        .join();
    return known(expected) === known(told)
      ? []
      : [`delivery ${id} (${params}) told ${String(told.length)} people, not ${String(expected.length)}`];
  });
}

const partyOf: Readonly<Record<string, string>> = {
  BROADCASTER: 'BROADCASTER',
  GUARDIAN: 'GUARDIAN',
  GUILD_OWNER: 'GUILD',
  GUILD_AGENT: 'GUILD',
  GAINING_GUILD_OWNER: 'GAINING_GUILD',
  GAINING_GUILD_AGENT: 'GAINING_GUILD',
};
