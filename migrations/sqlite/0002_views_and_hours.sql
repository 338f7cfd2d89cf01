-- Refused requests by hour, for good: what is let go cannot be counted later. Minutes are counted for a week only, and of
-- earlier ones those that are kept are known.
create table refusal_hours (
    hour integer not null,
    endpoint text not null,
    count integer not null,
    primary key (hour, endpoint)
) strict, without rowid;
insert into refusal_hours (hour, endpoint, count)
    select hour, endpoint, sum(count) from (
        select minute / 60 as hour, endpoint, count from refusal_minutes
        union all
        select received_at / 3600000, endpoint, 1 from quarantine
        where received_at < (select coalesce(min(minute), 9000000000000) * 60000 from refusal_minutes)
    ) as counted group by hour, endpoint;

-- Filters of the list of deliveries under a name, and the view with which it opens for a person.
create table saved_views (
    id text primary key,
    person_id text not null references people (id) on delete cascade,
    name text not null,
    query text not null,
    is_shared integer not null,
    created_at integer not null
) strict;
create index saved_views_by_person on saved_views (person_id);

create table default_views (
    person_id text primary key references people (id) on delete cascade,
    view_id text not null references saved_views (id) on delete cascade
) strict;
