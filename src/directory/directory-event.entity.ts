import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { PrincipalEntity } from '../identity/principal.entity.js';

/** One change of the directory. Append-only by grant and by trigger. */
@Entity({ schema: 'guildhall', name: 'directory_event' })
@Check('directory_event_authority_check', `authority in ('SUPPORT', 'GUILD_OWNER', 'GUARDIAN', 'SELF', 'OPERATOR')`)
@Check('directory_event_subject_check', `subject_type in ('Principal', 'Guild', 'Broadcaster')`)
@Check('directory_event_operator_check', `(actor_id is null) = (authority = 'OPERATOR')`)
@Index('directory_event_subject_idx', ['subjectType', 'subjectId', 'id'])
@Index('directory_event_actor_idx', ['actorId', 'id'])
export class DirectoryEventEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'directory_event_pkey' })
  id!: string;

  @Column({ type: 'timestamptz' })
  at!: Date;

  @Column({ type: 'uuid', name: 'actor_id', nullable: true })
  actorId!: string | null;

  @ManyToOne(() => PrincipalEntity)
  @JoinColumn({ name: 'actor_id', foreignKeyConstraintName: 'directory_event_actor_fkey' })
  actor?: PrincipalEntity | null;

  @Column({ type: 'text' })
  authority!: string;

  @Column({ type: 'text', name: 'subject_type' })
  subjectType!: string;

  @Column({ type: 'uuid', name: 'subject_id' })
  subjectId!: string;

  @Column({ type: 'text' })
  action!: string;

  @Column({ type: 'text', name: 'reason_code' })
  reasonCode!: string;

  @Column({ type: 'jsonb' })
  details!: unknown;
}
