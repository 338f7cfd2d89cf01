-- What filters offer stands in the order it is offered in; names may be of any length, so their beginning decides.
create index choices_in_order on choices (facet, substr(search, 1, 200), value);

-- The list of spend in the past stands in order of titles: by last events, every event would move what a shared link shows.
drop index requisitions_by_last_in_any_mode;
create index requisitions_by_title_in_any_mode on requisitions (title_key, id);

-- Which contracts somebody had at a moment of the past is told by the index alone.
drop index contract_versions_by_contractor;
create index contract_versions_by_contractor on contract_versions (contractor_id, is_known, id, from_at);

-- Counting from an index alone takes pages that were vacuumed since they last changed; a twentieth of a table may have.
alter table contracts set (autovacuum_vacuum_scale_factor = 0.05);
alter table contractors set (autovacuum_vacuum_scale_factor = 0.05);
alter table findings set (autovacuum_vacuum_scale_factor = 0.05);
