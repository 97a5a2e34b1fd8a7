import { connect, type Socket } from 'node:net';

/**
 * One keep-alive connection with one request under way. Node's own client costs more than the server has to do here, and the
 * two share the machine: this one writes a string and looks for a length.
 */
export class Connection {
  private received = '';
  private waiting: { resolve: (body: string) => void; reject: (error: Error) => void } | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => this.take(chunk));
    socket.on('error', (error) => this.waiting?.reject(error));
    socket.on('close', () => this.waiting?.reject(new Error('The server closed the connection.')));
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new Connection(socket));
      });
    });
  }

  post(head: string, body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.socket.write(`${head}content-length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`);
    });
  }

  close(): void {
    this.waiting = undefined;
    this.socket.destroy();
  }

  private take(chunk: string): void {
    this.received += chunk;
    const end = this.received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = /\r\ncontent-length: (\d+)/i.exec(this.received.slice(0, end))?.[1];
    if (length === undefined) {
      this.waiting?.reject(new Error('An answer came without a length.'));
      return;
    }
    const total = end + 4 + Number(length);
    if (this.received.length < total) return;
    const answer = this.received.slice(0, total);
    this.received = this.received.slice(total);
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.resolve(answer);
  }
}
