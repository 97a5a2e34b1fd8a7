import { Counter, Gauge, Registry } from 'prom-client';
import type { Logger } from 'pino';
import { currentVersion, registry as workflows } from '../workflows/registry.js';
import { renderAgreementEffect } from './agreements/render-agreement.js';
import { renderTransferEffect } from './agreements/render-transfer.js';
import { BulkSignal, BulkWorker, createBulk, type BulkTypes } from './bulk/index.js';
import type { Config } from './config.js';
import { assertRealClock, assertServingRole, createDataSource, poolOf } from './database/index.js';
import { checkBoot, Engine, EngineWorkers, LogTail, Wake, type EngineHandlers, type EngineStep } from './engine/index.js';
import { changePayee, moveMembership, recheckHold, startExpiries, startMergers, type Consequences } from './directory/index.js';
import type { ApiServer, GraphiqlOptions } from './graphql/index.js';
import { deskBulkTypes } from './desk/bulk-types.js';
import { releaseMembership } from './disputes/release-guild.js';
import { abandonDispute, closeDispute, openDispute, releaseInterim, reportDecision } from './disputes/dispute-effects.js';
import { reopenRequest } from './disputes/reopen-request.js';
import { reverseSwitch } from './disputes/reverse-switch.js';
import { Evidence, type CheckpointSettings, type PlatformKey } from './evidence/index.js';
import type { TokenVerifier } from './identity/index.js';
import { notifyParties } from './notifications/notify-parties.js';
import { authoritySql, topicsSql } from './requests/authority.js';
import { planBulkTypes } from './plans/create-planned.js';
import { openByCode } from './requests/open-by-code.js';
import { openRequest } from './requests/open-request.js';
import type { SigningSettings } from './signing/settings.js';
import { giveNotice } from './settlement/give-notice.js';
import {
  amendMembership,
  annulMembership,
  endMembership,
  openStatement,
  recordFault,
  transferMembership,
} from './settlement/membership-effects.js';
import { switchMembership } from './settlement/switch-membership.js';
import { createApi } from './api.js';
import { attachedBundle, evidenceOf } from './attached-evidence.js';
import { bundleDocuments, Documents, type DocumentSigner } from './documents/index.js';

export interface AppOptions {
  readonly config: Pick<Config, 'introspection' | 'production'> & Partial<Pick<Config, 'trustedProxies'>>;
  /** A prepared and migrated database. */
  readonly databaseUrl: string;
  readonly rolePrefix?: string;
  readonly poolSize: number;
  readonly log: Logger;
  /** Signs PDFs; without one none is given out. */
  readonly documentSigner?: DocumentSigner | undefined;
  /** By which acts are sealed; undefined: none is. */
  readonly platformKey?: PlatformKey;
  /** Where and how often checkpoints are made; undefined: none. */
  readonly checkpoints?: CheckpointSettings;
  /** What signing with more than the login needs; absent: passkeys of `localhost`, and nothing that keeps secrets or sends codes. */
  readonly signing?: SigningSettings;
  /** The version that new instances get; the newest of the registry unless an older one has to stay current for a while. */
  readonly currentVersion?: (kind: string) => number | undefined;
  /** For fault tests: called at named points between two steps of the engine. */
  readonly onStep?: (step: EngineStep) => void | Promise<void>;
}

export interface App {
  readonly engine: Engine;
  readonly workers: EngineWorkers;
  readonly bulk: BulkWorker;
  readonly evidence: Evidence;
  readonly tail: LogTail;
  readonly registry: Registry;
  /** The API over this app; it is not listening yet. */
  serve(options: { readonly tokens: TokenVerifier; readonly graphiql: GraphiqlOptions | false }): Promise<ApiServer>;
  /** Ends workers, engine and pools, in this order; the API server is closed before. */
  stop(): Promise<void>;
}

/** What the features contribute to the engine: the one list of it. */
export const handlers: EngineHandlers = {
  // One opener for all: what a kind wants to know and what it objects to is its own `opening`.
  openers: {
    ...Object.fromEntries(workflows.map(({ kind }) => [kind, openRequest])),
    TRANSFER_PORTABLE: openByCode(openRequest),
  },
  transactionEffects: {
    renderAgreement: renderAgreementEffect,
    renderTransfer: renderTransferEffect,
    switchMembership,
    endMembership,
    transferMembership,
    amendMembership,
    annulMembership,
    openStatement,
    recordFault,
    openDispute,
    closeDispute,
    abandonDispute,
    reportDecision,
    releaseInterim,
    reopenRequest,
    reverseSwitch,
    giveNotice,
    changePayee,
    recheckHold,
  },
  deliveries: { notifyParties },
  authoritySql,
  topicsSql,
};

