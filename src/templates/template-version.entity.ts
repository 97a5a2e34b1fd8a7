import { Check, Column, Entity, Exclusion, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { RegionEntity } from '../guilds/region.entity.js';
import { PrincipalEntity } from '../identity/principal.entity.js';

@Entity({ schema: 'guildhall', name: 'template_version' })
@Unique('template_version_number_key', ['name', 'regionCode', 'number'])
@Unique('template_version_creation_key', ['authorId', 'creationKey'])
@Check('template_version_status_check', `status in ('DRAFT', 'IN_REVIEW', 'PUBLISHED', 'RETIRED')`)
@Check('template_version_published_check', `(status in ('PUBLISHED', 'RETIRED')) = (published_at is not null)`)
@Check('template_version_second_person', `reviewer_id is not null and reviewer_id <> author_id`)
@Check('template_version_content_check', `(body is null) <> (content is null)`)
@Check('template_version_effective_check', `(published_at is null) = (effective is null)`)
@Index('template_version_region_idx', ['regionCode'])
@Exclusion('template_version_no_overlap', `using gist (name with =, effective with &&)`)
export class TemplateVersionEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'template_version_pkey' })
  id!: string;

  /** What a kind's opening asks for. */
  @Column({ type: 'text' })
  name!: string;

  /** Null: for wherever a region has no version of its own. */
  @Column({ type: 'text', name: 'region_code', nullable: true })
  regionCode!: string | null;

  @ManyToOne(() => RegionEntity)
  @JoinColumn({ name: 'region_code', foreignKeyConstraintName: 'template_version_region_fkey' })
  region?: RegionEntity | null;

  @Column({ type: 'integer' })
  number!: number;

  /** Of versions from before there were clauses: text with `{{variables}}`. */
  @Column({ type: 'text', nullable: true })
  body!: string | null;

  /** What it is put together from; null where there is a body. */
  @Column({ type: 'jsonb', nullable: true })
  content!: unknown;

  @Column({ type: 'text', default: 'DRAFT' })
  status!: string;

  @Column({ type: 'integer', default: 1 })
  revision!: number;

  @Column({ type: 'text', nullable: true })
  summary!: string | null;

  /** From when until when it is in force; null before it is published. */
  @Column({ type: 'tstzrange', nullable: true })
  effective!: string | null;

  @Column({ type: 'uuid', name: 'based_on_id', nullable: true })
  basedOnId!: string | null;

  @ManyToOne(() => TemplateVersionEntity)
  @JoinColumn({ name: 'based_on_id', foreignKeyConstraintName: 'template_version_based_on_fkey' })
  basedOn?: TemplateVersionEntity | null;

  @Column({ type: 'uuid', name: 'author_id', nullable: true })
  authorId!: string | null;

  @ManyToOne(() => PrincipalEntity)
  @JoinColumn({ name: 'author_id', foreignKeyConstraintName: 'template_version_author_fkey' })
  author?: PrincipalEntity | null;

  @Column({ type: 'uuid', name: 'reviewer_id', nullable: true })
  reviewerId!: string | null;

  @ManyToOne(() => PrincipalEntity)
  @JoinColumn({ name: 'reviewer_id', foreignKeyConstraintName: 'template_version_reviewer_fkey' })
  reviewer?: PrincipalEntity | null;

  @Column({ type: 'text', nullable: true })
  remark!: string | null;

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
