import { AgreementResolver } from '../agreements/agreement.resolver.js';
import { ClauseCommentResolver } from '../agreements/clause-comment.resolver.js';
import { BulkResolver } from '../bulk/bulk.resolver.js';
import { BulkActionMutations } from '../desk/bulk-action.mutations.js';
import { CaseMutations } from '../desk/case.mutations.js';
import { CaseNoteResolver, CaseResolver } from '../desk/case.resolver.js';
import { SimulationResolver } from '../desk/simulation.resolver.js';
import { BroadcasterFileResolver, DirectoryChangeResolver, DirectoryMutations, DirectoryResolver } from '../directory/index.js';
import { GuildPositionResolver, GuildResolver, ViewerResolver } from '../guilds/guild.resolver.js';
import { CorrectionMutations } from '../disputes/correction.mutations.js';
import { DisputeMutations } from '../disputes/dispute.mutations.js';
import { ReleaseMutations } from '../disputes/release.mutations.js';
import { CauseMutations } from '../requests/cause.mutations.js';
import { ExpulsionMutations } from '../requests/expulsion.mutations.js';
import { InterventionMutations } from '../requests/intervention.mutations.js';
import { OpeningMutations } from '../requests/opening.mutations.js';
import { PayoutMutations } from '../requests/payout.mutations.js';
import { RequestLinksResolver } from '../requests/request-links.resolver.js';
import { TransferCodeMutations } from '../requests/transfer-code.mutations.js';
import { TransferMutations } from '../requests/transfer.mutations.js';
import { TransferResolver } from '../requests/transfer.resolver.js';
import { DefinitionsResolver } from '../requests/definitions.resolver.js';
import { ExitOptionsResolver } from '../requests/exit-options.resolver.js';
import { ExitPreviewResolver } from '../requests/exit-preview.resolver.js';
import { NoticesResolver } from '../requests/notices.resolver.js';
import { ExitReasonsResolver } from '../requests/exit-reasons.resolver.js';
import { LeaveMutations } from '../requests/leave.mutations.js';
import { RequestMutations } from '../requests/request.mutations.js';
import { RequestResolver } from '../requests/request.resolver.js';
import { RequestUpdatesResolver } from '../requests/request-updates.resolver.js';
import { NotificationResolver } from '../notifications/notification.resolver.js';
import { MembershipResolver } from '../settlement/membership.resolver.js';
import { ClauseResolver } from '../templates/clause.resolver.js';
import { TemplateMutations } from '../templates/template.mutations.js';
import { TemplateResolver } from '../templates/template.resolver.js';
import { PolicyMutations } from '../policies/policy.mutations.js';
import { PolicyResolver } from '../policies/policy.resolver.js';
import { PlanResolver } from '../plans/plan.resolver.js';
import { NodeResolver } from './node.resolver.js';
import type { SchemaOptions } from './schema.js';

/** The resolver classes of all features: what `schema.graphql` is printed from and api.ts makes instances of. */
export const resolvers: SchemaOptions['resolvers'] = [
  NodeResolver,
  ViewerResolver,
  GuildPositionResolver,
  GuildResolver,
  PolicyResolver,
  PolicyMutations,
  ClauseResolver,
  TemplateResolver,
  TemplateMutations,
  RequestResolver,
  AgreementResolver,
  ClauseCommentResolver,
  DefinitionsResolver,
  RequestMutations,
  OpeningMutations,
  RequestLinksResolver,
  TransferResolver,
  TransferMutations,
  TransferCodeMutations,
  InterventionMutations,
  CauseMutations,
  ExpulsionMutations,
  DisputeMutations,
  CorrectionMutations,
  PayoutMutations,
  ReleaseMutations,
  LeaveMutations,
  ExitReasonsResolver,
  ExitOptionsResolver,
  ExitPreviewResolver,
  NoticesResolver,
  RequestUpdatesResolver,
  MembershipResolver,
  NotificationResolver,
  PlanResolver,
  BulkResolver,
  CaseResolver,
  CaseNoteResolver,
  CaseMutations,
  BulkActionMutations,
  SimulationResolver,
  DirectoryResolver,
  DirectoryMutations,
  DirectoryChangeResolver,
  BroadcasterFileResolver,
];
