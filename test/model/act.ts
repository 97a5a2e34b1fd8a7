import {
  availableActions,
  delayOf,
  interventions,
  isIntervention,
  keptOf,
  type AvailableAction,
  type Json,
} from '../../workflows/kernel/index.js';
import { currentVersion, registry } from '../../workflows/registry.js';
import { encodeGlobalId } from '../../src/schema/index.js';
import { STRANGE_EVENTS } from '../support/product.js';
import type { RequestNow } from './look.js';
import type { Person } from './people.js';
import type { Sequence } from './sequence.js';

/** What somebody wants to do with a request: chosen by numbers from what the request itself offers, or does not. */

/** `next`: what is awaited, and nothing else when nobody is. */
export type Wish = 'next' | 'awaited' | 'offered' | 'intervention' | 'migration' | 'denied';

export interface Choice {
  readonly wish: Wish;
  readonly request: number;
  readonly who: number;
  readonly what: number;
  readonly payload: number;
}

export interface Act {
  readonly request: RequestNow;
  readonly person: Person;
  readonly event: string;
  readonly input: object;
  /** True: the server has to refuse it. */
  readonly denied: boolean;
}

interface Offer {
  readonly person: Person;
  readonly action: AvailableAction;
}

const at = <T>(list: readonly T[], n: number): T | undefined => list[n % list.length];

/** The request that a choice is about: the newest first, and open ones where there are any. */
export function requestOf({ requests, openRequests }: Sequence, { wish, request }: Choice): RequestNow {
  const candidates = wish === 'denied' || openRequests.length === 0 ? requests : openRequests;
  return at([...candidates].reverse(), request)!;
}

/** Undefined: there is nothing of this sort to do just now. */
export function chosen(sequence: Sequence, choice: Choice, among?: RequestNow): Act | undefined {
  const request = among ?? requestOf(sequence, choice);
  if (choice.wish === 'denied') return deniedAct(sequence, request, choice);
  if (choice.wish === 'migration') return migration(sequence, request, choice);
  const offers = sequence.world.people.flatMap((person): Offer[] =>
    actionsFor(sequence, request, person)
      .filter(({ allowed }) => allowed)
      .map((action) => ({ person, action })),
  );
  const fitting = offers.filter(({ action }) =>
    choice.wish === 'awaited' || choice.wish === 'next'
      ? action.awaited
      : choice.wish === 'intervention'
        ? isIntervention(action.event)
        : !action.awaited,
  );
  const offer = at(fitting.length > 0 || choice.wish === 'next' ? fitting : offers, choice.who * 7 + choice.what);
  if (!offer) return undefined;
  const { person, action } = offer;
  return {
    request,
    person,
    event: action.event,
    input: payloadFor(sequence, request, action.event, person, choice.payload),
    denied: false,
  };
}

export function actionsFor(sequence: Sequence, request: RequestNow, person: Person): AvailableAction[] {
  const actor = { id: person.principalId, authorities: sequence.authorities(person, request) };
  const stored = JSON.parse(request.snapshot) as Json;
  const timers = Object.entries(keptOf(stored).timers).map(([name, { dueAt }]) => ({ name, dueAt }));
  return availableActions(sequence.definitionOf(request), stored, actor, sequence.at, timers);
}

const migrations: readonly string[] = ['MIGRATE_POLICY', 'MIGRATE_MACHINE'];

/** Something that is not offered to this person: no authority, the wrong state, a check that objects, or no event at all. */
function deniedAct(sequence: Sequence, request: RequestNow, { who, what, payload }: Choice): Act | undefined {
  const person = at([...sequence.world.people, ...sequence.world.strangers], who)!;
  const events = [...Object.keys(sequence.definitionOf(request).events), ...Object.keys(interventions), ...STRANGE_EVENTS];
  const offered = new Set(actionsFor(sequence, request, person).flatMap(({ event, allowed }) => (allowed ? [event] : [])));
  const authorities = sequence.authorities(person, request);
  const mayMigrate = !request.done && (authorities.includes('POLICY') || authorities.includes('SUPPORT'));
  const event = at(
    events.filter((each) => !offered.has(each) && !(mayMigrate && migrations.includes(each))),
    what,
  );
  return event === undefined
    ? undefined
    : { request, person, event, input: payloadFor(sequence, request, event, person, payload), denied: true };
}

function migration(sequence: Sequence, request: RequestNow, { who, payload }: Choice): Act {
  const staff = sequence.world.people.filter(({ platformRole }) => platformRole === 'POLICY' || platformRole === 'SUPPORT');
  const event = at(migrations, payload)!;
  const person = at(staff, who)!;
  return { request, person, event, input: payloadFor(sequence, request, event, person, payload), denied: false };
}