/** What the features do in bulk: the one list of it. */
export const bulkTypes: BulkTypes = {
  ...deskBulkTypes,
  ...planBulkTypes,
  RELEASE_MEMBERSHIP: releaseMembership,
  MOVE_MEMBERSHIP: moveMembership,
};
/** What a change of the directory does to open requests is bulk work, created in the transaction of the change. */
const consequences: Consequences = {
  create: async (tx, { sql, values, ...bulk }) => {
    const created = await createBulk(tx, { ...bulk, targets: { sql, values } });
    if (created.outcome === 'keyReused') throw new Error('The key of a consequence was used for another.');
    return created.id;
  },
};

const LOCAL_SIGNING: SigningSettings = { rpId: 'localhost', origins: ['http://localhost:4000'] };

/** Wires everything, once. Refuses to come up on anything that would only show with the first unlucky request. */
export async function createApp(options: AppOptions): Promise<App> {
  const { databaseUrl: url, rolePrefix, poolSize, log } = options;
  const { introspection, production, trustedProxies = [] } = options.config;
  const shared = { url, poolSize, ...(rolePrefix !== undefined && { rolePrefix }) };
  const onPoolError = (error: Error) => {
    log.warn({ err: error }, 'an idle connection broke; the pool replaces it');
  };
  const appSource = createDataSource({ ...shared, role: 'app', onPoolError });
  const engineSource = createDataSource({ ...shared, role: 'engine', onPoolError });
  await Promise.all([appSource.initialize(), engineSource.initialize()]);
  const pool = poolOf(engineSource);
  const registry = new Registry();
  const transitions = new Counter({
    name: 'guildhall_transitions_total',
    help: 'Transitions committed by this process, by kind and event.',
    labelNames: ['kind', 'event'],
    registers: [registry],
  });
  const wake = new Wake(pool, log);
  const engine = new Engine({
    pool,
    wake,
    handlers,
    currentVersion: options.currentVersion ?? currentVersion,
    definitions: (kind, version) => workflows.find((candidate) => candidate.kind === kind && candidate.version === version),
    observer: {
      log,
      onTransition: (kind, event) => {
        transitions.inc({ kind, event: event.replace(/^xstate\.after\.([^.]+)\..*$/, '$1') });
      },
      ...(options.onStep && { onStep: options.onStep }),
    },
  });
  const workers = new EngineWorkers(engine);
  const bulkSignal = new BulkSignal();
  const plan = async () => {
    await startMergers(pool, consequences);
    await startExpiries(pool, consequences);
  };
  const bulk = new BulkWorker({ pool, engine, types: bulkTypes, signal: bulkSignal, log, plan });
  const tail = new LogTail(pool, handlers, wake, log);
  new Gauge({
    name: 'guildhall_log_lag_seconds',
    help: 'Time since the follower of the log last came to the end of what is readable.',
    registers: [registry],
    collect() {
      this.set((performance.now() - tail.caughtUpAt) / 1000);
    },
  });
  let evidence: Evidence;
  const destroy = () => Promise.all([appSource.destroy(), engineSource.destroy()]);
  try {
    await Promise.all([assertServingRole(poolOf(appSource)), assertServingRole(pool)]);
    if (production) await assertRealClock(pool);
    const problems = await checkBoot(engine, workflows);
    if (problems.length > 0)
      throw new Error(`This build cannot serve this database:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    evidence = await Evidence.open({
      pool,
      key: options.platformKey,
      checkpoints: options.checkpoints,
      wake,
      log,
      registry,
      bundled: bundleDocuments,
    });
    await tail.start();
  } catch (error) {
    await tail.stop();
    await destroy();
    throw error;
  }

  const documents = new Documents({
    signer: options.documentSigner,
    evidenceOf,
    attachmentsOf: (context, id) => attachedBundle(evidence.bundles, context, id),
  });
  const { signing = LOCAL_SIGNING } = options;
  const serve: App['serve'] = (served) =>
    createApi({
      appSource,
      pool,
      engine,
      tail,
      registry,
      log,
      bulkSignal,
      consequences,
      introspection,
      trustedProxies,
      evidence,
      documents,
      signing,
      ...served,
    });

  return {
    engine,
    workers,
    bulk,
    evidence,
    tail,
    registry,
    serve,
    stop: async () => {
      await Promise.all([workers.stop(), bulk.stop(), documents.stop(), evidence.stop()]);
      await engine.stop();
      await tail.stop();
      await destroy();
    },
  };
}
