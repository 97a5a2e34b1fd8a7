import {
  diagram,
  outline,
  type ActOutline,
  type EventOutline,
  type StateOutline,
  type TimerOutline,
  type WorkflowDefinition,
  type WorkflowOutline,
} from '../../workflows/kernel/index.js';

/** What `docs/workflows/` says of the machines, as Markdown: nothing in it is written by hand. */

const GENERATED = '<!-- Written by `npm run diagrams` from the machines. Changes by hand are lost. -->';

export const fileOf = ({ kind, version }: Pick<WorkflowDefinition, 'kind' | 'version'>): string =>
  `${kind.toLowerCase().replaceAll('_', '-')}-v${String(version)}.md`;

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ') || '–';
const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
const lines = (parts: readonly string[]): string => parts.join('<br>');
const unique = (parts: readonly string[]): string[] => [...new Set(parts)];

/** The index: each kind and version with its page. */
export function indexPage(registry: readonly WorkflowDefinition[]): string {
  const newest = new Map(registry.map(({ kind }) => [kind, Math.max(...versionsOf(registry, kind))]));
  const rows = registry.map((definition) => {
    const { kind, version, title, description, states, events } = outline(definition);
    const seen = states.filter(({ transient }) => !transient);
    const name = `[${kind} v${String(version)}](${fileOf(definition)})`;
    const open = seen.filter(({ final }) => !final).length;
    return [
      newest.get(kind) === version ? name : `${name} (running instances only)`,
      title === kind ? description : [title, description].filter(Boolean).join('. '),
      `${String(seen.length)} (${String(open)} open)`,
      String(events.filter(({ by }) => by.length > 0).length),
    ];
  });
  return [
    GENERATED,
    '# Workflows',
    'Every kind of request in every version that an instance may still be in, each with its diagram and with who may act, what is ' +
      'awaited, and what silence does.',
    table(['kind', 'what it is', 'states', 'events that people send'], rows),
    '',
  ].join('\n\n');
}

const versionsOf = (registry: readonly WorkflowDefinition[], kind: string): number[] =>
  registry.filter((candidate) => candidate.kind === kind).map(({ version }) => version);

/** The page of one kind in one version. */
export function workflowPage(definition: WorkflowDefinition): string {
  const shape = outline(definition);
  const { kind, version, title, description, states } = shape;
  const titles = new Map(states.map((state) => [state.name, state.title]));
  const seen = states.filter(({ transient }) => !transient);
  const passed = states.filter(({ transient }) => transient);
  return [
    GENERATED,
    `# ${kind} v${String(version)}${title === kind ? '' : `: ${title}`}`,
    ...(description ? [description] : []),
    `Takes part: ${shape.parties.map((party) => `${party.name} (${party.title}; ${code(party.authorities)})`).join(', ')}.`,
    '## Diagram',
    'Each arrow shows its event with the checks that guard it, or the delay after which the clock takes it.',
    `\`\`\`mermaid\n${diagram(definition)}\`\`\``,
    '## States',
    table(
      ['state', 'phase', 'who may act', 'awaited', 'deadline', 'if nobody acts', 'passes while held'],
      seen.map((state) => stateRow(state, titles)),
    ),
    ...(passed.length > 0 ? [passedThrough(passed)] : []),
    ...(shape.interventions.length > 0 ? supervised(shape, titles) : []),
    '## Events',
    table(
      ['event', 'what it says', 'who may send it'],
      shape.events.map((event) => eventRow(event)),
    ),
    '',
  ].join('\n\n');
}

const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

function stateRow(state: StateOutline, titles: ReadonlyMap<string, string>): string[] {
  const { name, title, description, phase, final, acts, timers } = state;
  return [
    lines([`**${title}** \`${name}\``, description]),
    final ? 'final' : (phase ?? ''),
    lines(acts.map((act) => `${act.title} \`${act.event}\`: ${whoOf(act)}`)),
    awaitedOf(state),
    lines(timers.map((timer) => `\`${timer.delay}\` → ${targetsOf(timer, titles)}`)),
    silenceOf(state, titles),
    final ? '' : lines(acts.filter(({ whileHeld }) => whileHeld).map(({ event }) => `\`${event}\``)),
  ];
}

/** By party, and by authority where no party has it; with the rules that must not object. */
function whoOf({ by, parties, ways }: ActOutline): string {
  const rules = unique(ways.map(({ checks }) => (checks.length > 0 ? ` [${checks.join(', ')}]` : ''))).join(' or');
  return (parties.length > 0 ? parties : by).join(', ') + rules;
}

const targetsOf = ({ ways }: TimerOutline, titles: ReadonlyMap<string, string>): string =>
  unique(ways.map(({ to }) => titles.get(to) ?? to)).join(' or ');

function awaitedOf({ final, awaits, acts }: StateOutline): string {
  if (final) return '';
  const waiting = awaits.map((party) => {
    const asked = acts.filter(({ moves, parties }) => moves && parties.includes(party));
    return `${party}: ${asked.map(({ title }) => title).join(' / ')}`;
  });
  return waiting.length > 0 ? lines(waiting) : 'nobody';
}

function silenceOf({ final, timers }: StateOutline, titles: ReadonlyMap<string, string>): string {
  if (final) return '';
  if (timers.length === 0) return 'Nothing: no clock runs here.';
  return lines(timers.map((timer) => `${timer.title}; the request goes to “${targetsOf(timer, titles)}”.`));
}

const passedThrough = (states: readonly StateOutline[]): string =>
  [
    'Passed through in the same step, so that no request is ever found there: ' +
      `${states.map(({ name, title, description }) => `**${title}** \`${name}\` (${description.replace(/\.$/, '')})`).join(', ')}.`,
  ].join('\n');

function supervised({ interventions, forcible }: WorkflowOutline, titles: ReadonlyMap<string, string>): string[] {
  return [
    '## Interventions',
    'In every state that is not final, each with a coded reason.',
    table(
      ['event', 'what it says', 'who may send it'],
      interventions.map((event) => eventRow(event)),
    ),
    forcible.length > 0
      ? `Two agents together can force it into: ${forcible.map((name) => `${titles.get(name) ?? name} \`${name}\``).join(', ')}.`
      : 'It can be forced into no state.',
  ];
}

const eventRow = ({ name, title, by }: EventOutline): string[] => [
  `\`${name}\``,
  title,
  by.length > 0 ? code(by) : 'nobody: an effect or another request',
];
