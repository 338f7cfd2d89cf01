-- Every page says how many findings need a person: those of today stand together, and the index alone tells.
create index findings_open on findings (is_test, is_met, until_at, from_at, severity, key);
