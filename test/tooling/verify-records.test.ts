import { describe, expect, test } from '@jest/globals';
import {
  actHash,
  annexHash,
  canonicalText,
  checkInclusion,
  checkRequest,
  detailsHash,
  headLeaf,
  KeySet,
  leafHash,
  MerkleTree,
  NOTHING_WITHHELD,
  Report,
  sha256,
} from '../../src/verify/index.js';
import { Attacker, rechain, type Rows } from '../support/tamper.js';

/** Here the forger has the platform's key: whatever the seals say, each check has to find its own fault. */
const platform = new Attacker();
const keys = new KeySet([platform.jwk]);

const id = '01900000-0000-7000-8000-000000000001';
const person = '01900000-0000-7000-8000-000000000002';
const system = '00000000-0000-0000-0000-000000000000';
const agreementId = '01900000-0000-7000-8000-000000000003';
const annexId = '01900000-0000-7000-8000-000000000004';
const text = 'What is agreed on.\n';

const at = (seq: number) => `2026-01-0${String(seq)}T00:00:00.000Z`;

/** Opened, drawn up, signed with words, and moved on by a clock; everything fits. */
function whole(): Rows {
  const acts = [1, 3].map((seq) => {
    const [salt, details, body] = [`salt-${String(seq)}`, `{"address":"192.0.2.${String(seq)}"}`, '{"operation":"x"}'];
    return { seq, body, salt, details, detailsHash: detailsHash(salt, details) };
  });
  const actOf = (seq: number) => {
    const { body, detailsHash: hash } = acts.find((act) => act.seq === seq)!;
    return actHash(body, hash);
  };
  const entry = (
    seq: number,
    source: Rows['history'][number]['source'],
    states: [string | null, string],
    type: string,
    said: object,
  ) => {
    const byPerson = source === 'start' || source === 'outside';
    const actor = byPerson ? { id: person, authorities: ['BROADCASTER'] } : { id: system, authorities: ['SYSTEM'] };
    const event = canonicalText({ type, at: at(seq), actor, ...(byPerson && { act: actOf(seq) }), ...said });
    const told = { at: at(seq), type, actorId: actor.id, authority: actor.authorities[0]! };
    return { seq, source, fromState: states[0], state: states[1], hash: '', ...told, event };
  };
  const words = { annexId, annexHash: annexHash('salt', 'My words.') };
  const rows: Rows = {
    head: { id, kind: 'JOIN', state: '', version: 1, headHash: '', withheld: structuredClone(NOTHING_WITHHELD) },
    history: [
      entry(1, 'start', [null, 'drafting'], 'START', {}),
      entry(2, 'effect', ['drafting', 'signing'], 'AGREEMENT_RENDERED', { version: 1, sha256: sha256(text), agreementId }),
      entry(3, 'outside', ['signing', 'signed'], 'SIGN_AGREEMENT', { version: 1, sha256: sha256(text), ...words }),
      entry(4, 'timer', ['signed', 'done'], 'xstate.after', {}),
    ],
    acts,
    seals: [],
    annexes: [{ id: annexId, seq: 3, salt: 'salt', body: 'My words.' }],
    agreements: [{ id: agreementId, version: 1, audience: 'ALL', sha256: sha256(text), createdAt: at(2), text }],
  };
  return resealed(rows);
}

function resealed(rows: Rows): Rows {
  rechain(rows);
  rows.seals = rows.history
    .filter(({ source }) => source === 'start' || source === 'outside')
    .map(({ seq }) => ({ seq, jws: platform.seal(rows, seq) }));
  return rows;
}

function problemsOf(rows: Rows): string[] {
  const report = new Report();
  checkRequest(rows, keys, report);
  return report.problems.map(({ record, why }) => `${record.replace(`requests/${id}: `, '')}: ${why}`);
}

const change = (rows: Rows, seq: number, by: (event: Record<string, unknown>) => void): void => {
  const entry = rows.history[seq - 1]!;
  const event = JSON.parse(entry.event!) as Record<string, unknown>;
  by(event);
  entry.event = canonicalText(event);
  resealed(rows);
};

