import { Column, Entity, JoinColumn, OneToOne, PrimaryColumn, Unique } from 'typeorm';
import { DirectoryEventEntity } from './directory-event.entity.js';

/** What a caller sent with a change: apart from the audit trail, because it can hold personal data and is erased with the person. */
@Entity({ schema: 'guildhall', name: 'directory_command' })
@Unique('directory_command_key', ['actorId', 'action', 'idempotencyKey'])
export class DirectoryCommandEntity {
  @PrimaryColumn({ type: 'uuid', name: 'event_id', primaryKeyConstraintName: 'directory_command_pkey' })
  eventId!: string;

  @OneToOne(() => DirectoryEventEntity)
  @JoinColumn({ name: 'event_id', foreignKeyConstraintName: 'directory_command_event_fkey' })
  event?: DirectoryEventEntity;

  @Column({ type: 'uuid', name: 'actor_id' })
  actorId!: string;

  @Column({ type: 'text' })
  action!: string;

  @Column({ type: 'text', name: 'idempotency_key', nullable: true })
  idempotencyKey!: string | null;

  @Column({ type: 'text' })
  salt!: string;

  @Column({ type: 'text', name: 'request_hash', nullable: true })
  requestHash!: string | null;

  @Column({ type: 'text', nullable: true })
  comment!: string | null;

  @Column({ type: 'timestamptz', name: 'erased_at', nullable: true })
  erasedAt!: Date | null;
}
