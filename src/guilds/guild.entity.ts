import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { RegionEntity } from './region.entity.js';

@Entity({ schema: 'guildhall', name: 'guild' })
@Check('guild_status_check', `status in ('ACTIVE', 'SUSPENDED', 'CLOSED')`)
@Check('guild_member_cap_check', `member_cap >= 0`)
@Index('guild_name_trgm_idx', { synchronize: false })
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

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
