import type { LogTail } from '../engine/index.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { decodeCursor, encodeCursor, PublicError, type CursorKey } from '../schema/index.js';
import { guildTopic, requestTopic } from './authority.js';
import { historyColumns, toHistoryEntry, type HistoryRow } from './request.loader.js';
import { RequestUpdateType } from './request.type.js';

const BATCH = 100;
/** Even with no wake-up the log is looked at this often; it bounds what a lost one can cost. */
const PATIENCE_MS = 5_000;

interface Source {
  readonly topic: string;
  /** Rows behind the position, in order; read under the viewer's policies, so that a lost right ends the feed. */
  readonly read: (position: CursorKey) => Promise<{ rows: FeedRow[]; visible: boolean }>;
  readonly positionOf: (row: FeedRow) => CursorKey;
}

interface FeedRow extends HistoryRow {
  readonly log_tx: string;
  readonly log_id: string;
}

const feedColumns = `${historyColumns}, h.log_tx::text, h.log_id::text`;

/**
 * First what is behind the cursor, then what comes, always pulled from the log at the subscriber's own pace: no gap, no
 * repeat, on whichever process, and a stalled client costs nothing. A wake-up only says that it is worth looking.
 */
async function* follow(
  tail: LogTail,
  context: ViewerContext,
  source: Source,
  start: CursorKey,
): AsyncGenerator<RequestUpdateType> {
  let position = start;
  let awake: boolean;
  let wake: (() => void) | undefined;
  const poke = () => {
    awake = true;
    wake?.();
  };
  const unsubscribe = tail.subscribe(source.topic, poke);
  context.signal.addEventListener('abort', poke);
  try {
    while (!context.signal.aborted) {
      awake = false;
      const { rows, visible } = await source.read(position);
      if (!visible) throw new PublicError('NOT_FOUND', 'There is nothing of this id that you may see.');
      for (const row of rows) {
        position = source.positionOf(row);
        yield Object.assign(new RequestUpdateType(), {
          cursor: encodeCursor(position),
          entry: toHistoryEntry(row),
          requestUuid: row.instance_id,
        });
      }
      if (rows.length === BATCH || awake || context.signal.aborted) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, PATIENCE_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      wake = undefined;
    }
  } finally {
    unsubscribe();
    context.signal.removeEventListener('abort', poke);
  }
}

/** The changes of one request behind `after` (a cursor of this field, or null for only what comes). */
export async function* requestUpdates(
  tail: LogTail,
  context: ViewerContext,
  uuid: string,
  after: string | null,
): AsyncGenerator<RequestUpdateType> {
  const current = await context.shortViewer((tx) =>
    tx.query<{ version: number }>('select version from guildhall.instance where id = $1', [uuid]),
  );
  if (!current[0]) throw new PublicError('NOT_FOUND', 'There is no request of this id that you may see.');
  const start = after === null ? [current[0].version] : decodeCursor(after, ['integer']);
  yield* follow(
    tail,
    context,
    {
      topic: requestTopic(uuid),
      positionOf: (row) => [row.seq],
      read: ([seq]) =>
        context.shortViewer(async (tx) => {
          const rows = await tx.query<FeedRow>(
            `select ${feedColumns} from guildhall.history h where h.instance_id = $1 and h.seq > $2 order by h.seq limit ${String(BATCH)}`,
            [uuid, seq],
          );
          const visible = rows.length > 0 || (await tx.query('select from guildhall.request where id = $1', [uuid])).length > 0;
          return { rows, visible };
        }),
    },
    start,
  );
}

/** The changes of all requests with one guild, in the order of the log. */
export async function* guildUpdates(
  tail: LogTail,
  context: ViewerContext,
  guildUuid: string,
  after: string | null,
): AsyncGenerator<RequestUpdateType> {
  const allowed = () =>
    context.shortViewer((tx) =>
      Promise.resolve(tx.viewer.guildIds.includes(guildUuid) || ['SUPPORT', 'AUDITOR'].includes(tx.viewer.platformRole ?? '')),
    );
  if (!(await allowed())) throw new PublicError('NOT_FOUND', 'There is no guild of this id whose requests you may see.');
  const head = await tail.head();
  const start = after === null ? [head.epoch, head.logTx, head.logId] : decodeCursor(after, ['uuid', 'digits', 'digits']);
  if (start[0] !== head.epoch)
    throw new PublicError('CURSOR_EXPIRED', 'The log was restored since this cursor was given out; read the requests anew.');
  yield* follow(
    tail,
    context,
    {
      topic: guildTopic(guildUuid),
      positionOf: (row) => [head.epoch, row.log_tx, row.log_id],
      read: async ([, logTx, logId]) => ({
        visible: await allowed(),
        rows: await context.shortViewer((tx) =>
          tx.query<FeedRow>(
            `select ${feedColumns} from guildhall.history h join guildhall.request r on r.id = h.instance_id
             where r.guild_id = $1 and (h.log_tx, h.log_id) > ($2::xid8, $3::bigint) and h.log_tx < pg_snapshot_xmin(pg_current_snapshot())
             order by h.log_tx, h.log_id limit ${String(BATCH)}`,
            [guildUuid, logTx, logId],
          ),
        ),
      }),
    },
    start,
  );
}
