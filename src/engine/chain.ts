import type { Json } from '../../workflows/kernel/index.js';

export { canonicalText, chainHash, GENESIS, sha256, type Link } from '../verify/chain.js';

export function parse(text: string): Json {
  return JSON.parse(text) as Json;
}
