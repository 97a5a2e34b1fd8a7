import { Counter, Gauge, Registry } from 'prom-client';
import type { Logger } from 'pino';
import { currentVersion, registry as workflows } from '../workflows/registry.js';
import { renderAgreementEffect } from './agreements/render-agreement.js';
import { renderTransferEffect } from './agreements/render-transfer.js';
import { BulkResolver, followBulk } from './bulk/bulk.resolver.js';
import { BulkSignal, BulkWorker, createBulk, steerBulk, type BulkTypes } from './bulk/index.js';
import type { Config } from './config.js';
import { assertRealClock, assertServingRole, createDataSource, poolOf, writeAsViewer } from './database/index.js';
import { checkBoot, Engine, EngineWorkers, LogTail, Wake, type EngineHandlers, type EngineStep } from './engine/index.js';
import {
  BroadcasterFileResolver,
  DirectoryChangeResolver,
  DirectoryCommands,
  DirectoryDoor,
  DirectoryMutations,
  DirectoryResolver,
  moveMembership,
  OwnerPresence,
  startMergers,
  type Consequences,
} from './directory/index.js';
import {
  buildSchema,
  containerOf,
  createApiServer,
  NodeResolver,
  resolvers,
  type ApiServer,
  type GraphiqlOptions,
} from './graphql/index.js';
import { BulkActionMutations } from './desk/bulk-action.mutations.js';
import { deskBulkTypes } from './desk/bulk-types.js';
import { CaseMutations } from './desk/case.mutations.js';
import { CaseNoteResolver, CaseResolver } from './desk/case.resolver.js';
import type { DeskWriter } from './desk/desk-writer.js';
import { SimulationResolver } from './desk/simulation.resolver.js';
import { CorrectionMutations } from './disputes/correction.mutations.js';
import { DisputeMutations } from './disputes/dispute.mutations.js';
import { guildReleaseObjection, releaseMembership } from './disputes/release-guild.js';
import { ReleaseMutations } from './disputes/release.mutations.js';
import { CauseMutations } from './requests/cause.mutations.js';
import { ExpulsionMutations } from './requests/expulsion.mutations.js';
import { closeDispute, openDispute, releaseInterim, reportDecision } from './disputes/dispute-effects.js';
import { reopenRequest } from './disputes/reopen-request.js';
import { reverseSwitch } from './disputes/reverse-switch.js';
import {
  ActResolver,
  type CheckpointSettings,
  BroadcasterEvidenceResolver,
  Evidence,
  RequestEvidenceResolver,
  type PlatformKey,
} from './evidence/index.js';
import { GuildPositionResolver, GuildResolver, ViewerResolver } from './guilds/guild.resolver.js';
import { Principals, Viewers, type TokenVerifier } from './identity/index.js';
import { NotificationResolver } from './notifications/notification.resolver.js';
import { notifyParties } from './notifications/notify-parties.js';
import { PolicyCommands } from './policies/policy.commands.js';
import { PolicyMutations } from './policies/policy.mutations.js';
import { PolicyResolver } from './policies/policy.resolver.js';
import { authoritySql, topicsSql } from './requests/authority.js';
import { RequestCommands } from './requests/commands.js';
import { ConsentResolver } from './requests/consent.resolver.js';
import { DefinitionsResolver } from './requests/definitions.resolver.js';
import { planBulkTypes } from './plans/create-planned.js';
import { PlanResolver } from './plans/plan.resolver.js';
import { openByCode } from './requests/open-by-code.js';
import { openRequest } from './requests/open-request.js';
import { InterventionMutations } from './requests/intervention.mutations.js';
import { OpeningMutations } from './requests/opening.mutations.js';
import { ExitOptionsResolver } from './requests/exit-options.resolver.js';
import { ExitReasons } from './requests/exit-reasons.js';
import { ExitReasonsResolver } from './requests/exit-reasons.resolver.js';
import { LeaveMutations } from './requests/leave.mutations.js';
import { RequestMutations } from './requests/request.mutations.js';
import { RequestResolver } from './requests/request.resolver.js';
import { followLog, RequestUpdatesResolver } from './requests/request-updates.resolver.js';
import { RequestLinksResolver } from './requests/request-links.resolver.js';
import { TransferCodes } from './requests/transfer-code.service.js';
import { TransferCodeMutations } from './requests/transfer-code.mutations.js';
import { TransferMutations } from './requests/transfer.mutations.js';
import { TransferResolver } from './requests/transfer.resolver.js';
import { giveNotice } from './settlement/give-notice.js';
import { MembershipResolver } from './settlement/membership.resolver.js';
import {
  amendMembership,
  annulMembership,
  endMembership,
  openStatement,
  recordFault,
  transferMembership,
} from './settlement/membership-effects.js';
import { switchMembership } from './settlement/switch-membership.js';

