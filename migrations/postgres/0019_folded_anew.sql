-- What is found has changed: since which event a budget is passed, what renews what, of what notice is due. Lists and pages
-- must say the same, so all is folded again.
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
