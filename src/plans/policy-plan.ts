import type { Pool } from 'pg';
import { advance, delayOf, keptOf, type Accepted, type Json, type Reason } from '../../workflows/kernel/index.js';
import type { RequestDefinition } from '../../workflows/phases/index.js';
import { compareParameters, type ParameterChange } from '../policies/compare-parameters.js';
import { policyVersion } from '../policies/policy.service.js';
import { running, type Running } from './running.js';

/** What the new version is for the broadcaster of one request, by the parameters that its kind is run by. */
export type PlanEffect = 'BETTER' | 'WORSE' | 'MIXED' | 'NEUTRAL';

export interface MovedDeadline {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

export interface PlannedRequest {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly effect: PlanEffect;
  readonly changes: readonly ParameterChange[];
  /** Deadlines that would move; empty when none does. */
  readonly deadlines: readonly MovedDeadline[];
  /** Why it would not be moved; empty: it would. */
  readonly reasons: readonly Reason[];
}

type Version = NonNullable<Awaited<ReturnType<typeof policyVersion>>>;

export interface PolicyPlanner {
  readonly to: Version;
  /** The event that moves a request; the kind keeps of the parameters those that it pins. */
  readonly event: (reasonCode: string) => { readonly type: string; readonly [key: string]: unknown };
  readonly plan: (request: Running) => Promise<PlannedRequest | undefined>;
}

/** Of somebody who may migrate: a plan asks what the step would do, by the step itself. */
const PLANNER = { id: '00000000-0000-0000-0000-000000000000', authorities: ['POLICY'] };

/** Makes plans towards one version; each version that requests have pinned is read once. */
export function policyPlanner(
  pool: Pick<Pool, 'query'>,
  to: Version,
  definitionOf: (kind: string, version: number) => RequestDefinition | undefined,
): PolicyPlanner {
  const known = new Map<string, Promise<Version | undefined>>();
  const versionOf = (id: string) => {
    const found = known.get(id) ?? policyVersion(pool, id);
    known.set(id, found);
    return found;
  };
  const event = (reasonCode: string) => ({
    type: 'MIGRATE_POLICY',
    policyVersionId: to.id,
    policy: to.parameters as unknown as Json,
    reasonCode,
  });
  return {
    to,
    event,
    plan: async (request) => {
      const definition = definitionOf(request.kind, request.machineVersion);
      const from = request.policyVersionId === to.id ? undefined : await versionOf(request.policyVersionId);
      if (!definition || !from) return undefined;
      return planOf(request, definition, from, to, event('LAW_CHANGED'));
    },
  };
}

function planOf(
  request: Running,
  definition: RequestDefinition,
  from: Version,
  to: Version,
  event: { readonly type: string },
): PlannedRequest {
  const { id, kind, state } = request;
  const pinned = definition.policy?.safeParse(to.parameters).data ?? {};
  const changes = compareParameters(from.parameters, to.parameters).filter(({ name }) => Object.hasOwn(pinned, name));
  const effect = effectOf(changes);
  const planned = { id, kind, state, effect, changes };
  const step = advance(definition, request.snapshot, { ...event, at: request.at, actor: PLANNER }, 'outside');
  if (!step.ok) return { ...planned, deadlines: [], reasons: step.reasons };
  return { ...planned, deadlines: movedDeadlines(request.snapshot, step), reasons: notBetter(effect) };
}

function effectOf(changes: readonly ParameterChange[]): PlanEffect {
  const better = changes.some((change) => change.effect === 'BETTER');
  const worse = changes.some((change) => change.effect === 'WORSE');
  if (better && worse) return 'MIXED';
  return better ? 'BETTER' : worse ? 'WORSE' : 'NEUTRAL';
}

/** A running request keeps its rules unless other ones are better for the broadcaster, or the law asks for it. */
const notBetter = (effect: PlanEffect): Reason[] =>
  effect === 'BETTER'
    ? []
    : [
        {
          code: effect === 'NEUTRAL' ? 'NOTHING_CHANGES' : 'NOT_BETTER',
          message:
            effect === 'NEUTRAL'
              ? 'Nothing that this request is run by differs for the broadcaster.'
              : 'The new version is not in every respect better for the broadcaster.',
        },
      ];

function movedDeadlines(before: Json, { snapshot }: Accepted): MovedDeadline[] {
  const after = keptOf(snapshot).timers;
  return Object.entries(keptOf(before).timers).flatMap(([name, timer]) => {
    const moved = after[name];
    return moved && moved.dueAt !== timer.dueAt ? [{ name: delayOf(name), before: timer.dueAt, after: moved.dueAt }] : [];
  });
}

/** The running requests of the version's region (all regions, for a version for everywhere) that have pinned another one. */
export const affected = (pool: Pick<Pool, 'query'>, to: Version, from: string | undefined) =>
  running(pool, { regionCode: to.regionCode ?? undefined, policyVersionId: from });
