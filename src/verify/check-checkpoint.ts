import type { X509Certificate } from 'node:crypto';
import { canonicalText, sha256 } from './chain.js';
import { verifyDetached } from './jws.js';
import type { KeySet } from './keys.js';
import { headLeaf, leafHash, rootFromPath } from './merkle.js';
import { checkpointBody, type CheckpointBody, type CheckpointRecord, type InclusionProof, type RequestRecord } from './record.js';
import type { Report } from './report.js';
import { verifyTimestamp } from './timestamp.js';

/** What checkpoints are believed by: keys of the platform, and certificates of timestamp authorities. */
export interface Trust {
  readonly keys: KeySet;
  readonly authorities?: readonly X509Certificate[] | undefined;
}

/** A checkpoint by itself: signed by the platform, and written the one way; its timestamp, where it has one. */
export function checkCheckpoint(
  checkpoint: CheckpointRecord,
  { keys, authorities }: Trust,
  report: Report,
  where = 'checkpoint',
): CheckpointBody | undefined {
  const signed = verifyDetached(checkpoint.jws, 'guildhall-checkpoint', checkpoint.body, keys);
  if (!signed.ok) report.problem(where, signed.why);
  const body = bodyOf(checkpoint.body);
  if (!body) report.problem(where, 'its body is not one of a checkpoint');
  report.count('checkpoints');
  if (checkpoint.timestamp !== null)
    checkTimestamp(checkpoint.body, checkpoint.timestamp, authorities, `${where}: its timestamp`, report);
  return body;
}

function checkTimestamp(body: string, base64: string, authorities: Trust['authorities'], where: string, report: Report): void {
  const token = Buffer.from(base64, 'base64');
  if (token.toString('base64') !== base64) {
    report.problem(where, 'it is not written as it was made');
    return;
  }
  const stamped = verifyTimestamp(token, sha256(body), authorities);
  if (!stamped.ok) {
    report.problem(where, stamped.why);
    return;
  }
  report.count('timestamps');
  const known = stamped.trusted ? '' : ', whose certificate was not checked against one that you trust';
  report.note(`The checkpoint was there at ${stamped.at}, says ${stamped.authority}${known}.`);
}

function bodyOf(text: string): CheckpointBody | undefined {
  try {
    const parsed = checkpointBody.parse(JSON.parse(text));
    return canonicalText(parsed) === text ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** That a request's chain went through this entry when the checkpoint was made. */
export function checkInclusion(
  proof: InclusionProof,
  body: CheckpointBody,
  { head, history }: RequestRecord,
  where: string,
  report: Report,
): void {
  const record = `${where}: its place in checkpoint ${String(body.number)}`;
  const entry = history[proof.seq - 1];
  if (!entry) {
    report.problem(record, `the checkpoint has seen entry ${String(proof.seq)}, which is not there any more`);
    return;
  }
  if (entry.hash !== proof.hash) {
    report.problem(record, `entry ${String(proof.seq)} is not the one that the checkpoint has seen`);
    return;
  }
  const path = proof.path.map((hash) => Buffer.from(hash, 'hex'));
  const root = rootFromPath(leafHash(headLeaf(head.id, proof.seq, proof.hash)), proof.index, body.treeSize, path);
  if (root?.toString('hex') !== body.root) report.problem(record, 'the path does not lead to its root');
  report.count('places in a checkpoint');
}

/** A row of checkpoints, e.g. of exported files: each names the one before it, so a second history cannot be put beside the first. */
export function checkCheckpoints(checkpoints: readonly CheckpointRecord[], trust: Trust, report: Report): void {
  const known = new Map<number, { readonly sha256: string; readonly body: CheckpointBody }>();
  for (const [index, checkpoint] of checkpoints.entries()) {
    const body = checkCheckpoint(checkpoint, trust, report, `checkpoint file ${String(index + 1)}`);
    if (!body) continue;
    const record = `checkpoint ${String(body.number)}`;
    const digest = sha256(checkpoint.body);
    const twin = known.get(body.number);
    if (twin && twin.sha256 !== digest) report.problem(record, 'there are two of this number: the history was forked');
    known.set(body.number, { sha256: digest, body });
  }
  for (const { body } of known.values()) {
    const record = `checkpoint ${String(body.number)}`;
    const before = known.get(body.number - 1);
    if ((body.previous === null) !== (body.number === 1)) report.problem(record, 'it names no predecessor, or one too many');
    else if (before && before.sha256 !== body.previous)
      report.problem(record, 'it follows another checkpoint than the one that is here');
    else if (!before && body.number > 1)
      report.note(`checkpoint ${String(body.number - 1)} is not here: what lies before it was not looked at`);
    if (
      before &&
      (before.body.at > body.at || BigInt(before.body.logTx) > BigInt(body.logTx) || before.body.treeSize > body.treeSize)
    )
      report.problem(record, 'it is older than its predecessor, or knows fewer requests');
  }
}
