import type { z } from 'zod';
import { annexFields, type Reason } from '../../workflows/kernel/index.js';
import type { OpeningFacts, Party, RequestDefinition } from '../../workflows/phases/index.js';
import type { Links, Opener, Transaction } from '../engine/index.js';
import { policyInForce, type PinnedPolicy } from '../policies/policy.service.js';
import { lockBroadcaster } from '../settlement/locks.js';
import { localeOf, templateInForceSql } from '../templates/template.service.js';
import { readFacts } from './facts.js';
import { rulesOf } from './rules.js';
import { machineInput } from './machine-input.js';
import { authorityToOpen, openingInput, readSubject, type FoundSubject } from './subject.js';

type Refused = { readonly ok: false; readonly code: string; readonly reasons: readonly Reason[] };
const refusal = (code: string, message: string): Refused => ({ ok: false, code, reasons: [{ code, message }] });
const localeRefused = (offered: readonly string[]): Refused => ({
  ok: false,
  code: 'LOCALE_NOT_OFFERED',
  reasons: [{ code: 'LOCALE_NOT_OFFERED', message: `The text is offered in: ${offered.join(', ')}.`, field: 'locale' }],
});
const invalid = (issues: readonly z.core.$ZodIssue[], prefix = ''): Refused => ({
  ok: false,
  code: 'INVALID_INPUT',
  reasons: issues.map(({ message, path }) => ({
    code: 'INVALID_INPUT',
    message,
    ...(path.length > 0 && { field: prefix + path.map(String).join('.') }),
  })),
});

/**
 * Opens a request of any kind, as the kind's own `opening` says: who may, what is read, what objects. Pins the policy and the template
 * in force. Mistakes are refused without a trace; a request that is not eligible is recorded, and its machine ends in `rejected`.
 */
export const openRequest: Opener = async (tx, { instanceId, definition: kind, input, principalId, at, linked, annex }, links) => {
  const definition = kind as RequestDefinition;
  const { opening } = definition;
  const parsed = openingInput.safeParse(input);
  if (!parsed.success) return invalid(parsed.error.issues);
  const { parentId, locale: asked, said: given = {}, ...named } = parsed.data;
  const forged = linked ? undefined : annexFieldsIn(given);
  if (forged !== undefined)
    return invalid([{ code: 'custom', message: 'Words are given as such, not by their id.', path: [forged], input: null }]);
  const said = opening.said.safeParse(annex ? { ...(given as object), ...annex } : given);
  if (!said.success) return invalid(said.error.issues);
  // What a person opens is about another request only where its kind is; the system links whatever it starts.
  const about = parentId !== undefined && (linked || opening.subject === 'REQUEST') ? { parentId } : {};
  const subject = await readSubject(tx, opening, { ...named, ...about, said: given }, at);
  if (!subject) return refusal('NOT_FOUND', 'There is nothing of these ids to open this request about.');
  await lockBroadcaster(tx, subject.broadcasterId);
  await shareGuilds(tx, subject);
  const opener = linked
    ? { authority: 'SYSTEM', party: 'PLATFORM' as Party }
    : await authorityToOpen(tx, opening, subject, principalId, parsed.data.initiator);
  if (opener === 'NOTHING') return refusal('NOT_FOUND', 'There is nothing of these ids to open this request about.');
  if (!opener) return refusal('FORBIDDEN', 'You may not open a request for this party.');
  const policy = await policyInForce(tx, subject.regionCode, at);
  const template = opening.template === null ? null : await templateInForce(tx, opening.template, subject.regionCode, at);
  if (!policy || template === undefined) return refusal('NO_POLICY', 'No policy and template are in force for this region.');
  const locale = localeOfRequest(template, asked, subject.locale);
  if (locale === undefined) return localeRefused(template!.locales);
  const facts = await readFacts(tx, {
    ...subject,
    requestId: instanceId,
    principalId,
    at,
    policy: policy.parameters as unknown as Readonly<Record<string, number>>,
    rules: await rulesOf(tx, policy, opening.rules?.(said.data as never) ?? [], { ...subject, at, said: said.data }),
  });
  // The guardian of somebody who has come of age is nobody's guardian any more, whatever the directory still says.
  if (opener.party === 'GUARDIAN' && !opening.parties(facts).includes('GUARDIAN'))
    return refusal('FORBIDDEN', 'You may not open a request for this party.');
  const objections = opening.objections?.(said.data as never, facts) ?? [];
  if (objections.length > 0) return { ok: false, code: 'NOT_ALLOWED', reasons: objections };
  const failures = opening.eligibility(facts, said.data as never);
  const parties = [...opening.parties(facts)];
  // A request about a transfer, such as the payment for the guild that was left, is not the gaining guild's to see.
  const gainingGuildId = parties.includes('GAINING_GUILD') ? subject.gainingGuildId : null;
  const initiator = linked ? (parsed.data.initiator ?? opener.party) : opener.party;
  await insertRequest(tx, {
    definition,
    instanceId,
    subject: { ...subject, gainingGuildId },
    initiator,
    policy,
    templateId: template?.id ?? null,
    locale,
    at,
    principalId,
  });
  if (failures.length === 0) await supersede(definition, facts, instanceId, links);
  const machine = { definition, facts, subject: { ...subject, gainingGuildId }, initiator, said: said.data, failures };
  return { ok: true, authority: opener.authority, input: machineInput(machine) };
};

