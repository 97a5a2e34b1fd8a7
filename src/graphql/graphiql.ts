import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';

export interface GraphiqlOptions {
  readonly title?: string;
  /** Shown in the first tab. */
  readonly defaultQuery?: string;
  /** JSON, shown in the editor for headers, e.g. `{"Authorization": "Bearer …"}`. */
  readonly defaultHeaders?: string;
}

interface Page {
  readonly html: string;
  readonly gzipped: Buffer;
  readonly policy: string;
}

/** Nine megabytes of inlined script: loaded at the first visit, not at the start. */
export const serveGraphiql = (app: FastifyInstance, options: GraphiqlOptions): void => {
  let page: Promise<Page> | undefined;
  app.get('/graphiql', async (request, reply) => {
    const { html, gzipped, policy } = await (page ??= renderPage(options));
    const zip = request.headers['accept-encoding']?.includes('gzip') ?? false;
    void reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', policy)
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'no-referrer')
      .header('cache-control', 'no-cache')
      .header('vary', 'accept-encoding');
    if (zip) void reply.header('content-encoding', 'gzip');
    return reply.send(zip ? gzipped : html);
  });
};

const renderPage = async ({ title = 'Guildhall', defaultQuery, defaultHeaders }: GraphiqlOptions): Promise<Page> => {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({
    title,
    endpoint: '/graphql',
    // Over SSE, because there the headers of the editor travel with a subscription; its WebSocket client does not send them.
    // To the endpoint itself: the page ignores an endpoint of their own for subscriptions.
    subscriptionsProtocol: 'GRAPHQL_SSE',
    method: 'POST',
    ...(defaultQuery !== undefined && { defaultQuery }),
    headers: defaultHeaders ?? '{"Authorization": "Bearer "}',
  });
  return { html, gzipped: await promisify(gzip)(html), policy: policyFor(html) };
};

/** Exactly this page's script, its workers (made from blobs), and talk to this server; nothing from anywhere else. */
const policyFor = (html: string): string => {
  const begin = html.indexOf('<script>', html.indexOf('<div id="root">')) + '<script>'.length;
  const script = html.slice(begin, html.lastIndexOf('</script>'));
  const hash = createHash('sha256').update(script).digest('base64');
  return [
    "default-src 'none'",
    `script-src 'sha256-${hash}'`,
    'worker-src blob:',
    // Monaco positions every line of its editor by inline styles.
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
};
