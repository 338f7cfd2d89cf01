-- Every name a value of a filter ever had, and since when: whoever reads a row finds it by the name the row shows, and the
-- past offers nothing that was told later. What was folded so far kept the newest names alone, so all is folded again.
drop table choices;
create table choices (
    facet text not null,
    value text not null,
    name text not null,
    search text not null,
    named_at integer not null,
    message_id text not null,
    first_at integer not null,
    known_at integer not null,
    primary key (facet, value, name)
) strict, without rowid;
create index choices_in_order on choices (facet, substr(search, 1, 200), value);

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
delete from names;
insert into contractor_grams (contractor_grams) values ('delete-all');
insert into contract_grams (contract_grams) values ('delete-all');
insert into requisition_grams (requisition_grams) values ('delete-all');
