import { Kind } from 'graphql';
import type { Registry } from 'prom-client';
import { Gauge, Histogram } from 'prom-client';
import type { Caller } from './context.js';
import type { Admitted } from './guard.js';

const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

export type OperationOutcome = 'ok' | 'errors' | 'internal';

export interface ApiMetrics {
  /** `route` is a pattern of ours, never the path that was asked for. */
  observeHttp(route: string, method: string, status: number, seconds: number): void;
  observeOperation(caller: Caller, admitted: Admitted, outcome: OperationOutcome, seconds: number): void;
  subscriptionOpened(caller: Caller): () => void;
}

export const createApiMetrics = (registry: Registry): ApiMetrics => {
  const registers = [registry];
  const http = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'HTTP requests by route, method and status.',
    labelNames: ['route', 'method', 'status'],
    buckets: BUCKETS_SECONDS,
    registers,
  });
  const operations = new Histogram({
    name: 'graphql_operation_duration_seconds',
    help: 'Executions of GraphQL operations, and of single events of subscriptions, by first root field.',
    labelNames: ['transport', 'kind', 'field', 'outcome'],
    buckets: BUCKETS_SECONDS,
    registers,
  });
  const subscriptions = new Gauge({
    name: 'graphql_subscriptions_open',
    help: 'Subscriptions that are open now.',
    labelNames: ['transport'],
    registers,
  });
  return {
    observeHttp: (route, method, status, seconds) => http.observe({ route, method, status }, seconds),
    observeOperation: ({ transport }, admitted, outcome, seconds) =>
      operations.observe({ transport, kind: admitted.operation.operation, field: rootField(admitted), outcome }, seconds),
    subscriptionOpened: ({ transport }) => {
      subscriptions.inc({ transport });
      return () => subscriptions.dec({ transport });
    },
  };
};

/** The root field, not the operation's name: the schema bounds the one, while any client can make up endless others. */
const rootField = ({ operation }: Admitted): string => {
  const [first] = operation.selectionSet.selections;
  return first?.kind === Kind.FIELD ? first.name.value : 'fragment';
};
