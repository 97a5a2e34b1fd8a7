import {
  agreementPath,
  canonicalText,
  pack,
  sha256,
  type BroadcasterRecord,
  type CheckpointRecord,
  type InclusionProof,
  type Jwks,
  type Manifest,
  type RequestRecord,
} from '../verify/index.js';
import { signDetached, type PlatformKey } from './platform-key.js';

/** A newest checkpoint, and where the requests of a bundle are in it. */
export interface Anchoring {
  readonly checkpoint: CheckpointRecord;
  readonly proofs: readonly InclusionProof[];
}

export interface BundleContents {
  readonly madeFor: string;
  /** ISO 8601. */
  readonly madeAt: string;
  readonly jwks: Jwks;
  readonly records: readonly RequestRecord[];
  readonly anchoring?: Anchoring | undefined;
  /** With it, it is a broadcaster's portable record. */
  readonly broadcaster?: BroadcasterRecord;
  /** Documents for people, by their paths: verified by their hash in the signed list. */
  readonly documents?: ReadonlyMap<string, Uint8Array>;
}

const README = `This is a bundle of records of Guildhall. It can be verified by anybody, offline:

    npm run verify -- <this file> --jwks <the platform's keys>

The keys are at /.well-known/jwks.json of the platform; get them from there, not from this file.

manifest.json      the list of all files with their SHA-256, and manifest.jws, the platform's signature over it
requests/<id>/     one request: its history as a hash chain, the acts of people, the platform's seals over them, the texts
checkpoint.json    a signed statement about all requests of the platform, and the place of these in it
record.json        only in a broadcaster's record: the memberships

What the reader of this bundle may not see is left out and named as such; its hash is there.
`;

/** A zip that says the same in ten years: canonical files, a signed list of them. */
export async function writeBundle(key: PlatformKey, contents: BundleContents): Promise<Uint8Array> {
  const { records, broadcaster, anchoring, documents } = contents;
  const files = new Map<string, Uint8Array>(documents);
  const put = (path: string, text: string) => files.set(path, Buffer.from(text));
  put('README.txt', README);
  put('jwks.json', canonicalText(contents.jwks));
  for (const record of records) putRecord(record, (name, text) => put(`requests/${record.head.id}/${name}`, text));
  if (broadcaster) put('record.json', canonicalText(broadcaster));
  if (anchoring) put('checkpoint.json', canonicalText(anchoring));
  const manifest: Manifest = {
    format: 'guildhall-bundle',
    version: 1,
    kind: broadcaster ? 'RECORD' : 'REQUEST',
    madeFor: contents.madeFor,
    madeAt: contents.madeAt,
    requests: records.map(({ head }) => head.id),
    files: [...files]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, bytes]) => ({ path, size: bytes.length, sha256: sha256(bytes) })),
  };
  const text = canonicalText(manifest);
  put('manifest.json', text);
  put('manifest.jws', await signDetached(key, 'guildhall-manifest', text));
  return pack(files);
}

function putRecord(
  { head, history, acts, seals, annexes, agreements }: RequestRecord,
  put: (name: string, text: string) => void,
): void {
  put('request.json', canonicalText(head));
  put('history.json', canonicalText(history));
  put('acts.json', canonicalText(acts));
  put('seals.json', canonicalText(seals));
  put('annexes.json', canonicalText(annexes));
  put('agreements.json', canonicalText(agreements.map(({ text: _text, ...agreement }) => agreement)));
  for (const agreement of agreements) if (agreement.text !== undefined) put(agreementPath(agreement), agreement.text);
}
