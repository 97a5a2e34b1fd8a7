import type { ViewerTransaction } from '../database/index.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { decodeGlobalId } from '../schema/index.js';
import { isSealed, type RequestRecord } from '../verify/index.js';
import { writeBundle, type Anchoring } from './bundle.js';
import type { KeyStore } from './key-store.js';
import type { PlatformKey } from './platform-key.js';
import { readBroadcaster } from './read-broadcaster.js';
import { readRecord, type ReadRecord } from './read-record.js';
import type { Sealer } from './sealer.js';

export interface BundleFile {
  readonly fileName: string;
  readonly mediaType: string;
  readonly body: Uint8Array;
}

export interface BundlesOptions {
  readonly key: PlatformKey;
  readonly keys: KeyStore;
  readonly sealer: Sealer;
  /** Where requests are in the newest checkpoint; undefined: there is none. */
  readonly anchor: (requestIds: readonly string[]) => Promise<Anchoring | undefined>;
  /** Documents for people about a request that is in the bundle, by their paths. */
  readonly documents?: (tx: ViewerTransaction, requestId: string) => Promise<ReadonlyMap<string, Uint8Array>>;
}

const MAX_TRIES = 5;

/** Evidence bundles and portable records, for whoever may see what they are about. Undefined: there is nothing that the viewer may see. */
export class Bundles {
  constructor(private readonly options: BundlesOptions) {}

  async ofRequest(context: ViewerContext, id: string): Promise<BundleFile | undefined> {
    const uuid = decodeGlobalId('Request', id);
    if (uuid === undefined) return undefined;
    const read = await this.sealed(context, uuid);
    if (!read) return undefined;
    const { record, madeFor } = read;
    const documents = await this.options.documents?.(await context.viewer(), uuid);
    return this.file(context, `guildhall-request-${uuid}.zip`, { records: [record], madeFor, ...(documents && { documents }) });
  }

  async ofBroadcaster(context: ViewerContext, id: string): Promise<BundleFile | undefined> {
    const uuid = decodeGlobalId('Broadcaster', id);
    const found = uuid === undefined ? undefined : await readBroadcaster(await context.viewer(), uuid);
    if (!found) return undefined;
    const records: RequestRecord[] = [];
    for (const requestId of found.requestIds) {
      const read = await this.sealed(context, requestId);
      if (read) records.push(read.record);
    }
    return this.file(context, `guildhall-record-${uuid!}.zip`, {
      records,
      madeFor: found.madeFor,
      broadcaster: found.broadcaster,
    });
  }

  /** The worker may not have come by yet: what has no seal is sealed here, and then read again, because somebody may have acted meanwhile. */
  private async sealed(context: ViewerContext, uuid: string): Promise<ReadRecord | undefined> {
    for (let tries = 1; ; tries += 1) {
      const read = await readRecord(await context.viewer(), uuid);
      if (!read) return undefined;
      const { history, seals } = read.record;
      const missing = history.filter(({ source }) => isSealed(source)).length - seals.length;
      // What cannot be sealed is given out as it is, and will not verify: that is what a bundle is for.
      if (missing <= 0 || tries === MAX_TRIES || (await this.options.sealer.seal(uuid)) === 0) return read;
      await context.refresh();
    }
  }

  private async file(
    context: ViewerContext,
    fileName: string,
    contents: Pick<Parameters<typeof writeBundle>[1], 'records' | 'madeFor' | 'broadcaster' | 'documents'>,
  ): Promise<BundleFile> {
    const { key, keys, anchor } = this.options;
    const [{ at }] = (await (await context.viewer()).query<{ at: Date }>('select guildhall.now() as at')) as [{ at: Date }];
    const anchoring = await anchor(contents.records.map(({ head }) => head.id));
    const body = await writeBundle(key, { ...contents, madeAt: at.toISOString(), jwks: await keys.jwks(), anchoring });
    return { fileName, mediaType: 'application/zip', body };
  }
}
