import { Check, Column, Entity, Exclusion, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { RegionEntity } from '../guilds/region.entity.js';
import { PrincipalEntity } from '../identity/principal.entity.js';

@Entity({ schema: 'guildhall', name: 'policy_version' })
@Unique('policy_version_number_key', ['name', 'regionCode', 'number'])
@Unique('policy_version_creation_key', ['authorId', 'creationKey'])
@Check('policy_version_status_check', `status in ('DRAFT', 'IN_REVIEW', 'PUBLISHED', 'RETIRED')`)
@Check('policy_version_published_check', `(status in ('PUBLISHED', 'RETIRED')) = (published_at is not null)`)
@Check('policy_version_effective_check', `(published_at is null) = (effective is null)`)
@Check('policy_version_second_person', `reviewer_id is not null and reviewer_id <> author_id`)
@Index('policy_version_region_idx', ['regionCode'])
@Exclusion('policy_version_no_overlap', `using gist (name with =, effective with &&)`)
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

  @Column({ type: 'text', default: 'DRAFT' })
  status!: string;

  /** Goes up with every change; also the number of the change's row in `policy_event`. */
  @Column({ type: 'integer', default: 1 })
  revision!: number;

  /** What the version is about, for its reviewer. */
  @Column({ type: 'text', nullable: true })
  summary!: string | null;

  @Column({ type: 'jsonb' })
  parameters!: unknown;

  @Column({ type: 'jsonb', default: () => `'{}'` })
  rules!: unknown;

  /** From when until when it is in force where nothing goes before it; null before it is published. */
  @Column({ type: 'tstzrange', nullable: true })
  effective!: string | null;

  /** The lower end of `effective`, kept by a trigger: processes of the release before read it. */
  @Column({ type: 'timestamptz', name: 'effective_from', nullable: true })
  effectiveFrom!: Date | null;

  /** The version that its author began with. */
  @Column({ type: 'uuid', name: 'based_on_id', nullable: true })
  basedOnId!: string | null;

  @ManyToOne(() => PolicyVersionEntity)
  @JoinColumn({ name: 'based_on_id', foreignKeyConstraintName: 'policy_version_based_on_fkey' })
  basedOn?: PolicyVersionEntity | null;

  /** Null: entered with SQL by whoever owns the database, such as the first ones of an installation. */
  @Column({ type: 'uuid', name: 'author_id', nullable: true })
  authorId!: string | null;

  @ManyToOne(() => PrincipalEntity)
  @JoinColumn({ name: 'author_id', foreignKeyConstraintName: 'policy_version_author_fkey' })
  author?: PrincipalEntity | null;

  @Column({ type: 'uuid', name: 'reviewer_id', nullable: true })
  reviewerId!: string | null;

  @ManyToOne(() => PrincipalEntity)
  @JoinColumn({ name: 'reviewer_id', foreignKeyConstraintName: 'policy_version_reviewer_fkey' })
  reviewer?: PrincipalEntity | null;

  /** What was said with the latest step. */
  @Column({ type: 'text', nullable: true })
  remark!: string | null;

  /** The client's idempotency key of the creation, and a hash of what was asked for with it. */
  @Column({ type: 'text', name: 'creation_key', nullable: true })
  creationKey!: string | null;

  @Column({ type: 'text', name: 'creation_sha256', nullable: true })
  creationSha256!: string | null;

  @Column({ type: 'timestamptz', name: 'created_at', default: () => 'guildhall.now()' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', default: () => 'guildhall.now()' })
  updatedAt!: Date;

  @Column({ type: 'timestamptz', name: 'published_at', nullable: true })
  publishedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'retired_at', nullable: true })
  retiredAt!: Date | null;
}
