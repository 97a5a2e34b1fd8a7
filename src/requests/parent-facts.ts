import type { ParentFacts } from '../../workflows/phases/index.js';
import type { Transaction } from '../engine/index.js';
import { laterSwitchesSql } from '../settlement/later-switches.js';
import { instant, membershipJson } from './membership-json.js';

type ParentRow = Omit<ParentFacts, 'context'> & { readonly snapshot: string };

const parentSql = `
select json_build_object('id', r.id, 'kind', r.kind, 'state', i.state, 'done', i.status = 'done', 'endedAt', ${instant('i.ended_at')}, 'snapshot', i.snapshot,
     'actedBy', coalesce((select json_agg(json_build_object('principalId', h.actor_id, 'event', h.event_type) order by h.seq)
        from guildhall.history h where h.instance_id = r.id and h.authority = 'SUPPORT'), '[]'),
     'about', coalesce((select json_agg(json_build_object('requestId', c.id, 'kind', c.kind, 'done', ci.status = 'done') order by c.id)
        from guildhall.request c join guildhall.instance ci on ci.id = c.id where c.parent_id = r.id), '[]'),
     'laterSwitches', coalesce((select json_agg(json_build_object('requestId', l.request_id, 'kind', l.kind)) from (${laterSwitchesSql('r.id')}) l), '[]'),
     'began', (select ${membershipJson} from guildhall.membership m where m.request_id = r.id and m.annulled_at is null),
     'ended', (select ${membershipJson} from guildhall.membership m where m.ended_by_request_id = r.id and m.annulled_at is null limit 1))
     as parent from guildhall.request r join guildhall.instance i on i.id = r.id where r.id = $1`;

/** The request that another one is about; null when there is none of this id. */
export async function readParent(tx: Transaction, parentId: string): Promise<ParentFacts | null> {
  const { rows } = await tx.query<{ parent: ParentRow }>({
    name: 'requests.parent',
    text: parentSql,
    values: [parentId],
  });
  if (!rows[0]) return null;
  const { snapshot, ...parent } = rows[0].parent;
  const { context } = JSON.parse(snapshot) as { context: ParentFacts['context'] };
  return { ...parent, context };
}
