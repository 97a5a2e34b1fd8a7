import { z } from 'zod';
import { HELD } from './advance.js';
import { awaited, deadlinesOf, objectionsTo, open, type Opened, type TimerRow } from './describe.js';
import { interventionObjections, intervenersOf } from './intervene.js';
import { interventions, isMigration, type InterventionType } from './interventions.js';
import type { Actor, EventSpec, Json, WorkflowDefinition } from './definition.js';
import type { Reason } from './reason.js';

export interface AvailableAction {
  readonly event: string;
  readonly title: string;
  readonly allowed: boolean;
  /** Why not; empty when allowed. The payload is judged only when it is sent. */
  readonly reasons: readonly Reason[];
  /** JSON Schema of the payload, without what only the server writes. */
  readonly input: Json;
  /** What has to come with it beside its input, e.g. a proof of who signs. */
  readonly needs: readonly Reason[];
  /** When the clock moves the request on, ISO 8601 UTC; null when no clock runs. */
  readonly deadline: string | null;
  /** The request is waiting for this act of this actor. */
  readonly awaited: boolean;
}

/** Schemas never change while the process runs, and turning one into JSON Schema costs more than a transition. */
const jsonSchemas = new WeakMap<z.ZodType, Json>();

/**
 * What this actor could do now, and for what cannot be done why not: every event from outside that the state takes and that
 * the actor has the authority for, judged by the same checks that a sent event meets.
 */
export function availableActions(
  definition: WorkflowDefinition,
  stored: Json,
  actor: Actor,
  at: string,
  timers: readonly TimerRow[],
): AvailableAction[] {
  const opened = open(definition, stored);
  const deadline = deadlinesOf(opened, timers).find(({ moves }) => moves)?.dueAt ?? null;
  const isAwaited = awaited(opened).some((party) => holds(actor, definition.parties[party]?.authorities ?? []));
  const own = [...new Set(opened.arrows.map(({ event }) => event))].flatMap((event): AvailableAction[] => {
    const spec = definition.events[event];
    if (!spec || !holds(actor, spec.by)) return [];
    const waits = opened.kept.held && spec.whileHeld !== true ? [HELD] : [];
    const reasons = waits.length > 0 ? waits : (objectionsTo(opened, event, actor, at) ?? []);
    const allowed = reasons.length === 0;
    const moves = opened.meta.acts?.includes(event) ?? false;
    return [
      {
        event,
        title: spec.title,
        allowed,
        reasons,
        input: inputSchema(spec),
        needs: spec.needs?.(opened.snapshot.context as never) ?? [],
        deadline,
        awaited: isAwaited && allowed && moves,
      },
    ];
  });
  return [...own, ...interventionsOf(opened, actor, at, deadline)];
}

/** What the platform's staff could do beside the machine's own events. */
function interventionsOf(opened: Opened, actor: Actor, at: string, deadline: string | null): AvailableAction[] {
  const { definition, kept, snapshot } = opened;
  const { supervision } = definition;
  if (!supervision || snapshot.status !== 'active') return [];
  return (Object.keys(interventions) as InterventionType[]).flatMap((type): AvailableAction[] => {
    // Migrations come from a plan over many instances, not from a button on one.
    if (isMigration(type) || !holds(actor, intervenersOf(supervision, type))) return [];
    const reasons = interventionObjections({ definition, kept, type, at, actor });
    const { title, input } = interventions[type];
    const allowed = reasons.length === 0;
    return [{ event: type, title, allowed, reasons, input: jsonSchema(input), needs: [], deadline, awaited: false }];
  });
}

const holds = (actor: Actor, authorities: readonly string[]): boolean =>
  authorities.some((authority) => actor.authorities.includes(authority));

/** What people may send of an event. */
export function inputSchema({ input, sealed = [] }: Pick<EventSpec, 'input' | 'sealed'>): Json {
  const schema = jsonSchema(input);
  if (sealed.length === 0) return schema;
  const { properties = {}, ...rest } = schema as { readonly properties?: Readonly<Record<string, Json>> };
  return { ...rest, properties: Object.fromEntries(Object.entries(properties).filter(([name]) => !sealed.includes(name))) };
}

function jsonSchema(schema: z.ZodType): Json {
  const known = jsonSchemas.get(schema);
  if (known !== undefined) return known;
  const { $schema: _dialect, ...made } = z.toJSONSchema(schema, { io: 'input' });
  jsonSchemas.set(schema, made as Json);
  return made as Json;
}
