import type { Pool, PoolClient } from 'pg';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { AgreementResolver } from './agreements/agreement.resolver.js';
import { ClauseCommentResolver } from './agreements/clause-comment.resolver.js';
import { linksOf, type Engine, type LogTail } from './engine/index.js';
import { BulkResolver, followBulk } from './bulk/bulk.resolver.js';
import { steerBulk, type BulkSignal } from './bulk/index.js';
import { writeAsViewer } from './database/index.js';
import {
  BroadcasterFileResolver,
  DirectoryChangeResolver,
  DirectoryCommands,
  DirectoryDoor,
  DirectoryMutations,
  DirectoryResolver,
  OwnerPresence,
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
import { CaseMutations } from './desk/case.mutations.js';
import { CaseNoteResolver, CaseResolver } from './desk/case.resolver.js';
import type { DeskWriter } from './desk/desk-writer.js';
import { SimulationResolver } from './desk/simulation.resolver.js';
import { CorrectionMutations } from './disputes/correction.mutations.js';
import { DisputeMutations } from './disputes/dispute.mutations.js';
import { guildReleaseObjection } from './disputes/release-guild.js';
import { ReleaseMutations } from './disputes/release.mutations.js';
import { CauseMutations } from './requests/cause.mutations.js';
import { ExpulsionMutations } from './requests/expulsion.mutations.js';
import { GuildPositionResolver, GuildResolver, ViewerResolver } from './guilds/guild.resolver.js';
import { Principals, Viewers, type TokenVerifier } from './identity/index.js';
import { NotificationResolver } from './notifications/notification.resolver.js';
import { PolicyCommands } from './policies/policy.commands.js';
import { PolicyMutations } from './policies/policy.mutations.js';
import { PolicyResolver } from './policies/policy.resolver.js';
import { RequestCommands } from './requests/commands.js';
import { DefinitionsResolver } from './requests/definitions.resolver.js';
import { PlanResolver } from './plans/plan.resolver.js';
import { InterventionMutations } from './requests/intervention.mutations.js';
import { OpeningMutations } from './requests/opening.mutations.js';
import { ExitOptionsResolver } from './requests/exit-options.resolver.js';
import { ExitPreviewResolver } from './requests/exit-preview.resolver.js';
import { NoticesResolver } from './requests/notices.resolver.js';
import { ExitReasons } from './requests/exit-reasons.js';
import { ExitReasonsResolver } from './requests/exit-reasons.resolver.js';
import { LeaveMutations } from './requests/leave.mutations.js';
import { PayoutMutations } from './requests/payout.mutations.js';
import { RequestMutations } from './requests/request.mutations.js';
import { RequestResolver } from './requests/request.resolver.js';
import { followLog, RequestUpdatesResolver } from './requests/request-updates.resolver.js';
import { RequestLinksResolver } from './requests/request-links.resolver.js';
import { TransferCodes } from './requests/transfer-code.service.js';
import { TransferCodeMutations } from './requests/transfer-code.mutations.js';
import { TransferMutations } from './requests/transfer.mutations.js';
import { TransferResolver } from './requests/transfer.resolver.js';
import { ClauseCommands } from './templates/clause.commands.js';
import { ClauseResolver } from './templates/clause.resolver.js';
import { ReviewedWriter } from './templates/reviewed-version.js';
import { TemplateCommands } from './templates/template.commands.js';
import { TemplateMutations } from './templates/template.mutations.js';
import { TemplateResolver } from './templates/template.resolver.js';
import { MembershipResolver } from './settlement/membership.resolver.js';

/** What the API stands on: everything that `createApp` has made, and what a caller says of this server. */
export interface ApiParts {
  readonly appSource: DataSource;
  readonly pool: Pool;
  readonly engine: Engine;
  readonly tail: LogTail;
  readonly registry: Registry;
  readonly log: Logger;
  readonly bulkSignal: BulkSignal;
  readonly consequences: Consequences;
  readonly introspection: boolean;
  readonly tokens: TokenVerifier;
  readonly graphiql: GraphiqlOptions | false;
}

/** One instance of each class that src/graphql/resolvers.ts names, with what it takes. */
function resolverInstances({ appSource, pool, engine, bulkSignal, consequences }: ApiParts): object[] {
  const principals = new Principals(pool);
  const commands = new RequestCommands(engine, principals);
  const linked = { of: (client: PoolClient) => linksOf(engine, client), announce: () => engine.options.wake.announce() };
  const directory = new DirectoryCommands(new DirectoryDoor(pool, consequences, linked), principals);
  const handleSql = 'select id from guildhall.broadcaster where handle = $1';
  const broadcasterOfHandle = async (handle: string) => (await pool.query<{ id: string }>(handleSql, [handle])).rows[0]?.id;
  const write: DeskWriter = (context, work) => writeAsViewer(appSource, context.identity, work);
  const reviewed = new ReviewedWriter(appSource);
  return [
    new NodeResolver(),
    new ViewerResolver(),
    new GuildPositionResolver(),
    new GuildResolver(),
    new PolicyResolver(),
    new PolicyMutations(new PolicyCommands(appSource)),
    new ClauseResolver(),
    new TemplateResolver(),
    new TemplateMutations(new ClauseCommands(reviewed), new TemplateCommands(reviewed)),
    new RequestResolver(),
    new AgreementResolver(),
    new ClauseCommentResolver(appSource),
    new DefinitionsResolver(),
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
    new PayoutMutations(commands),
    new ReleaseMutations(commands, write, bulkSignal, (release) => guildReleaseObjection(pool, release)),
    new LeaveMutations(commands),
    new ExitReasonsResolver(new ExitReasons(pool, principals)),
    new ExitOptionsResolver(pool),
    new ExitPreviewResolver(pool),
    new NoticesResolver(),
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
  ];
}

/** The API over an app; it is not listening yet. */
export async function createApi(parts: ApiParts): Promise<ApiServer> {
  const { appSource, pool, tail, registry, log, bulkSignal, introspection, tokens, graphiql } = parts;
  const presence = new OwnerPresence(pool, (err) => log.warn({ err }, 'that an owner was seen could not be noted'));
  const schema = await buildSchema({ resolvers, container: containerOf(resolverInstances(parts)) });
  followLog(schema, tail);
  followBulk(schema, bulkSignal);
  return createApiServer({
    schema,
    tokens,
    viewers: new Viewers(appSource, (viewer) => void presence.note(viewer)),
    log,
    registry,
    introspection,
    graphiql,
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
}
