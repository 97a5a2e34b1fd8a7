import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { advance, availableActions, deadlines, explain, type Actor, type Json } from '../../workflows/kernel/index.js';
import { amend } from '../../workflows/amend/index.js';
import { joinV2 } from '../../workflows/join/index.js';
import { leaveMutual } from '../../workflows/leave-mutual/index.js';
import { signingPlanOf, stagesFor, type SigningPlan } from '../../workflows/phases/index.js';
import { actorAs } from '../support/explorer-actors.js';
import type { Golden } from '../support/golden.js';
import { agent, broadcaster, Case, codesOf, guardian, owner, sha, support } from './case.js';
import { uuid } from './join-fixtures.js';
import { agreed, gaining, portable, releaseSha, type Transfer } from './transfer-fixtures.js';

const terms = { guildSharePercent: 20, termMonths: 12 };
const MINOR = ['BROADCASTER', 'GUARDIAN', 'GUILD', 'PLATFORM'] as const;
const TWO = ['BROADCASTER', 'GUILD'] as const;
const found = { termStartsAt: '2025-09-01T00:00:00.000Z', termEndsAt: '2026-06-01T00:00:00.000Z' };
const secondOwner: Actor = { id: uuid(22), authorities: ['GUILD_OWNER'] };

const planned = (policy: Record<string, unknown>, parties: readonly (typeof MINOR)[number][] = TWO): SigningPlan =>
  signingPlanOf({ signatureWindowDays: 7, ...policy }, parties)!;

/** A JOIN in signing under a plan. */
function signing(policy: Record<string, unknown>, parties: readonly (typeof MINOR)[number][] = TWO): Case {
  const instance = new Case(
    joinV2,
    { terms },
    { membershipId: null, signing: planned(policy, parties), parties, minor: parties.length > 2 },
    { switchMembership: { type: 'SWITCHED', membershipId: uuid(13) } },
  );
  return instance.accept(owner);
}

const sign = (instance: Case, actor: Actor, more: object = {}) => {
  const version = instance.context['version'] as number;
  return instance.send('SIGN_AGREEMENT', actor, { sha256: sha(version), version, ...more });
};
const awaits = (instance: Case) => explain(instance.definition, instance.snapshot, []).awaits;

describe('The plan of a policy', () => {
  it('is none where the policy asks for nothing new: such requests are signed as they always were', () => {
    expect(signingPlanOf({ signatureLevel: 'ADVANCED', signatureWindowDays: 7 }, TWO)).toBeUndefined();
  });

  it('puts the guardian behind the broadcaster and the platform last, as who approves', () => {
    const keys = ({ stages }: SigningPlan) => stages.map(({ groups }) => groups.map(({ key, role }) => `${key} ${role}`));
    expect(keys(planned({ signingOrder: 'BROADCASTER_FIRST' }, MINOR))).toEqual([
      ['BROADCASTER SIGNER'],
      ['GUARDIAN SIGNER'],
      ['GUILD SIGNER'],
      ['PLATFORM APPROVER'],
    ]);
    expect(keys(planned({ signingOrder: 'GUILD_FIRST', guildOwnerApproves: true }, TWO))).toEqual([
      ['GUILD_APPROVAL APPROVER'],
      ['GUILD SIGNER'],
      ['BROADCASTER SIGNER'],
    ]);
    expect(keys(planned({ guildSignatories: 2 }, MINOR))).toEqual([
      ['BROADCASTER SIGNER', 'GUARDIAN SIGNER', 'GUILD SIGNER', 'PLATFORM SIGNER'],
    ]);
  });

  it('reminds before the window closes, never on its first day', () => {
    expect(planned({ signatureReminderDays: 30, signatureWindowDays: 7 }).reminderDays).toBe(6);
    expect(signingPlanOf({ signatureReminderDays: 3, signatureWindowDays: 1 }, TWO)).toBeUndefined();
  });

  it('knows no party that has gone, and finds a place for one that has come', () => {
    const plan = planned({ signingOrder: 'BROADCASTER_FIRST' }, MINOR);
    const parties = (stages: ReturnType<typeof stagesFor>) => stages.map(({ groups }) => groups.map(({ party }) => party));
    expect(parties(stagesFor(plan, TWO))).toEqual([['BROADCASTER'], ['GUILD']]);
    const adults = planned({ signingOrder: 'GUILD_FIRST' }, TWO);
    expect(parties(stagesFor(adults, MINOR))).toEqual([['GUILD'], ['BROADCASTER', 'GUARDIAN'], ['PLATFORM']]);
  });
});

