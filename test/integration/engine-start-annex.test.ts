import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AnnexReference, StartCommand } from '../../src/engine/index.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { idOf, prepareToy, toyEngine, USER, type ToyEngine } from '../support/engine.js';
import { toyInput } from '../support/toy-kind.js';

let db: TestDatabase;
let toy: ToyEngine;
let given: (AnnexReference | undefined)[] = [];

beforeAll(async () => {
  db = await testDatabase();
  await prepareToy(db);
  toy = await toyEngine({
    url: db.url,
    rolePrefix: db.rolePrefix,
    handlers: {
      openers: {
        TOY: async (_tx, { input, annex }) => {
          given.push(annex);
          return (input as { refuse?: boolean }).refuse === true
            ? { ok: false, code: 'NOT_ELIGIBLE', reasons: [{ code: 'NOT_ELIGIBLE', message: 'The test wants it so.' }] }
            : { ok: true, input: input as object, authority: 'USER' };
        },
      },
    },
  });
});
afterAll(async () => {
  await toy.stop();
  await db.dispose();
});

const start = (body: string | undefined, more: Partial<StartCommand> = {}) =>
  toy.engine.start({
    kind: 'TOY',
    input: toyInput,
    principalId: USER,
    operation: 'startToy',
    annex: body === undefined ? undefined : { kind: 'comment', body },
    ...more,
  });
const annexes = async () => {
  const { rows } = await db
    .pool('superuser', 1)
    .query<{ id: string; instance_id: string; seq: number; kind: string; salt: string; body: string }>(
      'select * from guildhall.annex',
    );
  return rows;
};

test('words of a start are kept beside its first entry, and the opener knows their id and their salted hash', async () => {
  given = [];
  const instanceId = idOf(await start('Jane Roe owes me three months.'));
  const [annex] = await annexes();
  expect(annex).toMatchObject({ instance_id: instanceId, seq: 1, kind: 'comment', body: 'Jane Roe owes me three months.' });
  const annexHash = createHash('sha256')
    .update(annex!.salt + annex!.body, 'utf8')
    .digest('hex');
  expect(given).toEqual([{ annexId: annex!.id, annexHash }]);
});

test('a start that is refused keeps no words, and one without words has none', async () => {
  const before = (await annexes()).length;
  expect(await start('Never mind.', { input: { ...toyInput, refuse: true } })).toMatchObject({ outcome: 'refused' });
  given = [];
  await start(undefined);
  expect(given).toEqual([undefined]);
  expect(await annexes()).toHaveLength(before);
});

test('the words are part of what a key stands for', async () => {
  const key = { idempotencyKey: 'with-words' };
  const first = await start('One.', key);
  expect(await start('One.', key)).toMatchObject({ outcome: 'accepted', replayed: true, instanceId: idOf(first) });
  expect(await start('Two.', key)).toMatchObject({ outcome: 'refused', code: 'KEY_REUSED' });
  expect(await start(undefined, key)).toMatchObject({ outcome: 'refused', code: 'KEY_REUSED' });
  expect((await annexes()).filter(({ instance_id }) => instance_id === idOf(first))).toHaveLength(1);
});
