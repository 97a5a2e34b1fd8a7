import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe as group, expect, it } from '@jest/globals';
import {
  advance,
  availableActions,
  deadlines,
  describe,
  explain,
  outline,
  restore,
  SYSTEM_ACTOR,
} from '../../workflows/kernel/index.js';
import { registry } from '../../workflows/registry.js';
import { actorAs, AUTHORITIES } from '../support/explorer-actors.js';
import type { Golden } from '../support/golden.js';
import { sampleOf, slugOf } from '../support/samples/load.js';

/** Stored instances of every version, from the day on which their state first existed, under the machines of today. */

const root = fileURLToPath(new URL('./golden/', import.meta.url));
const goldensIn = (slug: string): Golden[] =>
  existsSync(root + slug)
    ? readdirSync(root + slug).map((name) => JSON.parse(readFileSync(`${root}${slug}/${name}`, 'utf8')) as Golden)
    : [];

group.each(registry.map((definition) => [slugOf(definition), definition] as const))('%s', (slug, definition) => {
  const goldens = goldensIn(slug);

  it('has a stored instance in each of its states (npm run golden)', async () => {
    const { onlyForced = [] } = await sampleOf(definition);
    const states = outline(definition).states.filter(({ name, transient }) => !transient && !onlyForced.includes(name));
    expect(goldens.map(({ state }) => state).sort()).toEqual(states.map(({ name }) => name).sort());
  });

  it('restores, describes and explains each', () => {
    for (const { state, snapshot, timers } of goldens) {
      expect(restore(definition, snapshot).status).toBe(
        outline(definition).states.find(({ name }) => name === state)?.final ? 'done' : 'active',
      );
      const described = describe(definition, snapshot);
      expect(described).toMatchObject({ state });
      const { text, by } = explain(definition, snapshot, timers);
      expect(text.startsWith(`${described.title}: `)).toBe(true);
      expect(deadlines(definition, snapshot, timers).map(({ dueAt }) => dueAt)).toEqual(timers.map(({ dueAt }) => dueAt).sort());
      expect(by).toBe(timers.map(({ dueAt }) => dueAt).sort()[0] ?? null);
    }
  });

  it('lists what everybody can do with each, and nothing with an ended one', () => {
    for (const { state, snapshot, timers, at } of goldens) {
      const offered = AUTHORITIES.flatMap((authority) => availableActions(definition, snapshot, actorAs(authority), at, timers));
      const isFinal = outline(definition).states.find(({ name }) => name === state)!.final;
      if (isFinal) expect(offered).toEqual([]);
      else expect(offered.some(({ allowed }) => allowed)).toBe(true);
    }
  });

  it('goes on with each when its clock runs out', () => {
    for (const { snapshot, timers } of goldens) {
      for (const { event: type, dueAt } of timers) {
        expect(advance(definition, snapshot, { type, at: dueAt, dueAt, actor: SYSTEM_ACTOR }, 'timer')).toMatchObject({
          ok: true,
        });
      }
    }
  });
});

it('has no stored instance of a machine that is no more', () => {
  expect(readdirSync(root).filter((slug) => !registry.some((definition) => slugOf(definition) === slug))).toEqual([]);
});
