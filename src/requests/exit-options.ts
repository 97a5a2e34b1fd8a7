import type { Pool } from 'pg';
import { advance, begin, explain, SYSTEM_ACTOR, type Accepted, type Reason } from '../../workflows/kernel/index.js';
import { later, type OpeningFacts, type Party, type RequestDefinition } from '../../workflows/phases/index.js';
import { currentVersion, definitionOf } from '../../workflows/registry.js';
import { inTransaction, type Transaction } from '../engine/index.js';
import { policyInForce, type PinnedPolicy } from '../policies/policy.service.js';
import { readFacts } from './facts.js';
import { ROUTES, type Route } from './leave-enums.js';
import { machineInput } from './machine-input.js';
import { rulesOf } from './rules.js';
import { readSubject, type FoundSubject } from './subject.js';

/** What somebody would say when they left; what they do not say is as the route has it. */
export interface Wishes {
  readonly leaveAt: string | null;
  readonly acceptsExitFee: boolean;
  readonly becomesNotice: boolean;
}

export interface ExitOption {
  readonly route: Route;
  readonly isOpen: boolean;
  readonly reasons: readonly Reason[];
  /** When the last of the reasons falls away; null when open, or when time alone does not cure it. */
  readonly opensAt: string | null;
  readonly earliestEnd: string | null;
  readonly awaits: readonly string[];
  readonly silence: string | null;
}

export const NOBODY = '00000000-0000-0000-0000-000000000000';
/** The routes ask why somebody leaves; whether they are open does not depend on it. */
const ANY_REASON = { primaryReason: 'LIFE_QUIT' };

function saidFor(route: Route, { leaveAt, acceptsExitFee, becomesNotice }: Wishes): object {
  const dated = leaveAt === null ? ANY_REASON : { ...ANY_REASON, leaveAt };
  switch (route) {
    case 'MUTUAL':
      return { ...dated, becomesNotice, acceptsExitFee };
    case 'NOTICE':
      return { ...dated, acceptsExitFee };
    case 'MINOR':
      return ANY_REASON;
    case 'CAUSE':
      return { cause: 'CONTRACT_BREACH' };
    case 'PROBATION':
    case 'LOW_ACTIVITY':
      return dated;
  }
}

/**
 * What each way out would come to now: judged by the kinds' own openings and run in their own machines, in a transaction that can
 * write nothing. Undefined: there is no such membership.
 */
export async function exitOptions(
  pool: Pool,
  membershipId: string,
  wishes: Wishes,
  mayAsk: (broadcasterId: string) => boolean,
): Promise<ExitOption[] | undefined> {
  return inTransaction(pool, async (tx) => {
    await tx.query('set transaction isolation level repeatable read read only');
    const { rows } = await tx.query<{ at: Date }>('select guildhall.now() as at');
    const at = rows[0]!.at.toISOString();
    const subject = await readSubject(tx, { subject: 'MEMBERSHIP' }, { membershipId, said: {} }, at);
    if (!subject || !mayAsk(subject.broadcasterId)) return undefined;
    const policy = await policyInForce(tx, subject.regionCode, at);
    if (!policy) return undefined;
    const parameters = policy.parameters as unknown as Readonly<Record<string, number>>;
    const facts = await readFacts(tx, { ...subject, requestId: NOBODY, principalId: NOBODY, at, policy: parameters });
    return optionsBy(tx, policy, facts, subject, wishes);
  });
}

/** Every route, judged by these facts. */
export async function optionsBy(
  tx: Transaction,
  policy: PinnedPolicy,
  facts: OpeningFacts,
  subject: FoundSubject,
  wishes: Wishes,
): Promise<ExitOption[]> {
  const options: ExitOption[] = [];
  for (const route of Object.keys(ROUTES) as Route[]) {
    const definition = definitionOf(ROUTES[route], currentVersion(ROUTES[route])!);
    const said = definition.opening.said.parse(saidFor(route, wishes));
    const asked = definition.opening.rules?.(said as never) ?? [];
    const rules = await rulesOf(tx, policy, asked, { ...subject, at: facts.at, said });
    options.push(optionOf(route, definition, { ...facts, rules }, subject, wishes, said));
  }
  return options;
}

function optionOf(
  route: Route,
  definition: RequestDefinition,
  facts: OpeningFacts,
  subject: FoundSubject,
  wishes: Wishes,
  said: unknown,
): ExitOption {
  const { opening } = definition;
  // That a cause needs evidence is said when one is alleged; the other objections are to what is wished here.
  const objections = route === 'CAUSE' ? [] : (opening.objections?.(said as never, facts) ?? []);
  const reasons = [...objections, ...opening.eligibility(facts, said as never)];
  if (reasons.length > 0) {
    const untils = reasons.map(({ until }) => until);
    const opensAt = untils.every((until) => until !== undefined) ? untils.reduce((a, b) => (a > b ? a : b)) : null;
    return { route, isOpen: false, reasons, opensAt, earliestEnd: null, awaits: [], silence: null };
  }
  const initiator: Party = 'BROADCASTER';
  const input = machineInput({ definition, facts, subject, initiator, said, failures: [] });
  const { step, endsAt } = rehearse(definition, input, facts.at);
  const { awaits, silence } = endsAt === undefined ? explain(definition, step.snapshot, step.armed, facts.at) : ENDED;
  const { switchAt } = (step.snapshot as { context: { switchAt: string | null } }).context;
  // Where the end depends on what others do, they could do it at once.
  const earliestEnd = endsAt ?? switchAt ?? later(facts.at, wishes.leaveAt);
  return { route, isOpen: true, reasons: [], opensAt: null, earliestEnd, awaits, silence };
}

const ENDED = { awaits: [], silence: null };

/** The first steps of the machine, with the answers that its effects would have; what would end the membership is not carried out. */
function rehearse(definition: RequestDefinition, input: object, at: string): { step: Accepted; endsAt?: string } {
  let step = begin(definition, input, at);
  for (;;) {
    if (!step.ok) throw new Error(`${definition.kind} cannot be rehearsed: ${JSON.stringify(step.reasons)}`);
    const ending = step.effects.find(({ type }) => type === 'endMembership');
    if (ending) return { step, endsAt: (ending.params as { endsAt: string }).endsAt };
    const rendering = step.effects.find(({ type }) => type === 'renderAgreement');
    if (!rendering) return { step };
    const { version } = rendering.params as { version: number };
    const rendered = { type: 'AGREEMENT_RENDERED', version, sha256: '0'.repeat(64), agreementId: NOBODY };
    step = advance(definition, step.snapshot, { ...rendered, at, actor: SYSTEM_ACTOR }, 'effect');
  }
}
