-- Whatever a contract was ever found by, in lower case, and an index of the three characters that begin at each place of
-- it: a search among very many contracts, now or in the past, looks here first. What was folded so far is taken from the
-- versions; a rebuild takes it from the events.

create table contract_names (
    n integer primary key,
    contract_id text not null,
    search text not null,
    unique (contract_id, search)
) strict;

create virtual table contract_grams using fts5 (
    search,
    content = 'contract_names',
    content_rowid = 'n',
    tokenize = 'trigram case_sensitive 1',
    detail = 'none',
    columnsize = 0
);

create trigger contract_names_into_grams after insert on contract_names begin
    insert into contract_grams (rowid, search) values (new.n, new.search);
end;

insert into contract_names (contract_id, search) select distinct id, search from contract_versions order by id, search;

drop index contracts_by_search;
