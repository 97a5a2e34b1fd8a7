import { registerEnumType } from 'type-graphql';
import { outline, type StateOutline } from '../../workflows/kernel/index.js';
import { currentVersion, registry } from '../../workflows/registry.js';

/**
 * Kinds, states and parties of the API, from the machines: a new kind needs no edit here. A name stays as long as any version
 * that has it is registered.
 */

/** A machine's name of a state as the API spells it, e.g. `coolingOff` as `COOLING_OFF`. */
export const apiState = (state: string): string =>
  state
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('.', '_')
    .toUpperCase();

/** Ends that every kind may come to have: part of the API before a machine uses them. */
const RESERVED_ENDS: Readonly<Record<string, string>> = {
  SUPERSEDED: 'Replaced by another request.',
  UNWOUND: 'Reversed after the switch.',
};

interface Told {
  readonly by: string;
  readonly text: string;
}

/** One text where all say the same, else each text with the kinds that say it. */
function merged(told: readonly Told[]): string {
  const byText = new Map<string, Set<string>>();
  for (const { by, text } of told) byText.set(text, (byText.get(text) ?? new Set()).add(by));
  const [[only = ''] = []] = byText;
  if (byText.size <= 1) return only;
  return [...byText].map(([text, kinds]) => `${[...kinds].join(', ')}: ${text}`).join('\n');
}

function gathered<Item>(
  items: readonly Item[],
  name: (item: Item) => string,
  tell: (item: Item) => Told,
): Record<string, string> {
  const byName = new Map<string, Told[]>();
  for (const item of items) byName.set(name(item), [...(byName.get(name(item)) ?? []), tell(item)]);
  return Object.fromEntries([...byName].map(([key, told]) => [key, merged(told)]));
}

/** The newest version of a kind speaks for it; an older one only of what the newest does not have. */
const newestFirst = [...registry].sort((a, b) => b.version - a.version).map(outline);
const ofCurrent = ({ kind, version }: { readonly kind: string; readonly version: number }) => currentVersion(kind) === version;

interface Seen {
  readonly kind: string;
  readonly version: number;
  readonly state: StateOutline;
}

const seen: readonly Seen[] = newestFirst.flatMap(({ kind, version, states }) =>
  states.filter(({ transient }) => !transient).map((state) => ({ kind, version, state })),
);
const spoken = seen.filter(
  ({ kind, version, state }) =>
    ofCurrent({ kind, version }) ||
    !seen.some((other) => other.kind === kind && other.version > version && other.state.name === state.name),
);

const stateTexts: Readonly<Record<string, string>> = {
  ...RESERVED_ENDS,
  ...gathered(
    spoken,
    ({ state }) => apiState(state.name),
    ({ kind, state }) => ({ by: kind, text: state.description }),
  ),
};
const finalStates = [
  ...new Set([
    ...seen.filter(({ state }) => state.final).map(({ state }) => apiState(state.name)),
    ...Object.keys(RESERVED_ENDS),
  ]),
].sort();

/** What machines call the states that the API shows under one name. */
const machineNames = new Map<string, Set<string>>();
for (const { state } of seen)
  machineNames.set(apiState(state.name), (machineNames.get(apiState(state.name)) ?? new Set()).add(state.name));
export const machineStates = (state: string): string[] => [...(machineNames.get(state) ?? [])];

const kindTexts = gathered(
  newestFirst.filter(ofCurrent),
  ({ kind }) => kind,
  ({ kind, title, description }) => ({ by: kind, text: description || title }),
);
const partyTexts = gathered(
  newestFirst.flatMap(({ kind, parties }) => parties.map((party) => ({ kind, party }))),
  ({ party }) => party.name,
  ({ kind, party }) => ({ by: kind, text: `${party.title.charAt(0).toUpperCase()}${party.title.slice(1)}.` }),
);

const namesOf = (texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.keys(texts).map((name) => [name, name]));
const valuesOf = (texts: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(texts).map(([name, description]) => [name, { description }]));

export type RequestKind = string;
export const RequestKind = namesOf(kindTexts);
registerEnumType(RequestKind, { name: 'RequestKind', description: 'What is asked for.', valuesConfig: valuesOf(kindTexts) });

export type RequestState = string;
export const RequestState = namesOf(stateTexts);
registerEnumType(RequestState, {
  name: 'RequestState',
  description: `Where a request is. Final: ${finalStates.join(', ')}.`,
  valuesConfig: valuesOf(stateTexts),
});

export type Party = string;
export const Party = namesOf(partyTexts);
registerEnumType(Party, { name: 'Party', description: 'A side of a request.', valuesConfig: valuesOf(partyTexts) });
