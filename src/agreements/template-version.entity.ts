import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

@Entity({ schema: 'guildhall', name: 'template_version' })
@Unique('template_version_number_key', ['name', 'number'])
export class TemplateVersionEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'template_version_pkey' })
  id!: string;

  /** The kind of request that it is for. */
  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'integer' })
  number!: number;

  /** Text with `{{variables}}`. */
  @Column({ type: 'text' })
  body!: string;

  @Column({ type: 'timestamptz', name: 'published_at' })
  publishedAt!: Date;
}
