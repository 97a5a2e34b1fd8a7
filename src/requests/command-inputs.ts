import { Field, ID, InputType, Int } from 'type-graphql';
import type { Party as PartyName } from '../../workflows/phases/index.js';
import { decodeGlobalId, IdempotencyKey, refuse, resultUnion, type Refusal } from '../schema/index.js';
import { Party, RequestType } from './request.type.js';

@InputType()
export abstract class CommandInput {
  @Field(() => IdempotencyKey, {
    nullable: true,
    description: 'Send the command again with the same key after a lost answer: it is done once. Kept 30 days.',
  })
  readonly idempotencyKey?: string | null;
}

@InputType()
export abstract class OpeningCommandInput extends CommandInput {
  @Field(() => String, {
    nullable: true,
    description:
      "The language of the text that is signed, BCP 47, e.g. `zh-CN`; the region's when left out. Refused as `LOCALE_NOT_OFFERED` where the template has none in it; without meaning where there is no text to sign.",
  })
  readonly locale?: string | null;
}

@InputType()
export abstract class RequestCommandInput extends CommandInput {
  @Field(() => ID, { description: 'Global id of the request.' })
  readonly requestId!: string;

  @Field(() => Int, { nullable: true, description: 'Refused as `STALE_VERSION` unless the request is exactly at this version.' })
  readonly expectedVersion?: number | null;
}

@InputType()
export abstract class PartyCommandInput extends RequestCommandInput {
  @Field(() => Party, {
    nullable: true,
    description: 'The party that you act for: needed only when you are on both sides of the request.',
  })
  readonly actingAs?: Party | null;
}

/** The codes are the workflow's own list: the API can neither miss one nor offer another. */
export const enumOf = <Code extends string>(codes: readonly Code[]) =>
  Object.fromEntries(codes.map((code) => [code, code])) as Record<Code, Code>;
export const COMMENT = 'Words of your own, up to 2,000 characters; kept apart from the history, so that they can be erased.';

const MAX_COMMENT = 2_000;

/** Why a comment cannot be kept; undefined: it can. */
export function commentProblem(comment: string | null | undefined): Refusal | undefined {
  if ((comment?.length ?? 0) > MAX_COMMENT)
    return refuse('INVALID_INPUT', `A comment has at most ${String(MAX_COMMENT)} characters.`, 'comment');
  // The one character of Unicode that PostgreSQL's text cannot hold.
  return comment?.includes('\0') ? refuse('INVALID_INPUT', 'A comment holds no NUL character.', 'comment') : undefined;
}

export const RequestResult = resultUnion('RequestResult', 'The request after the command, or why it was refused.', [RequestType]);
export type Result = Promise<RequestType | Refusal>;

export const as = ({ actingAs }: { readonly actingAs?: Party | null | undefined }) => (actingAs == null ? {} : { as: actingAs });

/** What an opening is about, by the global ids of an input: one of another type, or of nothing, is found nowhere. */
export const aboutMembership = ({ membershipId }: { readonly membershipId: string }) => ({
  membershipId: decodeGlobalId('Membership', membershipId) ?? NOWHERE,
});
export const aboutRequest = ({ requestId, actingAs }: { readonly requestId: string; readonly actingAs?: Party | null }) => ({
  parentId: decodeGlobalId('Request', requestId) ?? NOWHERE,
  ...initiator({ actingAs }),
});
export const initiator = ({ actingAs }: { readonly actingAs?: Party | null | undefined }) =>
  actingAs == null ? {} : { initiator: actingAs as PartyName };

/** An id of nothing: what an id of another type stands for. */
export const NOWHERE = '00000000-0000-0000-0000-000000000000';
