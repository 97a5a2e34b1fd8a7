import { once } from 'node:events';
import { WebSocket } from 'ws';

export interface GraphQLAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> }[];
}

export interface Operation {
  readonly query?: string;
  readonly variables?: unknown;
  readonly operationName?: string;
  readonly extensions?: unknown;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: GraphQLAnswer;
}

const jsonHeaders = (token: string | undefined): Record<string, string> => ({
  'content-type': 'application/json',
  ...(token !== undefined && { authorization: `Bearer ${token}` }),
});

/** Any POST, also such as no well-behaved client would send. */
export const post = async (url: string, body: string | null, headers: Record<string, string>): Promise<HttpAnswer> => {
  const response = await fetch(url, { method: 'POST', body, headers });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return { status: response.status, headers: response.headers, text, body: isJson ? (JSON.parse(text) as GraphQLAnswer) : {} };
};

export const request = (origin: string, operation: Operation, token?: string): Promise<HttpAnswer> =>
  post(`${origin}/graphql`, JSON.stringify(operation), jsonHeaders(token));

export interface ServerSentEvent {
  readonly event: string;
  readonly data: GraphQLAnswer | null;
}

/** One subscription over server-sent events; `refusal` instead of `events` when the server answers with a request error. */
export const openStream = async (
  origin: string,
  operation: Operation,
  token?: string,
  path = '/graphql/stream',
): Promise<{
  status: number;
  refusal: GraphQLAnswer | undefined;
  events: AsyncGenerator<ServerSentEvent>;
  leave: () => void;
}> => {
  const controller = new AbortController();
  const response = await fetch(`${origin}${path}`, {
    method: 'POST',
    headers: { ...jsonHeaders(token), accept: 'text/event-stream' },
    body: JSON.stringify(operation),
    signal: controller.signal,
  });
  const isStream = response.headers.get('content-type')?.includes('text/event-stream') ?? false;
  return {
    status: response.status,
    refusal: isStream ? undefined : ((await response.json()) as GraphQLAnswer),
    events: serverSentEvents(response),
    leave: () => controller.abort(),
  };
};

async function* serverSentEvents(response: Response): AsyncGenerator<ServerSentEvent> {
  let buffer = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    buffer += decoder.decode(chunk, { stream: true });
    const blocks = buffer.split('\n\n');
    buffer = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = /^event: ?(.*)$/m.exec(block)?.[1];
      const data = /^data: ?(.*)$/m.exec(block)?.[1];
      if (event) yield { event, data: data ? (JSON.parse(data) as GraphQLAnswer | null) : null };
    }
  }
}

export interface SocketMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: GraphQLAnswer | GraphQLAnswer['errors'];
}

/** A client of graphql-transport-ws that shows every message, instead of hiding them as a real client does. */
export class SocketClient {
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #messages: SocketMessage[] = [];
  #wake: () => void = () => undefined;

  private constructor(readonly socket: WebSocket) {
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.#wake();
      });
    });
    socket.on('message', (data: Buffer) => {
      this.#messages.push(JSON.parse(data.toString()) as SocketMessage);
      this.#wake();
    });
  }

  static async open(origin: string, protocol = 'graphql-transport-ws'): Promise<SocketClient> {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/graphql`, protocol);
    const client = new SocketClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** Opened and acknowledged. */
  static async connect(origin: string, token: string): Promise<SocketClient> {
    const client = await SocketClient.open(origin);
    client.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
    const message = await client.next();
    if (message?.type !== 'connection_ack') throw new Error(`expected connection_ack, got ${JSON.stringify(message)}`);
    return client;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  subscribe(id: string, payload: unknown): void {
    this.send({ type: 'subscribe', id, payload });
  }

  /** The next message; undefined when the socket closed before one came. */
  async next(): Promise<SocketMessage | undefined> {
    while (this.#messages.length === 0 && this.socket.readyState !== WebSocket.CLOSED) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.#messages.shift();
  }

  async close(): Promise<void> {
    this.socket.close(1000);
    await this.closed;
  }
}
