import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';

export interface CuttingProxy {
  readonly url: string;
  /** Cuts the next connection on which a client sends this, after the server has answered and before the client hears of it. */
  cutReplyTo(marker: string): void;
  /**
   * Cuts the client off at once when it sends this, and keeps the server's side: the statement goes on as if the server had
   * not noticed yet, which is what happens when a network breaks.
   */
  abandon(marker: string): void;
  /** Swallows from now on whatever is sent on the connections of today, either way, and closes none. */
  fallSilent(): void;
  /** How often it has cut. */
  readonly cuts: number;
  close(): Promise<void>;
}

/** A TCP proxy before PostgreSQL that loses replies on demand: the write arrives, and the client never learns it. */
export async function cuttingProxy(targetUrl: string): Promise<CuttingProxy> {
  const target = new URL(targetUrl);
  const sockets = new Set<Socket>();
  let armed: { readonly marker: string; readonly keepServer: boolean } | undefined;
  let cuts = 0;
  let generation = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    let cutting = false;
    const born = generation;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('data', (chunk) => {
      if (born !== generation) return;
      upstream.write(chunk);
      if (armed === undefined || !chunk.toString('latin1').includes(armed.marker)) return;
      const { keepServer } = armed;
      armed = undefined;
      cutting = true;
      if (!keepServer) return;
      cuts += 1;
      client.removeAllListeners('close');
      client.resetAndDestroy();
    });
    upstream.on('data', (chunk) => {
      if (born !== generation) return;
      if (!cutting) client.write(chunk);
      else if (!client.destroyed) {
        cuts += 1;
        client.resetAndDestroy();
        upstream.destroy();
      }
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => {
      if (born === generation) client.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(targetUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    cutReplyTo: (marker) => void (armed = { marker, keepServer: false }),
    abandon: (marker) => void (armed = { marker, keepServer: true }),
    fallSilent: () => void (generation += 1),
    get cuts() {
      return cuts;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
