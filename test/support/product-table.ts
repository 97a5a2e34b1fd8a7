import { outline, type WorkflowDefinition } from '../../workflows/kernel/index.js';
import type { Block, Cell } from './product.js';

/** The product as people review it: what holds everywhere once, then a block for each state and each way in which it differs. */
export function productTable(definition: WorkflowDefinition, blocks: readonly Block[]): string {
  const open = blocks.filter(({ situation, held }) => !situation.done && !held);
  const everywhere = common(open.map(({ cells }) => linesOf(definition, cells)));
  const blockTexts = new Map<string, string[]>();
  const told = new Map<string, number>();
  const titles = new Map(outline(definition).states.map(({ name, title }) => [name, title]));
  for (const { situation, held, cells } of blocks.filter(({ situation }) => !situation.done)) {
    const { state, path } = situation;
    const lines = grouped(linesOf(definition, cells).filter((line) => !everywhere.has(line)));
    const key = [state, held ? 'held' : '', ...lines].join('\n');
    told.set(key, (told.get(key) ?? 0) + 1);
    if (!blockTexts.has(key))
      blockTexts.set(key, [
        `## ${state}${held ? ', on hold' : ''} (${titles.get(state) ?? state})`,
        `after: ${path.join(', ')}`,
        ...lines,
      ]);
  }
  const order = [...outline(definition).states.map(({ name }) => name)];
  const sorted = [...blockTexts].sort(([a], [b]) => order.indexOf(a.split('\n')[0]!) - order.indexOf(b.split('\n')[0]!));
  const finals = [...new Set(blocks.filter(({ situation }) => situation.done).map(({ situation }) => situation.state))].sort();
  return [
    `# ${definition.kind} v${String(definition.version)}: who may send what, and what comes of it`,
    'Written by `npm run product` and read by people: a changed line is a changed rule. Those who are not named are in "others".',
    '',
    '## Every open state, unless it says otherwise',
    ...grouped([...everywhere]),
    ...sorted.flatMap(([key, [heading = '', after = '', ...lines]]) => {
      const others = told.get(key)! - 1;
      return ['', heading, others > 0 ? `${after}; and ${String(others)} more like it` : after, ...lines];
    }),
    '',
    '## Ends',
    `Everything by everybody is FINAL in: ${finals.join(', ')}.`,
    '',
  ].join('\n');
}

/** Lines that all have, in the order of the first. */
function common(all: readonly (readonly string[])[]): Set<string> {
  const [first = [], ...rest] = all;
  const sets = rest.map((lines) => new Set(lines));
  return new Set(first.filter((line) => sets.every((set) => set.has(line))));
}

function linesOf(definition: WorkflowDefinition, cells: readonly Cell[]): string[] {
  const byLabel = new Map<string, Cell[]>();
  for (const cell of cells) byLabel.set(cell.label, [...(byLabel.get(cell.label) ?? []), cell]);
  return [...byLabel].map(([label, row]) => `${label}: ${rowText(definition.events[row[0]!.event.type]?.by, row)}`);
}

/** `by`: who can send it at all; undefined for an event of the kernel or of nobody. */
function rowText(by: readonly string[] | undefined, row: readonly Cell[]): string {
  const able = row.filter(({ actor }) => actor.authorities.some((authority) => by?.includes(authority)));
  const [waits] = able.map(({ outcome }) => outcome).filter((outcome) => outcome === 'WRONG_STATE' || outcome === 'HELD');
  const unable = row.filter((cell) => !able.includes(cell));
  if (waits && able.every(({ outcome }) => outcome === waits) && unable.every(({ outcome }) => outcome === 'FORBIDDEN'))
    return `whoever may send it at all ${waits}`;
  const first = row.find(({ who }) => who === 'SUPPORT')!.outcome;
  const cells = row.filter(({ who, outcome }) => who !== 'SUPPORT (another)' || outcome !== first);
  const byOutcome = new Map<string, string[]>();
  for (const { who, outcome } of cells) byOutcome.set(outcome, [...(byOutcome.get(outcome) ?? []), who]);
  if (byOutcome.size === 1) return `everybody ${cells[0]!.outcome}`;
  const rest = row.find(({ who }) => who === 'NOBODY')!.outcome;
  const named = [...byOutcome].filter(([outcome]) => outcome !== rest).map(([outcome, who]) => `${who.join(', ')} ${outcome}`);
  return [...named, `others ${rest}`].join('; ');
}

/** Events that come to the same for everybody, or for all who may send them, share a line. */
function grouped(lines: readonly string[]): string[] {
  const pattern = /^(.+): (everybody|whoever may send it at all) (.+)$/;
  const shared = new Map<string, string[]>();
  for (const line of lines) {
    const [, event, who, outcome] = pattern.exec(line) ?? [];
    if (event !== undefined) shared.set(`${who!} ${outcome!}`, [...(shared.get(`${who!} ${outcome!}`) ?? []), event]);
  }
  return [
    ...lines.filter((line) => !pattern.test(line)),
    ...[...shared].map(([outcome, events]) => `${outcome}: ${events.join(', ')}`),
  ];
}