describe('Stages', () => {
  it('are signed one after the other, and say whose turn it is', () => {
    const instance = signing({ signingOrder: 'BROADCASTER_FIRST' }, MINOR);
    expect(awaits(instance)).toEqual(['BROADCASTER']);
    expect(codesOf(sign(instance, owner))).toEqual(['NOT_YOUR_TURN']);
    expect(codesOf(sign(instance, support))).toEqual(['NOT_YOUR_TURN']);
    sign(instance, broadcaster);
    expect(awaits(instance)).toEqual(['GUARDIAN']);
    expect(codesOf(sign(instance, broadcaster))).toEqual(['ALREADY_SIGNED']);
    sign(instance, guardian);
    sign(instance, owner);
    expect(instance.state).toBe('signing');
    sign(instance, support);
    expect(instance.state).toBe('coolingOff');
  });

  it('tell beforehand what would be refused', () => {
    const instance = signing({ signingOrder: 'GUILD_FIRST' });
    const action = availableActions(instance.definition, instance.snapshot, broadcaster, instance.at, []);
    expect(action.find(({ event }) => event === 'SIGN_AGREEMENT')).toMatchObject({
      allowed: false,
      reasons: [{ code: 'NOT_YOUR_TURN', message: 'Before you, somebody else has to sign: the guild.' }],
    });
  });

  it('wait for an approval, which only who may give it gives', () => {
    const instance = signing({ guildOwnerApproves: true });
    expect(codesOf(sign(instance, broadcaster))).toEqual(['APPROVAL_MISSING']);
    expect(codesOf(sign(instance, agent))).toEqual(['APPROVAL_MISSING']);
    sign(instance, owner);
    sign(instance, agent);
    expect(awaits(instance)).toEqual(['BROADCASTER']);
    sign(instance, broadcaster);
    expect(instance.state).toBe('coolingOff');
  });

  it('name an owner where an approval is all that is left of the guild', () => {
    const instance = signing({ guildOwnerApproves: true, signingOrder: 'GUILD_FIRST' });
    sign(instance, owner);
    sign(instance, agent);
    instance.send('REVOKE_SIGNATURE', owner);
    expect(codesOf(sign(instance, agent))).toEqual(['NOT_A_SIGNATORY']);
  });
});

describe('Several of one party', () => {
  it('are different people, and the party has signed only with all of them', () => {
    const instance = signing({ guildSignatories: 2 });
    sign(instance, owner);
    expect(codesOf(sign(instance, owner))).toEqual(['ALREADY_SIGNED']);
    sign(instance, broadcaster);
    expect([instance.state, awaits(instance)]).toEqual(['signing', ['GUILD']]);
    sign(instance, secondOwner);
    expect(instance.state).toBe('coolingOff');
    expect(instance.context['signatures']).toMatchObject({ GUILD: { by: owner.id, also: [{ by: secondOwner.id }] } });
  });

  it('take back their own, and who has not signed takes back all of the party’s', () => {
    const instance = signing({ guildSignatories: 3 });
    sign(instance, owner);
    sign(instance, secondOwner);
    instance.send('REVOKE_SIGNATURE', owner);
    expect(instance.context['signatures']).toMatchObject({ GUILD: { by: secondOwner.id } });
    instance.send('REVOKE_SIGNATURE', agent);
    expect(instance.context['signatures']).toEqual({ GUILD: null });
    expect(codesOf(instance.send('REVOKE_SIGNATURE', agent))).toEqual(['NOT_SIGNED']);
  });

  it('all sign again after other terms, and after a correction', () => {
    const instance = signing({ guildSignatories: 2, signatureReminderDays: 2 });
    sign(instance, owner);
    const closes = instance.due('signatureWindow')!;
    const later = new Date(Date.parse(instance.at) + 86_400_000).toISOString();
    const correction = { terms: { ...terms, termMonths: 6 }, reasonCode: 'PLATFORM_ERROR' };
    expect(instance.send('CORRECT_REQUEST', support, correction, later).ok).toBe(true);
    expect([instance.state, instance.context['signatures'], instance.timers.length]).toEqual(['drafting', {}, 1]);
    instance.accept(owner);
    expect(codesOf(instance.send('SIGN_AGREEMENT', owner, { sha256: sha(1), version: 1 }))).toEqual([
      'DIFFERENT_AGREEMENT',
      'OUTDATED_VERSION',
    ]);
    expect(Date.parse(instance.due('signatureWindow')!) - Date.parse(closes)).toBe(86_400_000);
    sign(instance, owner);
    expect(instance.state).toBe('signing');
  });
});

