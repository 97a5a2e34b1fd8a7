import { fileURLToPath } from 'node:url';
import eslint from '@eslint/js';
import boundaries from 'eslint-plugin-boundaries';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** The features, lowest first: a later one may use an earlier one. */
const features = [
  'identity',
  'guilds',
  'policies',
  'templates',
  'agreements',
  'settlement',
  'requests',
  'bulk',
  'desk',
  'disputes',
  'directory',
  'plans',
  'insights',
  'notifications',
];

/** Layers and where their files are; what is in none of them is reported, so a new folder has to be given its place here. */
const layers = {
  'workflows/kernel': 'workflows/kernel/**',
  'workflows/phases': 'workflows/phases/**',
  'workflows/registry': 'workflows/registry.ts',
  'workflows/kind': 'workflows/*/**',
  ground: ['src/config.ts', 'src/errors.ts', 'src/clock.ts'],
  database: 'src/database/**',
  schema: 'src/schema/**',
  engine: 'src/engine/**',
  // What an agreement is: for whoever makes, shows or verifies one.
  document: 'src/agreements/document.ts',
  ...Object.fromEntries(features.map((feature) => [feature, `src/${feature}/**`])),
  seed: 'src/seed/**',
  graphql: 'src/graphql/**',
  // The list of entities names all features, like the composition root.
  app: ['src/app.ts', 'src/api.ts', 'src/entities.ts'],
  main: 'src/main.ts',
  migrations: 'migrations/**',
};

const workflows = ['workflows/kernel', 'workflows/phases', 'workflows/registry', 'workflows/kind'];
const base = ['ground', 'database', 'schema', ...workflows, 'engine', 'document'];

/** What a layer may import besides itself: everything below it, nothing above. */
const mayImport = {
  'workflows/kernel': [],
  'workflows/phases': ['workflows/kernel'],
  'workflows/kind': ['workflows/kernel', 'workflows/phases'],
  'workflows/registry': ['workflows/kernel', 'workflows/phases', 'workflows/kind'],
  migrations: [],
  ground: workflows,
  database: ['ground', 'migrations'],
  schema: ['ground', ...workflows],
  engine: ['ground', 'database', ...workflows],
  document: [],
  ...Object.fromEntries(features.map((feature, index) => [feature, [...base, ...features.slice(0, index)]])),
  seed: [...base, ...features],
  graphql: [...base, ...features],
  app: [...base, ...features, 'seed', 'graphql'],
  main: [...base, ...features, 'seed', 'graphql', 'app'],
};

const noClock = 'Workflows are pure: take the time from the event’s `at`.';
const outsideConfig = 'Only src/config.ts reads the environment; take what you need as an argument.';

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', '.guildhall/', 'node_modules/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // It believes that a flag cannot change during an `await`, and asks to remove the checks that a race needs.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Clashes with noPropertyAccessFromIndexSignature, which the compiler enforces.
      '@typescript-eslint/dot-notation': 'off',
      // An interface is not assignable to an index signature such as `Json`; a type is.
      '@typescript-eslint/consistent-type-definitions': 'off',
      // One that is used once still types the function that a caller writes for it: `set<Context>((context) => …)`.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // `async` without `await` keeps an interface that promises, and turns a throw into a rejection.
      '@typescript-eslint/require-await': 'off',
      // noUncheckedIndexedAccess already makes an author write down every claim that an element exists.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // A GraphQL object is described by a class and answered by a plain object of its shape.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // TypeGraphQL and TypeORM describe classes by decorators; some have no member but those.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }],
    },
  },
  {
    files: ['src/**/*.ts', 'workflows/**/*.ts', 'migrations/**/*.ts'],
    plugins: { boundaries },
    settings: {
      'import/resolver': { [fileURLToPath(new URL('./scripts/eslint-resolver.cjs', import.meta.url))]: {} },
      'boundaries/root-path': import.meta.dirname,
      'boundaries/files-single-match': true,
      'boundaries/files': Object.entries(layers).map(([category, pattern]) => ({ category, pattern, capture: ['folder'] })),
    },
    rules: {
      'boundaries/no-unknown-files': 'error',
      'boundaries/dependencies': [
        'error',
        {
          default: 'disallow',
          checkUnknownLocals: true,
          message: 'One-way rule: {{ from.file.categories }} may not import {{ to.file.categories }}.',
          policies: [
            ...Object.entries(mayImport).map(([layer, below]) => ({
              from: { file: { categories: layer } },
              allow: { to: { file: { categories: { anyOf: [layer, ...below] } } } },
            })),
            {
              // One kind does not lean on another: what they share is a phase.
              from: { file: { categories: 'workflows/kind' } },
              disallow: {
                to: { file: { categories: 'workflows/kind', captured: { folder: '!{{ from.file.captured.folder }}' } } },
              },
              message: 'A workflow kind may not import another kind; move what they share to workflows/phases.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts', 'migrations/**/*.ts', 'ormconfig.ts'],
    ignores: ['src/config.ts'],
    rules: {
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: outsideConfig }],
      'no-restricted-imports': [
        'error',
        { paths: ['process', 'node:process'].map((name) => ({ name, importNames: ['env'], message: outsideConfig })) },
      ],
    },
  },
  {
    files: ['workflows/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(?!\\.{1,2}/|(?:xstate|zod|temporal-polyfill|dinero\\.js)(?:/|$))',
              message: 'Workflows are pure: they import xstate, zod, temporal-polyfill, dinero.js and each other, nothing else.',
            },
          ],
        },
      ],
      'no-restricted-globals': [
        'error',
        ...['process', 'console', 'fetch', 'crypto', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'Buffer'].map(
          (name) => ({
            name,
            message: 'Workflows are pure: no I/O, no clock, no randomness.',
          }),
        ),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: noClock },
        { object: 'Math', property: 'random', message: 'Workflows are pure: the same input gives the same output.' },
        { object: 'Temporal', property: 'Now', message: noClock },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: noClock },
        { selector: "CallExpression[callee.name='Date']", message: noClock },
        { selector: 'ImportExpression', message: 'Workflows are pure: nothing is loaded at run time.' },
      ],
    },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // Jest's matchers take a method as a value: `expect(spy.method)`.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // Places that a tool loads by their default export.
    files: ['ormconfig.ts', '*.config.ts', 'test/support/global-*.ts'],
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', performance: 'readonly', Buffer: 'readonly' },
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { require: 'readonly', exports: 'writable', module: 'writable' } },
  },
);
