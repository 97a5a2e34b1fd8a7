import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'guildhall', name: 'region' })
export class RegionEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'region_pkey' })
  code!: string;

  @Column({ type: 'text' })
  name!: string;

  /** IANA name: days of this region are counted in it. */
  @Column({ type: 'text', name: 'time_zone' })
  timeZone!: string;

  /** ISO 4217. */
  @Column({ type: 'text' })
  currency!: string;

  /** In which texts are drawn up where nobody asks for another language. */
  @Column({ type: 'text', default: 'en' })
  locale!: string;
}
