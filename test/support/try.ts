import { registry } from '../../workflows/registry.js';
import { explore } from './explorer.js';
import { sampleOf } from './samples/load.js';
for (const d of registry) {
  const t = performance.now();
  const s = explore(d, await sampleOf(d));
  console.log(d.kind, s.length, performance.now() - t);
  for (const x of s) console.log(x.state, '|', x.path.join(' → '));
}
