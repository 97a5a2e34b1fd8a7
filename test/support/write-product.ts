import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { registry } from '../../workflows/registry.js';
import { productTable } from './product-table.js';
import { productOf } from './product.js';
import { sampleOf, slugOf } from './samples/load.js';

/** `npm run product [-- <part of a name>]` writes test/workflows/product/ from the machines: look at the difference before you commit it. */
const [wanted = ''] = process.argv.slice(2);
for (const definition of registry.filter((each) => slugOf(each).includes(wanted))) {
  const began = performance.now();
  const blocks = productOf(definition, await sampleOf(definition));
  const file = fileURLToPath(new URL(`../workflows/product/${slugOf(definition)}.txt`, import.meta.url));
  writeFileSync(file, productTable(definition, blocks));
  const cells = blocks.reduce((sum, block) => sum + block.cells.length, 0);
  console.log(
    `${slugOf(definition)}: ${String(cells)} cells in ${String(blocks.length)} situations, ${(performance.now() - began).toFixed(0)} ms`,
  );
}
