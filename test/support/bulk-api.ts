import type { TestApi } from './api.js';
import { until } from './engine.js';

/** Waits until a bulk operation has finished, and answers with what came of it. */
export async function settled(
  api: TestApi,
  subject: string,
  id: string,
): Promise<{ readonly done: number; readonly failed: number; readonly status: string }> {
  let seen: { done: number; failed: number; status: string } | null = null;
  await until(async () => {
    const { bulkOperation } = await api.gql<{ bulkOperation: typeof seen }>(
      subject,
      'query ($id: ID!) { bulkOperation(id: $id) { done failed status } }',
      { id },
    );
    seen = bulkOperation;
    return bulkOperation?.status === 'DONE';
  }, 'the end of a bulk operation');
  return seen!;
}
