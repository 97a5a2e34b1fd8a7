import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { RegionEntity } from './region.entity.js';

@Entity({ schema: 'guildhall', name: 'guild' })
@Check('guild_status_check', `status in ('ACTIVE', 'SUSPENDED', 'CLOSED')`)
@Check('guild_member_cap_check', `member_cap >= 0`)
@Index('guild_name_trgm_idx', { synchronize: false })
@Index('guild_merges_idx', { synchronize: false })
@Check('guild_merger_check', `(merged_into_id is null) = (merges_at is null) and merged_into_id <> id`)
export class GuildEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'guild_pkey' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text', name: 'region_code' })
  regionCode!: string;

  @ManyToOne(() => RegionEntity)
  @JoinColumn({ name: 'region_code', foreignKeyConstraintName: 'guild_region_fkey' })
  region?: RegionEntity;

  @Column({ type: 'text', default: 'ACTIVE' })
  status!: string;

  @Column({ type: 'integer', name: 'member_cap', nullable: true })
  memberCap!: number | null;

  @Column({ type: 'uuid', name: 'merged_into_id', nullable: true })
  mergedIntoId!: string | null;

  @ManyToOne(() => GuildEntity)
  @JoinColumn({ name: 'merged_into_id', foreignKeyConstraintName: 'guild_merged_into_fkey' })
  mergedInto?: GuildEntity | null;

  @Column({ type: 'timestamptz', name: 'merges_at', nullable: true })
  mergesAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'owner_last_seen_at', nullable: true })
  ownerLastSeenAt!: Date | null;

  /** End of the last month in which one of its members broadcast. */
  @Column({ type: 'timestamptz', name: 'last_activity_at', nullable: true })
  lastActivityAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
