import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';

/** Resolves when this can serve, else rejects; may add a figure for whoever looks, e.g. a lag. */
export type ReadinessCheck = () => Promise<Readonly<Record<string, string | number>> | undefined>;

export interface HealthOptions {
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
  readonly registry: Registry;
  /** True while the server stops: then it is not ready, and still alive. */
  readonly stopping: () => boolean;
  readonly log: Logger;
}

const CHECK_TIMEOUT_MS = 2_000;

export const serveHealth = (app: FastifyInstance, { checks, registry, stopping, log }: HealthOptions): void => {
  app.get('/healthz', async () => ({ status: 'ok', uptimeSeconds: Math.round(process.uptime()) }));

  app.get('/readyz', async (_request, reply) => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => {
        try {
          const figures = await withTimeout(check);
          return [name, { ok: true, ...figures }] as const;
        } catch (error) {
          // Why is for the log: whoever may ask this need not know host names and roles.
          log.warn({ check: name, err: error }, 'not ready');
          return [name, { ok: false }] as const;
        }
      }),
    );
    const ready = !stopping() && results.every(([, result]) => result.ok);
    return reply
      .code(ready ? 200 : 503)
      .send({ status: stopping() ? 'stopping' : ready ? 'ready' : 'not ready', checks: Object.fromEntries<object>(results) });
  });

  app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
};

const withTimeout = async (check: ReadinessCheck): ReturnType<ReadinessCheck> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([check(), late]);
  } finally {
    clearTimeout(timer);
  }
};
