import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { writeAsViewer, type ViewerTransaction } from '../../src/database/index.js';
import { DEVELOPMENT_ISSUER } from '../../src/identity/index.js';
import { defaultParameters } from '../../src/policies/parameters.js';
import { policyInForce } from '../../src/policies/policy.service.js';
import { seedWorld } from '../../src/seed/seed.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString();

/** The database alone, with nothing of the service before it: what it would refuse of a service that forgot its checks. */
describe('what the database refuses of policy versions', () => {
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
  const set = (subject: string, id: string, what: string, values: readonly unknown[] = []) =>
    as(subject, (tx) => tx.query(`update guildhall.policy_version set ${what} where id = $1 returning id`, [id, ...values]));

  let count = 0;
  /** A draft of Pia's under a name of its own, so that no test meets another's periods. */
  const draft = async (name = `p${String((count += 1))}`, region: string | null = 'EU', number = 1, author = 'pia') => {
    const id = uuidv7();
    await as(author, (tx) =>
      tx.query(
        `insert into guildhall.policy_version (id, name, region_code, number, parameters, author_id) values ($1, $2, $3, $4, '{}', $5)`,
        [id, name, region, number, principals[author]],
      ),
    );
    return id;
  };
  const approve = (id: string, from: string, to: string | null = null, reviewer = 'pol') =>
    set(reviewer, id, `status = 'PUBLISHED', published_at = now(), reviewer_id = $2, effective = tstzrange($3, $4)`, [
      principals[reviewer],
      from,
      to,
    ]);
  const inReview = async (name?: string, region?: string | null, number?: number) => {
    const id = await draft(name, region, number);
    await set('pia', id, `status = 'IN_REVIEW'`);
    return id;
  };
  const published = async (from = day(1), name?: string, region?: string | null, number?: number) => {
    const id = await inReview(name, region, number);
    await approve(id, from);
    return id;
  };

  test.each([
    ['its parameters', `parameters = '{"noticeDays": 1}'`],
    ['its rules', `rules = '{"lowActivity": "true"}'`],
    ['its summary', `summary = 'another'`],
    ['its reviewer', `reviewer_id = null`],
    ['the day of its publication', `published_at = now() - interval '1 year'`],
    ['its beginning', `effective = tstzrange(lower(effective) + interval '1 hour', null)`],
    ['the way back to a draft', `status = 'DRAFT', published_at = null, effective = null, reviewer_id = null`],
  ])('a published version never changes: %s', async (_what, change) => {
    const id = await published();
    await expect(set('pia', id, change)).rejects.toThrow(/immutable|cannot be changed|does not go from/);
    // Nor for whoever owns the database.
    await expect(owner.query(`update guildhall.policy_version set ${change} where id = $1`, [id])).rejects.toThrow(
      /immutable|cannot be changed|does not go from/,
    );
  });

  test('a version in review does not change either: what was submitted is what is judged', async () => {
    const id = await inReview();
    await expect(set('pia', id, `parameters = '{"noticeDays": 1}'`)).rejects.toThrow(/does not go from/);
    await expect(set('pia', id, `status = 'DRAFT', summary = 'other'`)).rejects.toThrow(/immutable/);
  });

  test('nothing is deleted or truncated, not by the owner either', async () => {
    const id = await draft();
    await expect(owner.query('delete from guildhall.policy_version where id = $1', [id])).rejects.toThrow(/append-only/);
    await expect(owner.query('truncate guildhall.policy_version cascade')).rejects.toThrow('policy_version is append-only');
    await expect(owner.query(`update guildhall.policy_event set remark = 'x'`)).rejects.toThrow(/append-only/);
    await expect(owner.query('delete from guildhall.policy_event')).rejects.toThrow(/append-only/);
    await expect(owner.query('truncate guildhall.policy_event')).rejects.toThrow(/append-only/);
    await expect(as('pia', (tx) => tx.query('delete from guildhall.policy_version'))).rejects.toThrow(/permission denied/);
  });

  test.each(['EU', null])('periods of one policy never overlap, for the region %s', async (region) => {
    const name = `p${String((count += 1))}`;
    await published(day(1), name, region);
    const second = await inReview(name, region, 2);
    await expect(approve(second, day(5))).rejects.toThrow(/policy_version_no_overlap/);
    // Another region, and another name, are another policy.
    await published(day(1), name, 'JP');
    await published(day(1), `${name}x`, region);
  });

  test.each(['EU', null])('a number is given once in a policy, for %s too', async (region) => {
    const name = `p${String((count += 1))}`;
    await draft(name, region);
    await expect(draft(name, region)).rejects.toThrow(/policy_version_number_key/);
  });

  test('a time that has been in force stays so: it is neither cut nor made longer afterwards', async () => {
    const id = uuidv7();
    const insert = `insert into guildhall.policy_version (id, name, region_code, number, status, effective, parameters, published_at)
      values ($1, $2, 'EU', 1, 'PUBLISHED', tstzrange($3, null), '{}', $3)`;
    await owner.query(insert, [id, `p${String((count += 1))}`, day(-10)]);
    await expect(set('pia', id, `effective = tstzrange(lower(effective), $2)`, [day(-1)])).rejects.toThrow(/cannot be changed/);
    await expect(set('pia', id, `effective = 'empty'`)).rejects.toThrow(/cannot be changed/);
    await set('pia', id, `effective = tstzrange(lower(effective), $2)`, [day(1)]);
    await set('pia', id, `effective = tstzrange(lower(effective), null)`);
  });

  test('no version comes into force in the past, at no time, or since ever', async () => {
    const id = await inReview();
    await expect(approve(id, day(-1))).rejects.toThrow(/in the past/);
    const publish = (effective: string) =>
      set('pol', id, `status = 'PUBLISHED', published_at = now(), reviewer_id = $2, effective = ${effective}`, [
        principals['pol'],
      ]);
    await expect(publish(`'empty'`)).rejects.toThrow(/in the past/);
    await expect(publish(`tstzrange(null, null)`)).rejects.toThrow(/in the past/);
    await expect(publish(`null`)).rejects.toThrow(/in the past|policy_version_effective_check/);
  });

  test('the second person is a second person, by trigger and by constraint', async () => {
    const id = await inReview();
    await expect(approve(id, day(1), null, 'pia')).rejects.toThrow(/another person/);
    await expect(set('pia', id, `status = 'DRAFT'`)).rejects.toThrow(/another person/);
    // Pol signs in nobody else's name.
    const inTheNameOf = (reviewer: string | null) =>
      set('pol', id, `status = 'PUBLISHED', published_at = now(), effective = tstzrange($2, null), reviewer_id = $3`, [
        day(1),
        reviewer,
      ]);
    await expect(inTheNameOf(principals['sam']!)).rejects.toThrow(/another person/);
    await expect(inTheNameOf(null)).rejects.toThrow(/another person/);
    // And without the trigger, which knows no viewer when the owner writes, the constraint is still there.
    const byOwner = (reviewer: string | null) =>
      owner.query(
        `update guildhall.policy_version set status = 'PUBLISHED', published_at = now(), reviewer_id = $2, effective = tstzrange($3, null) where id = $1`,
        [id, reviewer, day(1)],
      );
    await expect(byOwner(principals['pia']!)).rejects.toThrow(/policy_version_second_person/);
    await expect(byOwner(null)).rejects.toThrow(/policy_version_second_person/);
  });

  test('nobody writes in another person’s draft, and so nobody reviews what they have written', async () => {
    const id = await draft();
    await expect(set('pol', id, `parameters = '{"noticeDays": 1}'`)).rejects.toThrow(/another person/);
    await expect(set('pol', id, `status = 'IN_REVIEW'`)).rejects.toThrow(/another person/);
    await expect(
      as('pol', (tx) => tx.query(`update guildhall.policy_version set author_id = null where id = '${id}'`)),
    ).rejects.toThrow(/permission denied/);
  });

  test('only what is published has a period: a draft cannot be in force', async () => {
    const id = await draft();
    await expect(set('pia', id, `effective = tstzrange($2, null)`, [day(1)])).rejects.toThrow(/policy_version_effective_check/);
    await expect(set('pia', id, `published_at = now()`)).rejects.toThrow(
      /in the past|policy_version_(published|effective)_check/,
    );
  });

  test('there is no short cut from draft to published, nor a way out of retirement', async () => {
    const id = await draft();
    await expect(approve(id, day(1), null, 'pia')).rejects.toThrow(/does not go from DRAFT to PUBLISHED/);
    const retired = await published();
    await set('pol', retired, `status = 'RETIRED', retired_at = now(), effective = 'empty'`);
    await expect(set('pol', retired, `status = 'PUBLISHED'`)).rejects.toThrow(/does not go from RETIRED/);
  });

  test('only policy staff write, only in their own name, and only drafts', async () => {
    for (const subject of ['sam', 'ava', 'bela', 'olivia']) {
      await expect(draft(undefined, 'EU', 1, subject)).rejects.toThrow(/row-level security/);
      expect(await set(subject, await draft(), `summary = 'mine'`)).toEqual([]);
    }
    const insert = (columns: string, values: string) =>
      as('pia', (tx) =>
        tx.query(
          `insert into guildhall.policy_version (id, name, number, parameters, ${columns}) values ($1, 'x', 1, '{}', ${values})`,
          [uuidv7()],
        ),
      );
    await expect(insert('author_id', `'${principals['pol']!}'`)).rejects.toThrow(/row-level security/);
    await expect(insert('summary', `'nobody'`)).rejects.toThrow(/row-level security/);
    await expect(insert('status, published_at', `'PUBLISHED', now()`)).rejects.toThrow(/permission denied/);
    await expect(db.pool('engine', 1).query(`update guildhall.policy_version set summary = 'x'`)).rejects.toThrow(
      /permission denied/,
    );
  });

  test('each step leaves one entry in the trail, with who and when, and nobody writes one by hand', async () => {
    const id = await draft();
    await set('pia', id, `summary = 'more', remark = null`);
    await set('pia', id, `status = 'IN_REVIEW', remark = 'please'`);
    await set('pol', id, `status = 'DRAFT', remark = 'no'`);
    await set('pia', id, `status = 'IN_REVIEW', remark = null`);
    await approve(id, day(1));
    await set('pia', id, `effective = tstzrange(lower(effective), $2)`, [day(9)]);
    await set('pol', id, `status = 'RETIRED', retired_at = now(), effective = 'empty', remark = 'done'`);
    const { rows } = await owner.query<{ step: string; remark: string | null }>(
      `select e.revision || ' ' || e.action || ' ' || p.subject as step, e.remark from guildhall.policy_event e
       join guildhall.principal p on p.id = e.actor_id where e.policy_version_id = $1 order by e.revision`,
      [id],
    );
    expect(rows.map(({ step }) => step)).toEqual([
      '1 CREATED pia',
      '2 UPDATED pia',
      '3 SUBMITTED pia',
      '4 REJECTED pol',
      '5 SUBMITTED pia',
      '6 PUBLISHED pol',
      '7 PERIOD_CHANGED pia',
      '8 RETIRED pol',
    ]);
    expect(rows[3]).toMatchObject({ remark: 'no' });
    const forge = `insert into guildhall.policy_event (policy_version_id, revision, at, action) values ('${id}', 9, now(), 'UPDATED')`;
    await expect(as('pia', (tx) => tx.query(forge))).rejects.toThrow(/permission denied/);
    await expect(db.pool('engine', 1).query(forge)).rejects.toThrow(/permission denied/);
  });

  test('drafts and their trail are shown to policy staff, support and auditors alone', async () => {
    const id = await draft();
    const seen = (subject: string) =>
      as(subject, async (tx) => [
        (await tx.query('select from guildhall.policy_version where id = $1', [id])).length,
        (await tx.query('select from guildhall.policy_event where policy_version_id = $1', [id])).length,
      ]);
    for (const subject of ['pia', 'pol', 'sam', 'ava']) expect([subject, await seen(subject)]).toEqual([subject, [1, 1]]);
    for (const subject of ['bela', 'olivia', 'amir']) expect([subject, await seen(subject)]).toEqual([subject, [0, 0]]);
    const others = await as('bela', (tx) =>
      tx.query('select distinct published_at is null as unpublished from guildhall.policy_version'),
    );
    expect(others).toEqual([{ unpublished: false }]);
  });

  test('one key of an author makes one draft', async () => {
    const insert = (author: string) =>
      as(author, (tx) =>
        tx.query(
          `insert into guildhall.policy_version (id, name, region_code, number, parameters, author_id, creation_key) values ($1, $2, 'EU', 1, '{}', $3, 'key')`,
          [uuidv7(), `p${String((count += 1))}`, principals[author]],
        ),
      );
    await insert('pia');
    await insert('pol');
    await expect(insert('pia')).rejects.toThrow(/policy_version_creation_key/);
  });

  test('what is in force is published: no draft, nothing in review, a successor only from its day on, its predecessor before', async () => {
    const engine = db.pool('engine', 1);
    const at = (offset: number) => policyInForce(engine, 'US', day(offset));
    const seeded = await at(0);
    expect(seeded).toMatchObject({ name: 'standard', number: 1, parameters: defaultParameters('US') });
    const second = await inReview('standard', 'US', 2);
    expect((await at(100))?.number).toBe(1);
    await owner.query(`update guildhall.policy_version set effective = tstzrange(lower(effective), $2) where id = $1`, [
      seeded!.id,
      day(10),
    ]);
    await approve(second, day(10), day(20));
    expect([(await at(9))?.number, (await at(11))?.number, (await at(21))?.id === second]).toEqual([1, 2, false]);
    // Where a region has nothing of its own, the version for everywhere is in force.
    const everywhere = await published(day(15), 'standard', null);
    expect([(await at(16))?.id, (await at(21))?.id]).toEqual([second, everywhere]);
    // It was in force until it was retired, and answers for that time for good.
    await set('pol', seeded!.id, `status = 'RETIRED', retired_at = now(), effective = effective * tstzrange(null, now())`);
    expect([(await at(-1))?.id, await at(0.5)]).toEqual([seeded!.id, undefined]);
  });

  test('processes of the release before find where a version begins', async () => {
    const id = await published(day(3));
    const { rows } = await owner.query(
      'select from guildhall.policy_version where id = $1 and effective_from = lower(effective)',
      [id],
    );
    expect(rows).toHaveLength(1);
  });
});
