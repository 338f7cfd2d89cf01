-- The cost each contract committed over time: the event that exceeded a requisition is found from these, without folding
-- every event of every contract that draws on it. All is folded again.
create table commitments (
    id text primary key not null,
    history text not null
) strict, without rowid;

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
delete from endpoint_arrivals;
delete from hirers;
delete from choices;
delete from names;
insert into contractor_grams (contractor_grams) values ('delete-all');
insert into contract_grams (contract_grams) values ('delete-all');
insert into requisition_grams (requisition_grams) values ('delete-all');
