import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { advance, availableActions, isIntervention, outline } from '../../workflows/kernel/index.js';
import { registry } from '../../workflows/registry.js';
import { productTable } from '../support/product-table.js';
import { productOf, STRANGE_EVENTS, type Block, type Cell } from '../support/product.js';
import { sampleOf, slugOf } from '../support/samples/load.js';
import type { Sample } from '../support/samples/sample.js';

/**
 * The whole product of situation, event and person, for every kind. The table says what each cell comes to, and is read by people;
 * the rules below hold whatever the table says.
 */

const MIGRATIONS: readonly string[] = ['MIGRATE_POLICY', 'MIGRATE_MACHINE'];
const strange: readonly string[] = STRANGE_EVENTS;
const each = registry.map((definition) => [slugOf(definition), definition] as const);

describe.each(each)('%s', (slug, definition) => {
  let sample: Sample;
  let blocks: Block[] = [];
  const { events, supervision } = definition;

  beforeAll(async () => {
    sample = await sampleOf(definition);
    blocks = productOf(definition, sample);
  });

  /** Cells that break a rule, as sentences: an empty list is what is expected, and a full one says where to look. */
  const offenders = (of: (block: Block) => readonly Cell[]): string[] =>
    blocks.flatMap((block) => {
      const { situation, held } = block;
      const place = `${situation.state}${held ? ', on hold' : ''} after ${situation.path.join(', ')}`;
      return of(block).map(({ label, who, outcome }) => `${label} by ${who}: ${outcome} (${place})`);
    });
  const accepted = ({ cells }: Block) => cells.filter(({ code }) => code === null);
  const bySpec = ({ event }: Cell): readonly string[] | undefined =>
    Object.hasOwn(events, event.type) ? events[event.type]!.by : undefined;

  it('comes to what the table says that people have reviewed', () => {
    const file = fileURLToPath(new URL(`./product/${slug}.txt`, import.meta.url));
    const reviewed = existsSync(file) ? readFileSync(file, 'utf8') : 'There is no table yet: run `npm run product`.';
    expect(productTable(definition, blocks)).toBe(reviewed);
  });

  it('reaches every state in which a request can be found', () => {
    const reached = new Set(blocks.map(({ situation }) => situation.state));
    const missing = outline(definition)
      .states.filter(({ name, transient }) => !transient && !reached.has(name))
      .map(({ name }) => name);
    expect(missing).toEqual([...(sample.onlyForced ?? [])]);
    const passedThrough = outline(definition).states.filter(({ name, transient }) => transient && reached.has(name));
    expect(passedThrough).toEqual([]);
  });

  it('does nothing more once it has ended', () => {
    expect(blocks.some(({ situation }) => situation.done)).toBe(true);
    expect(offenders(({ situation, cells }) => (situation.done ? cells.filter(({ code }) => code !== 'FINAL') : []))).toEqual([]);
    expect(offenders(({ situation, cells }) => (situation.done ? [] : cells.filter(({ code }) => code === 'FINAL')))).toEqual([]);
  });

  it('refuses with FORBIDDEN whoever the event is not for, before anything else is judged', () => {
    const isFor = (cell: Cell, by: readonly string[]) => cell.actor.authorities.some((authority) => by.includes(authority));
    const open = ({ situation, cells }: Block) => (situation.done ? [] : cells);
    expect(
      offenders((block) =>
        open(block).filter((cell) => {
          const by = bySpec(cell);
          return by !== undefined && isFor(cell, by) === (cell.code === 'FORBIDDEN');
        }),
      ),
    ).toEqual([]);
  });

  it('knows no event that is not its own, and takes none from outside that is only the system’s', () => {
    const open = blocks.filter(({ situation }) => !situation.done);
    const unknown = open.flatMap(({ cells }) => cells.filter(({ event }) => strange.includes(event.type)));
    // A kind that is carried out in the step in which it is opened never rests in a state that takes events.
    expect(new Set(unknown.map(({ code }) => code))).toEqual(new Set(open.length > 0 ? ['UNKNOWN_EVENT'] : []));
    expect(offenders((block) => accepted(block).filter((cell) => bySpec(cell)?.length === 0))).toEqual([]);
  });

  it('is changed by no auditor and by nobody without authority, and by policy staff only to migrate it', () => {
    expect(offenders((block) => accepted(block).filter(({ who }) => ['AUDITOR', 'NOBODY', 'SYSTEM'].includes(who)))).toEqual([]);
    expect(
      offenders((block) => accepted(block).filter(({ who, event }) => who === 'POLICY' && !MIGRATIONS.includes(event.type))),
    ).toEqual([]);
  });

  it('is committed to nothing by finance but what the kind leaves to it', () => {
    const left = sample.byFinance ?? [];
    const isFinance = ({ who }: Cell) => who.endsWith('GUILD_FINANCE');
    expect(offenders((block) => accepted(block).filter((cell) => isFinance(cell) && !left.includes(cell.event.type)))).toEqual(
      [],
    );
    const done = new Set(blocks.flatMap((block) => accepted(block).filter(isFinance)).map(({ event }) => event.type));
    expect([...done].sort()).toEqual([...left].sort());
  });

  it('can be voided by support wherever it has not ended, and by nobody else', () => {
    const switched = sample.notVoidable ?? [];
    const voids = ({ event }: Cell) => event.type === 'VOID_REQUEST';
    expect(
      offenders(({ situation, cells }) =>
        situation.done
          ? []
          : cells.filter(
              (cell) =>
                voids(cell) && (cell.code === null) !== (cell.who.startsWith('SUPPORT') && !switched.includes(situation.state)),
            ),
      ),
    ).toEqual([]);
    const lacking = blocks.filter(({ situation, cells }) => !situation.done && !cells.some(voids));
    expect([...new Set(lacking.map(({ situation }) => situation.state))]).toEqual([]);
  });

  it('lets only supervisors and migrators intervene', () => {
    const may = new Set([...(supervision?.by ?? []), 'POLICY']);
    expect(
      offenders((block) =>
        accepted(block).filter(({ who, event }) => isIntervention(event.type) && !may.has(who.replace(' (another)', ''))),
      ),
    ).toEqual([]);
  });

  it('offers everybody exactly what it would accept from them', () => {
    expect(
      offenders(({ situation, cells }) => {
        const timers = situation.timers.map(({ name, dueAt }) => ({ name, dueAt }));
        const offered = new Map(
          [...new Set(cells.map(({ actor }) => actor))].map((actor) => {
            const actions = availableActions(definition, situation.snapshot, actor, situation.at, timers);
            return [actor, new Map(actions.map(({ event, allowed }) => [event, allowed]))];
          }),
        );
        return cells.filter(({ actor, event, code }) => {
          if (MIGRATIONS.includes(event.type)) return false;
          const allowed = offered.get(actor)!.get(event.type);
          // What is not even shown is refused outright; what is shown as not allowed is refused by a rule or the hold.
          if (code === null) return allowed !== true;
          if (code === 'NOT_ALLOWED') return allowed === undefined;
          return allowed !== undefined && code !== 'HELD' && code !== 'INVALID_INPUT';
        });
      }),
    ).toEqual([]);
  });

  it('comes to the same bytes when it is tried twice', () => {
    const differing = blocks.flatMap((block) =>
      accepted(block).filter(({ event, actor, bytes }) => {
        const { snapshot, at } = block.situation;
        return JSON.stringify(advance(definition, snapshot, { ...event, at, actor }, 'outside')) !== bytes;
      }),
    );
    expect(differing.map(({ label }) => label)).toEqual([]);
  });
});
