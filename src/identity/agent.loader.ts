import DataLoader from 'dataloader';
import { ID, Field, ObjectType } from 'type-graphql';
import { encodeGlobalId } from '../schema/index.js';
import type { ViewerContext } from './viewer-context.js';

@ObjectType('Agent', { description: 'Somebody of the platform’s staff, as colleagues see them.', simpleResolvers: true })
export class AgentType {
  @Field(() => ID, { description: 'Global id of the person, e.g. for `assignCase`.' })
  readonly id!: string;

  @Field(() => String, { description: 'Name shown to colleagues.' })
  readonly displayName!: string;
}

/** Staff by the uuid of their principal, one statement a batch; undefined for somebody whom the viewer may not see. */
export const agentLoader = (context: ViewerContext) =>
  new DataLoader<string, AgentType | undefined>(async (ids) => {
    const tx = await context.viewer();
    const rows = await tx.query<{ id: string; display_name: string }>(
      'select id, display_name from guildhall.principal where id = any ($1::uuid[])',
      [ids],
    );
    const found = new Map(
      rows.map((row) => [
        row.id,
        Object.assign(new AgentType(), { id: encodeGlobalId('Principal', row.id), displayName: row.display_name }),
      ]),
    );
    return ids.map((id) => found.get(id));
  });
