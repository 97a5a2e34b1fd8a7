/** What one operation may ask for at most. The three transports share these. */
export interface GuardLimits {
  /** Of the query text, in UTF-16 units. */
  readonly maxQueryCharacters: number;
  /** Of a whole HTTP body or WebSocket message, in bytes. */
  readonly maxMessageBytes: number;
  readonly maxTokens: number;
  readonly maxDepth: number;
  /** See `costOf`: roughly the number of fields in the answer when every page is full. */
  readonly maxCost: number;
  readonly maxAliases: number;
  readonly maxDirectives: number;
  readonly maxRootFields: number;
  readonly maxSubscriptionsPerSocket: number;
  /** Parsed and validated documents that are kept. */
  readonly cachedDocuments: number;
}

/** GraphiQL's introspection query, the largest that a well-meaning client sends, has 340 tokens and costs 120. */
export const DEFAULT_LIMITS: GuardLimits = {
  maxQueryCharacters: 32_768,
  maxMessageBytes: 262_144,
  maxTokens: 2_000,
  maxDepth: 12,
  maxCost: 10_000,
  maxAliases: 30,
  maxDirectives: 30,
  maxRootFields: 20,
  maxSubscriptionsPerSocket: 100,
  cachedDocuments: 1_000,
};