describe('In the name of somebody', () => {
  const inNameOf = (...people: readonly Actor[]): Actor => handOf(30, ...people);
  const handOf = (n: number, ...people: readonly Actor[]): Actor => ({
    id: uuid(n),
    authorities: ['GUILD_FINANCE', 'GUILD_DELEGATE', ...people.map(({ id, authorities }) => `FOR:${id}:${authorities[0]!}`)],
  });

  it('a colleague signs, and the signature says for whom', () => {
    const instance = signing({ guildSignatories: 2 });
    sign(instance, inNameOf(owner));
    expect(instance.context['signatures']).toMatchObject({ GUILD: { by: uuid(30), for: owner.id } });
    // Neither the hand nor the name counts twice.
    expect(codesOf(sign(instance, owner))).toEqual(['ALREADY_SIGNED']);
    expect(codesOf(sign(instance, inNameOf(owner, secondOwner), { for: secondOwner.id }))).toEqual(['ALREADY_SIGNED']);
    expect(codesOf(sign(instance, handOf(31, owner)))).toEqual(['ALREADY_SIGNED']);
    sign(instance, agent);
    expect(awaits(instance)).toEqual(['BROADCASTER']);
  });

  it('an approval can be given too, with the authority of who has delegated', () => {
    const instance = signing({ guildOwnerApproves: true });
    expect(codesOf(sign(instance, inNameOf(agent)))).toEqual(['APPROVAL_MISSING']);
    expect(sign(instance, inNameOf(owner)).ok).toBe(true);
    expect(instance.context['signatures']).toMatchObject({ GUILD: { for: owner.id, group: 'GUILD_APPROVAL' } });
  });

  it('has to be said where there are several, and only of who has delegated', () => {
    const instance = signing({ signatureReminderDays: 1 });
    expect(codesOf(sign(instance, inNameOf(owner, agent)))).toEqual(['DELEGATOR_NEEDED']);
    expect(codesOf(sign(instance, inNameOf(owner), { for: agent.id }))).toEqual(['NOT_DELEGATED']);
    expect(codesOf(sign(instance, owner, { for: agent.id }))).toEqual(['NOT_DELEGATED']);
    expect(sign(instance, inNameOf(owner, agent), { for: agent.id }).ok).toBe(true);
  });

  it('nothing else of the party’s can be done, and only the own signature be taken back', () => {
    const instance = signing({ guildSignatories: 2 });
    for (const [event, payload] of [
      ['DECLINE_REQUEST', { reasonCode: 'TERMS' }],
      ['PROPOSE_TERMS', { terms: { ...terms, termMonths: 6 } }],
      ['WITHDRAW_REQUEST', {}],
    ] as const)
      expect(codesOf(instance.send(event, inNameOf(owner), payload))).toEqual(['FORBIDDEN']);
    // Somebody who is a broadcaster here as well does not become the guild by it.
    const twofold = { id: uuid(30), authorities: ['BROADCASTER', ...inNameOf(owner).authorities] };
    expect(codesOf(instance.send('DECLINE_REQUEST', twofold, { reasonCode: 'TERMS', as: 'GUILD' }))).toEqual(['NOT_YOUR_PARTY']);
    sign(instance, agent);
    expect(codesOf(instance.send('REVOKE_SIGNATURE', inNameOf(owner)))).toEqual(['NOT_SIGNED']);
    sign(instance, inNameOf(owner));
    instance.send('REVOKE_SIGNATURE', inNameOf(owner));
    expect(instance.context['signatures']).toMatchObject({ GUILD: { by: agent.id } });
  });

  it('works in a request without a plan as well', () => {
    const instance = new Case(amend, { terms: { guildSharePercent: 10, termMonths: 6 } }, { found }).accept(owner);
    expect(instance.timers.map(({ name }) => name.split('.')[2])).toEqual(['signatureWindow']);
    sign(instance, inNameOf(agent));
    expect(instance.context['signatures']).toEqual({ GUILD: { by: uuid(30), at: instance.at, for: agent.id } });
  });
});

