import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { RegionEntity } from '../guilds/region.entity.js';

@Entity({ schema: 'guildhall', name: 'policy_version' })
@Unique('policy_version_number_key', ['name', 'regionCode', 'number'])
export class PolicyVersionEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'policy_version_pkey' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  /** Null: in force wherever a region has no version of its own. */
  @Column({ type: 'text', name: 'region_code', nullable: true })
  regionCode!: string | null;

  @ManyToOne(() => RegionEntity)
  @JoinColumn({ name: 'region_code', foreignKeyConstraintName: 'policy_version_region_fkey' })
  region?: RegionEntity | null;

  @Column({ type: 'integer' })
  number!: number;

  @Column({ type: 'timestamptz', name: 'effective_from' })
  effectiveFrom!: Date;

  @Column({ type: 'jsonb' })
  parameters!: unknown;

  @Column({ type: 'timestamptz', name: 'published_at' })
  publishedAt!: Date;
}
