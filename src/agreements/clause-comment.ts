import { v7 as uuidv7 } from 'uuid';
import type { Party } from '../../workflows/phases/index.js';
import type { Viewer, ViewerTransaction } from '../database/index.js';
import { encodeGlobalId, refuse, type PageRequest, type Refusal } from '../schema/index.js';
import { ClauseCommentType, type ClauseCommentRow } from './clause-comment.type.js';
import type { AgreementDocument } from './document.js';

const MAX_CHARACTERS = 2_000;
const MAX_A_REQUEST = 500;

export interface NewComment {
  readonly requestId: string;
  readonly version: number;
  /** Undefined: of two texts the one that says more. */
  readonly audience: string | undefined;
  readonly clause: string;
  readonly body: string;
  readonly idempotencyKey: string | null;
}

const columns = `c.id, c.agreement_version_id, c.clause_key, c.party, c.author_id = guildhall.viewer_id() as own, c.body, c.created_at, c.erased_at`;

interface TextRow {
  readonly id: string;
  readonly document: string | null;
  readonly open: boolean;
  readonly broadcaster_id: string;
  readonly guild_id: string;
  readonly gaining_guild_id: string | null;
}

/** Says something about a clause, as the viewer, in their transaction: its policies judge who may. */
export async function commentOnClause(tx: ViewerTransaction, comment: NewComment): Promise<ClauseCommentType | Refusal> {
  const { requestId, version, audience, clause, body, idempotencyKey } = comment;
  if (body.trim() === '' || body.length > MAX_CHARACTERS || /[\0\p{Cs}]/u.test(body))
    return refuse('INVALID_INPUT', `A comment has 1 to ${String(MAX_CHARACTERS)} characters.`, 'body');
  const [text] = await tx.query<TextRow>(
    `select a.id, a.document, i.status = 'active' as open, r.broadcaster_id, r.guild_id, r.gaining_guild_id
     from guildhall.agreement_version a join guildhall.request r on r.id = a.request_id join guildhall.instance i on i.id = r.id
     where a.request_id = $1 and a.version = $2 and ($3::text is null or a.audience = $3) order by a.audience limit 1`,
    [requestId, version, audience ?? null],
  );
  if (!text) return refuse('NOT_FOUND', 'There is no such text, or you may not see it.', 'agreementVersion');
  const clauses = text.document === null ? [] : (JSON.parse(text.document) as AgreementDocument).clauses;
  if (!clauses.some(({ key }) => key === clause)) return refuse('NOT_FOUND', 'The text has no clause of this key.', 'clause');
  const party = partyOf(tx.viewer, text);
  if (!party) return refuse('FORBIDDEN', 'Only those who take part, and support, comment on a text.');
  // Counted one after another: two at once could both be the last.
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('clause-comment:' || $1::text, 0))`, [requestId]);
  const known = await before(tx, idempotencyKey);
  if (known) {
    const same = known.agreement_version_id === text.id && known.clause_key === clause && known.body === body;
    return same ? toComment(known) : refuse('KEY_REUSED', 'This key was used for another comment.', 'idempotencyKey');
  }
  if (!text.open) return refuse('REQUEST_ENDED', 'The request has ended: there is nothing to negotiate any more.', 'requestId');
  const [{ count }] = (await tx.query<{ count: number }>(
    'select count(*)::int as count from guildhall.clause_comment where request_id = $1',
    [requestId],
  )) as [{ count: number }];
  if (count >= MAX_A_REQUEST)
    return refuse('TOO_MANY_COMMENTS', `A request has at most ${String(MAX_A_REQUEST)} comments.`, 'requestId');
  const [row] = await tx.query<ClauseCommentRow>(
    `insert into guildhall.clause_comment as c (id, request_id, agreement_version_id, clause_key, author_id, party, body, idempotency_key, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, date_trunc('milliseconds', guildhall.now())) returning ${columns}`,
    [uuidv7(), requestId, text.id, clause, tx.viewer.principalId, party, body, idempotencyKey],
  );
  return toComment(row!);
}

async function before(tx: ViewerTransaction, key: string | null): Promise<ClauseCommentRow | undefined> {
  if (key === null) return undefined;
  const rows = await tx.query<ClauseCommentRow>(
    `select ${columns} from guildhall.clause_comment c where c.author_id = $1 and c.idempotency_key = $2`,
    [tx.viewer.principalId, key],
  );
  return rows[0];
}

function partyOf(viewer: Viewer, text: TextRow): Party | undefined {
  if (viewer.broadcasterId === text.broadcaster_id) return 'BROADCASTER';
  if (viewer.wardIds.includes(text.broadcaster_id)) return 'GUARDIAN';
  if (viewer.guildIds.includes(text.guild_id)) return 'GUILD';
  if (text.gaining_guild_id !== null && viewer.guildIds.includes(text.gaining_guild_id)) return 'GAINING_GUILD';
  return viewer.platformRole === 'SUPPORT' ? 'PLATFORM' : undefined;
}

/** Comments by the version of the agreement, the first first. */
export async function readComments(
  tx: ViewerTransaction,
  agreementIds: readonly string[],
  page: PageRequest,
  clause: string | null,
): Promise<ClauseCommentRow[]> {
  return tx.query<ClauseCommentRow>(
    `select n.* from unnest($1::uuid[]) as q (id) cross join lateral (
       select ${columns} from guildhall.clause_comment c where c.agreement_version_id = q.id and ($2::text is null or c.clause_key = $2)
         and ($3::timestamptz is null or (c.created_at, c.id) > ($3, $4::uuid))
       order by c.created_at, c.id limit $5) n
     order by n.agreement_version_id, n.created_at, n.id`,
    [agreementIds, clause, page.after?.[0] ?? null, page.after?.[1] ?? null, page.limit],
  );
}

export const toComment = (row: ClauseCommentRow): ClauseCommentType =>
  Object.assign(new ClauseCommentType(), {
    id: encodeGlobalId('ClauseComment', row.id),
    clause: row.clause_key,
    party: row.party,
    isOwn: row.own,
    body: row.body,
    createdAt: row.created_at,
  });
