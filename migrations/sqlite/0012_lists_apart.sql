-- The lists are in a file of their own now, where they are folded out of the log again.

drop table projector;
drop table mentions;
drop table contractors;
drop table contracts;
drop table contract_versions;
drop table requisitions;
drop table facets;
drop table choices;
drop table tallies;
drop table arrivals;
drop table hirers;
drop table findings;
