import { bootProblems, restore, type WorkflowDefinition } from '../../workflows/kernel/index.js';
import { parse } from './chain.js';
import type { Engine } from './engine.js';

/**
 * Everything that would otherwise be found by the first unlucky request: machines that do not hold together, effects
 * without a handler, instances whose machine is gone or no longer knows their state. Empty: fit to serve.
 */
export async function checkBoot(engine: Engine, registry: readonly WorkflowDefinition[]): Promise<string[]> {
  const { handlers, definitions, pool } = engine.options;
  const problems = registry.flatMap(bootProblems);
  for (const definition of registry) {
    const name = `${definition.kind} v${String(definition.version)}`;
    if (!handlers.openers[definition.kind]) problems.push(`${name}: nothing opens this kind.`);
    for (const [type, effect] of Object.entries(definition.effects)) {
      const table = effect.mode === 'transaction' ? handlers.transactionEffects : handlers.deliveries;
      if (!table[type]) problems.push(`${name}: the ${effect.mode} effect "${type}" has no handler.`);
    }
  }
  const { rows } = await pool.query<{
    kind: string;
    machine_version: number;
    state: string;
    snapshot: string;
    id: string;
    n: string;
  }>(
    `select distinct on (kind, machine_version, state) kind, machine_version, state, snapshot, id::text, count(*) over (partition by kind, machine_version, state)::text as n
     from guildhall.instance where status = 'active' order by kind, machine_version, state, updated_at desc`,
  );
  for (const row of rows) {
    const name = `${row.kind} v${String(row.machine_version)}`;
    const definition = definitions(row.kind, row.machine_version);
    if (!definition) {
      problems.push(`${row.n} running instances in "${row.state}" need ${name}, which is not registered.`);
      continue;
    }
    try {
      restore(definition, parse(row.snapshot));
    } catch (error) {
      problems.push(`${name}: the snapshot of instance ${row.id} in "${row.state}" does not restore: ${String(error)}`);
    }
  }
  return problems;
}
