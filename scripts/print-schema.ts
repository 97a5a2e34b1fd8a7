import 'reflect-metadata';
import { readFile, writeFile } from 'node:fs/promises';
import { buildSchema, resolvers, sdlOf } from '../src/graphql/index.js';

// `print-schema` writes schema.graphql in the working directory; with `--check` it only compares, for CI.
const file = 'schema.graphql';
const sdl = sdlOf(await buildSchema({ resolvers }));

if (!process.argv.includes('--check')) {
  await writeFile(file, sdl);
  console.log(`${file} written.`);
} else if ((await readFile(file, 'utf8').catch(() => '')) === sdl) {
  console.log(`${file} is what the resolvers say.`);
} else {
  console.error(`${file} differs from the resolvers: run \`npm run schema\`, look at the difference, and commit it.`);
  process.exitCode = 1;
}
