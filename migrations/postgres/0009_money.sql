-- What a contract binds by itself, so that lists need not fold its events: the estimate of its present state, as exact
-- text; null where it cannot be estimated, and where nothing is bound. Per day is the dearest working day.
-- Projections are folded again from the log after this, from its beginning.

alter table contracts add column standing text not null default 'nothing';
alter table contracts add column commitment_amount text;
alter table contracts add column commitment_per_day text;
alter table contracts add column commitment_currency text;

alter table contract_versions add column standing text not null default 'nothing';
alter table contract_versions add column commitment_amount text;
alter table contract_versions add column commitment_per_day text;
alter table contract_versions add column commitment_currency text;

delete from mentions;
delete from contractors;
delete from contracts;
delete from contract_versions;
delete from requisitions;
delete from tallies;
delete from arrivals;
delete from hirers;
update projector set position = 0 where id = 1;
