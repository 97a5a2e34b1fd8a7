import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { writeAsViewer, type ViewerTransaction } from '../../src/database/index.js';
import { DEVELOPMENT_ISSUER } from '../../src/identity/index.js';
import { seedWorld } from '../../src/seed/seed.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString();
const REFUSED = /immutable|cannot be changed|does not go from/;

/** The database alone, with nothing of the service before it: what it would refuse of a service that forgot its checks. */
describe('what the database refuses of clauses and templates', () => {
  let db: TestDatabase;
  let owner: pg.Pool;
  let app: Awaited<ReturnType<TestDatabase['dataSource']>>;
  let principals: Record<string, string>;

  beforeAll(async () => {
    db = await testDatabase();
    owner = db.pool('owner', 2);
    app = await db.dataSource('app', { poolSize: 2 });
    await seedWorld(owner, DEVELOPMENT_ISSUER);
    const { rows } = await owner.query<{ subject: string; id: string }>('select subject, id from guildhall.principal');
    principals = Object.fromEntries(rows.map(({ subject, id }) => [subject, id]));
  });
  afterAll(() => db.dispose());

  const as = <T>(subject: string, work: (tx: ViewerTransaction) => Promise<T>) =>
    writeAsViewer(app, { issuer: DEVELOPMENT_ISSUER, subject }, work);
  const set = (table: string, subject: string, id: string, what: string, values: readonly unknown[] = []) =>
    as(subject, (tx) => tx.query(`update guildhall.${table} set ${what} where id = $1 returning id`, [id, ...values]));

  let count = 0;
  const clause = async (author = 'pia') => {
    const id = uuidv7();
    await as(author, (tx) =>
      tx.query(`insert into guildhall.clause_version (id, key, number, content, author_id) values ($1, $2, 1, '{}', $3)`, [
        id,
        `c${String((count += 1))}`,
        principals[author],
      ]),
    );
    return id;
  };
  const publishedClause = async () => {
    const id = await clause();
    await set('clause_version', 'pia', id, `status = 'IN_REVIEW'`);
    await set('clause_version', 'pol', id, `status = 'PUBLISHED', published_at = now(), reviewer_id = $2`, [principals['pol']]);
    return id;
  };
  const template = async (clauses: readonly string[]) => {
    const id = uuidv7();
    await as('pia', (tx) =>
      tx.query(`insert into guildhall.template_version (id, name, number, content, author_id) values ($1, $2, 1, $3, $4)`, [
        id,
        `T${String((count += 1))}`,
        JSON.stringify({ locales: [], texts: {}, clauses }),
        principals['pia'],
      ]),
    );
    await set('template_version', 'pia', id, `status = 'IN_REVIEW'`);
    return id;
  };
  const approve = (id: string, from: string, reviewer = 'pol') =>
    set(
      'template_version',
      reviewer,
      id,
      `status = 'PUBLISHED', published_at = now(), reviewer_id = $2, effective = tstzrange($3, null)`,
      [principals[reviewer], from],
    );

  test.each([
    ['clause_version', 'its content', `content = '{"a": 1}'`],
    ['clause_version', 'its summary', `summary = 'another'`],
    ['clause_version', 'its reviewer', 'reviewer_id = null'],
    ['clause_version', 'the way back to a draft', `status = 'DRAFT', published_at = null, reviewer_id = null`],
    ['template_version', 'its content', `content = content || '{"clauses": []}'`],
    ['template_version', 'the day of its publication', `published_at = now() - interval '1 year'`],
    ['template_version', 'its beginning', `effective = tstzrange(lower(effective) + interval '1 hour', null)`],
    [
      'template_version',
      'the way back to a draft',
      `status = 'DRAFT', published_at = null, effective = null, reviewer_id = null`,
    ],
  ])('a published %s never changes: %s', async (table, _what, change) => {
    const id = table === 'clause_version' ? await publishedClause() : await template([await publishedClause()]);
    if (table === 'template_version') await approve(id, day(1));
    await expect(set(table, 'pia', id, change)).rejects.toThrow(REFUSED);
    // Nor for whoever owns the database.
    await expect(owner.query(`update guildhall.${table} set ${change} where id = $1`, [id])).rejects.toThrow(REFUSED);
    await expect(owner.query(`delete from guildhall.${table} where id = $1`, [id])).rejects.toThrow(/append-only/);
  });

  test('what the text cannot tell apart from an older one is no way around: id, key and number stay', async () => {
    const id = await publishedClause();
    for (const change of [`key = 'x'`, 'number = 7', 'author_id = null', `id = '${uuidv7()}'`])
      await expect(owner.query(`update guildhall.clause_version set ${change} where id = $1`, [id])).rejects.toThrow(REFUSED);
    await expect(owner.query('truncate guildhall.clause_version cascade')).rejects.toThrow(/append-only|permission denied/);
  });

  test('nobody publishes their own, writes in another’s draft, or publishes without the clauses', async () => {
    const draft = await clause();
    await expect(set('clause_version', 'pol', draft, `summary = 'mine'`)).rejects.toThrow(/another person/);
    const id = await template([draft]);
    await expect(approve(id, day(1))).rejects.toThrow(/clauses that are not published/);
    const good = await template([await publishedClause()]);
    await expect(approve(good, day(1), 'pia')).rejects.toThrow(/another person/);
    await expect(approve(good, day(-1))).rejects.toThrow(/in the past/);
    await approve(good, day(1));
  });

  test('only policy staff write, and nobody writes the trail', async () => {
    const id = uuidv7();
    for (const subject of ['sam', 'bela', 'ava']) {
      const insert = as(subject, (tx) =>
        tx.query(`insert into guildhall.clause_version (id, key, number, content, author_id) values ($1, 'k', 1, '{}', $2)`, [
          id,
          principals[subject],
        ]),
      );
      await expect(insert).rejects.toThrow(/row-level security/);
    }
    const event = `insert into guildhall.template_event (clause_version_id, revision, at, action) values ($1, 9, now(), 'PUBLISHED')`;
    await expect(as('pia', async (tx) => tx.query(event, [await clause()]))).rejects.toThrow(/permission denied/);
    await expect(owner.query('delete from guildhall.template_event')).rejects.toThrow(/append-only/);
  });
});
