-- Every name a value of a filter ever had, and since when: whoever reads a row finds it by the name the row shows, and the
-- past offers nothing that was told later. What was folded so far kept the newest names alone, so all is folded again.
drop table choices;
create table choices (
    facet text collate "C" not null,
    value text collate "C" not null,
    name text collate "C" not null,
    search text collate "C" not null,
    named_at bigint not null,
    message_id text collate "C" not null,
    first_at bigint not null,
    known_at bigint not null,
    primary key (facet, value, name)
);
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
