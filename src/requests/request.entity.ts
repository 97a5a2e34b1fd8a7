import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** The features' side of a request; its state is the engine's instance of the same id. */
@Entity({ schema: 'guildhall', name: 'request' })
@Check('request_initiator_check', `initiator in ('BROADCASTER', 'GUILD')`)
export class RequestEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'request_pkey' })
  id!: string;

  @Column({ type: 'text' })
  kind!: string;

  @Column({ type: 'uuid', name: 'broadcaster_id' })
  broadcasterId!: string;

  @Column({ type: 'uuid', name: 'guild_id' })
  guildId!: string;

  @Column({ type: 'text', name: 'region_code' })
  regionCode!: string;

  @Column({ type: 'text' })
  initiator!: string;

  @Column({ type: 'uuid', name: 'policy_version_id' })
  policyVersionId!: string;

  @Column({ type: 'uuid', name: 'template_version_id' })
  templateVersionId!: string;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'uuid', name: 'created_by' })
  createdBy!: string;
}
