import type { Pool } from 'pg';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { EngineLog, Wake } from '../engine/index.js';
import { Bundles, type BundlesOptions } from './bundles.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { CheckpointFolder } from './checkpoint-folder.js';
import { CheckpointSchedule } from './checkpoint-schedule.js';
import { Checkpoints } from './checkpoints.js';
import { KeyStore } from './key-store.js';
import type { PlatformKey } from './platform-key.js';
import { Retention, RetentionSchedule } from './retention.js';
import { Sealer } from './sealer.js';
import { TimestampAuthority } from './timestamp.js';

export interface EvidenceOptions {
  /** Of the engine's role. */
  readonly pool: Pool;
  /** Undefined: none is made. */
  readonly checkpoints?: CheckpointSettings | undefined;
  /** Undefined: a program that only reads, or drives the engine by itself; it seals nothing. */
  readonly key: PlatformKey | undefined;
  readonly wake: Wake;
  readonly log: EngineLog;
  readonly registry: Registry;
  /** Documents for people that go into a bundle. */
  readonly bundled?: BundlesOptions['documents'];
}

/** Where bundles are fetched, by global id. */
export const REQUESTS = '/evidence/requests';
export const BROADCASTERS = '/evidence/broadcasters';

export interface CheckpointSettings {
  readonly checkpointDir: string;
  /** 0: only by hand. */
  readonly checkpointMinutes: number;
  readonly timestampUrl: string | undefined;
}

/** What signs for the platform, wired once. */
export class Evidence {
  readonly keys: KeyStore;
  readonly sealer: Sealer | undefined;
  readonly bundles: Bundles | undefined;
  readonly checkpoints: Checkpoints | undefined;
  readonly retention: Retention;
  private readonly erasing: RetentionSchedule;
  private schedule: CheckpointSchedule | undefined;

  private constructor(private readonly options: EvidenceOptions) {
    const { pool, key, wake, log, registry } = options;
    this.keys = new KeyStore(pool);
    this.retention = new Retention(pool);
    this.erasing = new RetentionSchedule(this.retention, log);
    if (!key) return;
    const sealer = new Sealer({
      pool,
      key,
      wake,
      log,
      onSealed: (n) => seals.inc(n),
    });
    const seals = new Counter({
      name: 'guildhall_seals_total',
      help: 'Acts that this process has sealed.',
      registers: [registry],
    });
    new Gauge({
      name: 'guildhall_seal_lag_seconds',
      help: 'How long the oldest act without a seal has been waiting for one.',
      registers: [registry],
      async collect() {
        this.set(await sealer.lagSeconds());
      },
    });
    this.sealer = sealer;
    this.checkpoints = options.checkpoints && this.openCheckpoints(key, options.checkpoints);
    const { checkpoints } = this;
    this.bundles = new Bundles({
      key,
      keys: this.keys,
      sealer,
      anchor: async (ids) => checkpoints?.anchor(ids),
      ...(options.bundled && { documents: options.bundled }),
    });
  }

  static async open(options: EvidenceOptions): Promise<Evidence> {
    const evidence = new Evidence(options);
    // Before anything is signed by it: what nobody can verify must not be there.
    if (options.key) await evidence.keys.remember(options.key);
    return evidence;
  }

  start(): void {
    this.erasing.start();
    this.sealer?.start();
    this.schedule?.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.sealer?.stop(), this.schedule?.stop(), this.erasing.stop()]);
  }

  /** Does what is due now, and returns. */
  async drain(): Promise<void> {
    await this.sealer?.drain();
  }

  private openCheckpoints(key: PlatformKey, settings: CheckpointSettings): Checkpoints {
    const { pool, log, registry } = this.options;
    const { checkpointDir, checkpointMinutes, timestampUrl } = settings;
    const checkpoints = new Checkpoints({
      pool,
      key,
      log,
      folder: new CheckpointFolder(checkpointDir, (number) => {
        log.error(
          { checkpoint: number },
          'an exported checkpoint says something else than the database: one of them was changed',
        );
      }),
      authority: timestampUrl === undefined ? undefined : new TimestampAuthority(timestampUrl),
    });
    if (checkpointMinutes > 0) this.schedule = new CheckpointSchedule(checkpoints, checkpointMinutes, log);
    new Gauge({
      name: 'guildhall_checkpoint_age_seconds',
      help: 'Time since the last checkpoint over all requests; -1: there is none.',
      registers: [registry],
      async collect() {
        const { at, now } = await checkpoints.lastAt();
        this.set(at === null ? -1 : (now.getTime() - at.getTime()) / 1_000);
      },
    });
    return checkpoints;
  }

  /** By GET, with the token of the API. */
  get downloads() {
    const { bundles } = this;
    return bundles
      ? [
          { path: `${REQUESTS}/:id`, read: (context: ViewerContext, id: string) => bundles.ofRequest(context, id) },
          { path: `${BROADCASTERS}/:id`, read: (context: ViewerContext, id: string) => bundles.ofBroadcaster(context, id) },
        ]
      : [];
  }

  get documents() {
    return [
      {
        path: '/.well-known/jwks.json',
        mediaType: 'application/jwk-set+json',
        read: async () => JSON.stringify(await this.keys.jwks()),
      },
    ];
  }
}
