import { SEES_ALL, type RoleNames } from '../support/protect.js';

/** While one stands on a request, nothing of it is erased. Several may stand, each with a reason and an end of its own. */
export const holdTable = `
create table guildhall.legal_hold (
  id uuid constraint legal_hold_pkey primary key,
  request_id uuid not null constraint legal_hold_request_fkey references guildhall.request (id),
  reason_code text not null,
  remark text not null,
  set_at timestamptz not null,
  set_by uuid not null constraint legal_hold_setter_fkey references guildhall.principal (id),
  idempotency_key text,
  lifted_at timestamptz,
  lifted_by uuid constraint legal_hold_lifter_fkey references guildhall.principal (id),
  lift_remark text,
  constraint legal_hold_once unique (set_by, idempotency_key),
  constraint legal_hold_lift_check check ((lifted_at is null) = (lifted_by is null) and (lifted_at is null) = (lift_remark is null))
);
create index legal_hold_request_idx on guildhall.legal_hold (request_id, set_at desc);

create function guildhall.only_lifting() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.lifted_at is null and new.lifted_at is not null
    and to_jsonb(new) - array['lifted_at', 'lifted_by', 'lift_remark'] = to_jsonb(old) - array['lifted_at', 'lifted_by', 'lift_remark']
  then return new; end if;
  raise exception '% is append-only but for its end', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger legal_hold_append_only before update or delete on guildhall.legal_hold
  for each row execute function guildhall.only_lifting();
create trigger legal_hold_no_truncate before truncate on guildhall.legal_hold
  for each statement execute function guildhall.refuse_change();
`;

const SUPPORT = `(select guildhall.viewer_is_support())`;
const SELF = `(select guildhall.viewer_id())`;

export const holdReads = SEES_ALL;

/** Written by support as a viewer, each in its own name. */
export const holdAccess = ({ app }: RoleNames): string => `
grant insert, update (lifted_at, lifted_by, lift_remark) on guildhall.legal_hold to ${app};
create policy support_sets on guildhall.legal_hold for insert to ${app} with check (${SUPPORT} and set_by = ${SELF});
create policy support_lifts on guildhall.legal_hold for update to ${app} using (${SUPPORT}) with check (${SUPPORT} and lifted_by = ${SELF});
`;
