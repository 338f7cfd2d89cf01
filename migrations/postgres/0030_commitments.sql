-- The cost each contract committed over time: the event that exceeded a requisition is found from these, without folding
-- every event of every contract that draws on it. All is folded again.
create table commitments (
    id text collate "C" primary key not null,
    history text collate "C" not null
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
delete from endpoint_arrivals;
delete from hirers;
delete from choices;
delete from names;
