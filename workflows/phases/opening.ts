import type { z } from 'zod';
import type { Reason, WorkflowDefinition } from '../kernel/index.js';
import type { Party } from './parties.js';

/** How a request comes to be: what may be asked, by whom, and what speaks against it. Judged from facts that the opener has read. */

export interface GuildFacts {
  readonly id: string;
  readonly status: string;
  readonly memberCap: number | null;
  readonly members: number;
  /** When the guild is merged into another: until then its members may leave freely. Null: it is not. */
  readonly mergesAt: string | null;
  /** The guild that it goes over into. */
  readonly mergesInto: string | null;
}

export interface MembershipRecord {
  readonly id: string;
  readonly guildId: string;
  readonly startsAt: string;
  readonly endsAt: string | null;
  readonly terms: Readonly<Record<string, unknown>>;
  /** From when the running term counts: of terms that were amended still the instant from which it counted before. */
  readonly termStartsAt: string;
  /** When the agreed term ends, and the membership with it; the start itself when there is none. */
  readonly termEndsAt: string;
}

/** The membership that a request is about, under the policy that it is judged by. */
export interface MembershipFacts extends MembershipRecord {
  /** Until when only the capped fee or somebody's consent lets the broadcaster go: the policy's minimum, and never beyond the term. */
  readonly minTermEndsAt: string;
}

export interface OpenFlow {
  readonly requestId: string;
  readonly kind: string;
  readonly state: string;
  readonly guildId: string;
  readonly membershipId: string | null;
}

export interface ParentFacts {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly done: boolean;
  readonly endedAt: string | null;
  /** Of the request's snapshot; for what its kind has decided and by whom. */
  readonly context: Readonly<Record<string, unknown>>;
  /** Staff of the platform who have acted in it, by event type. */
  readonly actedBy: readonly { readonly principalId: string; readonly event: string }[];
  /** Requests that are about it, running or ended. */
  readonly about: readonly { readonly requestId: string; readonly kind: string; readonly done: boolean }[];
  /** What has since been done to the memberships that it began or ended, the first of it first. */
  readonly laterSwitches: readonly { readonly requestId: string; readonly kind: string }[];
  /** The membership that it began or ended, if any. */
  readonly began: MembershipRecord | null;
  readonly ended: MembershipRecord | null;
}

export interface OpeningFacts {
  readonly requestId: string;
  readonly principalId: string;
  readonly at: string;
  readonly timeZone: string;
  readonly currency: string;
  /** Every parameter of the policy version that is pinned. */
  readonly policy: Readonly<Record<string, number>>;
  /** Rules of the policy in its own language, worked out; null: no facts to judge by. */
  readonly rules: Readonly<Record<string, boolean | null>>;
  readonly broadcaster: {
    readonly id: string;
    readonly identityVerified: boolean;
    /** ISO date; null when unknown. */
    readonly birthDate: string | null;
    readonly ofAgeAttested: boolean;
    readonly banned: boolean;
    readonly restricted: boolean;
    readonly lockedUntil: string | null;
    /** When the payee was changed last; null: never. */
    readonly payeeChangedAt: string | null;
    readonly hasGuardian: boolean;
  };
  /** Under the age of majority at `at`. */
  readonly minor: boolean;
  readonly guild: GuildFacts;
  readonly gainingGuild: GuildFacts | null;
  /** The broadcaster's membership that is or will be in force, in whichever guild. */
  readonly membership: MembershipFacts | null;
  /** The last time that the broadcaster left this guild; of a transfer, the gaining one. */
  readonly lastLeft: { readonly at: string; readonly guildAtFault: boolean } | null;
  /** The broadcaster's other requests that have not ended. */
  readonly openFlows: readonly OpenFlow[];
  readonly parent: ParentFacts | null;
  /** Voluntary exits from the guild in the last 30 days, in percent of its members then. */
  readonly recentExitsPercent: number;
}

export interface Opening {
  /**
   * What the request is about. `GUILD`: a guild and a broadcaster. `MEMBERSHIP`: the broadcaster's membership. `TRANSFER`: that and a
   * gaining guild. `REQUEST`: another request.
   */
  readonly subject: 'GUILD' | 'MEMBERSHIP' | 'TRANSFER' | 'REQUEST';
  /** What the person says, as JSON; strict and bounded. */
  readonly said: z.ZodType;
  /** Parties that may open it, in the order in which they are tried, each with the authorities that may do so for it. */
  readonly by: Readonly<Partial<Record<Party, readonly string[]>>>;
  /** Who takes part, given the facts. */
  readonly parties: (facts: OpeningFacts) => readonly Party[];
  /** Rules of the policy that it asks for: they are worked out for kinds that name them. */
  readonly rules?: (said: never) => readonly ('lowActivity' | 'inactiveGuild' | 'causeCurable')[];
  /** Name of the agreement's template; null: there is no text to agree on. */
  readonly template: string | null;
  /** How it relates to its parent. */
  readonly relation?: 'DISPUTES' | 'REOPENS' | 'REVERSES' | 'PAYS' | 'FOLLOWS';
  /** Mistakes in what was said: refused without a trace. */
  readonly objections?: (said: never, facts: OpeningFacts) => readonly Reason[];
  /** Conditions that are not met: the request is recorded as rejected, with all of them. */
  readonly eligibility: (facts: OpeningFacts, said: never) => readonly Reason[];
  /** Kinds of open requests on the same membership that this one takes the place of. */
  readonly supersedes?: readonly string[];
  /** The machine's input where it is not that of `requestInput`: with more from the facts, or of versions from before there was one. */
  readonly input?: (input: Readonly<Record<string, unknown>>, facts: OpeningFacts) => object;
}

/** A kind of request. */
export interface RequestDefinition extends WorkflowDefinition {
  readonly title: string;
  readonly description: string;
  readonly opening: Opening;
}
