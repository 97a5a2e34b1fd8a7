import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ViewerTransaction } from '../../src/database/index.js';
import { readRecord } from '../../src/evidence/read-record.js';
import { DEVELOPMENT_ISSUER } from '../../src/identity/index.js';
import {
  canonicalText,
  checkInclusion,
  checkRequest,
  headLeaf,
  leafHash,
  MerkleTree,
  pack,
  Report,
  sha256,
  unpack,
  verifyBundle,
  type CheckpointBody,
  type InclusionProof,
  type KeySet,
  type Manifest,
} from '../../src/verify/index.js';
import { startApi, type TestApi } from '../support/api.js';
import { bundleOf, download, publishedKeys } from '../support/bundle.js';
import { JoinFlow } from '../support/join-flow.js';
import { LeaveFlow } from '../support/leave-flow.js';
import { Attacker, changeOneByte, dropBeside, randomOf, rechain, rewrite, type Random, type Rows } from '../support/tamper.js';
import { TransferFlow } from '../support/transfer-flow.js';

/** More than 10,000 in all; the same ones every time. */
const SEED = 20_260_304;
const BYTES_OF_ARCHIVES = 5_000;
const FILES_OF_ARCHIVES = 2_000;
const BYTES_OF_ROWS = 3_000;
const ROWS = 3_000;
const MINUTE = 60_000;

/** A request as its rows say, and its place in a checkpoint that is kept outside of the database. */
interface Case {
  readonly rows: Rows;
  readonly body: CheckpointBody;
  readonly proof: InclusionProof;
}

