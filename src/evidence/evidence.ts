import type { Pool } from 'pg';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { EngineLog, Wake } from '../engine/index.js';
import { Bundles } from './bundles.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { KeyStore } from './key-store.js';
import type { PlatformKey } from './platform-key.js';
import { Sealer } from './sealer.js';

export interface EvidenceOptions {
  /** Of the engine's role. */
  readonly pool: Pool;
  /** Undefined: a program that only reads, or drives the engine by itself; it seals nothing. */
  readonly key: PlatformKey | undefined;
  readonly wake: Wake;
  readonly log: EngineLog;
  readonly registry: Registry;
}

/** Where bundles are fetched, by global id. */
export const REQUESTS = '/evidence/requests';
export const BROADCASTERS = '/evidence/broadcasters';

/** What signs for the platform, wired once. */
export class Evidence {
  readonly keys: KeyStore;
  readonly sealer: Sealer | undefined;
  readonly bundles: Bundles | undefined;

  private constructor(private readonly options: EvidenceOptions) {
    const { pool, key, wake, log, registry } = options;
    this.keys = new KeyStore(pool);
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
    this.bundles = new Bundles({ key, keys: this.keys, sealer, anchor: async () => undefined });
  }

  static async open(options: EvidenceOptions): Promise<Evidence> {
    const evidence = new Evidence(options);
    // Before anything is signed by it: what nobody can verify must not be there.
    if (options.key) await evidence.keys.remember(options.key);
    return evidence;
  }

  start(): void {
    this.sealer?.start();
  }

  async stop(): Promise<void> {
    await this.sealer?.stop();
  }

  /** Does what is due now, and returns. */
  async drain(): Promise<void> {
    await this.sealer?.drain();
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
