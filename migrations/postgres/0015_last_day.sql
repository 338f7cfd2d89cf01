-- The last day of a contract as something to look along: one that is not known comes after all others. What runs today
-- is then one stretch of an index, without the many contracts that ended long ago.

alter table contracts add column last_day text collate "C" generated always as (coalesce(ends_on, '9999')) stored;
alter table contract_versions add column last_day text collate "C" generated always as (coalesce(ends_on, '9999')) stored;

drop index contracts_by_end;
create index contracts_by_end on contracts (is_test, state, last_day, start_on, contractor_id, id);
drop index contracts_by_contractor;
create index contracts_by_contractor on contracts (contractor_id, is_test, state, last_day, start_on, rate_currency);