describe('Tampering is found, whatever it is', () => {
  let api: TestApi;
  let keys: KeySet;
  const bundles: Uint8Array[] = [];
  const cases: Case[] = [];
  const attacker = new Attacker();

  beforeAll(async () => {
    api = await startApi();
    const join = new JoinFlow(api);
    const leave = new LeaveFlow(api);
    const transfer = new TransferFlow(api);
    const [guild, gaining] = [await api.world.guild(), await api.world.guild()];
    const joined = await join.coolingOff(await api.world.broadcaster(), guild);
    const declined = await join.invite(guild, await api.world.broadcaster());
    await join.do(guild.owner, 'withdrawRequest', { requestId: declined.id });
    const refused = await api.world.broadcaster();
    const withWords = await join.invite(guild, refused);
    await join.do(refused.subject, 'declineRequest', { requestId: withWords.id, reasonCode: 'OTHER', comment: 'Nein — 不。' });
    const member = await leave.memberOf(guild);
    const leaving = { membershipId: member.membershipId, route: 'PROBATION', primaryReason: 'LIFE_QUIT' };
    await leave.do(member.subject, 'requestLeave', leaving);
    const moved = await transfer.coolingOff(await transfer.member(guild), guild, gaining);
    bundles.push(
      await bundleOf(api, guild.owner, joined.id),
      await bundleOf(api, 'sam', withWords.id),
      await bundleOf(api, guild.owner, moved.id),
      await bundleOf(api, gaining.owner, moved.id),
      (await download(api, member.subject, `/evidence/broadcasters/${member.id}`)).bytes,
    );
    await api.app.evidence.drain();
    keys = await publishedKeys(api);
    const all = await Promise.all([joined.id, withWords.id, moved.id].map(rowsOf));
    const leaves = all.map(({ head }) => leafHash(headLeaf(head.id, head.version, head.headHash)));
    const tree = new MerkleTree(leaves);
    const root = tree.root.toString('hex');
    const body = { number: 1, at: '2026-01-01T00:00:00.000Z', logTx: '1', treeSize: leaves.length, root, previous: null };
    for (const [index, rows] of all.entries()) {
      const path = tree.path(index).map((hash) => hash.toString('hex'));
      cases.push({
        rows,
        body,
        proof: { requestId: rows.head.id, seq: rows.head.version, hash: rows.head.headHash, index, path },
      });
    }
  });
  afterAll(() => api.stop());

  /** As the platform sees them: nothing is left out. */
  async function rowsOf(id: string): Promise<Rows> {
    const app = await api.db.dataSource('app', { poolSize: 1 });
    const tx = await ViewerTransaction.open(app, { issuer: DEVELOPMENT_ISSUER, subject: 'sam' }, 'snapshot');
    try {
      return (await readRecord(tx, Buffer.from(id, 'base64url').toString().split(':')[1]!))!.record as Rows;
    } finally {
      await tx.end();
      await app.destroy();
    }
  }

  function problemsOf({ body, proof }: Case, rows: Rows): readonly { readonly record: string; readonly why: string }[] {
    const report = new Report();
    checkRequest(rows, keys, report);
    checkInclusion(proof, body, rows, `requests/${rows.head.id}`, report);
    return report.problems;
  }

  const runs = (numRuns: number, run: (random: Random) => boolean): void =>
    fc.assert(
      fc.property(fc.gen(), (gen) => run(randomOf(gen, fc.integer))),
      { numRuns, seed: SEED },
    );

  test('and what is untouched is not refused', () => {
    for (const bundle of bundles) expect(verifyBundle(bundle, { trusted: keys }).problems).toEqual([]);
    for (const each of cases) {
      expect(problemsOf(each, each.rows)).toEqual([]);
      // Rows of a table are in no order; only the history has one.
      const shuffled = structuredClone(each.rows);
      for (const list of [shuffled.acts, shuffled.seals, shuffled.annexes, shuffled.agreements]) list.reverse();
      expect(problemsOf(each, shuffled)).toEqual([]);
    }
  });

  test(
    `${String(BYTES_OF_ARCHIVES)} bytes of archives, changed, left out or cut off`,
    () =>
      runs(BYTES_OF_ARCHIVES, (random) => {
        const bundle = Buffer.from(bundles[random(bundles.length)]!);
        const place = random(bundle.length);
        const how = random(10);
        if (how === 0) return !verifyBundle(bundle.subarray(0, place), { trusted: keys }).ok;
        if (how === 1)
          return !verifyBundle(Buffer.concat([bundle.subarray(0, place), bundle.subarray(place + 1)]), { trusted: keys }).ok;
        bundle[place] = bundle[place]! ^ (1 + random(255));
        return !verifyBundle(bundle, { trusted: keys }).ok;
      }),
    MINUTE,
  );

  /** With archive, list and signature of the list made anew, by who has no key. */
  test(
    `${String(FILES_OF_ARCHIVES)} files of archives, by somebody who makes all of it fit`,
    () =>
      runs(FILES_OF_ARCHIVES, (random) => {
        const files = unpack(bundles[random(bundles.length)]!);
        const paths = [...files.keys()].filter((path) => !path.startsWith('manifest.') && path !== 'README.txt');
        const path = paths[random(paths.length)]!;
        const bytes = Buffer.from(files.get(path)!);
        const how = random(4);
        const other = files.get(paths[random(paths.length)]!)!;
        if (how === 0 || bytes.length === 0) files.delete(path);
        else if (how === 1 && !bytes.equals(other)) files.set(path, other);
        else if (how <= 2) files.set(path, Buffer.concat([bytes, Buffer.from(' ')]));
        else {
          const place = random(bytes.length);
          bytes[place] = bytes[place]! ^ (1 + random(255));
          files.set(path, bytes);
        }
        const manifest = JSON.parse(Buffer.from(files.get('manifest.json')!).toString()) as Manifest;
        const listed = [...files].filter(([name]) => !name.startsWith('manifest.'));
        const text = canonicalText({
          ...manifest,
          files: listed.map(([name, data]) => ({ path: name, size: data.length, sha256: sha256(data) })),
        });
        const depth = random(3);
        if (depth > 0) files.set('manifest.json', Buffer.from(text));
        if (depth > 1)
          files.set(
            'manifest.jws',
            Buffer.from(attacker.sign('guildhall-manifest', text, random(2) === 0 ? undefined : keys.kids[0])),
          );
        return !verifyBundle(pack(files), { trusted: keys }).ok;
      }),
    MINUTE,
  );

  test(
    `${String(BYTES_OF_ROWS)} bytes of rows`,
    () =>
      runs(BYTES_OF_ROWS, (random) => {
        const each = cases[random(cases.length)]!;
        const rows = structuredClone(each.rows);
        changeOneByte(rows, random);
        return problemsOf(each, rows).length > 0;
      }),
    MINUTE,
  );

  const attacks: Readonly<Record<string, (rows: Rows, random: Random, others: readonly Rows[]) => void>> = {
    'a row is removed': (rows, random) => {
      const lists = [rows.history, rows.acts, rows.seals, rows.annexes, rows.agreements].filter((list) => list.length > 0);
      const list = lists[random(lists.length)]!;
      list.splice(random(list.length), 1);
    },
    'a row is there twice': (rows, random) => {
      const lists = [rows.history, rows.acts, rows.seals, rows.agreements].filter((list) => list.length > 0);
      const list = lists[random(lists.length)] as unknown[];
      list.push(structuredClone(list[random(list.length)]));
    },
    'two entries change places': ({ history }, random) => {
      const [a, b] = twoOf(history.length, random);
      [history[a], history[b]] = [history[b]!, history[a]!];
    },
    'two entries change places and numbers, and the chain is made to fit': (rows, random) => {
      const [a, b] = twoOf(rows.history.length, random);
      const { history } = rows;
      [history[a], history[b]] = [
        { ...history[b]!, seq: a + 1 },
        { ...history[a]!, seq: b + 1 },
      ];
      rechain(rows);
    },
    'two acts change places': ({ acts }, random) => {
      const [a, b] = twoOf(acts.length, random);
      [acts[a]!.seq, acts[b]!.seq] = [acts[b]!.seq, acts[a]!.seq];
    },
    'two seals change places': ({ seals }, random) => {
      const [a, b] = twoOf(seals.length, random);
      [seals[a]!.jws, seals[b]!.jws] = [seals[b]!.jws, seals[a]!.jws];
    },
    'the end is cut off, and all the rest made to fit': (rows, random) => {
      const from = 1 + random(rows.history.length - 1);
      rows.history.splice(from);
      dropBeside(rows, from + 1);
      const kept = new Set(
        rows.history
          .map(({ event }) => event)
          .join('')
          .match(/[0-9a-f-]{36}/g),
      );
      rows.agreements = rows.agreements.filter(({ id }) => kept.has(id));
      rechain(rows);
    },
    'the beginning is cut off, and the rest renumbered and made to fit': (rows, random) => {
      const cut = 1 + random(rows.history.length - 1);
      rows.history.splice(0, cut);
      rows.history.forEach((entry, index) => (entry.seq = index + 1));
      rows.history[0]!.fromState = null;
      rechain(rows);
    },
    'seals by another key': (rows, random) => {
      const { seals } = rows;
      const which = random(seals.length + 1);
      const kid = random(2) === 0 ? undefined : keys.kids[0];
      for (const [index, seal] of seals.entries())
        if (which === seals.length || which === index) seal.jws = attacker.seal(rows, seal.seq, kid);
    },
    'a fork: history is rewritten from some entry on, with acts and head that fit': (rows, random) => {
      const entry = rows.history[random(rows.history.length)]!;
      rewrite(rows, entry, { forged: random(1_000_000) });
      rechain(rows);
      const how = random(3);
      if (how > 0)
        for (const seal of rows.seals)
          if (seal.seq >= entry.seq) seal.jws = attacker.seal(rows, seal.seq, how === 1 ? undefined : keys.kids[0]);
    },
    'the records of another request in the place of these': (rows, random, others) => {
      const other = structuredClone(others[random(others.length)]!);
      const names = ['history', 'acts', 'seals', 'agreements', 'head'] as const;
      const name = names[random(names.length)]!;
      Object.assign(rows, { [name]: other[name] });
    },
    'a text is another': ({ agreements }, random) => {
      const agreement = agreements[random(agreements.length)]!;
      agreement.text = `${agreement.text!.slice(0, -1)}, and a little more.\n`;
      if (random(2) === 0) agreement.sha256 = sha256(agreement.text);
    },
    'something is said to be erased or left out that is not': ({ acts, agreements, head }, random) => {
      const how = random(3);
      if (how === 0) acts[random(acts.length)]!.erasedAt = '2026-01-01T00:00:00.000Z';
      else if (how === 1) agreements[random(agreements.length)]!.erasedAt = '2026-01-01T00:00:00.000Z';
      else head.withheld.events.push(1 + random(head.version));
    },
  };

  test(
    `${String(ROWS)} attacks on rows: ${Object.keys(attacks).join('; ')}`,
    () => {
      const names = Object.keys(attacks);
      const tried = new Map<string, number>();
      runs(ROWS, (random) => {
        const each = cases[random(cases.length)]!;
        const rows = structuredClone(each.rows);
        const name = names[random(names.length)]!;
        attacks[name]!(
          rows,
          random,
          cases.filter((other) => other !== each).map((other) => other.rows),
        );
        tried.set(name, (tried.get(name) ?? 0) + 1);
        return problemsOf(each, rows).length > 0;
      });
      expect([...tried.keys()].sort()).toEqual(names.sort());
    },
    MINUTE,
  );
});

function twoOf(length: number, random: Random): [number, number] {
  const a = random(length);
  return [a, (a + 1 + random(length - 1)) % length];
}