describe('The level', () => {
  const advanced = { signatureLevel: 'ADVANCED', signatureLevelEnforced: true };

  it('is asked for where the policy enforces it, and said beforehand', () => {
    const instance = signing(advanced);
    const refused = sign(instance, broadcaster, { level: 'IDENTITY_AND_CLICK', method: 'ONE_TIME_CODE' });
    expect(codesOf(refused)).toEqual(['SIGNATURE_LEVEL']);
    expect(codesOf(sign(instance, broadcaster))).toEqual(['SIGNATURE_LEVEL']);
    const offered = availableActions(instance.definition, instance.snapshot, broadcaster, instance.at, []);
    expect(offered.find(({ event }) => event === 'SIGN_AGREEMENT')).toMatchObject({
      allowed: true,
      needs: [
        {
          code: 'SIGNATURE_LEVEL',
          message:
            'A signature on this agreement (ADVANCED) needs agreement to the consent text and a passkey or a key of your own.',
        },
      ],
    });
    sign(instance, broadcaster, { level: 'ADVANCED', method: 'PASSKEY', proofId: uuid(70) });
    expect(instance.context['signatures']).toMatchObject({ BROADCASTER: { level: 'ADVANCED', method: 'PASSKEY' } });
  });

  it('is not looked at without enforcement, and is no field that people are offered', () => {
    const instance = signing({ signatureReminderDays: 1, signatureLevel: 'ADVANCED' });
    const offered = availableActions(instance.definition, instance.snapshot, broadcaster, instance.at, []);
    const { input, needs } = offered.find(({ event }) => event === 'SIGN_AGREEMENT')!;
    expect(needs).toEqual([]);
    expect(Object.keys((input as { properties: object }).properties).sort()).toEqual(['as', 'for', 'sha256', 'version']);
    expect(sign(instance, broadcaster).ok).toBe(true);
  });
});

describe('The reminder', () => {
  it('goes out before the window closes, to whoever has not signed and whose turn it is', () => {
    const instance = signing({ signatureReminderDays: 2, guildSignatories: 2 });
    const [reminds, closes] = [instance.due('signatureReminder')!, instance.due('signatureWindow')!];
    expect(Date.parse(closes) - Date.parse(reminds)).toBe(2 * 86_400_000);
    const listed = deadlines(instance.definition, instance.snapshot, instance.timers);
    expect(listed[0]!.silence).toMatch(/^Whoever has not signed is reminded at .*; the request stays where it is\.$/);
    // What silence does is still told by the clock that moves the request.
    expect(explain(instance.definition, instance.snapshot, instance.timers).by).toBe(closes);
    sign(instance, broadcaster);
    sign(instance, owner);
    instance.fire('signatureReminder');
    expect(instance.asked('notifyParties')).not.toBeUndefined();
    expect(instance.effects.at(-1)).toEqual({
      type: 'notifyParties',
      params: { audience: ['GUILD'], template: 'SIGNATURE_DUE', except: [owner.id] },
    });
    expect([instance.state, instance.due('signatureWindow')]).toEqual(['signing', closes]);
  });

  it('is not sent when all have signed, nor again after other terms by the old clock', () => {
    const instance = signing({ signatureReminderDays: 2 });
    sign(instance, broadcaster);
    sign(instance, owner);
    expect(instance.due('signatureReminder')).toBeUndefined();
  });
});