const faults: Readonly<Record<string, (rows: Rows) => void>> = {
  'it is numbered 4: entries are missing, or out of order': ({ history }) => void history.splice(2, 1),
  'it comes from “elsewhere”, but the state was “signing”': (rows) => {
    rows.history[2]!.fromState = 'elsewhere';
    resealed(rows);
  },
  'it cannot be a start': (rows) => {
    rows.history[2]!.source = 'start';
    resealed(rows);
  },
  'its event is missing, and is not named among what is left out': ({ history }) => delete history[3]!.event,
  'its event is there, although it is named among what is left out': ({ head }) => void head.withheld.events.push(4),
  'it is named among what is left out, and is not there': ({ head }) => void head.withheld.events.push(5),
  'its hash does not follow from the entry and the one before it': ({ history }) => {
    history[1]!.hash = sha256('x');
  },
  'its event is not canonical JSON': (rows) => {
    rows.history[3]!.event = rows.history[3]!.event!.replace('{', '{ ');
    resealed(rows);
  },
  'it is earlier than the one before it': (rows) => {
    rows.history[3]!.at = at(1);
    change(rows, 4, (event) => (event['at'] = at(1)));
  },
  'what is told of it is not what its event says': ({ history }) => {
    history[3]!.type = 'OTHER';
  },
  'it says version 5; there are 4 entries': ({ head }) => void (head.version = 5),
  'it is not the hash of the last entry': ({ head }) => void (head.headHash = sha256('x')),
  'it says “other”; the last entry leads to “done”': ({ head }) => void (head.state = 'other'),
  'the act of entry 3: it is there twice': ({ acts }) => void acts.push(structuredClone(acts[1]!)),
  'the act of entry 3: it is missing': ({ acts }) => void acts.pop(),
  'it is not the one that the event names': ({ acts }) => void (acts[1]!.body = '{}'),
  'the act of entry 9: there is no such entry': ({ acts }) => void acts.push({ ...acts[1]!, seq: 9 }),
  'its personal half has to be there, or erased, or named among what is left out': ({ acts }) => {
    delete acts[1]!.details;
    delete acts[1]!.salt;
  },
  'its personal half is not the one that the act names': ({ acts }) => void (acts[1]!.details = '{}'),
  'the seal of entry 3: it is there twice': ({ seals }) => void seals.push(structuredClone(seals[1]!)),
  'the seal of entry 3: it is missing': ({ seals }) => void seals.pop(),
  'the signature does not fit': ({ seals }) => void (seals[1]!.jws = seals[0]!.jws),
  'the seal of entry 9: there is no such entry': ({ seals }) => void seals.push({ ...seals[1]!, seq: 9 }),
  'they are there twice': ({ annexes }) => void annexes.push(structuredClone(annexes[0]!)),
  'they are missing, and not named among what is left out': ({ annexes }) => void annexes.pop(),
  'they do not belong to entry 2': ({ annexes }) => void (annexes[0]!.seq = 2),
  'they are not those that the event names': ({ annexes }) => void (annexes[0]!.body = 'Other words.'),
  'no event names them': ({ annexes }) => void annexes.push({ ...annexes[0]!, id: person }),
  [`the agreement ${agreementId}: it is there twice`]: ({ agreements }) => void agreements.push(structuredClone(agreements[0]!)),
  [`the agreement ${agreementId}: it is missing, and not named among what is left out`]: ({ agreements }) =>
    void agreements.pop(),
  [`the agreement ${agreementId}: it is there, although it is named among what is left out`]: ({ head }) =>
    void head.withheld.agreements.push(agreementId),
  'no event has drawn it up': ({ agreements }) => void agreements.push({ ...agreements[0]!, id: person }),
  'it is not the one that was drawn up': ({ agreements }) => void (agreements[0]!.audience = 'GUILD'),
  'it is there, although it is erased': ({ agreements }) => void (agreements[0]!.erasedAt = at(4)),
  'its text is not the one that was shown and signed': ({ agreements }) => void (agreements[0]!.text = 'Something else.\n'),
  'its clauses do not give its text': ({ agreements }) => {
    agreements[0]!.document = canonicalText({ title: 'x', preamble: [], clauses: [] });
  },
  'it signs a text that is not here': (rows) => change(rows, 3, (event) => (event['sha256'] = sha256('x'))),
};

describe('Each fault of a record is found by its own check', () => {
  test('and a whole record has none', () => {
    expect(problemsOf(whole())).toEqual([]);
  });

  test.each(Object.entries(faults))('%s', (why, spoil) => {
    const rows = whole();
    spoil(rows);
    expect(problemsOf(rows).join('\n')).toContain(why);
  });
});

describe('A checkpoint', () => {
  const inTree = (rows: Rows, seq: number, hash: string, other = rows) => {
    const tree = new MerkleTree([leafHash(headLeaf(id, seq, hash)), leafHash('another')]);
    const body = { number: 1, at: at(5), logTx: '1', treeSize: 2, root: tree.root.toString('hex'), previous: null };
    const report = new Report();
    const path = tree.path(0).map((each) => each.toString('hex'));
    const proof = { requestId: id, seq, hash, index: 0, path };
    return {
      check: (changed = {}) => {
        checkInclusion({ ...proof, ...changed }, body, other, 'x', report);
        return report.problems.map(({ why }) => why);
      },
    };
  };

  test('holds the history to what it has seen', () => {
    const rows = whole();
    const { hash } = rows.history[2]!;
    expect(inTree(rows, 3, hash).check()).toEqual([]);
    expect(inTree(rows, 3, hash, { ...rows, history: rows.history.slice(0, 2) }).check()).toEqual([
      'the checkpoint has seen entry 3, which is not there any more',
    ]);
    expect(inTree(rows, 3, sha256('x')).check()).toEqual(['entry 3 is not the one that the checkpoint has seen']);
    expect(inTree(rows, 3, hash).check({ index: 1 })).toEqual(['the path does not lead to its root']);
  });
});
