import { z } from 'zod';

/** The records of a bundle, as its files hold them. Strict: what is not known here was not written by a platform of this version. */

const seq = z.int().min(1);
const hash = z.hash('sha256');
const instant = z.iso.datetime({ precision: 3 });
/** Where it is in a bundle, and what else stands there. */
const text = z.string();

/** `event` is the canonical text as stored; absent where it is not for the reader, whom the hash alone is then given. */
export const historyEntry = z.strictObject({
  seq,
  source: z.enum(['start', 'outside', 'timer', 'effect', 'link']),
  fromState: text.nullable(),
  state: text,
  hash,
  /** The next four say again what the event says, and tell of it where the event is left out. */
  at: instant,
  type: text,
  actorId: z.uuid(),
  authority: text,
  event: text.exactOptional(),
});
export type HistoryEntry = z.infer<typeof historyEntry>;

/** The personal half is there, or is not for the reader, or was erased. */
export const actRecord = z.strictObject({
  seq,
  body: text,
  detailsHash: hash,
  salt: text.exactOptional(),
  details: text.exactOptional(),
  erasedAt: instant.exactOptional(),
});
export type ActRecord = z.infer<typeof actRecord>;

export const sealRecord = z.strictObject({ seq, jws: text });
export type SealRecord = z.infer<typeof sealRecord>;

export const annexRecord = z.strictObject({
  id: z.uuid(),
  seq,
  salt: text.exactOptional(),
  body: text.exactOptional(),
  erasedAt: instant.exactOptional(),
});
export type AnnexRecord = z.infer<typeof annexRecord>;

export const agreementRecord = z.strictObject({
  id: z.uuid(),
  version: seq,
  audience: text,
  sha256: hash,
  createdAt: instant,
  /** The text, exactly as it was shown and signed. In a bundle it is a file of its own. */
  text: text.exactOptional(),
  /** The same as data, canonical JSON, where the version was drawn up from clauses. */
  document: text.exactOptional(),
  erasedAt: instant.exactOptional(),
});
export type AgreementRecord = z.infer<typeof agreementRecord>;

/** What the reader is not given. Whatever is missing and not named here is missing without a reason. */
const withheld = z.strictObject({
  /** Entries whose event is left out. */
  events: z.array(seq),
  /** Acts whose personal half is left out. */
  details: z.array(seq),
  agreements: z.array(z.uuid()),
  annexes: z.array(z.uuid()),
});

export const requestHead = z.strictObject({
  id: z.uuid(),
  kind: text,
  state: text,
  version: seq,
  headHash: hash,
  withheld,
});
export type RequestHead = z.infer<typeof requestHead>;

/** Everything about one request, from a bundle's files or a database's rows. */
export interface RequestRecord {
  readonly head: RequestHead;
  readonly history: readonly HistoryEntry[];
  readonly acts: readonly ActRecord[];
  readonly seals: readonly SealRecord[];
  readonly annexes: readonly AnnexRecord[];
  readonly agreements: readonly AgreementRecord[];
}

export const NOTHING_WITHHELD: RequestHead['withheld'] = { events: [], details: [], agreements: [], annexes: [] };

export const inclusionProof = z.strictObject({
  requestId: z.uuid(),
  seq,
  hash,
  index: z.int().min(0),
  path: z.array(hash),
});
export type InclusionProof = z.infer<typeof inclusionProof>;

/** What is signed of a checkpoint. `previous` is the SHA-256 of the one before it, so that two that follow the same one are seen. */
export const checkpointBody = z.strictObject({
  number: seq,
  at: instant,
  /** Transactions of the log below this one are in it. */
  logTx: z.string().regex(/^\d{1,20}$/),
  treeSize: z.int().min(0),
  root: hash,
  previous: hash.nullable(),
});
export type CheckpointBody = z.infer<typeof checkpointBody>;

/** As it is exported, and as a bundle holds it. */
export const checkpointRecord = z.strictObject({
  /** Canonical JSON of its body. */
  body: text,
  jws: text,
  /** An RFC 3161 token over the SHA-256 of the body, base64. */
  timestamp: text.nullable(),
});
export type CheckpointRecord = z.infer<typeof checkpointRecord>;

export const manifest = z.strictObject({
  format: z.literal('guildhall-bundle'),
  version: z.literal(1),
  kind: z.enum(['REQUEST', 'RECORD']),
  /** For whom it was made: what others see of the same may be more or less. */
  madeFor: text,
  madeAt: instant,
  requests: z.array(z.uuid()),
  files: z.array(z.strictObject({ path: text, size: z.int().min(0), sha256: hash })),
});
export type Manifest = z.infer<typeof manifest>;

export const membershipRecord = z.strictObject({
  id: z.uuid(),
  guild: z.strictObject({ id: z.uuid(), name: text }),
  /** The request that began it, which is in the bundle; null: it was entered by hand. */
  requestId: z.uuid().nullable(),
  startsAt: instant,
  endsAt: instant.nullable(),
  endKind: text.nullable(),
  /** The request that ended it, in the bundle where there is one. */
  endedByRequestId: z.uuid().nullable(),
  terms: z.record(z.string(), z.unknown()),
});

export const broadcasterRecord = z.strictObject({
  broadcaster: z.strictObject({ id: z.uuid(), handle: text, region: text }),
  memberships: z.array(membershipRecord),
});
export type BroadcasterRecord = z.infer<typeof broadcasterRecord>;
