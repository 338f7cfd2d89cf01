-- PostgreSQL packs rows of more than 2 kB, which most messages are, with pglz unless told otherwise: a third of the
-- time it spent on a message. lz4 packs as small, for a tenth of that. A server built without it (or older than 14)
-- keeps pglz. Rows that are there already stay as they are, and are read all the same.

do $$
begin
    execute 'alter table messages alter column body set compression lz4, alter column headers set compression lz4';
    execute 'alter table attempts alter column body set compression lz4, alter column headers set compression lz4';
exception
    when feature_not_supported or syntax_error then null;
end
$$;
