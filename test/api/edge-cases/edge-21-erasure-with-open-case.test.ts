import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { registry } from '../../../workflows/registry.js';
import { startApi, type TestApi } from '../../support/api.js';
import { DirectoryFlow } from '../../support/directory-flow.js';
import { assertInvariants } from '../../support/invariants.js';
import { JoinFlow } from '../../support/join-flow.js';

describe('Edge case 21: erasure asked with an open case', () => {
  let api: TestApi;
  let directory: DirectoryFlow;
  let join: JoinFlow;

  beforeAll(async () => {
    api = await startApi();
    directory = new DirectoryFlow(api);
    join = new JoinFlow(api);
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await api.stop();
  });

  test('restricts while a case is open, then takes the person out and leaves every chain whole', async () => {
    const guild = await api.world.guild();
    const who = await api.world.broadcaster();
    const other = await api.world.broadcaster();
    const only = { broadcasterId: who.id };
    const declined = await join.invite(guild, who);
    await join.do(who.subject, 'declineRequest', {
      requestId: declined.id,
      reasonCode: 'OTHER',
      comment: `Call me, ${who.handle}.`,
    });
    const kept = await join.invite(guild, other);
    await join.do(other.subject, 'declineRequest', {
      requestId: kept.id,
      reasonCode: 'OTHER',
      comment: 'Somebody else’s words.',
    });
    const open = await join.apply(who, guild);
    await api.pass(0);
    await directory.do('sam', 'attestAge', { ...only, birthDate: '1999-03-04', comment: `The passport of ${who.handle}.` });

    expect(await directory.objections('sam', 'completeErasure', only)).toEqual(['NOT_REQUESTED', 'OPEN_CASES']);
    expect(await directory.objections(other.subject, 'requestErasure', only)).toEqual(['FORBIDDEN']);
    const asked = await directory.do(who.subject, 'requestErasure', { ...only, reasonCode: 'DATA_PROTECTION' });
    expect(asked.event).toMatchObject({ authority: 'SELF', details: { openCases: 1 } });
    expect((await directory.file(who.handle)).restrictedAt).not.toBeNull();
    const begun = await join.apply(who, await api.world.guild());
    expect([begun.state, begun.rejectedFor.map(({ code }) => code)]).toEqual(['REJECTED', ['RESTRICTED']]);
    expect(await directory.objections('sam', 'completeErasure', only)).toEqual(['OPEN_CASES']);
    await join.do(who.subject, 'withdrawRequest', { requestId: open.id });
    await api.pass(0);

    const done = await directory.do('sam', 'completeErasure', { ...only, reasonCode: 'DATA_PROTECTION' });
    expect(done.broadcaster!.handle).toMatch(/^erased-[0-9a-f]{16}$/);
    expect(done.file).toMatchObject({ birthDate: null, erasedAt: expect.any(String) as unknown });
    expect(done.event.details).toMatchObject({ comments: 1 });

    const everywhere = await api.world.owner.query<{ place: string }>(
      `select 'broadcaster' as place from guildhall.broadcaster t where t::text like any ($1)
       union all select 'principal' from guildhall.principal t where t::text like any ($1)
       union all select 'annex' from guildhall.annex t where t::text like any ($1)
       union all select 'command' from guildhall.directory_command t where t::text like any ($1)
       union all select 'event' from guildhall.directory_event t where t::text like any ($1)
       union all select 'history' from guildhall.history t where t::text like any ($1)
       union all select 'notification' from guildhall.notification t where principal_id = $2`,
      [[who.handle, `Realname ${who.subject}`, `"${who.subject}"`].map((text) => `%${text}%`), who.principalUuid],
    );
    expect(everywhere.rows).toEqual([]);
    const annexes = await api.world.owner.query<{ body: string | null; salt: string; erased: boolean }>(
      `select body, salt, erased_at is not null as erased from guildhall.annex where instance_id = any ($1::uuid[]) order by body nulls first`,
      [[declined.id, kept.id].map((id) => Buffer.from(id, 'base64url').toString().split(':')[1])],
    );
    expect(annexes.rows).toMatchObject([
      { body: null, salt: '', erased: true },
      { body: 'Somebody else’s words.', erased: false },
    ]);
    expect((await api.raw(who.subject, '{ viewer { principalId } }')).body.errors![0]!.extensions).toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    expect(await directory.objections('sam', 'banBroadcaster', only)).toEqual(['ERASED']);
    expect(await assertInvariants(api.db.pool('superuser', 1), registry)).toMatchObject({
      instances: expect.any(Number) as unknown,
    });
    expect((await join.see('sam', declined.id)).state).toBe('DECLINED');
  });
});