describe('An exit by agreement', () => {
  it('becomes notice when the guild, whose turn it was, stays silent', () => {
    const exit = new Case(
      leaveMutual,
      { primaryReason: 'LIFE_QUIT', becomesNotice: true },
      { found: { guildSuspended: false }, signing: planned({ signingOrder: 'GUILD_FIRST' }) },
    ).accept(owner);
    expect(exit.state).toBe('signing');
    exit.fire('signatureWindow');
    expect(exit.asked('giveNotice')).not.toBeUndefined();
  });
});

describe('A transfer', () => {
  const plan = signingPlanOf(
    { signatureWindowDays: 7, signingOrder: 'GUILD_FIRST', signatureLevel: 'ADVANCED', signatureLevelEnforced: true },
    ['BROADCASTER', 'GUILD', 'GAINING_GUILD', 'PLATFORM'],
  )!;
  const proof = { level: 'ADVANCED', method: 'EXTERNAL_KEY', proofId: uuid(71) };
  const [from, to] = [actorAs('GUILD_OWNER'), actorAs('GAINING_GUILD_OWNER')];
  const who = actorAs('BROADCASTER');
  const signText = (transfer: Transfer, actor: Actor, more: object = proof) => {
    const version = transfer.context['version'] as number;
    const sha256 = actor === from ? releaseSha(version) : sha(version);
    return codesOf(transfer.send('SIGN_AGREEMENT', actor, { version, sha256, ...more }));
  };

  it('has a plan of those who have a text, each over its own', () => {
    const transfer = portable({}, { signing: plan });
    expect(signText(transfer, who)).toEqual(['NOT_YOUR_TURN']);
    expect(signText(transfer, to, {})).toEqual(['SIGNATURE_LEVEL']);
    expect(signText(transfer, from)).toContain('NO_SIGNATURE_NEEDED');
    expect([signText(transfer, to), signText(transfer, who), transfer.state]).toEqual([[], [], 'coolingOff']);
  });

  it('by agreement waits for both guilds, and for nobody of the platform', () => {
    const transfer = agreed({ signing: plan });
    transfer.enter(from);
    transfer.enter(gaining);
    expect(transfer.state).toBe('signing');
    expect(signText(transfer, to)).toEqual([]);
    expect(signText(transfer, who)).toEqual(['NOT_YOUR_TURN']);
    expect(signText(transfer, from)).toEqual([]);
    expect([signText(transfer, who), transfer.state]).toEqual([[], 'certification']);
  });
});

describe('An instance from before there were plans', () => {
  const golden = (slug: string) =>
    JSON.parse(readFileSync(new URL(`./golden/${slug}/signing.json`, import.meta.url), 'utf8')) as Golden;
  const path = { 'join-v2': joinV2, 'amend-v1': amend, 'leave-mutual-v1': leaveMutual };

  it.each(Object.entries(path))('is signed by every party in any order, by the same steps: %s', (slug, definition) => {
    const { snapshot, at } = golden(slug);
    const { agreement, version, parties } = (snapshot as { context: Record<string, unknown> }).context as {
      agreement: { sha256: string };
      version: number;
      parties: readonly string[];
    };
    const people: Record<string, Actor> = { BROADCASTER: broadcaster, GUILD: agent, GUARDIAN: guardian, PLATFORM: support };
    for (const order of [parties, [...parties].reverse()]) {
      let stored: Json = snapshot;
      for (const [index, party] of order.entries()) {
        const event = { type: 'SIGN_AGREEMENT', sha256: agreement.sha256, version, at, actor: people[party]! };
        const step = advance(definition, stored, event, 'outside');
        if (!step.ok) throw new Error(JSON.stringify(step.reasons));
        stored = step.snapshot;
        if (index < order.length - 1) {
          expect([step.state, step.armed, step.cancelled]).toEqual(['signing', [], []]);
          const { signatures } = (stored as { context: { signatures: Record<string, unknown> } }).context;
          expect(signatures[party]).toEqual({ by: people[party]!.id, at });
        } else expect(step.state).not.toBe('signing');
      }
    }
  });
});
