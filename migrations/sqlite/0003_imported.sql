-- From which kind of file a message or an attempt was imported, where its signature could not be checked here: `junoscope`
-- or `svix`. Null for everything that was verified, here on arrival or at its import.
alter table messages add column imported_from text;
alter table attempts add column imported_from text;
