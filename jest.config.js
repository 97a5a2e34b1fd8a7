import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';

// swc compiles a file at a time, so a worker starts in milliseconds; types are checked by `npm run check`.
const base = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  // Sources carry the `.js` suffix that Node needs at run time; under Jest the file behind it is still `.ts`.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  // `js` before `ts`: the mapper also sees dependencies, and some ship their `.ts` sources beside the compiled file.
  moduleFileExtensions: ['js', 'mjs', 'cjs', 'ts', 'json', 'node'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/\\.guildhall/'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: {
            legacyDecorator: true,
            decoratorMetadata: true,
            useDefineForClassFields: true,
            verbatimModuleSyntax: true,
          },
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};

// A project's global setup runs only when one of its tests runs: the pure tests never wait for a database.
const hook = (name) =>
  existsSync(new URL(`./test/support/${name}.ts`, import.meta.url)) ? `<rootDir>/scripts/jest-${name}.mjs` : undefined;
const globalSetup = hook('global-setup');
const globalTeardown = hook('global-teardown');
const pure = ['<rootDir>/test/workflows/', '<rootDir>/test/tooling/', '<rootDir>/test/templates/'];

export default {
  projects: [
    {
      ...base,
      displayName: 'pure',
      testMatch: ['<rootDir>/test/{workflows,tooling,templates}/**/*.test.ts'],
    },
    {
      ...base,
      displayName: 'postgres',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', ...pure],
      ...(globalSetup && { globalSetup }),
      ...(globalTeardown && { globalTeardown }),
    },
  ],
  testTimeout: 30_000,
  // Jest's own default leaves two cores with one worker; more than four would only queue at the one PostgreSQL.
  maxWorkers: Math.min(4, Math.max(2, availableParallelism())),
};
