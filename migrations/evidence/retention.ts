import type { RoleNames } from '../support/protect.js';

/** That a request's personal data were erased, and how much: so that nobody looks for them again, and everybody can see that it was done. */
export const retentionTable = `
create table guildhall.erasure (
  request_id uuid constraint erasure_pkey primary key constraint erasure_request_fkey references guildhall.request (id),
  at timestamptz not null,
  retention_years integer not null,
  acts integer not null,
  annexes integer not null,
  agreements integer not null,
  notes integer not null
);
create trigger erasure_append_only before update or delete on guildhall.erasure
  for each row execute function guildhall.refuse_change();
create trigger erasure_no_truncate before truncate on guildhall.erasure
  for each statement execute function guildhall.refuse_change();
create index instance_ended_idx on guildhall.instance (ended_at) where ended_at is not null;
`;

/** The notes of the desk about a request go with the rest. */
export const retentionAccess = ({ engine }: RoleNames): string => `
grant select, update (body, erased_at) on guildhall.case_note to ${engine};
create policy engine_erases on guildhall.case_note to ${engine} using (true) with check (true);
`;
