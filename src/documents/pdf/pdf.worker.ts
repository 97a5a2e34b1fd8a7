import { parentPort } from 'node:worker_threads';
import { pdfOf, type PdfJob } from './pdf-job.js';

export interface Order {
  readonly id: number;
  readonly job: PdfJob;
}

export type Answer =
  | { readonly id: number; readonly bytes: Uint8Array }
  | { readonly id: number; readonly error: { readonly message: string; readonly stack: string | undefined } };

async function answerTo({ id, job }: Order): Promise<Answer> {
  try {
    return { id, bytes: await pdfOf(job) };
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    return { id, error: { message, stack } };
  }
}

parentPort?.on('message', (order: Order) => {
  void answerTo(order).then((answer) => parentPort?.postMessage(answer));
});
