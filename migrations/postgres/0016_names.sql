-- Every name, address, title, number and id that a contractor or a requisition ever had, in lower case: a search in the
-- past looks here for whom it may mean, and folds only those. What was folded so far does not have it, so all is folded
-- again.

create table names (
    kind text collate "C" not null,
    subject_id text collate "C" not null,
    name text collate "C" not null,
    primary key (kind, subject_id, name)
);

update projector set position = 0 where id = 1;
delete from mentions;
delete from contractors;
delete from contracts;
delete from facets;
delete from contract_versions;
delete from requisitions;
delete from findings;
delete from tallies;
delete from arrivals;
delete from hirers;
delete from choices;