export interface AppOptions {
  readonly config: Pick<Config, 'introspection' | 'production'> & Partial<Pick<Config, 'trustedProxies'>>;
  /** A prepared and migrated database. */
  readonly databaseUrl: string;
  readonly rolePrefix?: string;
  readonly poolSize: number;
  readonly log: Logger;
  /** By which acts are sealed; undefined: none is. */
  readonly platformKey?: PlatformKey;
  /** Where and how often checkpoints are made; undefined: none. */
  readonly checkpoints?: CheckpointSettings;
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
    reportDecision,
    releaseInterim,
    reopenRequest,
    reverseSwitch,
    giveNotice,
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

/** Wires everything, once. Refuses to come up on anything that would only show with the first unlucky request. */
export async function createApp(options: AppOptions): Promise<App> {
  const { databaseUrl: url, rolePrefix, poolSize, log } = options;
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
  const plan = () => startMergers(pool, consequences);
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
    if (options.config.production) await assertRealClock(pool);
    const problems = await checkBoot(engine, workflows);
    if (problems.length > 0)
      throw new Error(`This build cannot serve this database:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    evidence = await Evidence.open({ pool, key: options.platformKey, checkpoints: options.checkpoints, wake, log, registry });
    await tail.start();
  } catch (error) {
    await tail.stop();
    await destroy();
    throw error;
  }

  const serve: App['serve'] = async ({ tokens, graphiql }) => {
    const principals = new Principals(pool);
    const commands = new RequestCommands(engine, principals);
    const directory = new DirectoryCommands(new DirectoryDoor(pool, consequences), principals);
    const presence = new OwnerPresence(pool, (err) => log.warn({ err }, 'that an owner was seen could not be noted'));
    const handleSql = 'select id from guildhall.broadcaster where handle = $1';
    const broadcasterOfHandle = async (handle: string) => (await pool.query<{ id: string }>(handleSql, [handle])).rows[0]?.id;
    const write: DeskWriter = (context, work) => writeAsViewer(appSource, context.identity, work);
    const instances = [
      new NodeResolver(),
      new ViewerResolver(),
      new GuildPositionResolver(),
      new GuildResolver(),
      new PolicyResolver(),
      new PolicyMutations(new PolicyCommands(appSource)),
      new RequestResolver(),
      new DefinitionsResolver(),
      new ConsentResolver(),
      new RequestMutations(commands, broadcasterOfHandle),
      new OpeningMutations(commands),
      new RequestLinksResolver(),
      new TransferResolver(),
      new TransferMutations(commands, broadcasterOfHandle),
      new TransferCodeMutations(commands, new TransferCodes(pool), principals),
      new InterventionMutations(commands),
      new CauseMutations(commands),
      new ExpulsionMutations(commands),
      new DisputeMutations(commands),
      new CorrectionMutations(commands),
      new ReleaseMutations(commands, write, bulkSignal, (release) => guildReleaseObjection(pool, release)),
      new LeaveMutations(commands),
      new ExitReasonsResolver(new ExitReasons(pool, principals)),
      new ExitOptionsResolver(pool),
      new RequestUpdatesResolver(),
      new MembershipResolver(),
      new NotificationResolver(),
      new PlanResolver(pool, bulkSignal),
      new BulkResolver(async (context, control, uuid) => {
        const steered = await write(context, (tx) => steerBulk(tx, control, uuid));
        bulkSignal.work();
        bulkSignal.progress(uuid);
        return steered;
      }),
      new CaseResolver(),
      new CaseNoteResolver(),
      new CaseMutations(write),
      new BulkActionMutations(write, bulkSignal),
      new SimulationResolver(),
      new DirectoryResolver(),
      new DirectoryMutations(directory),
      new DirectoryChangeResolver(),
      new BroadcasterFileResolver(),
      new ActResolver(),
      new RequestEvidenceResolver(),
      new BroadcasterEvidenceResolver(),
    ];
    const schema = await buildSchema({ resolvers, container: containerOf(instances) });
    followLog(schema, tail);
    followBulk(schema, bulkSignal);
    return createApiServer({
      schema,
      tokens,
      viewers: new Viewers(appSource, (viewer) => void presence.note(viewer)),
      log,
      registry,
      introspection: options.config.introspection,
      trustedProxies: options.config.trustedProxies ?? [],
      graphiql,
      documents: evidence.documents,
      downloads: evidence.downloads,
      readiness: {
        database: async () => {
          await pool.query('select 1');
          return undefined;
        },
        log: async () => {
          const lagMs = Math.round(performance.now() - tail.caughtUpAt);
          if (lagMs > 15_000) throw new Error(`the log is ${String(lagMs)} ms behind`);
          return { lagMs };
        },
      },
    });
  };

  return {
    engine,
    workers,
    bulk,
    evidence,
    tail,
    registry,
    serve,
    stop: async () => {
      await Promise.all([workers.stop(), bulk.stop(), evidence.stop()]);
      await engine.stop();
      await tail.stop();
      await destroy();
    },
  };
}
