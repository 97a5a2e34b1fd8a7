import type { ViewerTransaction } from '../database/index.js';
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
  readonly isVisible: () => Promise<boolean>;
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
      if (!visible) throw notFound();
      for (const [index, row] of rows.entries()) {
        // A slow subscriber takes the last row of a batch long after it was read, and may have lost the right by then.
        if (index > 0 && !(await source.isVisible())) throw notFound();
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

const notFound = () => new PublicError('NOT_FOUND', 'There is nothing of this id that you may see.');
const expired = () =>
  new PublicError('CURSOR_EXPIRED', 'The log was restored since this cursor was given out; read the request anew.');

/** A plain version is a cursor too, so that a client goes on from the request that it has just read. */
const VERSION = /^\d{1,9}$/;

/** The changes of one request behind `after` (a cursor of this field, a version, or null for only what comes). */
export async function requestUpdates(
  tail: LogTail,
  context: ViewerContext,
  uuid: string,
  after: string | null,
): Promise<AsyncGenerator<RequestUpdateType>> {
  const [current] = await context.shortViewer((tx) =>
    tx.query<{ version: number; epoch: string }>(
      'select version, (select id::text from guildhall.log_epoch) as epoch from guildhall.instance where id = $1',
      [uuid],
    ),
  );
  if (!current) throw notFound();
  const { version, epoch } = current;
  const given =
    after === null ? [epoch, version] : VERSION.test(after) ? [epoch, Number(after)] : decodeCursor(after, ['uuid', 'integer']);
  // A version that is not there yet was given out by a log that has been restored to an earlier day.
  if (given[0] !== epoch || Number(given[1]) > version) throw expired();
  const isVisible = async (tx: ViewerTransaction) =>
    (await tx.query('select from guildhall.request where id = $1', [uuid])).length > 0;
  return follow(
    tail,
    context,
    {
      topic: requestTopic(uuid),
      positionOf: (row) => [epoch, row.seq],
      isVisible: () => context.shortViewer(isVisible),
      read: ([, seq]) =>
        context.shortViewer(async (tx) => {
          const rows = await tx.query<FeedRow>(
            `select ${feedColumns} from guildhall.history h where h.instance_id = $1 and h.seq > $2 order by h.seq limit ${String(BATCH)}`,
            [uuid, seq],
          );
          return { rows, visible: rows.length > 0 || (await isVisible(tx)) };
        }),
    },
    given,
  );
}

/** The changes of all requests with one guild, in the order of the log. */
export async function guildUpdates(
  tail: LogTail,
  context: ViewerContext,
  guildUuid: string,
  after: string | null,
): Promise<AsyncGenerator<RequestUpdateType>> {
  const isVisible = ({ viewer }: ViewerTransaction) =>
    viewer.guildIds.includes(guildUuid) || ['SUPPORT', 'AUDITOR'].includes(viewer.platformRole ?? '');
  const isVisibleNow = () => context.shortViewer((tx) => Promise.resolve(isVisible(tx)));
  if (!(await isVisibleNow())) throw notFound();
  const head = await tail.head();
  const start = after === null ? [head.epoch, head.logTx, head.logId] : decodeCursor(after, ['uuid', 'digits', 'digits']);
  if (start[0] !== head.epoch) throw expired();
  return follow(
    tail,
    context,
    {
      topic: guildTopic(guildUuid),
      positionOf: (row) => [head.epoch, row.log_tx, row.log_id],
      isVisible: isVisibleNow,
      read: ([, logTx, logId]) =>
        context.shortViewer(async (tx) => ({
          visible: isVisible(tx),
          rows: await tx.query<FeedRow>(
            `select ${feedColumns} from guildhall.history h join guildhall.request r on r.id = h.instance_id
             where $1 in (r.guild_id, r.gaining_guild_id) and (h.log_tx, h.log_id) > ($2::xid8, $3::bigint) and h.log_tx < pg_snapshot_xmin(pg_current_snapshot())
             order by h.log_tx, h.log_id limit ${String(BATCH)}`,
            [guildUuid, logTx, logId],
          ),
        })),
    },
    start,
  );
}
