import type { Json } from '../../../workflows/kernel/index.js';

/** Where an instance stands when something is made up for it. */
export interface Place {
  readonly state: string;
  /** The machine's context, as the kind knows it. */
  readonly context: unknown;
  readonly at: string;
}

interface Answer {
  readonly type: string;
  readonly [key: string]: unknown;
}

/**
 * What the explorer cannot make up for a kind: `<kind>-v<version>.ts` in this folder, or `<kind>.ts` for every version that has no
 * file of its own, exports it as `sample`. Values are fixed: what comes of them is checked in.
 */
export interface Sample {
  /**
   * Inputs of new instances by a short name, the plainest first; each as the opener would make it. Of `policy` a kind gets what it
   * pins.
   */
  readonly starts: Readonly<Record<string, object>>;
  /**
   * A payload for each event from outside or from another instance. A list: alternatives that lead to different places, the plainest
   * first. Not for answers of effects, and not for the kernel's interventions.
   */
  readonly payloads: Readonly<Record<string, (place: Place) => object | readonly object[]>>;
  /**
   * What an honest handler answers to each effect of mode `transaction` that has an answer; a list: answers that lead to different
   * places. The refusal that the definition names is tried without being listed.
   */
  readonly answers?: Readonly<
    Record<string, (params: Readonly<Record<string, Json>>, place: Place) => Answer | readonly Answer[]>
  >;
  /** Acts that finance is meant to do in this kind. */
  readonly byFinance?: readonly string[];
  /** States in which support can no longer void it: after a switch only a reversal undoes anything. */
  readonly notVoidable?: readonly string[];
  /** States that no way leads to but a forced transition or a migration. */
  readonly onlyForced?: readonly string[];
}

export const uuid = (n: number): string => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
export const sha = (n: number): string => String(n).padStart(64, 'a');
export const START = '2026-03-02T10:00:00.000Z';