/** A reference to words is made by the engine, with the words: one that is sent could name somebody else's. */
const annexFieldsIn = (said: unknown): string | undefined =>
  typeof said === 'object' && said !== null ? Object.keys(annexFields).find((field) => Object.hasOwn(said, field)) : undefined;

/** A suspension that commits before this is seen here; one that comes after finds this request and ends it. Never both missed. */
async function shareGuilds(tx: Transaction, { guildId, gainingGuildId }: FoundSubject): Promise<void> {
  await tx.query({
    name: 'requests.shareGuilds',
    text: 'select from guildhall.guild where id in ($1, $2) order by id for key share',
    values: [guildId, gainingGuildId],
  });
}

interface Template {
  readonly id: string;
  /** Of a plain text of before, whose language nobody has written down: none. */
  readonly locales: readonly string[];
}

/** Null: there is no text, or nobody knows its language. Undefined: one was asked for that is not offered. */
function localeOfRequest(template: Template | null, asked: string | undefined, regional: string): string | null | undefined {
  if (template === null || (template.locales.length === 0 && asked === undefined)) return null;
  return localeOf(template.locales, asked, regional);
}

async function templateInForce(tx: Transaction, name: string, regionCode: string, at: string): Promise<Template | undefined> {
  const { rows } = await tx.query<{ id: string; locales: string[] | null }>({
    name: 'requests.template',
    text: templateInForceSql(`id, content -> 'locales' as locales`),
    values: [name, regionCode, at],
  });
  return rows[0] && { id: rows[0].id, locales: rows[0].locales ?? [] };
}

interface ToInsert {
  readonly definition: RequestDefinition;
  readonly instanceId: string;
  readonly subject: FoundSubject;
  readonly initiator: Party;
  readonly policy: PinnedPolicy;
  readonly templateId: string | null;
  readonly locale: string | null;
  readonly at: string;
  readonly principalId: string;
}

async function insertRequest(tx: Transaction, row: ToInsert): Promise<void> {
  const { definition, instanceId, subject, initiator, policy, templateId, locale, at, principalId } = row;
  await tx.query({
    name: 'requests.insert',
    text: `insert into guildhall.request (id, kind, broadcaster_id, guild_id, gaining_guild_id, membership_id, parent_id, relation, region_code, initiator,
        policy_version_id, template_version_id, locale, created_at, created_by)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    values: [
      instanceId,
      definition.kind,
      subject.broadcasterId,
      subject.guildId,
      subject.gainingGuildId,
      subject.membershipId,
      subject.parentId,
      subject.parentId === null ? null : (definition.opening.relation ?? 'FOLLOWS'),
      subject.regionCode,
      initiator,
      policy.id,
      templateId,
      locale,
      at,
      principalId,
    ],
  });
}

/** What this request takes the place of ends in the same transaction; what cannot end any more has won, and goes on. */
async function supersede({ opening }: RequestDefinition, facts: OpeningFacts, byRequestId: string, links: Links): Promise<void> {
  const kinds = opening.supersedes ?? [];
  const membershipId = facts.membership?.id;
  for (const flow of facts.openFlows) {
    if (membershipId === undefined || flow.membershipId !== membershipId || !kinds.includes(flow.kind)) continue;
    // What this one follows is in the middle of its own step, and ends by it.
    if (flow.requestId === facts.parent?.id) continue;
    await links.send(flow.requestId, { type: 'SUPERSEDE_REQUEST', byRequestId });
  }
}
