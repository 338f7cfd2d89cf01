-- Only SQLite keeps its lists in a file of their own. The two versions of a moment, on either line of time, lie side by
-- side on either database: most events write both.

alter table contract_versions drop constraint contract_versions_pkey;
alter table contract_versions add primary key (id, is_known, from_at);
drop index contract_versions_by_contractor;
create index contract_versions_by_contractor on contract_versions (contractor_id, is_known);
drop index contract_versions_by_requisition;
create index contract_versions_by_requisition on contract_versions (requisition_id, is_known);
