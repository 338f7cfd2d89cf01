-- New names wait in a list before they enter the index of their characters, and every search reads that list whole. Of
-- the usual length, 4 MB, it makes a search slow, or look through all names instead; a quarter of it costs writers nothing
-- and a search a millisecond. Who makes these indexes later makes them `with (gin_pending_list_limit = 1024)`.
do $$
declare
    trigrams regclass;
begin
    foreach trigrams in array array[
        to_regclass('contractors_by_trigram'), to_regclass('contracts_by_trigram'), to_regclass('requisitions_by_trigram')
    ] loop
        if trigrams is not null then
            execute format('alter index %s set (gin_pending_list_limit = 1024)', trigrams);
            perform gin_clean_pending_list(trigrams);
        end if;
    end loop;
end $$;

-- Every page says how many findings need a person: those of today stand together, and the index alone tells.
create index findings_open on findings (is_test, is_met, until_at, from_at, severity, key);
