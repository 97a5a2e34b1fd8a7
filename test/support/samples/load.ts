import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkflowDefinition } from '../../../workflows/kernel/index.js';
import type { Sample } from './sample.js';

/** What the files of a kind in a version are called, e.g. `leave-mutual-v1`. */
export const slugOf = ({ kind, version }: Pick<WorkflowDefinition, 'kind' | 'version'>): string =>
  `${kindSlug(kind)}-v${String(version)}`;

const kindSlug = (kind: string): string => kind.toLowerCase().replaceAll('_', '-');

/** The sample of a kind: of this very version, or else the one for all versions. */
export async function sampleOf(definition: WorkflowDefinition): Promise<Sample> {
  const names = [slugOf(definition), kindSlug(definition.kind)];
  const name = names.find((each) => existsSync(fileURLToPath(new URL(`${each}.ts`, import.meta.url))));
  if (name === undefined) throw new Error(`There is no test/support/samples/${names.join('.ts or ')}.ts: see sample.ts there.`);
  const { sample } = (await import(`./${name}.js`)) as { sample: Sample };
  return sample;
}
