import type { Pool } from 'pg';
import { migrateMachine, type Reason, type WorkflowDefinition } from '../../workflows/kernel/index.js';
import { running } from './running.js';

/** The policy version of the instances that are asked about: a machine that pins more than the one before takes it from there. */
export interface PolicyOfPlan {
  readonly id: string;
  readonly parameters: object;
}

/** How many instances of one kind, version and state there are. */
export interface VersionCount {
  readonly kind: string;
  readonly version: number;
  readonly state: string;
  readonly count: number;
  readonly oldestSince: Date;
}

export interface MachineStatePlan {
  readonly state: string;
  readonly count: number;
  /** Of these, how many would be moved. */
  readonly movable: number;
  /** Where to; null when none would be moved. */
  readonly toState: string | null;
  /** Why the others stay, each reason once. */
  readonly reasons: readonly Reason[];
}

export interface MachinePlan {
  readonly states: readonly MachineStatePlan[];
  /** Those that would be moved. */
  readonly requestIds: readonly string[];
  /** What goes with them of the policy version; undefined: none was named. */
  readonly policy: unknown;
}

type Definitions = (kind: string, version: number) => WorkflowDefinition | undefined;

/** Running instances by kind, version and state, the oldest versions first. */
export async function versionCounts(pool: Pick<Pool, 'query'>): Promise<VersionCount[]> {
  const { rows } = await pool.query<VersionCount>(
    `select kind, machine_version as version, state, count(*)::int as count, min(created_at) as "oldestSince"
     from guildhall.instance where status = 'active' group by kind, machine_version, state order by kind, machine_version, state`,
  );
  return rows;
}

/** What would become of every running instance, by the step that would do it. Undefined: one of the machines is not there. */
export async function machinePlan(
  pool: Pick<Pool, 'query'>,
  definitions: Definitions,
  kind: string,
  fromVersion: number,
  toVersion: number,
  policyVersion?: PolicyOfPlan,
): Promise<MachinePlan | undefined> {
  const [from, to] = [definitions(kind, fromVersion), definitions(kind, toVersion)];
  if (!from || !to) return undefined;
  const policy: unknown = policyVersion && to.policy?.safeParse(policyVersion.parameters).data;
  const states = new Map<string, { count: number; movable: number; toState: string | null; reasons: Map<string, Reason> }>();
  const requestIds: string[] = [];
  for await (const request of running(pool, { kind, machineVersion: fromVersion, policyVersionId: policyVersion?.id })) {
    const plan = states.get(request.state) ?? { count: 0, movable: 0, toState: null, reasons: new Map<string, Reason>() };
    states.set(request.state, plan);
    plan.count += 1;
    const step = migrateMachine(from, to, request.snapshot, request.at, policy);
    if (step.ok) {
      plan.movable += 1;
      plan.toState = step.state;
      requestIds.push(request.id);
    } else for (const reason of step.reasons) plan.reasons.set(reason.code, reason);
  }
  return {
    requestIds,
    policy,
    states: [...states].map(([state, { reasons, ...plan }]) => ({ state, ...plan, reasons: [...reasons.values()] })),
  };
}
