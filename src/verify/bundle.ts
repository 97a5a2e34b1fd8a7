import type { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { NotABundle, unpack, type Files } from './archive.js';
import { canonicalText, sha256 } from './chain.js';
import { checkBroadcaster } from './check-broadcaster.js';
import { checkCheckpoint, checkInclusion, type Trust } from './check-checkpoint.js';
import { checkRequest } from './check-request.js';
import { verifyDetached } from './jws.js';
import { KeySet } from './keys.js';
import {
  actRecord,
  agreementRecord,
  annexRecord,
  broadcasterRecord,
  checkpointRecord,
  historyEntry,
  inclusionProof,
  manifest as manifestShape,
  requestHead,
  sealRecord,
  type Manifest,
  type RequestRecord,
} from './record.js';
import { Report } from './report.js';

export interface VerifyOptions {
  /** The platform's keys, had from elsewhere than the bundle. Without them a bundle can only be found whole in itself. */
  readonly trusted?: KeySet | undefined;
  /** Names of keys (RFC 7638) that are trusted; the keys themselves may then come out of the bundle, for the name follows from the key. */
  readonly thumbprints?: readonly string[] | undefined;
  /** Certificates to which that of a timestamp authority has to lead; without them its own is believed, and the report says so. */
  readonly authorities?: readonly X509Certificate[] | undefined;
}

const jwksShape = z.object({ keys: z.array(z.unknown()) });
const checkpointFile = z.strictObject({ checkpoint: checkpointRecord, proofs: z.array(inclusionProof) });

/** What `npm run verify` does: no database, no network, no clock. Never throws because of what is in the bundle. */
export function verifyBundle(archive: Uint8Array, { trusted, thumbprints, authorities }: VerifyOptions = {}): Report {
  const report = new Report();
  let files: Files;
  try {
    files = unpack(archive);
  } catch (error) {
    if (!(error instanceof NotABundle)) throw error;
    report.problem('the archive', error.message);
    return report;
  }
  const read = new Reader(files, report);
  const inside = read.file('jwks.json', jwksShape);
  const keys = trusted ?? new KeySet(inside?.keys ?? [], thumbprints);
  if (!trusted && !thumbprints)
    report.note(
      'The keys are those inside the bundle: it is whole in itself, but who made it is not shown. Pass the platform’s keys.',
    );
  const manifest = checkManifest(read, keys, report);
  if (!manifest) return report;
  const records = manifest.requests.flatMap((id) => requestFrom(read, id) ?? []);
  for (const record of records) checkRequest(record, keys, report);
  checkInclusions(read, records, { keys, authorities }, report);
  if (manifest.kind === 'RECORD') {
    const record = read.file('record.json', broadcasterRecord);
    if (record) checkBroadcaster(record, records, report);
  }
  read.noteOthers();
  return report;
}

/** Files as what they ought to be; each problem is told where it is, and the rest goes on. */
class Reader {
  private readonly taken = new Set<string>();

  constructor(
    readonly files: Files,
    readonly report: Report,
  ) {}

  text(path: string): string | undefined {
    this.taken.add(path);
    const bytes = this.files.get(path);
    if (!bytes) {
      this.report.problem(path, 'it is missing');
      return undefined;
    }
    return Buffer.from(bytes).toString('utf8');
  }

  file<Shape extends z.ZodType>(path: string, shape: Shape): z.output<Shape> | undefined {
    const text = this.text(path);
    if (text === undefined) return undefined;
    try {
      return shape.parse(JSON.parse(text));
    } catch (error) {
      const why = error instanceof z.ZodError ? z.prettifyError(error).split('\n', 1)[0]! : 'it is no JSON';
      this.report.problem(path, `it is not what it should be: ${why}`);
      return undefined;
    }
  }

  noteOthers(): void {
    const others = [...this.files.keys()].filter((path) => !this.taken.has(path));
    if (others.length > 0) this.report.count('other files, by the hashes in the signed list', others.length);
  }
}

function checkManifest(read: Reader, keys: KeySet, report: Report): Manifest | undefined {
  const text = read.text('manifest.json');
  const jws = read.text('manifest.jws');
  if (text === undefined || jws === undefined) return undefined;
  const signed = verifyDetached(jws, 'guildhall-manifest', text, keys);
  if (!signed.ok) report.problem('manifest.json', signed.why);
  const manifest = read.file('manifest.json', manifestShape);
  if (!manifest) return undefined;
  if (canonicalText(manifest) !== text) report.problem('manifest.json', 'it is not written as it was made');
  const listed = new Map(manifest.files.map((file) => [file.path, file]));
  for (const [path, bytes] of read.files) {
    if (path === 'manifest.json' || path === 'manifest.jws') continue;
    const file = listed.get(path);
    listed.delete(path);
    if (!file) report.problem(path, 'it is not in the signed list of files');
    else if (file.size !== bytes.length || file.sha256 !== sha256(bytes))
      report.problem(path, 'it was changed after the bundle was made');
    report.count('files against the signed list');
  }
  for (const path of listed.keys()) report.problem(path, 'it is in the signed list of files, and missing');
  return manifest;
}

const shapes = {
  head: requestHead,
  history: z.array(historyEntry),
  acts: z.array(actRecord),
  seals: z.array(sealRecord),
  annexes: z.array(annexRecord),
  agreements: z.array(agreementRecord),
};

function requestFrom(read: Reader, id: string): RequestRecord | undefined {
  const at = (name: string) => `requests/${id}/${name}`;
  const head = read.file(at('request.json'), shapes.head);
  const history = read.file(at('history.json'), shapes.history);
  const acts = read.file(at('acts.json'), shapes.acts);
  const seals = read.file(at('seals.json'), shapes.seals);
  const annexes = read.file(at('annexes.json'), shapes.annexes);
  const agreements = read.file(at('agreements.json'), shapes.agreements);
  if (!head || !history || !acts || !seals || !annexes || !agreements) return undefined;
  if (head.id !== id) read.report.problem(at('request.json'), 'it is about another request');
  return {
    head,
    history,
    acts,
    seals,
    annexes,
    agreements: agreements.map((agreement) => {
      if (agreement.erasedAt !== undefined) return agreement;
      const text = read.text(at(agreementPath(agreement)));
      return text === undefined ? agreement : { ...agreement, text };
    }),
  };
}

/** Where the text of an agreement is, beside the list of them. */
export const agreementPath = ({ version, audience }: { readonly version: number; readonly audience: string }): string =>
  `agreements/${String(version)}-${audience}.txt`;

function checkInclusions(read: Reader, records: readonly RequestRecord[], trust: Trust, report: Report): void {
  if (!read.files.has('checkpoint.json')) {
    report.note('There is no checkpoint in it: it was made before the first one.');
    return;
  }
  const file = read.file('checkpoint.json', checkpointFile);
  const body = file && checkCheckpoint(file.checkpoint, trust, report);
  if (!body) return;
  const proofs = new Map(file.proofs.map((proof) => [proof.requestId, proof]));
  for (const record of records) {
    const proof = proofs.get(record.head.id);
    if (proof) checkInclusion(proof, body, record, `requests/${record.head.id}`, report);
    else report.note(`Request ${record.head.id} is younger than the checkpoint.`);
  }
}
