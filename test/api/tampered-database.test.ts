import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { verifyBundle } from '../../src/verify/index.js';
import { startApi, type TestApi } from '../support/api.js';
import { bundleOf, publishedKeys } from '../support/bundle.js';
import { JoinFlow } from '../support/join-flow.js';

/** By somebody who is master of the database, triggers and grants notwithstanding. The platform itself then gives out a bundle that fails. */
describe('A database that was tampered with', () => {
  let api: TestApi;
  let join: JoinFlow;

  beforeAll(async () => {
    api = await startApi();
    join = new JoinFlow(api);
  });
  afterAll(() => api.stop());

  const attacks: readonly (readonly [string, string, string])[] = [
    [
      'an event',
      `update guildhall.history set event = replace(event, ':15', ':14') where instance_id = $1 and seq = 1`,
      'entry 1',
    ],
    ['who did it', `update guildhall.history set authority = 'SUPPORT' where instance_id = $1 and seq = 3`, 'entry 3'],
    ['when', `update guildhall.history set at = at + interval '1 hour' where instance_id = $1 and seq = 5`, 'entry 5'],
    ['an entry', 'delete from guildhall.history where instance_id = $1 and seq = 2', 'entry 2'],
    ['the last entry', 'delete from guildhall.history where instance_id = $1 and seq = 5', 'the head'],
    ['a state', `update guildhall.instance set state = 'completed' where id = $1`, 'the head'],
    ['a kind', `update guildhall.instance set kind = 'AMEND' where id = $1`, 'the seal of entry'],
    ['a kind of a request', `update guildhall.request set kind = 'AMEND' where id = $1`, 'the seal of entry'],
    ['an act', 'delete from guildhall.act where instance_id = $1 and seq = 4', 'the act of entry 4'],
    [
      'an address',
      `update guildhall.act set details = replace(details, '127.0.0.1', '10.0.0.1') where instance_id = $1`,
      'the act of',
    ],
    ['a text', `update guildhall.agreement_version set body = body || '.' where request_id = $1`, 'the agreement'],
    [
      'a text and its hash',
      `update guildhall.agreement_version set body = 'x', sha256 = encode(sha256('x'), 'hex') where request_id = $1`,
      'the agreement',
    ],
    ['a seal', 'delete from guildhall.seal where instance_id = $1 and seq = 4', 'the seal of entry 4'],
    [
      'a seal, by that of another entry',
      `update guildhall.seal s set jws = (select jws from guildhall.seal o where o.instance_id = $1 and o.seq = 5) where instance_id = $1 and seq = 4`,
      'the seal of entry 4',
    ],
  ];

  test.each(attacks)('%s', async (_what, sql, place) => {
    const request = await join.coolingOff(await api.world.broadcaster(), await api.world.guild());
    await api.app.evidence.drain();
    expect(verifyBundle(await bundleOf(api, 'sam', request.id), { trusted: await publishedKeys(api) }).problems).toEqual([]);
    const uuid = Buffer.from(request.id, 'base64url').toString().split(':')[1]!;
    const master = await api.db.pool('superuser', 1).connect();
    await master.query(`set session_replication_role = 'replica'`);
    const { rowCount } = await master.query(sql, [uuid]);
    master.release(true);
    expect(rowCount).toBeGreaterThan(0);
    const report = verifyBundle(await bundleOf(api, 'sam', request.id), { trusted: await publishedKeys(api) });
    expect(report.problems.map(({ record }) => record).join('\n')).toContain(place);
    expect(report.ok).toBe(false);
  });
});
