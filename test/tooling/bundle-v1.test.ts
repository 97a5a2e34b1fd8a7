import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { KeySet, verifyBundle } from '../../src/verify/index.js';

/**
 * A bundle as it was given out once, never to be changed: what somebody was given must verify for as long as there is a verifier, also after
 * the library that makes zips, or the order of their fields, has changed.
 */
test('a bundle of the first version verifies for good', async () => {
  const file = (name: string) => readFile(new URL(`./bundle-v1/${name}`, import.meta.url));
  const { keys } = JSON.parse((await file('jwks.json')).toString()) as { keys: unknown[] };
  const bundle = await file('bundle.zip');
  const authorities = [new X509Certificate(await file('timestamp-root.pem'))];
  const report = verifyBundle(bundle, { trusted: new KeySet(keys), authorities });
  expect(report.problems).toEqual([]);
  expect(report.notes).toEqual([expect.stringMatching(/^The checkpoint was there at 20.*, says CN=Test Timestamps\.$/)]);
  expect(Object.fromEntries(report.checked)).toMatchObject({
    'entries of history, each over the one before it': 5,
    'acts, whole': 4,
    'seals of the platform': 4,
    'texts that people wrote': 1,
    'places in a checkpoint': 1,
    timestamps: 1,
  });
});
