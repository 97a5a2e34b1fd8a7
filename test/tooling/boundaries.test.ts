import { describe, expect, test } from '@jest/globals';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const root = new URL('../../', import.meta.url).pathname;

// The rules that need no types: so a text can be judged under a path where no file lies.
const eslint = new ESLint({
  cwd: root,
  overrideConfig: { files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked },
});

/** The ids of the rules that object to this text at this place of the house. */
async function objections(path: string, text: string): Promise<string[]> {
  const [result] = await eslint.lintText(text, { filePath: `${root}${path}` });
  const fatal = result?.messages.find((message) => message.fatal);
  if (fatal) throw new Error(fatal.message);
  return [...new Set(result?.messages.map((message) => message.ruleId ?? 'none'))];
}

const oneWay = 'boundaries/dependencies';

describe('an import that goes up is refused', () => {
  test.each([
    ['workflows/kernel/x.ts', '../registry.js'],
    ['workflows/kernel/x.ts', '../phases/drafting.js'],
    ['workflows/join/x.ts', '../leave/index.js'],
    ['workflows/join/x.ts', '../../src/errors.js'],
    ['src/errors.ts', './database/index.js'],
    ['src/database/x.ts', '../engine/index.js'],
    ['src/schema/x.ts', '../database/index.js'],
    ['src/engine/x.ts', '../guilds/guild.service.js'],
    ['src/engine/x.ts', '../schema/money.js'],
    ['src/guilds/x.ts', '../requests/request.service.js'],
    ['src/identity/x.ts', '../guilds/guild.service.js'],
    ['src/notifications/x.ts', '../graphql/server.js'],
    ['src/graphql/x.ts', '../app.js'],
    ['src/guilds/x.ts', '../seed/world.js'],
    ['src/seed/x.ts', '../graphql/server.js'],
    ['src/app.ts', './main.js'],
    ['src/requests/x.ts', '../../test/support/toy-kind.js'],
    ['src/requests/x.ts', '../../bench/run.js'],
    ['src/engine/x.ts', '../evidence/index.js'],
    ['migrations/1-x.ts', '../src/database/index.js'],
  ])('%s → %s', async (path, source) => {
    expect(await objections(path, `export { x } from '${source}';\n`)).toEqual([oneWay]);
    expect(await objections(path, `import type { X } from '${source}';\nexport type Y = X;\n`)).toEqual([oneWay]);
  });
});

describe('an import that goes down is allowed', () => {
  test.each([
    ['workflows/registry.ts', './join/index.js'],
    ['workflows/join/machine.ts', '../phases/drafting.js'],
    ['workflows/join/machine.ts', './events.js'],
    ['workflows/join/machine.ts', 'xstate/graph'],
    ['workflows/join/machine.ts', 'dinero.js/currencies'],
    ['src/database/x.ts', '../config.js'],
    ['src/engine/x.ts', '../database/index.js'],
    ['src/engine/x.ts', '../verify/index.js'],
    ['src/verify/x.ts', './chain.js'],
    ['src/engine/x.ts', '../../workflows/kernel/index.js'],
    ['src/requests/x.ts', '../guilds/guild.service.js'],
    ['src/requests/x.ts', './request.type.js'],
    ['src/graphql/x.ts', '../requests/request.resolver.js'],
    ['src/main.ts', './app.js'],
    ['test/api/x.test.ts', '../../src/main.js'],
    ['bench/x.ts', '../src/app.js'],
  ])('%s → %s', async (path, source) => {
    expect(await objections(path, `export { x } from '${source}';\n`)).toEqual([]);
  });
});

test('a file outside every layer has to be given its place', async () => {
  expect(await objections('src/helpers/x.ts', 'export const x = 1;\n')).toEqual(['boundaries/no-unknown-files']);
});

describe('workflows are pure', () => {
  test.each([
    ["import { readFileSync } from 'node:fs';\nexport const x = readFileSync;\n", 'no-restricted-imports'],
    ["import { v7 } from 'uuid';\nexport const x = v7;\n", 'no-restricted-imports'],
    ['export const x = Date.now();\n', 'no-restricted-properties'],
    ['export const x = Math.random();\n', 'no-restricted-properties'],
    ["import { Temporal } from 'temporal-polyfill';\nexport const x = Temporal.Now.instant();\n", 'no-restricted-properties'],
    ['export const x = new Date();\n', 'no-restricted-syntax'],
    ['export const x = Date();\n', 'no-restricted-syntax'],
    ["export const x = import('xstate');\n", 'no-restricted-syntax'],
    ['export const x = process.uptime();\n', 'no-restricted-globals'],
  ])('%j', async (text, rule) => {
    expect(await objections('workflows/join/x.ts', text)).toContain(rule);
  });

  test('a date from a given instant is fine', async () => {
    expect(await objections('workflows/join/x.ts', "export const x = new Date('2026-01-01T00:00:00Z');\n")).toEqual([]);
  });
});

describe('the verifier has no database and no network', () => {
  test.each([
    ["import pg from 'pg';\nexport const x = pg;\n", 'no-restricted-imports'],
    ["import { request } from 'node:https';\nexport const x = request;\n", 'no-restricted-imports'],
    ["import { readFile } from 'node:fs/promises';\nexport const x = readFile;\n", 'no-restricted-imports'],
    ["export { x } from '../engine/index.js';\n", 'no-restricted-imports'],
    ["export const x = fetch('https://example.org');\n", 'no-restricted-globals'],
    ["export const x = import('pg');\n", 'no-restricted-syntax'],
  ])('%j', async (text, rule) => {
    expect(await objections('src/verify/x.ts', text)).toContain(rule);
  });
});

describe('the environment', () => {
  test.each([
    ['src/engine/x.ts', "export const x = process.env['PORT'];\n", 'no-restricted-properties'],
    ['src/engine/x.ts', 'const { env } = process;\nexport const x = env;\n', 'no-restricted-properties'],
    ['src/main.ts', "import { env } from 'node:process';\nexport const x = env;\n", 'no-restricted-imports'],
  ])('is not read in %s: %j', async (path, text, rule) => {
    expect(await objections(path, text)).toEqual([rule]);
  });

  test.each(['src/config.ts', 'scripts/x.ts', 'bench/x.ts', 'test/support/x.ts'])('may be read in %s', async (path) => {
    expect(await objections(path, "export const x = process.env['PORT'];\n")).toEqual([]);
  });
});
