import { createHash } from 'node:crypto';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode, OperationTypeNode } from 'graphql';
import { getOperationAST, getVariableValues, GraphQLError, Kind, parse, validate } from 'graphql';
import type { PublicErrorCode } from '../schema/index.js';
import { BoundedMap } from './bounded-map.js';
import type { Cost } from './cost.js';
import { costOf } from './cost.js';
import type { Fragments } from './document-shape.js';
import { asksOnlyForSchema, depthOf, fragmentsOf, shapeOf } from './document-shape.js';
import type { GuardLimits } from './limits.js';
import { OperationRefused, refused } from './operation-refused.js';
import type { OperationRequest } from './operation-request.js';

/** An operation that may be executed. */
export interface Admitted {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly operationName: string | undefined;
  /** As sent; they are known to coerce. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly query: string;
  readonly cost: number;
  /** Asks for the schema only, which holds no data. */
  readonly schemaOnly: boolean;
}

interface Prepared {
  readonly query: string;
  readonly document: DocumentNode;
  readonly fragments: Fragments;
  readonly costs: Map<OperationDefinitionNode, Cost>;
}

const MAX_ERRORS = 20;

/**
 * What stands before every execution, on every transport: graphql-ws and graphql-sse never pass through Apollo, so what is
 * not checked here is not checked there.
 */
export class Guard {
  /** By SHA-256 of the text, which is also the name of a persisted operation. Only documents that passed are kept. */
  readonly #prepared: BoundedMap<Prepared>;

  constructor(
    readonly schema: GraphQLSchema,
    readonly limits: GuardLimits,
    readonly introspection: boolean,
  ) {
    this.#prepared = new BoundedMap(limits.cachedDocuments);
  }

  /** @throws OperationRefused with every error that was found */
  admit(request: OperationRequest, kinds: readonly `${OperationTypeNode}`[]): Admitted {
    const prepared = this.#prepare(request);
    const operation = getOperationAST(prepared.document, request.operationName);
    if (!operation) throw refused('OPERATION_NOT_FOUND', '`operationName` has to name one of the operations that were sent.');
    if (!kinds.includes(operation.operation)) {
      throw refused(
        'OPERATION_NOT_ALLOWED',
        `This transport takes ${kinds.join(' and ')} operations; this is a ${operation.operation}.`,
      );
    }
    const coerced = getVariableValues(this.schema, operation.variableDefinitions ?? [], request.variables, {
      maxErrors: MAX_ERRORS,
    });
    if (coerced.errors) throw refusedAll('BAD_USER_INPUT', coerced.errors, this.introspection);
    const cost = this.#cost(prepared, operation, coerced.coerced);
    const { document, query } = prepared;
    const { operationName, variables } = request;
    return { document, operation, operationName, variables, query, cost, schemaOnly: asksOnlyForSchema(operation) };
  }

  /** The document of a text that was admitted, by SHA-256: spares Apollo from parsing and validating it again. */
  documentOf(sha256: string): DocumentNode | undefined {
    return this.#prepared.get(sha256)?.document;
  }

  #prepare({ query, persistedSha256 }: OperationRequest): Prepared {
    if (query !== undefined && query.length > this.limits.maxQueryCharacters) {
      throw refused('OPERATION_TOO_LARGE', `A query has at most ${this.limits.maxQueryCharacters} characters.`);
    }
    const sha256 = query === undefined ? persistedSha256 : createHash('sha256').update(query).digest('hex');
    if (persistedSha256 && persistedSha256 !== sha256)
      throw refused('BAD_REQUEST', '`sha256Hash` is not the SHA-256 of `query`.');
    const known = sha256 && this.#prepared.get(sha256);
    if (known) return known;
    if (query === undefined || !sha256) throw refused('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound');
    const prepared = this.#check(query);
    this.#prepared.set(sha256, prepared);
    return prepared;
  }

  #check(query: string): Prepared {
    const { limits } = this;
    const document = this.#parse(query);
    const shape = shapeOf(document);
    const over = (code: PublicErrorCode, what: string, actual: number, limit: number): void => {
      if (actual > limit)
        throw refused(code, `An operation has at most ${limit} ${what}; this one has ${actual}.`, { limit, actual });
    };
    over('TOO_MANY_ALIASES', 'aliases', shape.aliases, limits.maxAliases);
    over('TOO_MANY_DIRECTIVES', 'directives', shape.directives, limits.maxDirectives);
    over('TOO_MANY_ROOT_FIELDS', 'fields at its root', shape.rootFields, limits.maxRootFields);
    if (shape.introspects && !this.introspection) throw refused('INTROSPECTION_DISABLED', 'Introspection is switched off here.');
    const invalid = validate(this.schema, document, undefined, { maxErrors: MAX_ERRORS });
    if (invalid.length > 0) throw refusedAll('GRAPHQL_VALIDATION_FAILED', invalid, this.introspection);
    const fragments = fragmentsOf(document);
    for (const node of document.definitions) {
      if (node.kind === Kind.OPERATION_DEFINITION) over('TOO_DEEP', 'levels', depthOf(node, fragments), limits.maxDepth);
    }
    return { query, document, fragments, costs: new Map() };
  }

  #parse(query: string): DocumentNode {
    try {
      return parse(query, { maxTokens: this.limits.maxTokens });
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      if (error.message.includes('Parsing aborted')) {
        throw refused('TOO_MANY_TOKENS', `An operation has at most ${this.limits.maxTokens} tokens.`, {
          limit: this.limits.maxTokens,
        });
      }
      throw refusedAll('GRAPHQL_PARSE_FAILED', [error], true);
    }
  }

  #cost(
    { costs, fragments }: Prepared,
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>>,
  ): number {
    const cost = costs.get(operation) ?? costOf(this.schema, operation, fragments, variables);
    if (!cost.varies) costs.set(operation, cost);
    const limit = this.limits.maxCost;
    if (cost.value > limit) {
      throw refused(
        'TOO_COSTLY',
        `This operation costs ${cost.value}, the limit is ${limit}: ask for smaller pages or fewer fields.`,
        {
          limit,
          actual: cost.value,
        },
      );
    }
    return cost.value;
  }
}

const refusedAll = (code: PublicErrorCode, errors: readonly GraphQLError[], mayName: boolean): OperationRefused => {
  const [first = new GraphQLError('This operation is invalid.'), ...rest] = errors.map(
    ({ message, nodes = null, source = null, positions = null }) =>
      new GraphQLError(mayName ? message : withoutSuggestions(message), { nodes, source, positions, extensions: { code } }),
  );
  return new OperationRefused([first, ...rest]);
};

/** Suggestions give the schema away piece by piece to someone who may not introspect it. */
const withoutSuggestions = (message: string): string => message.replace(/ ?Did you mean [^?]*\?/g, '');