const because = { reasonCode: 'OTHER' };

/** A payload that fits the event where the request stands, from the sample of its kind; nothing for an event that nobody knows. */
function payloadFor(sequence: Sequence, request: RequestNow, event: string, person: Person, n: number): object {
  const definition = sequence.definitionOf(request);
  const stored = JSON.parse(request.snapshot) as { readonly context: Json };
  const timer = at(Object.entries(keptOf(stored as Json).timers), n);
  switch (event) {
    case 'HOLD_REQUEST':
      return { reasonCode: 'INVESTIGATION' };
    case 'EXTEND_DEADLINE': {
      const until = new Date(Date.parse(timer?.[1].dueAt ?? sequence.at) + (1 + (n % 40)) * 86_400_000).toISOString();
      return { deadline: timer ? delayOf(timer[0]) : 'none', until, ...because };
    }
    case 'PROPOSE_FORCE':
      return { state: at(definition.supervision?.forcible ?? [], n) ?? 'none', ...because };
    case 'MIGRATE_POLICY': {
      const { policyVersionId, parameters } = sequence.newestPolicy;
      return { policyVersionId, policy: definition.policy?.parse(parameters) ?? {}, ...because };
    }
    case 'MIGRATE_MACHINE':
      return { fromVersion: request.machineVersion, toVersion: currentVersion(request.kind)!, ...because };
    default:
      if (isIntervention(event)) return because;
  }
  const { payloads } = sequence.sampleOf(definition);
  const place = { state: request.state, context: stored.context, at: sequence.at };
  const made = Object.hasOwn(payloads, event) ? payloads[event]!(place) : {};
  const payload = Array.isArray(made) ? (at(made as object[], n) ?? {}) : made;
  return fitted(payload as Record<string, unknown>, stored.context, sequence, person, n);
}

/** The sample's hashes are made up; those of the texts that stand in the context are the real ones. Words come with their annex. */
function fitted(payload: Record<string, unknown>, context: Json, sequence: Sequence, { staff }: Person, n: number): object {
  const { annexId: _id, annexHash: _hash, ...rest } = payload;
  const hashes = hashesIn(context);
  const ownGuild = staff !== undefined && n % 3 === 0 && sequence.isBothSides(staff) ? { as: 'GUILD' } : {};
  return { ...rest, ...ownGuild, ...('sha256' in rest && hashes.length > 0 ? { sha256: at(hashes, n) } : {}) };
}

function hashesIn(value: unknown): string[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'sha256' && typeof inner === 'string' ? [inner] : hashesIn(inner),
  );
}

export const inputOf = ({ request, event, input }: Act, more: object = {}): object => ({
  requestId: encodeGlobalId('Request', request.id),
  event,
  input,
  ...more,
});

/** What no kind lets anybody do, whatever its machine says. */
export function forbiddenTo(sequence: Sequence, { request, person, event }: Act): string | undefined {
  const authorities = sequence.authorities(person, request);
  const { byFinance = [] } = sequence.sampleOf(sequence.definitionOf(request));
  if (request.done) return 'it had ended';
  if (authorities.length === 0) return 'a stranger did it';
  if (authorities.every((each) => each === 'AUDITOR')) return 'an auditor did it';
  if (authorities.every((each) => each.endsWith('_FINANCE')) && !byFinance.includes(event)) return 'finance did it';
  const sides = new Set(authorities.flatMap((each) => sideOf[each] ?? []));
  if (event === 'DECLINE_REQUEST' && sides.size === 1 && sides.has(sideOf[request.initiator]!))
    return 'their own side had asked for it';
  return undefined;
}

/** By authority and by party. Guardian and minor stand on one side. */
const sideOf: Readonly<Record<string, string>> = {
  BROADCASTER: 'BROADCASTER',
  GUARDIAN: 'BROADCASTER',
  GUILD: 'GUILD',
  GUILD_OWNER: 'GUILD',
  GUILD_AGENT: 'GUILD',
  STAND_IN: 'GUILD',
  GAINING_GUILD: 'GAINING_GUILD',
  GAINING_GUILD_OWNER: 'GAINING_GUILD',
  GAINING_GUILD_AGENT: 'GAINING_GUILD',
};

/** Those that people open; the others are begun by what these lead to. */
export const kindsOfPeople = [
  ...new Set(registry.filter(({ opening }) => Object.keys(opening.by).length > 0).map(({ kind }) => kind)),
];

export const kinds = [...new Set(registry.map(({ kind }) => kind))];
