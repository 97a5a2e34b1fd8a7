import type { z } from 'zod';
import type { Principals } from '../identity/principals.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { encodeGlobalId, Refusal } from '../schema/index.js';
import type { DirectoryAction } from './action.js';
import { DirectoryChangeType, DirectoryEventType, type DirectoryOperation } from './directory.type.js';
import type { DirectoryDoor } from './door.js';
import type { DirectoryEventValue } from './trail.js';

/** Takes a command from a resolver through the directory's door, and its outcome back to a result union. */
export class DirectoryCommands {
  constructor(
    private readonly door: DirectoryDoor,
    private readonly principals: Principals,
  ) {}

  async run<Schema extends z.ZodType>(
    context: ViewerContext,
    action: DirectoryAction<Schema>,
    input: object,
  ): Promise<DirectoryChangeType | Refusal> {
    const principalId = await this.principals.idOf(context.identity);
    const outcome = await this.door.run(action, principalId, input);
    if (!outcome.ok) return new Refusal({ code: outcome.code, reasons: outcome.reasons });
    // What is read of the subject after this sees the change.
    await context.refresh();
    return Object.assign(new DirectoryChangeType(), {
      event: toEvent(outcome.event),
      subjectType: outcome.event.subjectType,
      subjectUuid: outcome.event.subjectId,
    });
  }
}

export const toEvent = (event: DirectoryEventValue): DirectoryEventType => {
  const { operations = [], ...details } = event.details as { operations?: readonly DirectoryOperation[] };
  return Object.assign(new DirectoryEventType(), {
    id: event.id,
    at: event.at,
    actorId: event.actorId === null ? null : encodeGlobalId('Principal', event.actorId),
    authority: event.authority,
    subjectId: encodeGlobalId(event.subjectType, event.subjectId),
    action: event.action,
    reasonCode: event.reasonCode,
    details,
    comment: event.comment,
    operations: operations.map(({ id, type, reasonCode, requests }) => ({
      id: encodeGlobalId('BulkOperation', id),
      type,
      reasonCode,
      requests,
    })),
  });
};
